SELECT pg_advisory_xact_lock(hashtextextended($1::VARCHAR, $2::INTEGER)) AS pg_advisory_xact_lock_1;

SELECT e.organization_id, e.system, e.type, e.external_id, e.record_id, e.target_id, e.version, e.version_order, e.state, e.updated_at
FROM unnest($1::VARCHAR[] COLLATE "C") AS k(key) JOIN LATERAL (
  SELECT external_ref.organization_id AS organization_id, external_ref.system AS system, external_ref.type AS type, external_ref.external_id AS external_id, external_ref.record_id AS record_id, external_ref.target_id AS target_id, external_ref.version AS version, external_ref.version_order AS version_order, external_ref.state AS state, external_ref.updated_at AS updated_at
  FROM external_ref
  WHERE external_ref.organization_id = $2::UUID AND external_ref.system = $3::VARCHAR COLLATE "C" AND external_ref.type = $4::VARCHAR COLLATE "C" AND external_ref.external_id = k.key
  LIMIT ALL OFFSET 0) AS e ON true;

SELECT e.organization_id, e.system, e.type, e.external_id, e.record_id, e.target_id, e.version, e.version_order, e.state, e.updated_at
FROM unnest($1::VARCHAR[] COLLATE "C") AS k(key) JOIN LATERAL (
  SELECT external_ref.organization_id AS organization_id, external_ref.system AS system, external_ref.type AS type, external_ref.external_id AS external_id, external_ref.record_id AS record_id, external_ref.target_id AS target_id, external_ref.version AS version, external_ref.version_order AS version_order, external_ref.state AS state, external_ref.updated_at AS updated_at
  FROM external_ref
  WHERE external_ref.organization_id = $2::UUID AND external_ref.system = $3::VARCHAR COLLATE "C" AND external_ref.type = $4::VARCHAR COLLATE "C" AND external_ref.external_id = k.key
  LIMIT ALL OFFSET 0) AS e ON true;

SELECT e.organization_id, e.system, e.type, e.external_id, e.record_id, e.target_id, e.version, e.version_order, e.state, e.updated_at
FROM unnest($1::VARCHAR[] COLLATE "C") AS k(key) JOIN LATERAL (
  SELECT external_ref.organization_id AS organization_id, external_ref.system AS system, external_ref.type AS type, external_ref.external_id AS external_id, external_ref.record_id AS record_id, external_ref.target_id AS target_id, external_ref.version AS version, external_ref.version_order AS version_order, external_ref.state AS state, external_ref.updated_at AS updated_at
  FROM external_ref
  WHERE external_ref.organization_id = $2::UUID AND external_ref.system = $3::VARCHAR COLLATE "C" AND external_ref.type = $4::VARCHAR COLLATE "C" AND external_ref.external_id = k.key
  LIMIT ALL OFFSET 0) AS e ON true;

SELECT question.organization_id, question.id, question.survey_id, question.key, question.text, question.metric, question.scale_min, question.scale_max, question.satisfied_from, question.choices, question.rank, question.active, question.version, question.created_at, question.updated_at
FROM question
WHERE question.organization_id = $1::UUID AND question.survey_id IN (
  SELECT unnest($2::UUID[]) AS unnest_1);

SELECT e.organization_id, e.subject_id, e.wrapped
FROM unnest($1::UUID[]) AS k(key) JOIN LATERAL (
  SELECT subject_key.organization_id AS organization_id, subject_key.subject_id AS subject_id, subject_key.wrapped AS wrapped
  FROM subject_key
  WHERE subject_key.organization_id = $2::UUID AND subject_key.subject_id = k.key
  LIMIT ALL OFFSET 0) AS e ON true;

SELECT organization.time_zone
FROM organization
WHERE organization.id = $1::UUID;

INSERT INTO record_counter (organization_id, prefix, year, last) VALUES ($1::UUID, $2::VARCHAR COLLATE "C", $3::INTEGER, $4::INTEGER) ON CONFLICT DO NOTHING;

UPDATE record_counter SET last=(record_counter.last + $1::INTEGER)
WHERE record_counter.organization_id = $2::UUID AND record_counter.prefix = $3::VARCHAR COLLATE "C" AND record_counter.year = $4::INTEGER RETURNING record_counter.last;

SELECT e.organization_id, e.subject_id, e.wrapped
FROM unnest($1::UUID[]) AS k(key) JOIN LATERAL (
  SELECT subject_key.organization_id AS organization_id, subject_key.subject_id AS subject_id, subject_key.wrapped AS wrapped
  FROM subject_key
  WHERE subject_key.organization_id = $2::UUID AND subject_key.subject_id = k.key
  LIMIT ALL OFFSET 0) AS e ON true;

