SELECT pg_advisory_xact_lock(hashtextextended($1::VARCHAR, $2::INTEGER)) AS pg_advisory_xact_lock_1;

SELECT e.organization_id, e.id, e.name, e.kind, e.supplier, e.segment, e.email, e.phone, e.country, e.active, e.custom, e.legal_hold, e.erased_at, e.erasure_basis, e.parent_id, e.version, e.created_at, e.updated_at
FROM unnest($1::UUID[]) AS k(key) JOIN LATERAL (
  SELECT customer.organization_id AS organization_id, customer.id AS id, customer.name AS name, customer.kind AS kind, customer.supplier AS supplier, customer.segment AS segment, customer.email AS email, customer.phone AS phone, customer.country AS country, customer.active AS active, customer.custom AS custom, customer.legal_hold AS legal_hold, customer.erased_at AS erased_at, customer.erasure_basis AS erasure_basis, customer.parent_id AS parent_id, customer.version AS version, customer.created_at AS created_at, customer.updated_at AS updated_at
  FROM customer
  WHERE customer.organization_id = $2::UUID AND customer.id = k.key
  LIMIT ALL OFFSET 0 FOR NO KEY UPDATE) AS e ON true;

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

INSERT INTO external_ref (organization_id, system, type, external_id, record_id, target_id, version, version_order, state, updated_at) VALUES ($1::UUID, $2::VARCHAR COLLATE "C", $3::VARCHAR COLLATE "C", $4::VARCHAR COLLATE "C", $5::UUID, $6::UUID, $7::VARCHAR, $8::BIGINT, $9::VARCHAR, $10::TIMESTAMP WITH TIME ZONE) ON CONFLICT (organization_id, system, type, external_id) DO UPDATE SET record_id = excluded.record_id, target_id = excluded.target_id, version = excluded.version, version_order = excluded.version_order, state = excluded.state, updated_at = excluded.updated_at;
