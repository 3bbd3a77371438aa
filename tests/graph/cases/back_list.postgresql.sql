SELECT concat('{"nodes":[', string_agg(concat('{"name":', to_json(anon_1.name), ',"questions":', (
  SELECT concat('[', string_agg(concat('{"key":', to_json(anon_2.key), ',"rank":', anon_2.rank, ',"choices":', coalesce(anon_2.choices, 'null'), '}'), ','), ']') AS concat_2
  FROM (
    SELECT t2.organization_id AS organization_id, t2.id AS id, t2.survey_id AS survey_id, t2.key AS key, t2.text AS text, t2.metric AS metric, t2.scale_min AS scale_min, t2.scale_max AS scale_max, t2.satisfied_from AS satisfied_from, t2.choices AS choices, t2.rank AS rank, t2.active AS active, t2.version AS version, t2.created_at AS created_at, t2.updated_at AS updated_at
    FROM question AS t2
    WHERE t2.organization_id = $1::UUID AND t2.survey_id = anon_1.id
    ORDER BY t2.id
    LIMIT 200) AS anon_2), '}'), ','), ']}') AS concat_1
FROM (
  SELECT t1.organization_id AS organization_id, t1.id AS id, t1.name AS name, t1.source AS source, t1.invited AS invited, t1.version AS version, t1.created_at AS created_at, t1.updated_at AS updated_at
  FROM survey AS t1
  WHERE t1.organization_id = $1::UUID AND true
  ORDER BY t1.id ASC
  LIMIT 3) AS anon_1;

SELECT concat('{"nodes":[', string_agg(concat('{"name":', to_json(anon_1.name), ',"related":', (
  SELECT concat('[', string_agg(concat('{"role":', coalesce(CAST(to_json(anon_2.role) AS TEXT), 'null'), '}'), ','), ']') AS concat_2
  FROM (
    SELECT t2.organization_id AS organization_id, t2.customer_id AS customer_id, t2.position AS position, t2.to_id AS to_id, t2.role AS role
    FROM customer_relation AS t2
    WHERE t2.organization_id = $1::UUID AND t2.to_id = anon_1.id
    ORDER BY t2.position, t2.customer_id
    LIMIT 2) AS anon_2), '}'), ','), ']}') AS concat_1
FROM (
  SELECT t1.organization_id AS organization_id, t1.id AS id, t1.name AS name, t1.kind AS kind, t1.supplier AS supplier, t1.segment AS segment, t1.email AS email, t1.phone AS phone, t1.country AS country, t1.active AS active, t1.custom AS custom, t1.parent_id AS parent_id, t1.version AS version, t1.created_at AS created_at, t1.updated_at AS updated_at
  FROM customer AS t1
  WHERE t1.organization_id = $1::UUID AND true
  ORDER BY t1.id ASC
  LIMIT 3) AS anon_1;
