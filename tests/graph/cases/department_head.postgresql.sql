SELECT concat('{"User":', (
  SELECT concat('[', string_agg(concat('{"0":"user_', encode(uuid_send(t1.id), 'hex'), '","1":{"department":', coalesce((
    SELECT concat('{"name":', to_json(t2.name), ',"actions":', (
      SELECT concat('{"nodes":[', string_agg(concat('{"number":', to_json(anon_1.number), ',"title":', to_json(anon_1.title), ',"overdue":', coalesce(CAST(anon_1.due_at IS NOT NULL AND anon_1.due_at < $1::TIMESTAMP WITH TIME ZONE AND (anon_1.status = $2::VARCHAR OR anon_1.status = $3::VARCHAR) AS TEXT), 'null'), '}'), ','), ']}') AS concat_4
      FROM (
        SELECT t3.organization_id AS organization_id, t3.id AS id, t3.number AS number, t3.title AS title, t3.description AS description, t3.kind AS kind, t3.status AS status, t3.due_at AS due_at, t3.done_at AS done_at, t3.owner_id AS owner_id, t3.department_id AS department_id, t3.risk_id AS risk_id, t3.feedback_id AS feedback_id, t3.customer_id AS customer_id, t3.requirement_id AS requirement_id, t3.product_id AS product_id, t3.version AS version, t3.created_at AS created_at, t3.updated_at AS updated_at
        FROM action AS t3
        WHERE t3.organization_id = $4::UUID AND t3.department_id = t2.id AND t3.status IN (
          SELECT unnest($5::VARCHAR(40)[]) AS unnest_1)
        ORDER BY t3.id ASC
        LIMIT 50) AS anon_1), '}') AS concat_3
    FROM department AS t2
    WHERE t2.organization_id = $4::UUID AND t2.id = t1.department_id), 'null'), '}}'), ','), ']') AS concat_2
  FROM "user" AS t1
  WHERE t1.organization_id = $4::UUID AND t1.id IN (
    SELECT unnest($6::UUID[]) AS unnest_2)), '}') AS concat_1;
