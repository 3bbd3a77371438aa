SELECT json_object('totalCount', (
  SELECT count(*) AS count_1
  FROM customer AS t5
  WHERE t5.organization_id = ? AND (
    SELECT count(*) AS count_2
    FROM feedback AS t6
    WHERE t6.organization_id = ? AND t6.customer_id = t5.id) >= ? AND (NOT (EXISTS (
    SELECT t7.organization_id
    FROM customer AS t7
    WHERE t7.organization_id = ? AND t7.parent_id = t5.id AND t7.active = ?)) OR (EXISTS (
    SELECT t8.organization_id
    FROM action AS t8
    WHERE t8.organization_id = ? AND t8.customer_id = t5.id AND t8.status IN (
      SELECT anon_1.value
      FROM json_each(?) AS anon_1))))), 'nodes', json_group_array(json_object('name', anon_2.name, 'feedback', (
  SELECT json_object('totalCount', (
    SELECT count(*) AS count_3
    FROM feedback AS t10
    WHERE t10.organization_id = ? AND t10.customer_id = anon_2.id AND 1 = 1), 'nodes', json_group_array(json_object('number', anon_3.number)) FILTER (WHERE anon_3.rn <= 2)) AS json_object_2
  FROM (
    SELECT anon_4.organization_id AS organization_id, anon_4.id AS id, anon_4.number AS number, anon_4.status AS status, anon_4.source AS source, anon_4.voice AS voice, anon_4.text AS text, anon_4.language AS language, anon_4.channel AS channel, anon_4.occurred_at AS occurred_at, anon_4.received_at AS received_at, anon_4.loop_closed_at AS loop_closed_at, anon_4.active AS active, anon_4.confidential AS confidential, anon_4.custom AS custom, anon_4.assignee_id AS assignee_id, anon_4.survey_id AS survey_id, anon_4.customer_id AS customer_id, anon_4.contact_id AS contact_id, anon_4.product_id AS product_id, anon_4.interaction_id AS interaction_id, anon_4.duplicate_of_id AS duplicate_of_id, anon_4.version AS version, anon_4.created_at AS created_at, anon_4.updated_at AS updated_at, anon_4.rn AS rn, anon_4.cnt AS cnt
    FROM (
      SELECT anon_5.organization_id AS organization_id, anon_5.id AS id, anon_5.number AS number, anon_5.status AS status, anon_5.source AS source, anon_5.voice AS voice, anon_5.text AS text, anon_5.language AS language, anon_5.channel AS channel, anon_5.occurred_at AS occurred_at, anon_5.received_at AS received_at, anon_5.loop_closed_at AS loop_closed_at, anon_5.active AS active, anon_5.confidential AS confidential, anon_5.custom AS custom, anon_5.assignee_id AS assignee_id, anon_5.survey_id AS survey_id, anon_5.customer_id AS customer_id, anon_5.contact_id AS contact_id, anon_5.product_id AS product_id, anon_5.interaction_id AS interaction_id, anon_5.duplicate_of_id AS duplicate_of_id, anon_5.version AS version, anon_5.created_at AS created_at, anon_5.updated_at AS updated_at, row_number() OVER () AS rn, count(*) OVER () AS cnt
      FROM (
        SELECT t9.organization_id AS organization_id, t9.id AS id, t9.number AS number, t9.status AS status, t9.source AS source, t9.voice AS voice, t9.text AS text, t9.language AS language, t9.channel AS channel, t9.occurred_at AS occurred_at, t9.received_at AS received_at, t9.loop_closed_at AS loop_closed_at, t9.active AS active, t9.confidential AS confidential, t9.custom AS custom, t9.assignee_id AS assignee_id, t9.survey_id AS survey_id, t9.customer_id AS customer_id, t9.contact_id AS contact_id, t9.product_id AS product_id, t9.interaction_id AS interaction_id, t9.duplicate_of_id AS duplicate_of_id, t9.version AS version, t9.created_at AS created_at, t9.updated_at AS updated_at
        FROM feedback AS t9
        WHERE t9.organization_id = ? AND t9.customer_id = anon_2.id AND 1 = 1
        ORDER BY t9.id DESC
        LIMIT 2 OFFSET ?) AS anon_5) AS anon_4
    ORDER BY anon_4.rn DESC) AS anon_3)))) AS json_object_1
FROM (
  SELECT t1.organization_id AS organization_id, t1.id AS id, t1.name AS name, t1.kind AS kind, t1.supplier AS supplier, t1.segment AS segment, t1.email AS email, t1.phone AS phone, t1.country AS country, t1.active AS active, t1.custom AS custom, t1.parent_id AS parent_id, t1.version AS version, t1.created_at AS created_at, t1.updated_at AS updated_at
  FROM customer AS t1
  WHERE t1.organization_id = ? AND (
    SELECT count(*) AS count_4
    FROM feedback AS t2
    WHERE t2.organization_id = ? AND t2.customer_id = t1.id) >= ? AND (NOT (EXISTS (
    SELECT t3.organization_id
    FROM customer AS t3
    WHERE t3.organization_id = ? AND t3.parent_id = t1.id AND t3.active = ?)) OR (EXISTS (
    SELECT t4.organization_id
    FROM action AS t4
    WHERE t4.organization_id = ? AND t4.customer_id = t1.id AND t4.status IN (
      SELECT anon_6.value
      FROM json_each(?) AS anon_6))))
  ORDER BY t1.id ASC
  LIMIT 10 OFFSET ?) AS anon_2;
