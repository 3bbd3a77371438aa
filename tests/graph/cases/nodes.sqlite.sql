SELECT json_group_array(CASE WHEN (anon_1.kind = 'customer') THEN (
  SELECT json_object('__typename', 'Customer', 'id', 'customer_' || t1.id, 'name', t1.name, 'parent', (
    SELECT json_object('name', t2.name) AS json_object_2
    FROM customer AS t2
    WHERE t2.organization_id = ? AND t2.id = t1.parent_id)) AS json_object_1
  FROM customer AS t1
  WHERE t1.organization_id = ? AND t1.id = anon_1.id) WHEN (anon_1.kind = 'risk') THEN (
  SELECT json_object('__typename', 'Risk', 'id', 'risk_' || t3.id, 'number', t3.number, 'current', CASE WHEN (NOT (t3.severity IS NULL AND t3.occurrence IS NULL AND t3.detection IS NULL)) THEN json_object('rpn', t3.severity * t3.occurrence * t3.detection) END) AS json_object_3
  FROM risk AS t3
  WHERE t3.organization_id = ? AND t3.id = anon_1.id) END) AS json_group_array_1
FROM (
  SELECT json_extract(anon_2.value, '$[0]') AS kind, json_extract(anon_2.value, '$[1]') AS id
  FROM json_each(?) AS anon_2
  ORDER BY anon_2."key") AS anon_1;
