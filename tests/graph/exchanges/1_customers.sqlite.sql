BEGIN IMMEDIATE;

DELETE
FROM idempotency_key
WHERE idempotency_key.organization_id = ? AND idempotency_key.token_id = ? AND idempotency_key.mutation = ? AND idempotency_key."key" = ? AND idempotency_key.created_at < ?;

INSERT INTO idempotency_key (organization_id, token_id, mutation, "key", request_hash, outcome, created_at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING;

SELECT external_ref.organization_id, external_ref.system, external_ref.type, external_ref.external_id, external_ref.record_id, external_ref.target_id, external_ref.version, external_ref.version_order, external_ref.state, external_ref.updated_at
FROM external_ref
WHERE external_ref.organization_id = ? AND external_ref.system = ? AND external_ref.type = ? AND external_ref.external_id IN (
  SELECT anon_1.value
  FROM json_each(?) AS anon_1);

SELECT erased_ref.digest
FROM erased_ref
WHERE erased_ref.organization_id = ?
LIMIT ? OFFSET ?;

INSERT INTO customer (name, kind, supplier, segment, email, phone, country, active, custom, legal_hold, erased_at, erasure_basis, parent_id, organization_id, id, version, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

INSERT INTO customer_relation (organization_id, customer_id, position, to_id, role) VALUES (?, ?, ?, ?, ?);

INSERT INTO external_ref (organization_id, system, type, external_id, record_id, target_id, version, version_order, state, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (organization_id, system, type, external_id) DO UPDATE SET record_id = excluded.record_id, target_id = excluded.target_id, version = excluded.version, version_order = excluded.version_order, state = excluded.state, updated_at = excluded.updated_at;

UPDATE idempotency_key SET outcome=?
WHERE idempotency_key.organization_id = ? AND idempotency_key.token_id = ? AND idempotency_key.mutation = ? AND idempotency_key."key" = ?;

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

INSERT INTO subject_key (organization_id, subject_id, wrapped) VALUES (?, ?, ?) ON CONFLICT DO NOTHING;

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
