SELECT concat('{"edges":[', string_agg(concat('{"cursor":"', encode(convert_to('["customer.parent.name,-product.name,-id"' || ',' || coalesce(CAST(to_json(anon_1.by0) AS TEXT), 'null') || ',' || coalesce(CAST(to_json(anon_1.by1) AS TEXT), 'null') || ',' || concat('"', encode(uuid_send(anon_1.id), 'hex'), '"') || ']', 'UTF8'), 'hex'), '","node":{"number":', to_json(anon_1.number), ',"customer":', coalesce((
  SELECT concat('{"name":', to_json(t5.name), ',"parent":', coalesce((
    SELECT concat('{"name":', to_json(t6.name), '}') AS concat_3
    FROM customer AS t6
    WHERE t6.organization_id = $1::UUID AND t6.id = t5.parent_id), 'null'), '}') AS concat_2
  FROM customer AS t5
  WHERE t5.organization_id = $1::UUID AND t5.id = anon_1.customer_id), 'null'), ',"product":', coalesce((
  SELECT concat('{"name":', to_json(t7.name), '}') AS concat_4
  FROM product AS t7
  WHERE t7.organization_id = $1::UUID AND t7.id = anon_1.product_id), 'null'), '}}'), ',') FILTER (WHERE anon_1.rn <= 5), '],"pageInfo":{"hasNextPage":', coalesce(CAST(coalesce(max(anon_1.cnt), 0) > 5 AS TEXT), 'null'), ',"endCursor":', coalesce(max(concat('"', encode(convert_to('["customer.parent.name,-product.name,-id"' || ',' || coalesce(CAST(to_json(anon_1.by0) AS TEXT), 'null') || ',' || coalesce(CAST(to_json(anon_1.by1) AS TEXT), 'null') || ',' || concat('"', encode(uuid_send(anon_1.id), 'hex'), '"') || ']', 'UTF8'), 'hex'), '"')) FILTER (WHERE (anon_1.rn = 5 OR anon_1.rn = anon_1.cnt) AND anon_1.rn <= 5), 'null'), '}}') AS concat_1
FROM (
  SELECT anon_2.organization_id AS organization_id, anon_2.id AS id, anon_2.number AS number, anon_2.status AS status, anon_2.source AS source, anon_2.voice AS voice, anon_2.text AS text, anon_2.language AS language, anon_2.channel AS channel, anon_2.occurred_at AS occurred_at, anon_2.received_at AS received_at, anon_2.loop_closed_at AS loop_closed_at, anon_2.active AS active, anon_2.confidential AS confidential, anon_2.custom AS custom, anon_2.assignee_id AS assignee_id, anon_2.survey_id AS survey_id, anon_2.customer_id AS customer_id, anon_2.contact_id AS contact_id, anon_2.product_id AS product_id, anon_2.interaction_id AS interaction_id, anon_2.duplicate_of_id AS duplicate_of_id, anon_2.version AS version, anon_2.created_at AS created_at, anon_2.updated_at AS updated_at, anon_2.by0 AS by0, anon_2.by1 AS by1, row_number() OVER () AS rn, count(*) OVER () AS cnt
  FROM (
    SELECT t1.organization_id AS organization_id, t1.id AS id, t1.number AS number, t1.status AS status, t1.source AS source, t1.voice AS voice, t1.text AS text, t1.language AS language, t1.channel AS channel, t1.occurred_at AS occurred_at, t1.received_at AS received_at, t1.loop_closed_at AS loop_closed_at, t1.active AS active, t1.confidential AS confidential, t1.custom AS custom, t1.assignee_id AS assignee_id, t1.survey_id AS survey_id, t1.customer_id AS customer_id, t1.contact_id AS contact_id, t1.product_id AS product_id, t1.interaction_id AS interaction_id, t1.duplicate_of_id AS duplicate_of_id, t1.version AS version, t1.created_at AS created_at, t1.updated_at AS updated_at, t3.name AS by0, t4.name AS by1
    FROM feedback AS t1 LEFT OUTER JOIN customer AS t2 ON t2.organization_id = $1::UUID AND t2.id = t1.customer_id LEFT OUTER JOIN customer AS t3 ON t3.organization_id = $1::UUID AND t3.id = t2.parent_id LEFT OUTER JOIN product AS t4 ON t4.organization_id = $1::UUID AND t4.id = t1.product_id
    WHERE t1.organization_id = $1::UUID AND true
    ORDER BY t3.name ASC NULLS LAST, t4.name DESC NULLS LAST, t1.id DESC
    LIMIT 6) AS anon_2) AS anon_1;
