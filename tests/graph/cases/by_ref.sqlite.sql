SELECT external_ref.organization_id, external_ref.system, external_ref.type, external_ref.external_id, external_ref.record_id, external_ref.target_id, external_ref.version, external_ref.version_order, external_ref.state, external_ref.updated_at
FROM external_ref
WHERE external_ref.organization_id = ? AND external_ref.system = ? AND external_ref.type = ? AND external_ref.external_id IN (
  SELECT anon_1.value
  FROM json_each(?) AS anon_1);

SELECT external_ref.organization_id, external_ref.system, external_ref.type, external_ref.external_id, external_ref.record_id, external_ref.target_id, external_ref.version, external_ref.version_order, external_ref.state, external_ref.updated_at
FROM external_ref
WHERE external_ref.organization_id = ? AND external_ref.system = ? AND external_ref.type = ? AND external_ref.external_id IN (
  SELECT anon_1.value
  FROM json_each(?) AS anon_1);

SELECT external_ref.organization_id, external_ref.system, external_ref.type, external_ref.external_id, external_ref.record_id, external_ref.target_id, external_ref.version, external_ref.version_order, external_ref.state, external_ref.updated_at
FROM external_ref
WHERE external_ref.organization_id = ? AND external_ref.system = ? AND external_ref.type = ? AND external_ref.external_id IN (
  SELECT anon_1.value
  FROM json_each(?) AS anon_1);

SELECT json_object('Customer', (
  SELECT json_group_array(json_object('0', 'customer_' || t1.id, '1', json_object('id', 'customer_' || t1.id, 'name', t1.name))) AS json_group_array_1
  FROM customer AS t1
  WHERE t1.organization_id = ? AND t1.id IN (
    SELECT anon_1.value
    FROM json_each(?) AS anon_1))) AS json_object_1;
