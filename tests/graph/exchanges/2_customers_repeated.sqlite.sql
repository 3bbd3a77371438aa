BEGIN IMMEDIATE;

DELETE
FROM idempotency_key
WHERE idempotency_key.organization_id = ? AND idempotency_key.token_id = ? AND idempotency_key.mutation = ? AND idempotency_key."key" = ? AND idempotency_key.created_at < ?;

INSERT INTO idempotency_key (organization_id, token_id, mutation, "key", request_hash, outcome, created_at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING;

SELECT idempotency_key.organization_id, idempotency_key.token_id, idempotency_key.mutation, idempotency_key."key", idempotency_key.request_hash, idempotency_key.outcome, idempotency_key.created_at
FROM idempotency_key
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
