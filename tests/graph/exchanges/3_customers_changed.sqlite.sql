BEGIN IMMEDIATE;

SELECT external_ref.organization_id, external_ref.system, external_ref.type, external_ref.external_id, external_ref.record_id, external_ref.target_id, external_ref.version, external_ref.version_order, external_ref.state, external_ref.updated_at
FROM external_ref
WHERE external_ref.organization_id = ? AND external_ref.system = ? AND external_ref.type = ? AND external_ref.external_id IN (
  SELECT anon_1.value
  FROM json_each(?) AS anon_1);

SELECT erased_ref.digest
FROM erased_ref
WHERE erased_ref.organization_id = ?
LIMIT ? OFFSET ?;

SELECT customer.organization_id, customer.id, customer.name, customer.kind, customer.supplier, customer.segment, customer.email, customer.phone, customer.country, customer.active, customer.custom, customer.legal_hold, customer.erased_at, customer.erasure_basis, customer.parent_id, customer.version, customer.created_at, customer.updated_at
FROM customer
WHERE customer.organization_id = ? AND customer.id IN (
  SELECT anon_1.value
  FROM json_each(?) AS anon_1);

SELECT subject_key.organization_id, subject_key.subject_id, subject_key.wrapped
FROM subject_key
WHERE subject_key.organization_id = ? AND subject_key.subject_id IN (
  SELECT anon_1.value
  FROM json_each(?) AS anon_1);

SELECT customer_relation.organization_id, customer_relation.customer_id, customer_relation.position, customer_relation.to_id, customer_relation.role
FROM customer_relation
WHERE customer_relation.organization_id = ? AND customer_relation.customer_id IN (
  SELECT anon_1.value
  FROM json_each(?) AS anon_1)
ORDER BY customer_relation.customer_id, customer_relation.position;

UPDATE customer SET name=?, version=?, updated_at=?
WHERE customer.organization_id = ? AND customer.id = ?;

INSERT INTO external_ref (organization_id, system, type, external_id, record_id, target_id, version, version_order, state, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (organization_id, system, type, external_id) DO UPDATE SET record_id = excluded.record_id, target_id = excluded.target_id, version = excluded.version, version_order = excluded.version_order, state = excluded.state, updated_at = excluded.updated_at;

SELECT organization_stream.seq
FROM organization_stream
WHERE organization_stream.organization_id = ?;

SELECT json_object('Customer', (
  SELECT json_group_array(json_object('0', 'customer_' || t1.id, '1', json_object('id', 'customer_' || t1.id, 'version', t1.version))) AS json_group_array_1
  FROM customer AS t1
  WHERE t1.organization_id = ? AND t1.id IN (
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
