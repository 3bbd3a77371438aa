SELECT concat('{"User":', (
  SELECT concat('[', string_agg(concat('{"0":"user_', encode(uuid_send(t1.id), 'hex'), '","1":{"department":', coalesce((
    SELECT concat('{"name":', to_json(t2.name), ',"actions":', (
      SELECT concat('{"nodes":[', string_agg(concat('{"number":', to_json(anon_1.number), ',"title":', to_json(anon_1.title), ',"overdue":', coalesce(CAST(anon_1.due_at IS NOT NULL AND anon_1.due_at < $1::TIMESTAMP WITH TIME ZONE AND (anon_1.status = 'PLANNED' OR anon_1.status = 'IN_PROGRESS') AS TEXT), 'null'), '}'), ','), ']}') AS concat_4
      FROM (
        SELECT t3.id AS id, t3.number AS number, t3.title AS title, t3.status AS status, t3.due_at AS due_at
        FROM action AS t3
        WHERE t3.organization_id = $2::UUID AND t3.department_id = t2.id AND t3.status IN ('PLANNED', 'IN_PROGRESS')
        ORDER BY t3.id ASC
        LIMIT 50) AS anon_1), '}') AS concat_3
    FROM department AS t2
    WHERE t2.organization_id = $2::UUID AND t2.id = t1.department_id), 'null'), '}}'), ','), ']') AS concat_2
  FROM "user" AS t1
  WHERE t1.organization_id = $2::UUID AND t1.id IN (
    SELECT unnest($3::UUID[]) AS unnest_1)), '}') AS concat_1;
