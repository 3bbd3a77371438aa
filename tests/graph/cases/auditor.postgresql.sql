SELECT concat('{"nodes":[', string_agg(concat('{"clause":', coalesce(CAST(to_json(anon_1.clause) AS TEXT), 'null'), ',"statement":', coalesce(CAST(to_json(anon_1.statement) AS TEXT), 'null'), ',"evidence":', (
  SELECT concat('[', string_agg(concat('{"number":', to_json(anon_2.number), '}'), ','), ']') AS concat_2
  FROM (
    SELECT t3.id AS id, t3.number AS number
    FROM feedback AS t3
    WHERE t3.organization_id = $1::UUID AND t3.id IN (
      SELECT t4.feedback_id
      FROM requirement_evidence AS t4
      WHERE t4.organization_id = $1::UUID AND t4.requirement_id = anon_1.id)
    ORDER BY t3.id
    LIMIT 200) AS anon_2), ',"actions":', (
  SELECT concat('{"nodes":[', string_agg(concat('{"number":', to_json(anon_3.number), ',"status":"', anon_3.status, '"}'), ','), ']}') AS concat_3
  FROM (
    SELECT t5.id AS id, t5.number AS number, t5.status AS status
    FROM action AS t5
    WHERE t5.organization_id = $1::UUID AND t5.requirement_id = anon_1.id AND true
    ORDER BY t5.id ASC
    LIMIT 50) AS anon_3), '}'), ','), ']}') AS concat_1
FROM (
  SELECT t1.id AS id, t1.clause AS clause, t1.clause_key AS clause_key, t1.statement AS statement
  FROM requirement AS t1
  WHERE t1.organization_id = $1::UUID AND (EXISTS (
    SELECT t2.id
    FROM standard AS t2
    WHERE t2.organization_id = $1::UUID AND t2.id = t1.standard_id AND t2.framework = $2::VARCHAR COLLATE "C"))
  ORDER BY t1.clause_key ASC NULLS LAST, t1.id ASC
  LIMIT 200) AS anon_1;
