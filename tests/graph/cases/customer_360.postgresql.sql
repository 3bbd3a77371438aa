SELECT concat('{"id":"customer_', encode(uuid_send(t1.id), 'hex'), '","name":', to_json(t1.name), ',"custom":', t1.custom, ',"parent":', coalesce((
  SELECT concat('{"name":', to_json(t2.name), ',"parent":', coalesce((
    SELECT concat('{"name":', to_json(t3.name), '}') AS concat_3
    FROM customer AS t3
    WHERE t3.organization_id = $1::UUID AND t3.id = t2.parent_id), 'null'), '}') AS concat_2
  FROM customer AS t2
  WHERE t2.organization_id = $1::UUID AND t2.id = t1.parent_id), 'null'), ',"relations":', (
  SELECT concat('[', string_agg(concat('{"role":', coalesce(CAST(to_json(anon_1.role) AS TEXT), 'null'), ',"to":', coalesce((
    SELECT concat('{"name":', to_json(t5.name), '}') AS concat_5
    FROM customer AS t5
    WHERE t5.organization_id = $1::UUID AND t5.id = anon_1.to_id), 'null'), '}'), ','), ']') AS concat_4
  FROM (
    SELECT t4.to_id AS to_id, t4.role AS role
    FROM customer_relation AS t4
    WHERE t4.organization_id = $1::UUID AND t4.customer_id = t1.id
    ORDER BY t4.position, t4.customer_id
    LIMIT 200) AS anon_1), ',"feedback":', (
  SELECT concat('{"totalCount":', (
    SELECT count(*) AS count_1
    FROM feedback AS t7
    WHERE t7.organization_id = $1::UUID AND t7.customer_id = t1.id AND true), ',"nodes":[', string_agg(concat('{"number":', to_json(anon_2.number), ',"text":', coalesce(CAST(to_json(anon_2.text) AS TEXT), 'null'), ',"answers":', (
    SELECT concat('[', string_agg(concat('{"number":', coalesce(CAST(trim_scale(anon_3.number) AS TEXT), 'null'), ',"question":', coalesce((
      SELECT concat('{"key":', to_json(t9.key), '}') AS concat_8
      FROM question AS t9
      WHERE t9.organization_id = $1::UUID AND t9.id = anon_3.question_id), 'null'), '}'), ','), ']') AS concat_7
    FROM (
      SELECT t8.question_id AS question_id, t8.number AS number
      FROM answer AS t8
      WHERE t8.organization_id = $1::UUID AND t8.feedback_id = anon_2.id
      ORDER BY t8.position, t8.feedback_id
      LIMIT 200) AS anon_3), ',"duplicates":', (
    SELECT concat('{"nodes":[', string_agg(concat('{"number":', to_json(anon_4.number), '}'), ','), ']}') AS concat_9
    FROM (
      SELECT t10.id AS id, t10.number AS number
      FROM feedback AS t10
      WHERE t10.organization_id = $1::UUID AND t10.duplicate_of_id = anon_2.id AND true
      ORDER BY t10.id ASC
      LIMIT 2) AS anon_4), '}'), ','), ']}') AS concat_6
  FROM (
    SELECT t6.id AS id, t6.number AS number, t6.text AS text, t6.occurred_at AS occurred_at
    FROM feedback AS t6
    WHERE t6.organization_id = $1::UUID AND t6.customer_id = t1.id AND true
    ORDER BY t6.occurred_at DESC, t6.id DESC
    LIMIT 5) AS anon_2), ',"interactions":', (
  SELECT concat('{"nodes":[', string_agg(concat('{"occurredAt":"', replace(CAST(timezone('UTC', anon_5.occurred_at) AS TEXT), ' ', 'T'), 'Z","amount":', CASE WHEN (anon_5.amount IS NULL) THEN 'null' ELSE concat('"', trim_scale(anon_5.amount), '"') END, ',"currency":', coalesce(CAST(to_json(anon_5.currency) AS TEXT), 'null'), ',"product":', coalesce((
    SELECT concat('{"name":', to_json(t12.name), ',"sku":', coalesce(CAST(to_json(t12.sku) AS TEXT), 'null'), '}') AS concat_11
    FROM product AS t12
    WHERE t12.organization_id = $1::UUID AND t12.id = anon_5.product_id), 'null'), '}'), ','), ']}') AS concat_10
  FROM (
    SELECT t11.id AS id, t11.occurred_at AS occurred_at, t11.amount AS amount, t11.currency AS currency, t11.product_id AS product_id
    FROM interaction AS t11
    WHERE t11.organization_id = $1::UUID AND t11.customer_id = t1.id AND t11.kind = $2::VARCHAR
    ORDER BY t11.id ASC
    LIMIT 5) AS anon_5), ',"children":', (
  SELECT concat('{"nodes":[', string_agg(concat('{"name":', to_json(anon_6.name), '}'), ','), '],"totalCount":', (
    SELECT count(*) AS count_2
    FROM customer AS t14
    WHERE t14.organization_id = $1::UUID AND t14.parent_id = t1.id AND true), '}') AS concat_12
  FROM (
    SELECT t13.id AS id, t13.name AS name
    FROM customer AS t13
    WHERE t13.organization_id = $1::UUID AND t13.parent_id = t1.id AND true
    ORDER BY t13.id ASC
    LIMIT 10) AS anon_6), '}') AS concat_1
FROM customer AS t1
WHERE t1.organization_id = $1::UUID AND t1.id = $3::UUID
LIMIT 1;
