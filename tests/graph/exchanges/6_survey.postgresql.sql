SELECT pg_advisory_xact_lock(hashtextextended($1::VARCHAR, $2::INTEGER)) AS pg_advisory_xact_lock_1;

SELECT e.organization_id, e.system, e.type, e.external_id, e.record_id, e.target_id, e.version, e.version_order, e.state, e.updated_at
FROM unnest($1::VARCHAR[] COLLATE "C") AS k(key) JOIN LATERAL (
  SELECT external_ref.organization_id AS organization_id, external_ref.system AS system, external_ref.type AS type, external_ref.external_id AS external_id, external_ref.record_id AS record_id, external_ref.target_id AS target_id, external_ref.version AS version, external_ref.version_order AS version_order, external_ref.state AS state, external_ref.updated_at AS updated_at
  FROM external_ref
  WHERE external_ref.organization_id = $2::UUID AND external_ref.system = $3::VARCHAR COLLATE "C" AND external_ref.type = $4::VARCHAR COLLATE "C" AND external_ref.external_id = k.key
  LIMIT ALL OFFSET 0) AS e ON true;

SELECT e.organization_id, e.id, e.name, e.source, e.invited, e.version, e.created_at, e.updated_at
FROM unnest($1::UUID[]) AS k(key) JOIN LATERAL (
  SELECT survey.organization_id AS organization_id, survey.id AS id, survey.name AS name, survey.source AS source, survey.invited AS invited, survey.version AS version, survey.created_at AS created_at, survey.updated_at AS updated_at
  FROM survey
  WHERE survey.organization_id = $2::UUID AND survey.id = k.key
  LIMIT ALL OFFSET 0 FOR NO KEY UPDATE) AS e ON true;

SELECT question.organization_id, question.id, question.survey_id, question.key, question.text, question.metric, question.scale_min, question.scale_max, question.satisfied_from, question.choices, question.rank, question.active, question.version, question.created_at, question.updated_at, EXISTS (
  SELECT answer.feedback_id
  FROM answer
  WHERE answer.organization_id = question.organization_id AND answer.question_id = question.id) AS answered
FROM question
WHERE question.organization_id = $1::UUID AND question.survey_id = $2::UUID;

INSERT INTO survey (name, source, invited, organization_id, id, version, created_at, updated_at)
SELECT *
FROM unnest($1::VARCHAR[], $2::VARCHAR(40)[], $3::INTEGER[], $4::UUID[], $5::UUID[], $6::INTEGER[], $7::TIMESTAMP WITH TIME ZONE[], $8::TIMESTAMP WITH TIME ZONE[]);

INSERT INTO question (survey_id, key, text, metric, scale_min, scale_max, satisfied_from, choices, rank, active, organization_id, id, version, created_at, updated_at)
SELECT *
FROM unnest($1::UUID[], $2::VARCHAR[], $3::VARCHAR[], $4::VARCHAR(40)[], $5::INTEGER[], $6::INTEGER[], $7::INTEGER[], $8::VARCHAR[], $9::INTEGER[], $10::BOOLEAN[], $11::UUID[], $12::UUID[], $13::INTEGER[], $14::TIMESTAMP WITH TIME ZONE[], $15::TIMESTAMP WITH TIME ZONE[]);

INSERT INTO external_ref (organization_id, system, type, external_id, record_id, target_id, version, version_order, state, updated_at) VALUES ($1::UUID, $2::VARCHAR COLLATE "C", $3::VARCHAR COLLATE "C", $4::VARCHAR COLLATE "C", $5::UUID, $6::UUID, $7::VARCHAR, $8::BIGINT, $9::VARCHAR, $10::TIMESTAMP WITH TIME ZONE) ON CONFLICT (organization_id, system, type, external_id) DO UPDATE SET record_id = excluded.record_id, target_id = excluded.target_id, version = excluded.version, version_order = excluded.version_order, state = excluded.state, updated_at = excluded.updated_at;

SELECT concat('{"Survey":', (
  SELECT concat('[', string_agg(concat('{"0":"survey_', encode(uuid_send(t1.id), 'hex'), '","1":{"id":"survey_', encode(uuid_send(t1.id), 'hex'), '","name":', to_json(t1.name), ',"invited":', coalesce(CAST(t1.invited AS TEXT), 'null'), ',"questions":', (
    SELECT concat('[', string_agg(concat('{"key":', to_json(anon_1.key), ',"metric":', CASE WHEN (anon_1.metric IS NULL) THEN 'null' ELSE concat('"', anon_1.metric, '"') END, ',"scaleMin":', coalesce(CAST(anon_1.scale_min AS TEXT), 'null'), ',"scaleMax":', coalesce(CAST(anon_1.scale_max AS TEXT), 'null'), ',"satisfiedFrom":', coalesce(CAST(anon_1.satisfied_from AS TEXT), 'null'), ',"choices":', coalesce(anon_1.choices, 'null'), '}'), ','), ']') AS concat_3
    FROM (
      SELECT t2.id AS id, t2.key AS key, t2.metric AS metric, t2.scale_min AS scale_min, t2.scale_max AS scale_max, t2.satisfied_from AS satisfied_from, t2.choices AS choices
      FROM question AS t2
      WHERE t2.organization_id = $1::UUID AND t2.survey_id = t1.id
      ORDER BY t2.id
      LIMIT 200) AS anon_1), '}}'), ','), ']') AS concat_2
  FROM survey AS t1
  WHERE t1.organization_id = $1::UUID AND t1.id IN (
    SELECT unnest($2::UUID[]) AS unnest_1)), '}') AS concat_1;

SELECT organization_stream.seq, organization_stream.head
FROM organization_stream
WHERE organization_stream.organization_id = $1::UUID FOR UPDATE;

INSERT INTO event (organization_id, seq, at, actor_kind, actor_id, actor_name, origin, action, record_type, record_id, record_version, changed_fields, payload, sealed, subject_id, hash)
SELECT *
FROM unnest($1::UUID[], $2::BIGINT[], $3::TIMESTAMP WITH TIME ZONE[], $4::VARCHAR(40)[], $5::UUID[], $6::VARCHAR[], $7::VARCHAR[], $8::VARCHAR(40)[], $9::VARCHAR[], $10::UUID[], $11::INTEGER[], $12::VARCHAR[], $13::VARCHAR[], $14::VARCHAR[], $15::UUID[], $16::VARCHAR[]);

UPDATE organization_stream SET seq=$1::BIGINT, head=$2::VARCHAR COLLATE "C"
WHERE organization_stream.organization_id = $3::UUID;
