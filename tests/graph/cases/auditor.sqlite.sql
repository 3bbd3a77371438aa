SELECT json_object('nodes', json_group_array(json_object('clause', anon_1.clause, 'statement', anon_1.statement, 'evidence', (
  SELECT json_group_array(json_object('number', anon_2.number)) AS json_group_array_1
  FROM (
    SELECT t3.id AS id, t3.number AS number
    FROM feedback AS t3
    WHERE t3.organization_id = ? AND t3.id IN (
      SELECT t4.feedback_id
      FROM requirement_evidence AS t4
      WHERE t4.organization_id = ? AND t4.requirement_id = anon_1.id)
    ORDER BY t3.id
    LIMIT 200 OFFSET ?) AS anon_2), 'actions', (
  SELECT json_object('nodes', json_group_array(json_object('number', anon_3.number, 'status', anon_3.status))) AS json_object_2
  FROM (
    SELECT t5.id AS id, t5.number AS number, t5.status AS status
    FROM action AS t5
    WHERE t5.organization_id = ? AND t5.requirement_id = anon_1.id AND 1 = 1
    ORDER BY t5.id ASC
    LIMIT 50 OFFSET ?) AS anon_3)))) AS json_object_1
FROM (
  SELECT t1.id AS id, t1.clause AS clause, t1.clause_key AS clause_key, t1.statement AS statement
  FROM requirement AS t1
  WHERE t1.organization_id = ? AND (EXISTS (
    SELECT t2.id
    FROM standard AS t2
    WHERE t2.organization_id = ? AND t2.id = t1.standard_id AND t2.framework = ?))
  ORDER BY t1.clause_key ASC NULLS LAST, t1.id ASC
  LIMIT 200 OFFSET ?) AS anon_1;
