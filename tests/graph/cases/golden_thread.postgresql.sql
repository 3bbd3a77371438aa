SELECT concat('{"nodes":[', string_agg(concat('{"kind":"', anon_1.kind, '","customer":', coalesce((
  SELECT concat('{"name":', to_json(t5.name), ',"parent":', coalesce((
    SELECT concat('{"name":', to_json(t6.name), ',"feedback":', (
      SELECT concat('{"nodes":[', string_agg(concat('{"number":', to_json(anon_2.number), ',"requirements":', (
        SELECT concat('[', string_agg(concat('{"number":', to_json(anon_3.number), ',"evidence":', (
          SELECT concat('[', string_agg(concat('{"number":', to_json(anon_4.number), ',"customer":', coalesce((
            SELECT concat('{"name":', to_json(t13.name), '}') AS concat_7
            FROM customer AS t13
            WHERE t13.organization_id = $1::UUID AND t13.id = anon_4.customer_id), 'null'), '}'), ','), ']') AS concat_6
          FROM (
            SELECT t11.id AS id, t11.number AS number, t11.customer_id AS customer_id
            FROM feedback AS t11
            WHERE t11.organization_id = $1::UUID AND t11.id IN (
              SELECT t12.feedback_id
              FROM requirement_evidence AS t12
              WHERE t12.organization_id = $1::UUID AND t12.requirement_id = anon_3.id)
            ORDER BY t11.id
            LIMIT 200) AS anon_4), '}'), ','), ']') AS concat_5
        FROM (
          SELECT t9.id AS id, t9.number AS number
          FROM requirement AS t9
          WHERE t9.organization_id = $1::UUID AND t9.id IN (
            SELECT t10.requirement_id
            FROM requirement_evidence AS t10
            WHERE t10.organization_id = $1::UUID AND t10.feedback_id = anon_2.id)
          ORDER BY t9.id
          LIMIT 200) AS anon_3), '}'), ','), ']}') AS concat_4
      FROM (
        SELECT t7.id AS id, t7.number AS number
        FROM feedback AS t7
        WHERE t7.organization_id = $1::UUID AND t7.customer_id = t6.id AND (EXISTS (
          SELECT t8.id
          FROM customer AS t8
          WHERE t8.organization_id = $1::UUID AND t8.id = t7.customer_id AND NOT coalesce(t8.segment IN (
            SELECT unnest($2::VARCHAR[] COLLATE "C") AS unnest_1), false)))
        ORDER BY t7.id ASC
        LIMIT 20) AS anon_2), '}') AS concat_3
    FROM customer AS t6
    WHERE t6.organization_id = $1::UUID AND t6.id = t5.parent_id), 'null'), '}') AS concat_2
  FROM customer AS t5
  WHERE t5.organization_id = $1::UUID AND t5.id = anon_1.customer_id), 'null'), '}'), ','), ']}') AS concat_1
FROM (
  SELECT t1.id AS id, t1.kind AS kind, t1.customer_id AS customer_id
  FROM interaction AS t1
  WHERE t1.organization_id = $1::UUID AND (EXISTS (
    SELECT t2.id
    FROM customer AS t2
    WHERE t2.organization_id = $1::UUID AND t2.id = t1.customer_id AND (EXISTS (
      SELECT t3.id
      FROM customer AS t3
      WHERE t3.organization_id = $1::UUID AND t3.id = t2.parent_id AND (
        SELECT count(*) AS count_1
        FROM feedback AS t4
        WHERE t4.organization_id = $1::UUID AND t4.customer_id = t3.id) > $3::INTEGER
      LIMIT ALL OFFSET 0))))
  ORDER BY t1.id ASC
  LIMIT 50) AS anon_1;
