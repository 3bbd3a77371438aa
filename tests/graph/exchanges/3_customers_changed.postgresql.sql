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

SELECT e.organization_id, e.id, e.name, e.kind, e.supplier, e.segment, e.email, e.phone, e.country, e.active, e.custom, e.legal_hold, e.erased_at, e.erasure_basis, e.parent_id, e.version, e.created_at, e.updated_at
FROM unnest($1::UUID[]) AS k(key) JOIN LATERAL (
  SELECT customer.organization_id AS organization_id, customer.id AS id, customer.name AS name, customer.kind AS kind, customer.supplier AS supplier, customer.segment AS segment, customer.email AS email, customer.phone AS phone, customer.country AS country, customer.active AS active, customer.custom AS custom, customer.legal_hold AS legal_hold, customer.erased_at AS erased_at, customer.erasure_basis AS erasure_basis, customer.parent_id AS parent_id, customer.version AS version, customer.created_at AS created_at, customer.updated_at AS updated_at
  FROM customer
  WHERE customer.organization_id = $2::UUID AND customer.id = k.key
  LIMIT ALL OFFSET 0 FOR NO KEY UPDATE) AS e ON true;

SELECT e.organization_id, e.subject_id, e.wrapped
FROM unnest($1::UUID[]) AS k(key) JOIN LATERAL (
  SELECT subject_key.organization_id AS organization_id, subject_key.subject_id AS subject_id, subject_key.wrapped AS wrapped
  FROM subject_key
  WHERE subject_key.organization_id = $2::UUID AND subject_key.subject_id = k.key
  LIMIT ALL OFFSET 0) AS e ON true;

SELECT customer_relation.organization_id, customer_relation.customer_id, customer_relation.position, customer_relation.to_id, customer_relation.role
FROM customer_relation
WHERE customer_relation.organization_id = $1::UUID AND customer_relation.customer_id IN (
  SELECT unnest($2::UUID[]) AS unnest_1)
ORDER BY customer_relation.customer_id, customer_relation.position;

UPDATE customer SET name=$1::VARCHAR COLLATE "C", version=$2::INTEGER, updated_at=$3::TIMESTAMP WITH TIME ZONE
WHERE customer.organization_id = $4::UUID AND customer.id = $5::UUID;

INSERT INTO external_ref (organization_id, system, type, external_id, record_id, target_id, version, version_order, state, updated_at) VALUES ($1::UUID, $2::VARCHAR COLLATE "C", $3::VARCHAR COLLATE "C", $4::VARCHAR COLLATE "C", $5::UUID, $6::UUID, $7::VARCHAR, $8::BIGINT, $9::VARCHAR, $10::TIMESTAMP WITH TIME ZONE) ON CONFLICT (organization_id, system, type, external_id) DO UPDATE SET record_id = excluded.record_id, target_id = excluded.target_id, version = excluded.version, version_order = excluded.version_order, state = excluded.state, updated_at = excluded.updated_at;

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

SELECT organization_stream.seq, organization_stream.head
FROM organization_stream
WHERE organization_stream.organization_id = $1::UUID FOR UPDATE;

INSERT INTO event (organization_id, seq, at, actor_kind, actor_id, actor_name, origin, action, record_type, record_id, record_version, changed_fields, payload, sealed, subject_id, hash)
SELECT *
FROM unnest($1::UUID[], $2::BIGINT[], $3::TIMESTAMP WITH TIME ZONE[], $4::VARCHAR(40)[], $5::UUID[], $6::VARCHAR[], $7::VARCHAR[], $8::VARCHAR(40)[], $9::VARCHAR[], $10::UUID[], $11::INTEGER[], $12::VARCHAR[], $13::VARCHAR[], $14::VARCHAR[], $15::UUID[], $16::VARCHAR[]);

UPDATE organization_stream SET seq=$1::BIGINT, head=$2::VARCHAR COLLATE "C"
WHERE organization_stream.organization_id = $3::UUID;
