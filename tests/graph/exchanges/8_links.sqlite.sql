BEGIN IMMEDIATE;

SELECT customer.organization_id, customer.id, customer.name, customer.kind, customer.supplier, customer.segment, customer.email, customer.phone, customer.country, customer.active, customer.custom, customer.legal_hold, customer.erased_at, customer.erasure_basis, customer.parent_id, customer.version, customer.created_at, customer.updated_at
FROM customer
WHERE customer.organization_id = ? AND customer.id IN (
  SELECT anon_1.value
  FROM json_each(?) AS anon_1);

SELECT external_ref.organization_id, external_ref.system, external_ref.type, external_ref.external_id, external_ref.record_id, external_ref.target_id, external_ref.version, external_ref.version_order, external_ref.state, external_ref.updated_at
FROM external_ref
WHERE external_ref.organization_id = ? AND external_ref.system = ? AND external_ref.type = ? AND external_ref.external_id IN (
  SELECT anon_1.value
  FROM json_each(?) AS anon_1);

SELECT erased_ref.digest
FROM erased_ref
WHERE erased_ref.organization_id = ?
LIMIT ? OFFSET ?;

INSERT INTO external_ref (organization_id, system, type, external_id, record_id, target_id, version, version_order, state, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (organization_id, system, type, external_id) DO UPDATE SET record_id = excluded.record_id, target_id = excluded.target_id, version = excluded.version, version_order = excluded.version_order, state = excluded.state, updated_at = excluded.updated_at;
