SELECT json_object('User', (
  SELECT json_group_array(json_object('0', 'user_' || t1.id, '1', json_object('department', (
    SELECT json_object('name', t2.name, 'actions', (
      SELECT json_object('nodes', json_group_array(json_object('number', anon_1.number, 'title', anon_1.title, 'overdue', json(CASE WHEN ((anon_1.due_at IS NOT NULL AND anon_1.due_at < ? AND (anon_1.status = 'PLANNED' OR anon_1.status = 'IN_PROGRESS')) IS 1) THEN 'true' WHEN ((anon_1.due_at IS NOT NULL AND anon_1.due_at < ? AND (anon_1.status = 'PLANNED' OR anon_1.status = 'IN_PROGRESS')) IS 0) THEN 'false' END)))) AS json_object_3
      FROM (
        SELECT t3.id AS id, t3.number AS number, t3.title AS title, t3.status AS status, t3.due_at AS due_at
        FROM action AS t3
        WHERE t3.organization_id = ? AND t3.department_id = t2.id AND t3.status IN ('PLANNED', 'IN_PROGRESS')
        ORDER BY t3.id ASC
        LIMIT 50 OFFSET ?) AS anon_1)) AS json_object_2
    FROM department AS t2
    WHERE t2.organization_id = ? AND t2.id = t1.department_id)))) AS json_group_array_1
  FROM user AS t1
  WHERE t1.organization_id = ? AND t1.id IN (
    SELECT anon_2.value
    FROM json_each(?) AS anon_2))) AS json_object_1;
