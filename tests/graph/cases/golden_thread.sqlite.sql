SELECT json_object('nodes', json_group_array(json_object('kind', anon_1.kind, 'customer', (
  SELECT json_object('name', t5.name, 'parent', (
    SELECT json_object('name', t6.name, 'feedback', (
      SELECT json_object('nodes', json_group_array(json_object('number', anon_2.number, 'requirements', (
        SELECT json_group_array(json_object('number', anon_3.number, 'evidence', (
          SELECT json_group_array(json_object('number', anon_4.number, 'customer', (
            SELECT json_object('name', t13.name) AS json_object_5
            FROM customer AS t13
            WHERE t13.organization_id = ? AND t13.id = anon_4.customer_id))) AS json_group_array_2
          FROM (
            SELECT t11.id AS id, t11.number AS number, t11.customer_id AS customer_id
            FROM feedback AS t11
            WHERE t11.organization_id = ? AND t11.id IN (
              SELECT t12.feedback_id
              FROM requirement_evidence AS t12
              WHERE t12.organization_id = ? AND t12.requirement_id = anon_3.id)
            ORDER BY t11.id
            LIMIT 200 OFFSET ?) AS anon_4))) AS json_group_array_1
        FROM (
          SELECT t9.id AS id, t9.number AS number
          FROM requirement AS t9
          WHERE t9.organization_id = ? AND t9.id IN (
            SELECT t10.requirement_id
            FROM requirement_evidence AS t10
            WHERE t10.organization_id = ? AND t10.feedback_id = anon_2.id)
          ORDER BY t9.id
          LIMIT 200 OFFSET ?) AS anon_3)))) AS json_object_4
      FROM (
        SELECT t7.id AS id, t7.number AS number
        FROM feedback AS t7
        WHERE t7.organization_id = ? AND t7.customer_id = t6.id AND (EXISTS (
          SELECT t8.id
          FROM customer AS t8
          WHERE t8.organization_id = ? AND t8.id = t7.customer_id AND coalesce(t8.segment IN (
            SELECT anon_5.value
            FROM json_each(?) AS anon_5), 0) = 0))
        ORDER BY t7.id ASC
        LIMIT 20 OFFSET ?) AS anon_2)) AS json_object_3
    FROM customer AS t6
    WHERE t6.organization_id = ? AND t6.id = t5.parent_id)) AS json_object_2
  FROM customer AS t5
  WHERE t5.organization_id = ? AND t5.id = anon_1.customer_id)))) AS json_object_1
FROM (
  SELECT t1.id AS id, t1.kind AS kind, t1.customer_id AS customer_id
  FROM interaction AS t1
  WHERE t1.organization_id = ? AND (EXISTS (
    SELECT t2.id
    FROM customer AS t2
    WHERE t2.organization_id = ? AND t2.id = t1.customer_id AND (EXISTS (
      SELECT t3.id
      FROM customer AS t3
      WHERE t3.organization_id = ? AND t3.id = t2.parent_id AND (
        SELECT count(*) AS count_1
        FROM feedback AS t4
        WHERE t4.organization_id = ? AND t4.customer_id = t3.id) > ?))))
  ORDER BY t1.id ASC
  LIMIT 50 OFFSET ?) AS anon_1;
