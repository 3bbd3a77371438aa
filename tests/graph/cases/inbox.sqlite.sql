SELECT json_object('nodes', json_group_array(json_object('id', 'feedback_' || anon_1.id, 'number', anon_1.number, 'status', anon_1.status, 'text', anon_1.text, 'occurredAt', rtrim(rtrim(anon_1.occurred_at, '0'), '.') || 'Z', 'customer', (
  SELECT json_object('id', 'customer_' || t2.id, 'name', t2.name) AS json_object_2
  FROM customer AS t2
  WHERE t2.organization_id = ? AND t2.id = anon_1.customer_id), 'themes', (
  SELECT json_group_array(json_object('name', anon_2.name)) AS json_group_array_1
  FROM (
    SELECT t3.id AS id, t3.name AS name
    FROM theme AS t3
    WHERE t3.organization_id = ? AND t3.id IN (
      SELECT t4.theme_id
      FROM feedback_theme AS t4
      WHERE t4.organization_id = ? AND t4.feedback_id = anon_1.id)
    ORDER BY t3.id
    LIMIT 200 OFFSET ?) AS anon_2), 'answers', (
  SELECT json_group_array(json_object('number', json(CASE WHEN (anon_3.number IS NOT NULL) THEN CASE WHEN (anon_3.number < 0) THEN '-' ELSE '' END || rtrim(rtrim(printf('%d.%06d', abs(anon_3.number) / 1000000, abs(anon_3.number) % 1000000), '0'), '.') END), 'text', anon_3.text, 'question', (
    SELECT json_object('key', t6."key", 'metric', t6.metric) AS json_object_3
    FROM question AS t6
    WHERE t6.organization_id = ? AND t6.id = anon_3.question_id))) AS json_group_array_2
  FROM (
    SELECT t5.question_id AS question_id, t5.number AS number, t5.text AS text
    FROM answer AS t5
    WHERE t5.organization_id = ? AND t5.feedback_id = anon_1.id
    ORDER BY t5.position, t5.feedback_id
    LIMIT 200 OFFSET ?) AS anon_3))) FILTER (WHERE anon_1.rn <= 20), 'pageInfo', json_object('hasNextPage', json(CASE WHEN ((coalesce(max(anon_1.cnt), 0) > 20) IS 1) THEN 'true' WHEN ((coalesce(max(anon_1.cnt), 0) > 20) IS 0) THEN 'false' END), 'endCursor', max(lower(hex('["-occurredAt,-id"' || ',' || json_quote(rtrim(rtrim(anon_1.occurred_at, '0'), '.') || 'Z') || ',' || json_quote(anon_1.id) || ']'))) FILTER (WHERE (anon_1.rn = 20 OR anon_1.rn = anon_1.cnt) AND anon_1.rn <= 20)), 'totalCount', (
  SELECT count(*) AS count_1
  FROM feedback AS t7
  WHERE t7.organization_id = ? AND t7.status IN ('RECEIVED', 'TRIAGED') AND t7.active = ?)) AS json_object_1
FROM (
  SELECT anon_4.id AS id, anon_4.number AS number, anon_4.status AS status, anon_4.text AS text, anon_4.occurred_at AS occurred_at, anon_4.customer_id AS customer_id, row_number() OVER () AS rn, count(*) OVER () AS cnt
  FROM (
    SELECT t1.id AS id, t1.number AS number, t1.status AS status, t1.text AS text, t1.occurred_at AS occurred_at, t1.customer_id AS customer_id
    FROM feedback AS t1
    WHERE t1.organization_id = ? AND t1.status IN ('RECEIVED', 'TRIAGED') AND t1.active = ?
    ORDER BY t1.occurred_at DESC, t1.id DESC
    LIMIT 21 OFFSET ?) AS anon_4) AS anon_1;
