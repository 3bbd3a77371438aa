SELECT organization_stream.seq
FROM organization_stream
WHERE organization_stream.organization_id = ?;

SELECT event.organization_id, event.seq, event.at, event.actor_kind, event.actor_id, event.actor_name, event.origin, event.action, event.record_type, event.record_id, event.record_version, event.changed_fields, event.payload, event.sealed, event.subject_id, event.hash
FROM event
WHERE event.organization_id = ? AND event.seq > ? AND event.seq <= ? AND event.record_type IN (
  SELECT anon_1.value
  FROM json_each(?) AS anon_1) AND (event.record_type != ? OR (EXISTS (
  SELECT feedback.id
  FROM feedback
  WHERE feedback.organization_id = event.organization_id AND feedback.id = event.record_id AND (feedback.confidential IS 0 OR feedback.author_id IS ? OR feedback.assignee_id IS ?)))) AND (event.record_type != ? OR (EXISTS (
  SELECT complaint.id
  FROM complaint
  WHERE complaint.organization_id = event.organization_id AND complaint.id = event.record_id AND (complaint.confidential IS 0 OR complaint.handler_id IS ?)))) AND (event.record_type != ? OR (EXISTS (
  SELECT revision.id
  FROM revision
  WHERE revision.organization_id = event.organization_id AND revision.id = event.record_id AND (revision.status != ? AND revision.status != ? OR revision.author_id IS ?)))) AND (event.record_type != ? OR (EXISTS (
  SELECT training_record.id
  FROM training_record
  WHERE training_record.organization_id = event.organization_id AND training_record.id = event.record_id AND training_record.user_id = ?))) AND (event.record_type != ? OR (EXISTS (
  SELECT competence.id
  FROM competence
  WHERE competence.organization_id = event.organization_id AND competence.id = event.record_id AND competence.user_id = ?))) AND (event.record_type != ? OR (EXISTS (
  SELECT notification.id
  FROM notification
  WHERE notification.organization_id = event.organization_id AND notification.id = event.record_id AND notification.user_id = ?))) AND (event.origin IS NULL OR (event.origin NOT IN (
  SELECT anon_2.value
  FROM json_each(?) AS anon_2)))
ORDER BY event.seq
LIMIT ? OFFSET ?;

SELECT external_ref.organization_id, external_ref.system, external_ref.type, external_ref.external_id, external_ref.record_id, external_ref.target_id, external_ref.version, external_ref.version_order, external_ref.state, external_ref.updated_at
FROM external_ref
WHERE external_ref.organization_id = ? AND external_ref.record_id IN (
  SELECT anon_1.value
  FROM json_each(?) AS anon_1)
ORDER BY external_ref.system, external_ref.external_id;

SELECT json_object('Customer', (
  SELECT json_group_array(json_object('0', 'customer_' || t1.id, '1', json_object('id', 'customer_' || t1.id, 'name', t1.name, 'active', json(CASE WHEN (t1.active IS 1) THEN 'true' WHEN (t1.active IS 0) THEN 'false' END)))) AS json_group_array_1
  FROM customer AS t1
  WHERE t1.organization_id = ? AND t1.id IN (
    SELECT anon_1.value
    FROM json_each(?) AS anon_1)), 'Feedback', (
  SELECT json_group_array(json_object('0', 'feedback_' || t2.id, '1', json_object('id', 'feedback_' || t2.id, 'number', t2.number, 'status', t2.status, 'text', t2.text))) AS json_group_array_2
  FROM feedback AS t2
  WHERE t2.organization_id = ? AND (t2.confidential IS 0 OR t2.author_id IS ? OR t2.assignee_id IS ?) AND t2.id IN (
    SELECT anon_2.value
    FROM json_each(?) AS anon_2)), 'Product', (
  SELECT json_group_array(json_object('0', 'product_' || t3.id, '1', json_object('id', 'product_' || t3.id))) AS json_group_array_3
  FROM product AS t3
  WHERE t3.organization_id = ? AND t3.id IN (
    SELECT anon_3.value
    FROM json_each(?) AS anon_3))) AS json_object_1;
