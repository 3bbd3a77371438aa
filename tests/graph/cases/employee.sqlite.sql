SELECT json_object('User', (
  SELECT json_group_array(json_object('0', 'user_' || t1.id, '1', json_object('actions', (
    SELECT json_group_array(json_object('number', anon_1.number, 'title', anon_1.title, 'dueAt', rtrim(rtrim(anon_1.due_at, '0'), '.') || 'Z')) AS json_group_array_2
    FROM (
      SELECT t2.id AS id, t2.number AS number, t2.title AS title, t2.due_at AS due_at
      FROM action AS t2
      WHERE t2.organization_id = ? AND t2.owner_id = t1.id
      ORDER BY t2.id
      LIMIT 200 OFFSET ?) AS anon_1)))) AS json_group_array_1
  FROM user AS t1
  WHERE t1.organization_id = ? AND t1.id IN (
    SELECT anon_2.value
    FROM json_each(?) AS anon_2))) AS json_object_1;
