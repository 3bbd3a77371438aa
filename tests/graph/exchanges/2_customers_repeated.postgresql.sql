DELETE
FROM idempotency_key
WHERE idempotency_key.organization_id = $1::UUID AND idempotency_key.token_id = $2::UUID AND idempotency_key.mutation = $3::VARCHAR COLLATE "C" AND idempotency_key.key = $4::VARCHAR COLLATE "C" AND idempotency_key.created_at < $5::TIMESTAMP WITH TIME ZONE;

INSERT INTO idempotency_key (organization_id, token_id, mutation, key, request_hash, outcome, created_at) VALUES ($1::UUID, $2::UUID, $3::VARCHAR COLLATE "C", $4::VARCHAR COLLATE "C", $5::VARCHAR COLLATE "C", $6::VARCHAR, $7::TIMESTAMP WITH TIME ZONE) ON CONFLICT DO NOTHING;

SELECT idempotency_key.organization_id, idempotency_key.token_id, idempotency_key.mutation, idempotency_key.key, idempotency_key.request_hash, idempotency_key.outcome, idempotency_key.created_at
FROM idempotency_key
WHERE idempotency_key.organization_id = $1::UUID AND idempotency_key.token_id = $2::UUID AND idempotency_key.mutation = $3::VARCHAR COLLATE "C" AND idempotency_key.key = $4::VARCHAR COLLATE "C";

SELECT organization_stream.seq
FROM organization_stream
WHERE organization_stream.organization_id = $1::UUID;

SELECT concat('{"Customer":', (
  SELECT concat('[', string_agg(concat('{"0":"customer_', encode(uuid_send(t1.id), 'hex'), '","1":{"id":"customer_', encode(uuid_send(t1.id), 'hex'), '","version":', t1.version, '}}'), ','), ']') AS concat_2
  FROM customer AS t1
  WHERE t1.organization_id = $1::UUID AND t1.id IN (
    SELECT unnest($2::UUID[]) AS unnest_1)), '}') AS concat_1;
