SELECT json_object('nodes', json_group_array(json_object('clause', anon_1.clause, 'statement', anon_1.statement, 'evidence', (
  SELECT json_group_array(json_object('number', anon_2.number)) AS json_group_array_1
  FROM (
    SELECT t3.organization_id AS organization_id, t3.id AS id, t3.number AS number, t3.status AS status, t3.source AS source, t3.voice AS voice, t3.text AS text, t3.language AS language, t3.channel AS channel, t3.occurred_at AS occurred_at, t3.received_at AS received_at, t3.loop_closed_at AS loop_closed_at, t3.active AS active, t3.confidential AS confidential, t3.custom AS custom, t3.assignee_id AS assignee_id, t3.survey_id AS survey_id, t3.customer_id AS customer_id, t3.contact_id AS contact_id, t3.product_id AS product_id, t3.interaction_id AS interaction_id, t3.duplicate_of_id AS duplicate_of_id, t3.version AS version, t3.created_at AS created_at, t3.updated_at AS updated_at
    FROM feedback AS t3
    WHERE t3.organization_id = ? AND t3.id IN (
      SELECT t4.feedback_id
      FROM requirement_evidence AS t4
      WHERE t4.organization_id = ? AND t4.requirement_id = anon_1.id)
    ORDER BY t3.id
    LIMIT 200 OFFSET ?) AS anon_2), 'actions', (
  SELECT json_object('nodes', json_group_array(json_object('number', anon_3.number, 'status', anon_3.status))) AS json_object_2
  FROM (
    SELECT t5.organization_id AS organization_id, t5.id AS id, t5.number AS number, t5.title AS title, t5.description AS description, t5.kind AS kind, t5.status AS status, t5.due_at AS due_at, t5.done_at AS done_at, t5.owner_id AS owner_id, t5.department_id AS department_id, t5.risk_id AS risk_id, t5.feedback_id AS feedback_id, t5.customer_id AS customer_id, t5.requirement_id AS requirement_id, t5.product_id AS product_id, t5.version AS version, t5.created_at AS created_at, t5.updated_at AS updated_at
    FROM action AS t5
    WHERE t5.organization_id = ? AND t5.requirement_id = anon_1.id AND 1 = 1
    ORDER BY t5.id ASC
    LIMIT 50 OFFSET ?) AS anon_3)))) AS json_object_1
FROM (
  SELECT t1.organization_id AS organization_id, t1.id AS id, t1.number AS number, t1.source AS source, t1.status AS status, t1.clause AS clause, t1.statement AS statement, t1.importance AS importance, t1.not_applicable_reason AS not_applicable_reason, t1.standard_id AS standard_id, t1.parent_id AS parent_id, t1.supersedes_id AS supersedes_id, t1.theme_id AS theme_id, t1.product_id AS product_id, t1.owner_id AS owner_id, t1.version AS version, t1.created_at AS created_at, t1.updated_at AS updated_at
  FROM requirement AS t1
  WHERE t1.organization_id = ? AND (EXISTS (
    SELECT t2.id
    FROM standard AS t2
    WHERE t2.organization_id = ? AND t2.id = t1.standard_id AND t2.framework = ?))
  ORDER BY t1.clause ASC NULLS LAST, t1.id ASC
  LIMIT 200 OFFSET ?) AS anon_1;
