SELECT concat('{"nodes":[', string_agg(concat('{"id":"feedback_', encode(uuid_send(anon_1.id), 'hex'), '","number":', to_json(anon_1.number), ',"status":"', anon_1.status, '","text":', coalesce(CAST(to_json(anon_1.text) AS TEXT), 'null'), ',"occurredAt":"', replace(CAST(timezone('UTC', anon_1.occurred_at) AS TEXT), ' ', 'T'), 'Z","customer":', coalesce((
  SELECT concat('{"id":"customer_', encode(uuid_send(t2.id), 'hex'), '","name":', to_json(t2.name), '}') AS concat_2
  FROM customer AS t2
  WHERE t2.organization_id = $1::UUID AND t2.id = anon_1.customer_id), 'null'), ',"themes":', (
  SELECT concat('[', string_agg(concat('{"name":', to_json(anon_2.name), '}'), ','), ']') AS concat_3
  FROM (
    SELECT t3.id AS id, t3.name AS name
    FROM theme AS t3
    WHERE t3.organization_id = $1::UUID AND t3.id IN (
      SELECT t4.theme_id
      FROM feedback_theme AS t4
      WHERE t4.organization_id = $1::UUID AND t4.feedback_id = anon_1.id)
    ORDER BY t3.id
    LIMIT 200) AS anon_2), ',"answers":', (
  SELECT concat('[', string_agg(concat('{"number":', coalesce(CAST(trim_scale(anon_3.number) AS TEXT), 'null'), ',"text":', coalesce(CAST(to_json(anon_3.text) AS TEXT), 'null'), ',"question":', coalesce((
    SELECT concat('{"key":', to_json(t6.key), ',"metric":', CASE WHEN (t6.metric IS NULL) THEN 'null' ELSE concat('"', t6.metric, '"') END, '}') AS concat_5
    FROM question AS t6
    WHERE t6.organization_id = $1::UUID AND t6.id = anon_3.question_id), 'null'), '}'), ','), ']') AS concat_4
  FROM (
    SELECT t5.question_id AS question_id, t5.number AS number, t5.text AS text
    FROM answer AS t5
    WHERE t5.organization_id = $1::UUID AND t5.feedback_id = anon_1.id
    ORDER BY t5.position, t5.feedback_id
    LIMIT 200) AS anon_3), '}'), ',') FILTER (WHERE anon_1.rn <= 20), '],"pageInfo":{"hasNextPage":', coalesce(CAST(coalesce(max(anon_1.cnt), 0) > 20 AS TEXT), 'null'), ',"endCursor":', coalesce(max(concat('"', encode(convert_to('["-occurredAt,-id"' || ',' || concat('"', replace(CAST(timezone('UTC', anon_1.occurred_at) AS TEXT), ' ', 'T'), 'Z"') || ',' || concat('"', encode(uuid_send(anon_1.id), 'hex'), '"') || ']', 'UTF8'), 'hex'), '"')) FILTER (WHERE (anon_1.rn = 20 OR anon_1.rn = anon_1.cnt) AND anon_1.rn <= 20), 'null'), '},"totalCount":', (
  SELECT count(*) AS count_1
  FROM feedback AS t7
  WHERE t7.organization_id = $1::UUID AND t7.status IN ('RECEIVED', 'TRIAGED') AND t7.active = $2::BOOLEAN), '}') AS concat_1
FROM (
  SELECT anon_4.id AS id, anon_4.number AS number, anon_4.status AS status, anon_4.text AS text, anon_4.occurred_at AS occurred_at, anon_4.customer_id AS customer_id, row_number() OVER () AS rn, count(*) OVER () AS cnt
  FROM (
    SELECT t1.id AS id, t1.number AS number, t1.status AS status, t1.text AS text, t1.occurred_at AS occurred_at, t1.customer_id AS customer_id
    FROM feedback AS t1
    WHERE t1.organization_id = $1::UUID AND t1.status IN ('RECEIVED', 'TRIAGED') AND t1.active = $3::BOOLEAN
    ORDER BY t1.occurred_at DESC, t1.id DESC
    LIMIT 21) AS anon_4) AS anon_1;
