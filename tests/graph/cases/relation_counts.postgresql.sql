SELECT concat('{"totalCount":', (
  SELECT count(*) AS count_1
  FROM customer AS t5
  WHERE t5.organization_id = $1::UUID AND (
    SELECT count(*) AS count_2
    FROM feedback AS t6
    WHERE t6.organization_id = $1::UUID AND t6.customer_id = t5.id) >= $2::INTEGER AND (NOT (EXISTS (
    SELECT t7.organization_id
    FROM customer AS t7
    WHERE t7.organization_id = $1::UUID AND t7.parent_id = t5.id AND t7.active = $3::BOOLEAN)) OR (EXISTS (
    SELECT t8.organization_id
    FROM action AS t8
    WHERE t8.organization_id = $1::UUID AND t8.customer_id = t5.id AND t8.status IN ('PLANNED', 'IN_PROGRESS'))))), ',"nodes":[', string_agg(concat('{"name":', to_json(anon_1.name), ',"feedback":', (
  SELECT concat('{"totalCount":', (
    SELECT count(*) AS count_3
    FROM feedback AS t10
    WHERE t10.organization_id = $1::UUID AND t10.customer_id = anon_1.id AND true), ',"nodes":[', string_agg(concat('{"number":', to_json(anon_2.number), '}'), ',') FILTER (WHERE anon_2.rn <= 2), ']}') AS concat_2
  FROM (
    SELECT anon_3.id AS id, anon_3.number AS number, anon_3.rn AS rn, anon_3.cnt AS cnt
    FROM (
      SELECT anon_4.id AS id, anon_4.number AS number, row_number() OVER () AS rn, count(*) OVER () AS cnt
      FROM (
        SELECT t9.id AS id, t9.number AS number
        FROM feedback AS t9
        WHERE t9.organization_id = $1::UUID AND t9.customer_id = anon_1.id AND true
        ORDER BY t9.id DESC
        LIMIT 2) AS anon_4) AS anon_3
    ORDER BY anon_3.rn DESC) AS anon_2), '}'), ','), ']}') AS concat_1
FROM (
  SELECT t1.id AS id, t1.name AS name
  FROM customer AS t1
  WHERE t1.organization_id = $1::UUID AND (
    SELECT count(*) AS count_4
    FROM feedback AS t2
    WHERE t2.organization_id = $1::UUID AND t2.customer_id = t1.id) >= $4::INTEGER AND (NOT (EXISTS (
    SELECT t3.organization_id
    FROM customer AS t3
    WHERE t3.organization_id = $1::UUID AND t3.parent_id = t1.id AND t3.active = $5::BOOLEAN)) OR (EXISTS (
    SELECT t4.organization_id
    FROM action AS t4
    WHERE t4.organization_id = $1::UUID AND t4.customer_id = t1.id AND t4.status IN ('PLANNED', 'IN_PROGRESS'))))
  ORDER BY t1.id ASC
  LIMIT 10) AS anon_1;
