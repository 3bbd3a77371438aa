BEGIN IMMEDIATE;

SELECT external_ref.organization_id, external_ref.system, external_ref.type, external_ref.external_id, external_ref.record_id, external_ref.target_id, external_ref.version, external_ref.version_order, external_ref.state, external_ref.updated_at
FROM external_ref
WHERE external_ref.organization_id = ? AND external_ref.system = ? AND external_ref.type = ? AND external_ref.external_id IN (
  SELECT anon_1.value
  FROM json_each(?) AS anon_1);

SELECT external_ref.organization_id, external_ref.system, external_ref.type, external_ref.external_id, external_ref.record_id, external_ref.target_id, external_ref.version, external_ref.version_order, external_ref.state, external_ref.updated_at
FROM external_ref
WHERE external_ref.organization_id = ? AND external_ref.system = ? AND external_ref.type = ? AND external_ref.external_id IN (
  SELECT anon_1.value
  FROM json_each(?) AS anon_1);

SELECT external_ref.organization_id, external_ref.system, external_ref.type, external_ref.external_id, external_ref.record_id, external_ref.target_id, external_ref.version, external_ref.version_order, external_ref.state, external_ref.updated_at
FROM external_ref
WHERE external_ref.organization_id = ? AND external_ref.system = ? AND external_ref.type = ? AND external_ref.external_id IN (
  SELECT anon_1.value
  FROM json_each(?) AS anon_1);

SELECT question.organization_id, question.id, question.survey_id, question."key", question.text, question.metric, question.scale_min, question.scale_max, question.satisfied_from, question.choices, question.rank, question.active, question.version, question.created_at, question.updated_at
FROM question
WHERE question.organization_id = ? AND question.survey_id IN (
  SELECT anon_1.value
  FROM json_each(?) AS anon_1);

SELECT subject_key.organization_id, subject_key.subject_id, subject_key.wrapped
FROM subject_key
WHERE subject_key.organization_id = ? AND subject_key.subject_id IN (
  SELECT anon_1.value
  FROM json_each(?) AS anon_1);

SELECT organization.time_zone
FROM organization
WHERE organization.id = ?;

INSERT INTO record_counter (organization_id, prefix, year, last) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING;

UPDATE record_counter SET last=(record_counter.last + ?)
WHERE record_counter.organization_id = ? AND record_counter.prefix = ? AND record_counter.year = ? RETURNING last;

SELECT subject_key.organization_id, subject_key.subject_id, subject_key.wrapped
FROM subject_key
WHERE subject_key.organization_id = ? AND subject_key.subject_id IN (
  SELECT anon_1.value
  FROM json_each(?) AS anon_1);

INSERT INTO feedback (number, status, source, voice, text, language, channel, occurred_at, received_at, loop_closed_at, untold_reason, active, confidential, custom, assignee_id, author_id, complaint_id, survey_id, customer_id, contact_id, product_id, interaction_id, focus_group_id, duplicate_of_id, is_complaint, complaint_reason, complaint_decided_by, organization_id, id, version, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

INSERT INTO answer (organization_id, feedback_id, position, question_id, number, text) VALUES (?, ?, ?, ?, ?, ?);

INSERT INTO feedback_mark (organization_id, mark, feedback_id) VALUES (?, ?, ?);

INSERT INTO external_ref (organization_id, system, type, external_id, record_id, target_id, version, version_order, state, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (organization_id, system, type, external_id) DO UPDATE SET record_id = excluded.record_id, target_id = excluded.target_id, version = excluded.version, version_order = excluded.version_order, state = excluded.state, updated_at = excluded.updated_at;

SELECT organization_stream.seq
FROM organization_stream
WHERE organization_stream.organization_id = ?;

SELECT json_object('Feedback', (
  SELECT json_group_array(json_object('0', 'feedback_' || t1.id, '1', json_object('id', 'feedback_' || t1.id, 'number', t1.number, 'version', t1.version))) AS json_group_array_1
  FROM feedback AS t1
  WHERE t1.organization_id = ? AND (t1.confidential IS 0 OR t1.author_id IS ? OR t1.assignee_id IS ?) AND t1.id IN (
    SELECT anon_1.value
    FROM json_each(?) AS anon_1))) AS json_object_1;

SELECT subject_key.organization_id, subject_key.subject_id, subject_key.wrapped
FROM subject_key
WHERE subject_key.organization_id = ? AND subject_key.subject_id IN (
  SELECT anon_1.value
  FROM json_each(?) AS anon_1);

SELECT organization_stream.seq, organization_stream.head
FROM organization_stream
WHERE organization_stream.organization_id = ?;

INSERT INTO event (organization_id, seq, at, actor_kind, actor_id, actor_name, origin, action, record_type, record_id, record_version, changed_fields, payload, sealed, subject_id, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

UPDATE organization_stream SET seq=?, head=?
WHERE organization_stream.organization_id = ?;
