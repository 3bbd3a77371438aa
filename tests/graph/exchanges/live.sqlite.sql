SELECT organization_stream.seq
FROM organization_stream
WHERE organization_stream.organization_id = ?;

SELECT event.seq, event.at, event.actor_name, event.origin, event.action, event.record_type, event.record_id, event.record_version, event.changed_fields, event.payload
FROM event
WHERE event.organization_id = ? AND event.seq > ?
ORDER BY event.seq
LIMIT ? OFFSET ?;

SELECT json_object('Customer', (
  SELECT json_group_array(json_object('0', 'customer_' || t1.id, '1', json_object('id', 'customer_' || t1.id, 'name', t1.name))) AS json_group_array_1
  FROM customer AS t1
  WHERE t1.organization_id = ? AND t1.id IN (
    SELECT anon_1.value
    FROM json_each(?) AS anon_1))) AS json_object_1;

SELECT json_object('Feedback', (
  SELECT json_group_array(json_object('0', 'feedback_' || t1.id, '1', json_object('id', 'feedback_' || t1.id, 'number', t1.number, 'text', t1.text, 'status', t1.status, 'customer', (
    SELECT json_object('name', t2.name) AS json_object_2
    FROM customer AS t2
    WHERE t2.organization_id = ? AND t2.id = t1.customer_id)))) AS json_group_array_1
  FROM feedback AS t1
  WHERE t1.organization_id = ? AND t1.id IN (
    SELECT anon_1.value
    FROM json_each(?) AS anon_1))) AS json_object_1;
