SELECT concat('{"edges":[', string_agg(concat('{"cursor":"', encode(convert_to('["customer.parent.name,-product.name,-id"' || ',' || coalesce(CAST(to_json(anon_1.by0) AS TEXT), 'null') || ',' || coalesce(CAST(to_json(anon_1.by1) AS TEXT), 'null') || ',' || concat('"', encode(uuid_send(anon_1.id), 'hex'), '"') || ']', 'UTF8'), 'hex'), '","node":{"number":', to_json(anon_1.number), ',"customer":', coalesce((
  SELECT concat('{"name":', to_json(t5.name), ',"parent":', coalesce((
    SELECT concat('{"name":', to_json(t6.name), '}') AS concat_3
    FROM customer AS t6
    WHERE t6.organization_id = $1::UUID AND t6.id = t5.parent_id), 'null'), '}') AS concat_2
  FROM customer AS t5
  WHERE t5.organization_id = $1::UUID AND t5.id = anon_1.customer_id), 'null'), ',"product":', coalesce((
  SELECT concat('{"name":', to_json(t7.name), '}') AS concat_4
  FROM product AS t7
  WHERE t7.organization_id = $1::UUID AND t7.id = anon_1.product_id), 'null'), '}}'), ',') FILTER (WHERE anon_1.rn <= 5), '],"pageInfo":{"hasNextPage":', coalesce(CAST(coalesce(max(anon_1.cnt), 0) > 5 AS TEXT), 'null'), ',"endCursor":', coalesce(max(concat('"', encode(convert_to('["customer.parent.name,-product.name,-id"' || ',' || coalesce(CAST(to_json(anon_1.by0) AS TEXT), 'null') || ',' || coalesce(CAST(to_json(anon_1.by1) AS TEXT), 'null') || ',' || concat('"', encode(uuid_send(anon_1.id), 'hex'), '"') || ']', 'UTF8'), 'hex'), '"')) FILTER (WHERE (anon_1.rn = 5 OR anon_1.rn = anon_1.cnt) AND anon_1.rn <= 5), 'null'), '}}') AS concat_1
FROM (
  SELECT anon_2.id AS id, anon_2.number AS number, anon_2.customer_id AS customer_id, anon_2.product_id AS product_id, anon_2.by0 AS by0, anon_2.by1 AS by1, row_number() OVER () AS rn, count(*) OVER () AS cnt
  FROM (
    SELECT t1.id AS id, t1.number AS number, t1.customer_id AS customer_id, t1.product_id AS product_id, t3.name AS by0, t4.name AS by1
    FROM feedback AS t1 LEFT OUTER JOIN customer AS t2 ON t2.organization_id = $1::UUID AND t2.id = t1.customer_id LEFT OUTER JOIN customer AS t3 ON t3.organization_id = $1::UUID AND t3.id = t2.parent_id LEFT OUTER JOIN product AS t4 ON t4.organization_id = $1::UUID AND t4.id = t1.product_id
    WHERE t1.organization_id = $1::UUID AND true
    ORDER BY t3.name ASC NULLS LAST, t4.name DESC NULLS LAST, t1.id DESC
    LIMIT 6) AS anon_2) AS anon_1;
