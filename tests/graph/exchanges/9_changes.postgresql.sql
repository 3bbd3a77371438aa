SELECT organization_stream.seq
FROM organization_stream
WHERE organization_stream.organization_id = $1::UUID;

SELECT event.organization_id, event.seq, event.at, event.actor_kind, event.actor_id, event.actor_name, event.origin, event.action, event.record_type, event.record_id, event.record_version, event.changed_fields, event.payload, event.sealed, event.subject_id, event.hash
FROM event
WHERE event.organization_id = $1::UUID AND event.seq > $2::BIGINT AND event.seq <= $3::BIGINT AND event.record_type IN (
  SELECT unnest($4::VARCHAR[] COLLATE "C") AS unnest_1) AND (event.record_type != $5::VARCHAR COLLATE "C" OR (EXISTS (
  SELECT feedback.id
  FROM feedback
  WHERE feedback.organization_id = event.organization_id AND feedback.id = event.record_id AND (feedback.confidential IS false OR feedback.author_id IS NOT DISTINCT FROM $6::UUID OR feedback.assignee_id IS NOT DISTINCT FROM $6::UUID)))) AND (event.record_type != $7::VARCHAR COLLATE "C" OR (EXISTS (
  SELECT complaint.id
  FROM complaint
  WHERE complaint.organization_id = event.organization_id AND complaint.id = event.record_id AND (complaint.confidential IS false OR complaint.handler_id IS NOT DISTINCT FROM $8::UUID)))) AND (event.record_type != $9::VARCHAR COLLATE "C" OR (EXISTS (
  SELECT revision.id
  FROM revision
  WHERE revision.organization_id = event.organization_id AND revision.id = event.record_id AND (revision.status != $10::VARCHAR AND revision.status != $11::VARCHAR OR revision.author_id IS NOT DISTINCT FROM $12::UUID)))) AND (event.record_type != $13::VARCHAR COLLATE "C" OR (EXISTS (
  SELECT training_record.id
  FROM training_record
  WHERE training_record.organization_id = event.organization_id AND training_record.id = event.record_id AND training_record.user_id = $14::UUID))) AND (event.record_type != $15::VARCHAR COLLATE "C" OR (EXISTS (
  SELECT competence.id
  FROM competence
  WHERE competence.organization_id = event.organization_id AND competence.id = event.record_id AND competence.user_id = $16::UUID))) AND (event.record_type != $17::VARCHAR COLLATE "C" OR (EXISTS (
  SELECT notification.id
  FROM notification
  WHERE notification.organization_id = event.organization_id AND notification.id = event.record_id AND notification.user_id = $18::UUID))) AND (event.origin IS NULL OR (event.origin NOT IN (
  SELECT unnest($19::VARCHAR[] COLLATE "C") AS unnest_2)))
ORDER BY event.seq
LIMIT $20::INTEGER;

SELECT external_ref.organization_id, external_ref.system, external_ref.type, external_ref.external_id, external_ref.record_id, external_ref.target_id, external_ref.version, external_ref.version_order, external_ref.state, external_ref.updated_at
FROM external_ref
WHERE external_ref.organization_id = $1::UUID AND external_ref.record_id IN (
  SELECT unnest($2::UUID[]) AS unnest_1)
ORDER BY external_ref.system, external_ref.external_id;

SELECT concat('{"Customer":', (
  SELECT concat('[', string_agg(concat('{"0":"customer_', encode(uuid_send(t1.id), 'hex'), '","1":{"id":"customer_', encode(uuid_send(t1.id), 'hex'), '","name":', to_json(t1.name), ',"active":', CAST(t1.active AS TEXT), '}}'), ','), ']') AS concat_2
  FROM customer AS t1
  WHERE t1.organization_id = $1::UUID AND t1.id IN (
    SELECT unnest($2::UUID[]) AS unnest_1)), ',"Feedback":', (
  SELECT concat('[', string_agg(concat('{"0":"feedback_', encode(uuid_send(t2.id), 'hex'), '","1":{"id":"feedback_', encode(uuid_send(t2.id), 'hex'), '","number":', to_json(t2.number), ',"status":"', t2.status, '","text":', coalesce(CAST(to_json(t2.text) AS TEXT), 'null'), '}}'), ','), ']') AS concat_3
  FROM feedback AS t2
  WHERE t2.organization_id = $1::UUID AND (t2.confidential IS false OR t2.author_id IS NOT DISTINCT FROM $3::UUID OR t2.assignee_id IS NOT DISTINCT FROM $3::UUID) AND t2.id IN (
    SELECT unnest($4::UUID[]) AS unnest_2)), ',"Product":', (
  SELECT concat('[', string_agg(concat('{"0":"product_', encode(uuid_send(t3.id), 'hex'), '","1":{"id":"product_', encode(uuid_send(t3.id), 'hex'), '"}}'), ','), ']') AS concat_4
  FROM product AS t3
  WHERE t3.organization_id = $1::UUID AND t3.id IN (
    SELECT unnest($5::UUID[]) AS unnest_3)), '}') AS concat_1;
