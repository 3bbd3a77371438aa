SELECT json_object('id', 'feedback_' || t1.id, '__typename', 'Feedback', 'number', t1.number, 'customer', (
  SELECT json_object('name', t2.name, 'kind', t2.kind) AS json_object_2
  FROM customer AS t2
  WHERE t2.organization_id = ? AND t2.id = t1.customer_id)) AS json_object_1
FROM feedback AS t1
WHERE t1.organization_id = ? AND t1.id = ?
LIMIT 1 OFFSET ?;
