SELECT concat('[', string_agg(coalesce(CASE WHEN (anon_1.kind = 'customer') THEN (
  SELECT concat('{"__typename":"Customer","id":"customer_', encode(uuid_send(t1.id), 'hex'), '","name":', to_json(t1.name), ',"parent":', coalesce((
    SELECT concat('{"name":', to_json(t2.name), '}') AS concat_3
    FROM customer AS t2
    WHERE t2.organization_id = $1::UUID AND t2.id = t1.parent_id), 'null'), '}') AS concat_2
  FROM customer AS t1
  WHERE t1.organization_id = $1::UUID AND t1.id = anon_1.id) WHEN (anon_1.kind = 'risk') THEN (
  SELECT concat('{"__typename":"Risk","id":"risk_', encode(uuid_send(t3.id), 'hex'), '","number":', to_json(t3.number), ',"current":', coalesce(CASE WHEN (NOT (t3.severity IS NULL AND t3.occurrence IS NULL AND t3.detection IS NULL)) THEN concat('{"rpn":', coalesce(CAST(t3.severity * t3.occurrence * t3.detection AS TEXT), 'null'), '}') END, 'null'), '}') AS concat_4
  FROM risk AS t3
  WHERE t3.organization_id = $1::UUID AND t3.id = anon_1.id) END, 'null'), ','), ']') AS concat_1
FROM (
  SELECT anon_2.value ->> 0 AS kind, CAST(anon_2.value ->> 1 AS UUID) AS id
  FROM json_array_elements(CAST($2::VARCHAR AS JSON)) WITH ORDINALITY AS anon_2(value, n)
  ORDER BY anon_2.n) AS anon_1;
