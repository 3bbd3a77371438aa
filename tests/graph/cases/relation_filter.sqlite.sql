SELECT json_object('nodes', json_group_array(json_object('id', 'customer_' || anon_1.id, 'name', anon_1.name, 'segment', anon_1.segment)), 'totalCount', (
  SELECT count(*) AS count_1
  FROM customer AS t8
  WHERE t8.organization_id = ? AND t8.segment = ? AND (
    SELECT count(*) AS count_2
    FROM customer AS t9
    WHERE t9.organization_id = ? AND t9.parent_id = t8.id) >= ? AND NOT (EXISTS (
    SELECT t10.organization_id
    FROM interaction AS t10
    WHERE t10.organization_id = ? AND t10.customer_id = t8.id AND t10.amount < ?)) AND (EXISTS (
    SELECT t11.organization_id
    FROM feedback AS t11
    WHERE t11.organization_id = ? AND t11.customer_id = t8.id AND t11.occurred_at >= ? AND (EXISTS (
      SELECT t12.organization_id
      FROM theme AS t12
      WHERE t12.organization_id = ? AND t12.id IN (
        SELECT t13.theme_id
        FROM feedback_theme AS t13
        WHERE t13.organization_id = ? AND t13.feedback_id = t11.id) AND t12.name IN (
        SELECT anon_2.value
        FROM json_each(?) AS anon_2))))) AND coalesce(EXISTS (
    SELECT t14.id
    FROM customer AS t14
    WHERE t14.organization_id = ? AND t14.id = t8.parent_id AND instr(qms_fold(t14.name), qms_fold(?)) > 0), 0) = 0)) AS json_object_1
FROM (
  SELECT t1.id AS id, t1.name AS name, t1.segment AS segment
  FROM customer AS t1
  WHERE t1.organization_id = ? AND t1.segment = ? AND (
    SELECT count(*) AS count_3
    FROM customer AS t2
    WHERE t2.organization_id = ? AND t2.parent_id = t1.id) >= ? AND NOT (EXISTS (
    SELECT t3.organization_id
    FROM interaction AS t3
    WHERE t3.organization_id = ? AND t3.customer_id = t1.id AND t3.amount < ?)) AND (EXISTS (
    SELECT t4.organization_id
    FROM feedback AS t4
    WHERE t4.organization_id = ? AND t4.customer_id = t1.id AND t4.occurred_at >= ? AND (EXISTS (
      SELECT t5.organization_id
      FROM theme AS t5
      WHERE t5.organization_id = ? AND t5.id IN (
        SELECT t6.theme_id
        FROM feedback_theme AS t6
        WHERE t6.organization_id = ? AND t6.feedback_id = t4.id) AND t5.name IN (
        SELECT anon_3.value
        FROM json_each(?) AS anon_3))))) AND coalesce(EXISTS (
    SELECT t7.id
    FROM customer AS t7
    WHERE t7.organization_id = ? AND t7.id = t1.parent_id AND instr(qms_fold(t7.name), qms_fold(?)) > 0), 0) = 0
  ORDER BY t1.id ASC
  LIMIT 50 OFFSET ?) AS anon_1;