INSERT INTO feedback (number, status, source, voice, text, language, channel, occurred_at, received_at, loop_closed_at, untold_reason, active, confidential, custom, assignee_id, author_id, complaint_id, survey_id, customer_id, contact_id, product_id, interaction_id, focus_group_id, duplicate_of_id, is_complaint, complaint_reason, complaint_decided_by, organization_id, id, version, created_at, updated_at)
SELECT *
FROM unnest($1::VARCHAR[], $2::VARCHAR(40)[], $3::VARCHAR(40)[], $4::VARCHAR(40)[], $5::VARCHAR[], $6::VARCHAR[], $7::VARCHAR[], $8::TIMESTAMP WITH TIME ZONE[], $9::TIMESTAMP WITH TIME ZONE[], $10::TIMESTAMP WITH TIME ZONE[], $11::VARCHAR[], $12::BOOLEAN[], $13::BOOLEAN[], $14::VARCHAR[], $15::UUID[], $16::UUID[], $17::UUID[], $18::UUID[], $19::UUID[], $20::UUID[], $21::UUID[], $22::UUID[], $23::UUID[], $24::UUID[], $25::BOOLEAN[], $26::VARCHAR[], $27::VARCHAR[], $28::UUID[], $29::UUID[], $30::INTEGER[], $31::TIMESTAMP WITH TIME ZONE[], $32::TIMESTAMP WITH TIME ZONE[]);

INSERT INTO answer (organization_id, feedback_id, position, question_id, number, text)
SELECT *
FROM unnest($1::UUID[], $2::UUID[], $3::INTEGER[], $4::UUID[], $5::NUMERIC(20, 6)[], $6::VARCHAR[]);

INSERT INTO feedback_mark (organization_id, mark, feedback_id)
SELECT *
FROM unnest($1::UUID[], $2::INTEGER[], $3::UUID[]);

INSERT INTO external_ref (organization_id, system, type, external_id, record_id, target_id, version, version_order, state, updated_at) VALUES ($1::UUID, $2::VARCHAR COLLATE "C", $3::VARCHAR COLLATE "C", $4::VARCHAR COLLATE "C", $5::UUID, $6::UUID, $7::VARCHAR, $8::BIGINT, $9::VARCHAR, $10::TIMESTAMP WITH TIME ZONE) ON CONFLICT (organization_id, system, type, external_id) DO UPDATE SET record_id = excluded.record_id, target_id = excluded.target_id, version = excluded.version, version_order = excluded.version_order, state = excluded.state, updated_at = excluded.updated_at;

SELECT organization_stream.seq
FROM organization_stream
WHERE organization_stream.organization_id = $1::UUID;

SELECT concat('{"Feedback":', (
  SELECT concat('[', string_agg(concat('{"0":"feedback_', encode(uuid_send(t1.id), 'hex'), '","1":{"id":"feedback_', encode(uuid_send(t1.id), 'hex'), '","number":', to_json(t1.number), ',"version":', t1.version, '}}'), ','), ']') AS concat_2
  FROM feedback AS t1
  WHERE t1.organization_id = $1::UUID AND (t1.confidential IS false OR t1.author_id IS NOT DISTINCT FROM $2::UUID OR t1.assignee_id IS NOT DISTINCT FROM $2::UUID) AND t1.id IN (
    SELECT unnest($3::UUID[]) AS unnest_1)), '}') AS concat_1;

SELECT e.organization_id, e.subject_id, e.wrapped
FROM unnest($1::UUID[]) AS k(key) JOIN LATERAL (
  SELECT subject_key.organization_id AS organization_id, subject_key.subject_id AS subject_id, subject_key.wrapped AS wrapped
  FROM subject_key
  WHERE subject_key.organization_id = $2::UUID AND subject_key.subject_id = k.key
  LIMIT ALL OFFSET 0 FOR SHARE) AS e ON true;

SELECT organization_stream.seq, organization_stream.head
FROM organization_stream
WHERE organization_stream.organization_id = $1::UUID FOR UPDATE;

INSERT INTO event (organization_id, seq, at, actor_kind, actor_id, actor_name, origin, action, record_type, record_id, record_version, changed_fields, payload, sealed, subject_id, hash)
SELECT *
FROM unnest($1::UUID[], $2::BIGINT[], $3::TIMESTAMP WITH TIME ZONE[], $4::VARCHAR(40)[], $5::UUID[], $6::VARCHAR[], $7::VARCHAR[], $8::VARCHAR(40)[], $9::VARCHAR[], $10::UUID[], $11::INTEGER[], $12::VARCHAR[], $13::VARCHAR[], $14::VARCHAR[], $15::UUID[], $16::VARCHAR[]);

UPDATE organization_stream SET seq=$1::BIGINT, head=$2::VARCHAR COLLATE "C"
WHERE organization_stream.organization_id = $3::UUID;
