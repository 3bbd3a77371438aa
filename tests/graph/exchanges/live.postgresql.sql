SELECT organization_stream.seq
FROM organization_stream
WHERE organization_stream.organization_id = $1::UUID;

SELECT event.seq, event.at, event.actor_name, event.origin, event.action, event.record_type, event.record_id, event.record_version, event.changed_fields, event.payload
FROM event
WHERE event.organization_id = $1::UUID AND event.seq > $2::BIGINT
ORDER BY event.seq
LIMIT $3::INTEGER;

SELECT concat('{"Customer":', (
  SELECT concat('[', string_agg(concat('{"0":"customer_', encode(uuid_send(t1.id), 'hex'), '","1":{"id":"customer_', encode(uuid_send(t1.id), 'hex'), '","name":', to_json(t1.name), '}}'), ','), ']') AS concat_2
  FROM customer AS t1
  WHERE t1.organization_id = $1::UUID AND t1.id IN (
    SELECT unnest($2::UUID[]) AS unnest_1)), '}') AS concat_1;

SELECT concat('{"Feedback":', (
  SELECT concat('[', string_agg(concat('{"0":"feedback_', encode(uuid_send(t1.id), 'hex'), '","1":{"id":"feedback_', encode(uuid_send(t1.id), 'hex'), '","number":', to_json(t1.number), ',"text":', coalesce(CAST(to_json(t1.text) AS TEXT), 'null'), ',"status":"', t1.status, '","customer":', coalesce((
    SELECT concat('{"name":', to_json(t2.name), '}') AS concat_3
    FROM customer AS t2
    WHERE t2.organization_id = $1::UUID AND t2.id = t1.customer_id), 'null'), '}}'), ','), ']') AS concat_2
  FROM feedback AS t1
  WHERE t1.organization_id = $1::UUID AND t1.id IN (
    SELECT unnest($2::UUID[]) AS unnest_1)), '}') AS concat_1;
