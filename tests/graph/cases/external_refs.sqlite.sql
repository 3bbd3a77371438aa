SELECT json_object('name', t1.name, 'externalRefs', (
  SELECT json_group_array(json_object('system', anon_1.system, 'externalId', anon_1.external_id, 'version', json(anon_1.version), 'state', anon_1.state)) AS json_group_array_1
  FROM (
    SELECT t2.system AS system, t2.external_id AS external_id, t2.version AS version, t2.state AS state
    FROM external_ref AS t2
    WHERE t2.organization_id = ? AND t2.target_id = t1.id
    ORDER BY t2.system, t2.type, t2.external_id
    LIMIT 5 OFFSET ?) AS anon_1), 'feedback', (
  SELECT json_object('nodes', json_group_array(json_object('externalRefs', (
    SELECT json_group_array(json_object('externalId', anon_2.external_id)) AS json_group_array_2
    FROM (
      SELECT t5.external_id AS external_id
      FROM external_ref AS t5
      WHERE t5.organization_id = ? AND t5.target_id = anon_3.id
      ORDER BY t5.system, t5.type, t5.external_id
      LIMIT 200 OFFSET ?) AS anon_2)))) AS json_object_2
  FROM (
    SELECT t3.id AS id
    FROM feedback AS t3
    WHERE t3.organization_id = ? AND t3.product_id = t1.id AND (EXISTS (
      SELECT t4.organization_id
      FROM external_ref AS t4
      WHERE t4.organization_id = ? AND t4.target_id = t3.id AND t4.system = ?))
    ORDER BY t3.id ASC
    LIMIT 50 OFFSET ?) AS anon_3)) AS json_object_1
FROM product AS t1
WHERE t1.organization_id = ? AND t1.id = (
  SELECT external_ref_1.target_id
  FROM external_ref AS external_ref_1
  WHERE external_ref_1.organization_id = ? AND external_ref_1.system = ? AND external_ref_1.type = ? AND external_ref_1.external_id = ?)
LIMIT 1 OFFSET ?;
