DELETE
FROM idempotency_key
WHERE idempotency_key.organization_id = $1::UUID AND idempotency_key.token_id = $2::UUID AND idempotency_key.mutation = $3::VARCHAR COLLATE "C" AND idempotency_key.key = $4::VARCHAR COLLATE "C" AND idempotency_key.created_at < $5::TIMESTAMP WITH TIME ZONE;

INSERT INTO idempotency_key (organization_id, token_id, mutation, key, request_hash, outcome, created_at) VALUES ($1::UUID, $2::UUID, $3::VARCHAR COLLATE "C", $4::VARCHAR COLLATE "C", $5::VARCHAR COLLATE "C", $6::VARCHAR, $7::TIMESTAMP WITH TIME ZONE) ON CONFLICT DO NOTHING;

SELECT pg_advisory_xact_lock(hashtextextended($1::VARCHAR, $2::INTEGER)) AS pg_advisory_xact_lock_1;

SELECT e.organization_id, e.system, e.type, e.external_id, e.record_id, e.target_id, e.version, e.version_order, e.state, e.updated_at
FROM unnest($1::VARCHAR[] COLLATE "C") AS k(key) JOIN LATERAL (
  SELECT external_ref.organization_id AS organization_id, external_ref.system AS system, external_ref.type AS type, external_ref.external_id AS external_id, external_ref.record_id AS record_id, external_ref.target_id AS target_id, external_ref.version AS version, external_ref.version_order AS version_order, external_ref.state AS state, external_ref.updated_at AS updated_at
  FROM external_ref
  WHERE external_ref.organization_id = $2::UUID AND external_ref.system = $3::VARCHAR COLLATE "C" AND external_ref.type = $4::VARCHAR COLLATE "C" AND external_ref.external_id = k.key
  LIMIT ALL OFFSET 0) AS e ON true;

SELECT erased_ref.digest
FROM erased_ref
WHERE erased_ref.organization_id = $1::UUID
LIMIT $2::INTEGER;

INSERT INTO customer (name, kind, supplier, segment, email, phone, country, active, custom, legal_hold, erased_at, erasure_basis, parent_id, organization_id, id, version, created_at, updated_at)
SELECT *
FROM unnest($1::VARCHAR[], $2::VARCHAR(40)[], $3::BOOLEAN[], $4::VARCHAR[], $5::VARCHAR[], $6::VARCHAR[], $7::VARCHAR[], $8::BOOLEAN[], $9::VARCHAR[], $10::VARCHAR[], $11::TIMESTAMP WITH TIME ZONE[], $12::VARCHAR(40)[], $13::UUID[], $14::UUID[], $15::UUID[], $16::INTEGER[], $17::TIMESTAMP WITH TIME ZONE[], $18::TIMESTAMP WITH TIME ZONE[]);

INSERT INTO customer_relation (organization_id, customer_id, position, to_id, role)
SELECT *
FROM unnest($1::UUID[], $2::UUID[], $3::INTEGER[], $4::UUID[], $5::VARCHAR[]);

INSERT INTO external_ref (organization_id, system, type, external_id, record_id, target_id, version, version_order, state, updated_at) VALUES ($1::UUID, $2::VARCHAR COLLATE "C", $3::VARCHAR COLLATE "C", $4::VARCHAR COLLATE "C", $5::UUID, $6::UUID, $7::VARCHAR, $8::BIGINT, $9::VARCHAR, $10::TIMESTAMP WITH TIME ZONE) ON CONFLICT (organization_id, system, type, external_id) DO UPDATE SET record_id = excluded.record_id, target_id = excluded.target_id, version = excluded.version, version_order = excluded.version_order, state = excluded.state, updated_at = excluded.updated_at;

UPDATE idempotency_key SET outcome=$1::VARCHAR
WHERE idempotency_key.organization_id = $2::UUID AND idempotency_key.token_id = $3::UUID AND idempotency_key.mutation = $4::VARCHAR COLLATE "C" AND idempotency_key.key = $5::VARCHAR COLLATE "C";

SELECT organization_stream.seq
FROM organization_stream
WHERE organization_stream.organization_id = $1::UUID;

SELECT concat('{"Customer":', (
  SELECT concat('[', string_agg(concat('{"0":"customer_', encode(uuid_send(t1.id), 'hex'), '","1":{"id":"customer_', encode(uuid_send(t1.id), 'hex'), '","version":', t1.version, '}}'), ','), ']') AS concat_2
  FROM customer AS t1
  WHERE t1.organization_id = $1::UUID AND t1.id IN (
    SELECT unnest($2::UUID[]) AS unnest_1)), '}') AS concat_1;

SELECT e.organization_id, e.subject_id, e.wrapped
FROM unnest($1::UUID[]) AS k(key) JOIN LATERAL (
  SELECT subject_key.organization_id AS organization_id, subject_key.subject_id AS subject_id, subject_key.wrapped AS wrapped
  FROM subject_key
  WHERE subject_key.organization_id = $2::UUID AND subject_key.subject_id = k.key
  LIMIT ALL OFFSET 0 FOR SHARE) AS e ON true;

INSERT INTO subject_key (organization_id, subject_id, wrapped) VALUES ($1::UUID, $2::UUID, $3::BYTEA) ON CONFLICT DO NOTHING;

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
