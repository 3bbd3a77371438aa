SELECT concat('{"surveys":', coalesce((
  SELECT concat('{"nodes":[', string_agg(concat('{"name":', to_json(anon_1.name), ',"questions":', (
    SELECT concat('[', string_agg(concat('{"key":', to_json(anon_2.key), ',"rank":', anon_2.rank, ',"choices":', coalesce(anon_2.choices, 'null'), '}'), ','), ']') AS concat_3
    FROM (
      SELECT t2.id AS id, t2.key AS key, t2.choices AS choices, t2.rank AS rank
      FROM question AS t2
      WHERE t2.organization_id = $1::UUID AND t2.survey_id = anon_1.id
      ORDER BY t2.id
      LIMIT 200) AS anon_2), '}'), ','), ']}') AS concat_2
  FROM (
    SELECT t1.id AS id, t1.name AS name
    FROM survey AS t1
    WHERE t1.organization_id = $1::UUID AND true
    ORDER BY t1.id ASC
    LIMIT 3) AS anon_1), 'null'), ',"customers":', coalesce((
  SELECT concat('{"nodes":[', string_agg(concat('{"name":', to_json(anon_3.name), ',"related":', (
    SELECT concat('[', string_agg(concat('{"role":', coalesce(CAST(to_json(anon_4.role) AS TEXT), 'null'), '}'), ','), ']') AS concat_5
    FROM (
      SELECT t4.role AS role
      FROM customer_relation AS t4
      WHERE t4.organization_id = $1::UUID AND t4.to_id = anon_3.id
      ORDER BY t4.position, t4.customer_id
      LIMIT 2) AS anon_4), '}'), ','), ']}') AS concat_4
  FROM (
    SELECT t3.id AS id, t3.name AS name
    FROM customer AS t3
    WHERE t3.organization_id = $1::UUID AND true
    ORDER BY t3.id ASC
    LIMIT 3) AS anon_3), 'null'), '}') AS concat_1;
