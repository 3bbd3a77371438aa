SELECT json_object('edges', json_group_array(json_object('cursor', lower(hex('["customer.parent.name,-product.name,-id"' || ',' || json_quote(anon_1.by0) || ',' || json_quote(anon_1.by1) || ',' || json_quote(anon_1.id) || ']')), 'node', json_object('number', anon_1.number, 'customer', (
  SELECT json_object('name', t5.name, 'parent', (
    SELECT json_object('name', t6.name) AS json_object_3
    FROM customer AS t6
    WHERE t6.organization_id = ? AND t6.id = t5.parent_id)) AS json_object_2
  FROM customer AS t5
  WHERE t5.organization_id = ? AND t5.id = anon_1.customer_id), 'product', (
  SELECT json_object('name', t7.name) AS json_object_4
  FROM product AS t7
  WHERE t7.organization_id = ? AND t7.id = anon_1.product_id)))) FILTER (WHERE anon_1.rn <= 5), 'pageInfo', json_object('hasNextPage', json(CASE WHEN ((coalesce(max(anon_1.cnt), 0) > 5) IS 1) THEN 'true' WHEN ((coalesce(max(anon_1.cnt), 0) > 5) IS 0) THEN 'false' END), 'endCursor', max(lower(hex('["customer.parent.name,-product.name,-id"' || ',' || json_quote(anon_1.by0) || ',' || json_quote(anon_1.by1) || ',' || json_quote(anon_1.id) || ']'))) FILTER (WHERE (anon_1.rn = 5 OR anon_1.rn = anon_1.cnt) AND anon_1.rn <= 5))) AS json_object_1
FROM (
  SELECT anon_2.id AS id, anon_2.number AS number, anon_2.customer_id AS customer_id, anon_2.product_id AS product_id, anon_2.by0 AS by0, anon_2.by1 AS by1, row_number() OVER () AS rn, count(*) OVER () AS cnt
  FROM (
    SELECT t1.id AS id, t1.number AS number, t1.customer_id AS customer_id, t1.product_id AS product_id, t3.name AS by0, t4.name AS by1
    FROM feedback AS t1 LEFT OUTER JOIN customer AS t2 ON t2.organization_id = ? AND t2.id = t1.customer_id LEFT OUTER JOIN customer AS t3 ON t3.organization_id = ? AND t3.id = t2.parent_id LEFT OUTER JOIN product AS t4 ON t4.organization_id = ? AND t4.id = t1.product_id
    WHERE t1.organization_id = ? AND 1 = 1
    ORDER BY t3.name ASC NULLS LAST, t4.name DESC NULLS LAST, t1.id DESC
    LIMIT 6 OFFSET ?) AS anon_2) AS anon_1;
