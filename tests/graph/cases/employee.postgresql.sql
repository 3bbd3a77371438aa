SELECT concat('{"User":', (
  SELECT concat('[', string_agg(concat('{"0":"user_', encode(uuid_send(t1.id), 'hex'), '","1":{"actions":', (
    SELECT concat('[', string_agg(concat('{"number":', to_json(anon_1.number), ',"title":', to_json(anon_1.title), ',"dueAt":', CASE WHEN (anon_1.due_at IS NULL) THEN 'null' ELSE concat('"', replace(CAST(timezone('UTC', anon_1.due_at) AS TEXT), ' ', 'T'), 'Z"') END, '}'), ','), ']') AS concat_3
    FROM (
      SELECT t2.id AS id, t2.number AS number, t2.title AS title, t2.due_at AS due_at
      FROM action AS t2
      WHERE t2.organization_id = $1::UUID AND t2.owner_id = t1.id
      ORDER BY t2.id
      LIMIT 200) AS anon_1), '}}'), ','), ']') AS concat_2
  FROM "user" AS t1
  WHERE t1.organization_id = $1::UUID AND t1.id IN (
    SELECT unnest($2::UUID[]) AS unnest_1)), '}') AS concat_1;
