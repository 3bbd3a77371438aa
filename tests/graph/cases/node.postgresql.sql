SELECT CAST(json_build_object('Feedback', (
  SELECT coalesce(json_agg(json_build_object('0', 'feedback_' || replace(CAST(t1.id AS TEXT), '-', ''), '1', json_build_object('id', 'feedback_' || replace(CAST(t1.id AS TEXT), '-', ''), '__typename', 'Feedback', 'number', t1.number, 'customer', (
    SELECT json_build_object('name', t2.name, 'kind', t2.kind) AS json_build_object_2
    FROM customer AS t2
    WHERE t2.organization_id = $1::UUID AND t2.id = t1.customer_id)))), '[]'::json) AS coalesce_1
  FROM feedback AS t1
  WHERE t1.organization_id = $1::UUID AND t1.id IN (
    SELECT unnest($2::UUID[]) AS unnest_1))) AS TEXT) AS json_build_object_1;
