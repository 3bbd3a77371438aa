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
            SELECT t11.organization_id AS organization_id, t11.id AS id, t11.number AS number, t11.status AS status, t11.source AS source, t11.voice AS voice, t11.text AS text, t11.language AS language, t11.channel AS channel, t11.occurred_at AS occurred_at, t11.received_at AS received_at, t11.loop_closed_at AS loop_closed_at, t11.active AS active, t11.confidential AS confidential, t11.custom AS custom, t11.assignee_id AS assignee_id, t11.survey_id AS survey_id, t11.customer_id AS customer_id, t11.contact_id AS contact_id, t11.product_id AS product_id, t11.interaction_id AS interaction_id, t11.duplicate_of_id AS duplicate_of_id, t11.version AS version, t11.created_at AS created_at, t11.updated_at AS updated_at
            FROM feedback AS t11
            WHERE t11.organization_id = $1::UUID AND t11.id IN (
              SELECT t12.feedback_id
              FROM requirement_evidence AS t12
              WHERE t12.organization_id = $1::UUID AND t12.requirement_id = anon_3.id)
            ORDER BY t11.id
            LIMIT 200) AS anon_4), '}'), ','), ']') AS concat_5
        FROM (
          SELECT t9.organization_id AS organization_id, t9.id AS id, t9.number AS number, t9.source AS source, t9.status AS status, t9.clause AS clause, t9.statement AS statement, t9.importance AS importance, t9.not_applicable_reason AS not_applicable_reason, t9.standard_id AS standard_id, t9.parent_id AS parent_id, t9.supersedes_id AS supersedes_id, t9.theme_id AS theme_id, t9.product_id AS product_id, t9.owner_id AS owner_id, t9.version AS version, t9.created_at AS created_at, t9.updated_at AS updated_at
          FROM requirement AS t9
          WHERE t9.organization_id = $1::UUID AND t9.id IN (
            SELECT t10.requirement_id
            FROM requirement_evidence AS t10
            WHERE t10.organization_id = $1::UUID AND t10.feedback_id = anon_2.id)
          ORDER BY t9.id
          LIMIT 200) AS anon_3), '}'), ','), ']}') AS concat_4
      FROM (
        SELECT t7.organization_id AS organization_id, t7.id AS id, t7.number AS number, t7.status AS status, t7.source AS source, t7.voice AS voice, t7.text AS text, t7.language AS language, t7.channel AS channel, t7.occurred_at AS occurred_at, t7.received_at AS received_at, t7.loop_closed_at AS loop_closed_at, t7.active AS active, t7.confidential AS confidential, t7.custom AS custom, t7.assignee_id AS assignee_id, t7.survey_id AS survey_id, t7.customer_id AS customer_id, t7.contact_id AS contact_id, t7.product_id AS product_id, t7.interaction_id AS interaction_id, t7.duplicate_of_id AS duplicate_of_id, t7.version AS version, t7.created_at AS created_at, t7.updated_at AS updated_at
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
  SELECT t1.organization_id AS organization_id, t1.id AS id, t1.kind AS kind, t1.occurred_at AS occurred_at, t1.quantity AS quantity, t1.amount AS amount, t1.currency AS currency, t1.channel AS channel, t1.lot AS lot, t1.serial AS serial, t1.active AS active, t1.custom AS custom, t1.customer_id AS customer_id, t1.contact_id AS contact_id, t1.product_id AS product_id, t1.version AS version, t1.created_at AS created_at, t1.updated_at AS updated_at
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
