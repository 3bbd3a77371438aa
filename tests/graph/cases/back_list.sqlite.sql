SELECT json_object('surveys', (
  SELECT json_object('nodes', json_group_array(json_object('name', anon_1.name, 'questions', (
    SELECT json_group_array(json_object('key', anon_2."key", 'rank', anon_2.rank, 'choices', json(anon_2.choices))) AS json_group_array_1
    FROM (
      SELECT t2.id AS id, t2."key" AS "key", t2.choices AS choices, t2.rank AS rank
      FROM question AS t2
      WHERE t2.organization_id = ? AND t2.survey_id = anon_1.id
      ORDER BY t2.id
      LIMIT 200 OFFSET ?) AS anon_2)))) AS json_object_2
  FROM (
    SELECT t1.id AS id, t1.name AS name
    FROM survey AS t1
    WHERE t1.organization_id = ? AND 1 = 1
    ORDER BY t1.id ASC
    LIMIT 3 OFFSET ?) AS anon_1), 'customers', (
  SELECT json_object('nodes', json_group_array(json_object('name', anon_3.name, 'related', (
    SELECT json_group_array(json_object('role', anon_4.role)) AS json_group_array_2
    FROM (
      SELECT t4.role AS role
      FROM customer_relation AS t4
      WHERE t4.organization_id = ? AND t4.to_id = anon_3.id
      ORDER BY t4.position, t4.customer_id
      LIMIT 2 OFFSET ?) AS anon_4)))) AS json_object_3
  FROM (
    SELECT t3.id AS id, t3.name AS name
    FROM customer AS t3
    WHERE t3.organization_id = ? AND 1 = 1
    ORDER BY t3.id ASC
    LIMIT 3 OFFSET ?) AS anon_3)) AS json_object_1;
