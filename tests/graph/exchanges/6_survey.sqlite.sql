BEGIN IMMEDIATE;

SELECT external_ref.organization_id, external_ref.system, external_ref.type, external_ref.external_id, external_ref.record_id, external_ref.target_id, external_ref.version, external_ref.version_order, external_ref.state, external_ref.updated_at
FROM external_ref
WHERE external_ref.organization_id = ? AND external_ref.system = ? AND external_ref.type = ? AND external_ref.external_id IN (
  SELECT anon_1.value
  FROM json_each(?) AS anon_1);

SELECT survey.organization_id, survey.id, survey.name, survey.source, survey.invited, survey.version, survey.created_at, survey.updated_at
FROM survey
WHERE survey.organization_id = ? AND survey.id IN (
  SELECT anon_1.value
  FROM json_each(?) AS anon_1);

SELECT question.organization_id, question.id, question.survey_id, question."key", question.text, question.metric, question.scale_min, question.scale_max, question.satisfied_from, question.choices, question.rank, question.active, question.version, question.created_at, question.updated_at, EXISTS (
  SELECT answer.feedback_id
  FROM answer
  WHERE answer.organization_id = question.organization_id AND answer.question_id = question.id) AS answered
FROM question
WHERE question.organization_id = ? AND question.survey_id = ?;

INSERT INTO survey (name, source, invited, organization_id, id, version, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?);

INSERT INTO question (survey_id, "key", text, metric, scale_min, scale_max, satisfied_from, choices, rank, active, organization_id, id, version, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

INSERT INTO external_ref (organization_id, system, type, external_id, record_id, target_id, version, version_order, state, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (organization_id, system, type, external_id) DO UPDATE SET record_id = excluded.record_id, target_id = excluded.target_id, version = excluded.version, version_order = excluded.version_order, state = excluded.state, updated_at = excluded.updated_at;

SELECT json_object('Survey', (
  SELECT json_group_array(json_object('0', 'survey_' || t1.id, '1', json_object('id', 'survey_' || t1.id, 'name', t1.name, 'invited', t1.invited, 'questions', (
    SELECT json_group_array(json_object('key', anon_1."key", 'metric', anon_1.metric, 'scaleMin', anon_1.scale_min, 'scaleMax', anon_1.scale_max, 'satisfiedFrom', anon_1.satisfied_from, 'choices', json(anon_1.choices))) AS json_group_array_2
    FROM (
      SELECT t2.id AS id, t2."key" AS "key", t2.metric AS metric, t2.scale_min AS scale_min, t2.scale_max AS scale_max, t2.satisfied_from AS satisfied_from, t2.choices AS choices
      FROM question AS t2
      WHERE t2.organization_id = ? AND t2.survey_id = t1.id
      ORDER BY t2.id
      LIMIT 200 OFFSET ?) AS anon_1)))) AS json_group_array_1
  FROM survey AS t1
  WHERE t1.organization_id = ? AND t1.id IN (
    SELECT anon_2.value
    FROM json_each(?) AS anon_2))) AS json_object_1;

SELECT organization_stream.seq, organization_stream.head
FROM organization_stream
WHERE organization_stream.organization_id = ?;

INSERT INTO event (organization_id, seq, at, actor_kind, actor_id, actor_name, origin, action, record_type, record_id, record_version, changed_fields, payload, sealed, subject_id, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

UPDATE organization_stream SET seq=?, head=?
WHERE organization_stream.organization_id = ?;
