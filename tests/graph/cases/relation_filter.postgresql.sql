SELECT concat('{"nodes":[', string_agg(concat('{"id":"customer_', encode(uuid_send(anon_1.id), 'hex'), '","name":', to_json(anon_1.name), ',"segment":', coalesce(CAST(to_json(anon_1.segment) AS TEXT), 'null'), '}'), ','), '],"totalCount":', (
  SELECT count(*) AS count_1
  FROM customer AS t8
  WHERE t8.organization_id = $1::UUID AND t8.segment = $2::VARCHAR COLLATE "C" AND (
    SELECT count(*) AS count_2
    FROM customer AS t9
    WHERE t9.organization_id = $1::UUID AND t9.parent_id = t8.id) >= $3::INTEGER AND NOT (EXISTS (
    SELECT t10.organization_id
    FROM interaction AS t10
    WHERE t10.organization_id = $1::UUID AND t10.customer_id = t8.id AND t10.amount < $4::NUMERIC(20, 6))) AND (EXISTS (
    SELECT t11.organization_id
    FROM feedback AS t11
    WHERE t11.organization_id = $1::UUID AND t11.customer_id = t8.id AND t11.occurred_at >= $5::TIMESTAMP WITH TIME ZONE AND (EXISTS (
      SELECT t12.organization_id
      FROM theme AS t12
      WHERE t12.organization_id = $1::UUID AND t12.id IN (
        SELECT t13.theme_id
        FROM feedback_theme AS t13
        WHERE t13.organization_id = $1::UUID AND t13.feedback_id = t11.id) AND t12.name IN (
        SELECT unnest($6::VARCHAR[] COLLATE "C") AS unnest_1)
      LIMIT ALL OFFSET 0)))) AND NOT coalesce(EXISTS (
    SELECT t14.id
    FROM customer AS t14
    WHERE t14.organization_id = $1::UUID AND t14.id = t8.parent_id AND strpos(lower(t14.name COLLATE "und-x-icu"), lower($7::VARCHAR COLLATE "und-x-icu")) > 0), false)), '}') AS concat_1
FROM (
  SELECT t1.id AS id, t1.name AS name, t1.segment AS segment
  FROM customer AS t1
  WHERE t1.organization_id = $1::UUID AND t1.segment = $8::VARCHAR COLLATE "C" AND (
    SELECT count(*) AS count_3
    FROM customer AS t2
    WHERE t2.organization_id = $1::UUID AND t2.parent_id = t1.id) >= $9::INTEGER AND NOT (EXISTS (
    SELECT t3.organization_id
    FROM interaction AS t3
    WHERE t3.organization_id = $1::UUID AND t3.customer_id = t1.id AND t3.amount < $10::NUMERIC(20, 6))) AND (EXISTS (
    SELECT t4.organization_id
    FROM feedback AS t4
    WHERE t4.organization_id = $1::UUID AND t4.customer_id = t1.id AND t4.occurred_at >= $11::TIMESTAMP WITH TIME ZONE AND (EXISTS (
      SELECT t5.organization_id
      FROM theme AS t5
      WHERE t5.organization_id = $1::UUID AND t5.id IN (
        SELECT t6.theme_id
        FROM feedback_theme AS t6
        WHERE t6.organization_id = $1::UUID AND t6.feedback_id = t4.id) AND t5.name IN (
        SELECT unnest($12::VARCHAR[] COLLATE "C") AS unnest_2)
      LIMIT ALL OFFSET 0)))) AND NOT coalesce(EXISTS (
    SELECT t7.id
    FROM customer AS t7
    WHERE t7.organization_id = $1::UUID AND t7.id = t1.parent_id AND strpos(lower(t7.name COLLATE "und-x-icu"), lower($13::VARCHAR COLLATE "und-x-icu")) > 0), false)
  ORDER BY t1.id ASC
  LIMIT 50) AS anon_1;
