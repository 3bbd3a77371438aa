SELECT concat('{"name":', to_json(t1.name), ',"externalRefs":', (
  SELECT concat('[', string_agg(concat('{"system":', to_json(anon_1.system), ',"externalId":', to_json(anon_1.external_id), ',"version":', coalesce(anon_1.version, 'null'), ',"state":"', anon_1.state, '"}'), ','), ']') AS concat_2
  FROM (
    SELECT t2.organization_id AS organization_id, t2.system AS system, t2.type AS type, t2.external_id AS external_id, t2.record_id AS record_id, t2.target_id AS target_id, t2.version AS version, t2.version_order AS version_order, t2.state AS state, t2.updated_at AS updated_at
    FROM external_ref AS t2
    WHERE t2.organization_id = $1::UUID AND t2.target_id = t1.id
    ORDER BY t2.system, t2.type, t2.external_id
    LIMIT 5) AS anon_1), ',"feedback":', (
  SELECT concat('{"nodes":[', string_agg(concat('{"externalRefs":', (
    SELECT concat('[', string_agg(concat('{"externalId":', to_json(anon_2.external_id), '}'), ','), ']') AS concat_4
    FROM (
      SELECT t5.organization_id AS organization_id, t5.system AS system, t5.type AS type, t5.external_id AS external_id, t5.record_id AS record_id, t5.target_id AS target_id, t5.version AS version, t5.version_order AS version_order, t5.state AS state, t5.updated_at AS updated_at
      FROM external_ref AS t5
      WHERE t5.organization_id = $1::UUID AND t5.target_id = anon_3.id
      ORDER BY t5.system, t5.type, t5.external_id
      LIMIT 200) AS anon_2), '}'), ','), ']}') AS concat_3
  FROM (
    SELECT t3.organization_id AS organization_id, t3.id AS id, t3.number AS number, t3.status AS status, t3.source AS source, t3.voice AS voice, t3.text AS text, t3.language AS language, t3.channel AS channel, t3.occurred_at AS occurred_at, t3.received_at AS received_at, t3.loop_closed_at AS loop_closed_at, t3.active AS active, t3.confidential AS confidential, t3.custom AS custom, t3.assignee_id AS assignee_id, t3.survey_id AS survey_id, t3.customer_id AS customer_id, t3.contact_id AS contact_id, t3.product_id AS product_id, t3.interaction_id AS interaction_id, t3.duplicate_of_id AS duplicate_of_id, t3.version AS version, t3.created_at AS created_at, t3.updated_at AS updated_at
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
