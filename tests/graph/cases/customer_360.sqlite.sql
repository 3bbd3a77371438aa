SELECT json_object('id', 'customer_' || t1.id, 'name', t1.name, 'custom', json(t1.custom), 'parent', (
  SELECT json_object('name', t2.name, 'parent', (
    SELECT json_object('name', t3.name) AS json_object_3
    FROM customer AS t3
    WHERE t3.organization_id = ? AND t3.id = t2.parent_id)) AS json_object_2
  FROM customer AS t2
  WHERE t2.organization_id = ? AND t2.id = t1.parent_id), 'relations', (
  SELECT json_group_array(json_object('role', anon_1.role, 'to', (
    SELECT json_object('name', t5.name) AS json_object_4
    FROM customer AS t5
    WHERE t5.organization_id = ? AND t5.id = anon_1.to_id))) AS json_group_array_1
  FROM (
    SELECT t4.to_id AS to_id, t4.role AS role
    FROM customer_relation AS t4
    WHERE t4.organization_id = ? AND t4.customer_id = t1.id
    ORDER BY t4.position, t4.customer_id
    LIMIT 200 OFFSET ?) AS anon_1), 'feedback', (
  SELECT json_object('totalCount', (
    SELECT count(*) AS count_1
    FROM feedback AS t7
    WHERE t7.organization_id = ? AND t7.customer_id = t1.id AND 1 = 1), 'nodes', json_group_array(json_object('number', anon_2.number, 'text', anon_2.text, 'answers', (
    SELECT json_group_array(json_object('number', json(CASE WHEN (anon_3.number IS NOT NULL) THEN CASE WHEN (anon_3.number < 0) THEN '-' ELSE '' END || rtrim(rtrim(printf('%d.%06d', abs(anon_3.number) / 1000000, abs(anon_3.number) % 1000000), '0'), '.') END), 'question', (
      SELECT json_object('key', t9."key") AS json_object_6
      FROM question AS t9
      WHERE t9.organization_id = ? AND t9.id = anon_3.question_id))) AS json_group_array_2
    FROM (
      SELECT t8.question_id AS question_id, t8.number AS number
      FROM answer AS t8
      WHERE t8.organization_id = ? AND t8.feedback_id = anon_2.id
      ORDER BY t8.position, t8.feedback_id
      LIMIT 200 OFFSET ?) AS anon_3), 'duplicates', (
    SELECT json_object('nodes', json_group_array(json_object('number', anon_4.number))) AS json_object_7
    FROM (
      SELECT t10.id AS id, t10.number AS number
      FROM feedback AS t10
      WHERE t10.organization_id = ? AND t10.duplicate_of_id = anon_2.id AND 1 = 1
      ORDER BY t10.id ASC
      LIMIT 2 OFFSET ?) AS anon_4)))) AS json_object_5
  FROM (
    SELECT t6.id AS id, t6.number AS number, t6.text AS text, t6.occurred_at AS occurred_at
    FROM feedback AS t6
    WHERE t6.organization_id = ? AND t6.customer_id = t1.id AND 1 = 1
    ORDER BY t6.occurred_at DESC, t6.id DESC
    LIMIT 5 OFFSET ?) AS anon_2), 'interactions', (
  SELECT json_object('nodes', json_group_array(json_object('occurredAt', rtrim(rtrim(anon_5.occurred_at, '0'), '.') || 'Z', 'amount', CASE WHEN (anon_5.amount IS NOT NULL) THEN CASE WHEN (anon_5.amount < 0) THEN '-' ELSE '' END || rtrim(rtrim(printf('%d.%06d', abs(anon_5.amount) / 1000000, abs(anon_5.amount) % 1000000), '0'), '.') END, 'currency', anon_5.currency, 'product', (
    SELECT json_object('name', t12.name, 'sku', t12.sku) AS json_object_9
    FROM product AS t12
    WHERE t12.organization_id = ? AND t12.id = anon_5.product_id)))) AS json_object_8
  FROM (
    SELECT t11.id AS id, t11.occurred_at AS occurred_at, t11.amount AS amount, t11.currency AS currency, t11.product_id AS product_id
    FROM interaction AS t11
    WHERE t11.organization_id = ? AND t11.customer_id = t1.id AND t11.kind = ?
    ORDER BY t11.id ASC
    LIMIT 5 OFFSET ?) AS anon_5), 'children', (
  SELECT json_object('nodes', json_group_array(json_object('name', anon_6.name)), 'totalCount', (
    SELECT count(*) AS count_2
    FROM customer AS t14
    WHERE t14.organization_id = ? AND t14.parent_id = t1.id AND 1 = 1)) AS json_object_10
  FROM (
    SELECT t13.id AS id, t13.name AS name
    FROM customer AS t13
    WHERE t13.organization_id = ? AND t13.parent_id = t1.id AND 1 = 1
    ORDER BY t13.id ASC
    LIMIT 10 OFFSET ?) AS anon_6)) AS json_object_1
FROM customer AS t1
WHERE t1.organization_id = ? AND t1.id = ?
LIMIT 1 OFFSET ?;
