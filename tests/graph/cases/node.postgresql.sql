SELECT concat('{"id":"feedback_', encode(uuid_send(t1.id), 'hex'), '","__typename":"Feedback","number":', to_json(t1.number), ',"customer":', coalesce((
  SELECT concat('{"name":', to_json(t2.name), ',"kind":"', t2.kind, '"}') AS concat_2
  FROM customer AS t2
  WHERE t2.organization_id = $1::UUID AND t2.id = t1.customer_id), 'null'), '}') AS concat_1
FROM feedback AS t1
WHERE t1.organization_id = $1::UUID AND t1.id = $2::UUID
LIMIT 1;
