SELECT concat('{"name":', to_json(t1.name), ',"externalRefs":', (
  SELECT concat('[', string_agg(concat('{"system":', to_json(anon_1.system), ',"externalId":', to_json(anon_1.external_id), ',"version":', coalesce(anon_1.version, 'null'), ',"state":"', anon_1.state, '"}'), ','), ']') AS concat_2
  FROM (
    SELECT t2.system AS system, t2.external_id AS external_id, t2.version AS version, t2.state AS state
    FROM external_ref AS t2
    WHERE t2.organization_id = $1::UUID AND t2.target_id = t1.id
    ORDER BY t2.system, t2.type, t2.external_id
    LIMIT 5) AS anon_1), ',"feedback":', (
  SELECT concat('{"nodes":[', string_agg(concat('{"externalRefs":', (
    SELECT concat('[', string_agg(concat('{"externalId":', to_json(anon_2.external_id), '}'), ','), ']') AS concat_4
    FROM (
      SELECT t5.external_id AS external_id
      FROM external_ref AS t5
      WHERE t5.organization_id = $1::UUID AND t5.target_id = anon_3.id
      ORDER BY t5.system, t5.type, t5.external_id
      LIMIT 200) AS anon_2), '}'), ','), ']}') AS concat_3
  FROM (
    SELECT t3.id AS id
    FROM feedback AS t3
    WHERE t3.organization_id = $1::UUID AND t3.product_id = t1.id AND (EXISTS (
      SELECT t4.organization_id
      FROM external_ref AS t4
      WHERE t4.organization_id = $1::UUID AND t4.target_id = t3.id AND t4.system = $2::VARCHAR COLLATE "C"))
    ORDER BY t3.id ASC
    LIMIT 50) AS anon_3), '}') AS concat_1
FROM product AS t1
WHERE t1.organization_id = $1::UUID AND t1.id = (
  SELECT external_ref_1.target_id
  FROM external_ref AS external_ref_1
  WHERE external_ref_1.organization_id = $1::UUID AND external_ref_1.system = $3::VARCHAR AND external_ref_1.type = $4::VARCHAR AND external_ref_1.external_id = $5::VARCHAR)
LIMIT 1;
