SELECT json_object('number', t1.number, 'status', t1.status, 'text', t1.text, 'occurredAt', rtrim(rtrim(t1.occurred_at, '0'), '.') || 'Z', 'loopClosedAt', rtrim(rtrim(t1.loop_closed_at, '0'), '.') || 'Z', 'answers', (
  SELECT json_group_array(json_object('question', (
    SELECT json_object('key', t3."key", 'metric', t3.metric) AS json_object_2
    FROM question AS t3
    WHERE t3.organization_id = ? AND t3.id = anon_1.question_id), 'number', json(CASE WHEN (anon_1.number IS NOT NULL) THEN CASE WHEN (anon_1.number < 0) THEN '-' ELSE '' END || rtrim(rtrim(printf('%d.%06d', abs(anon_1.number) / 1000000, abs(anon_1.number) % 1000000), '0'), '.') END), 'text', anon_1.text)) AS json_group_array_1
  FROM (
    SELECT t2.question_id AS question_id, t2.number AS number, t2.text AS text
    FROM answer AS t2
    WHERE t2.organization_id = ? AND t2.feedback_id = t1.id
    ORDER BY t2.position, t2.feedback_id
    LIMIT 200 OFFSET ?) AS anon_1), 'customer', (
  SELECT json_object('name', t4.name, 'segment', t4.segment, 'externalRefs', (
    SELECT json_group_array(json_object('system', anon_2.system, 'externalId', anon_2.external_id)) AS json_group_array_2
    FROM (
      SELECT t5.system AS system, t5.external_id AS external_id
      FROM external_ref AS t5
      WHERE t5.organization_id = ? AND t5.target_id = t4.id
      ORDER BY t5.system, t5.type, t5.external_id
      LIMIT 200 OFFSET ?) AS anon_2)) AS json_object_3
  FROM customer AS t4
  WHERE t4.organization_id = ? AND t4.id = t1.customer_id), 'product', (
  SELECT json_object('sku', t6.sku, 'name', t6.name) AS json_object_4
  FROM product AS t6
  WHERE t6.organization_id = ? AND t6.id = t1.product_id), 'themes', (
  SELECT json_group_array(json_object('name', anon_3.name)) AS json_group_array_3
  FROM (
    SELECT t7.id AS id, t7.name AS name
    FROM theme AS t7
    WHERE t7.organization_id = ? AND t7.id IN (
      SELECT t8.theme_id
      FROM feedback_theme AS t8
      WHERE t8.organization_id = ? AND t8.feedback_id = t1.id)
    ORDER BY t7.id
    LIMIT 200 OFFSET ?) AS anon_3), 'requirements', (
  SELECT json_group_array(json_object('number', anon_4.number, 'statement', anon_4.statement, 'source', anon_4.source)) AS json_group_array_4
  FROM (
    SELECT t9.id AS id, t9.number AS number, t9.source AS source, t9.statement AS statement
    FROM requirement AS t9
    WHERE t9.organization_id = ? AND t9.id IN (
      SELECT t10.requirement_id
      FROM requirement_evidence AS t10
      WHERE t10.organization_id = ? AND t10.feedback_id = t1.id)
    ORDER BY t9.id
    LIMIT 200 OFFSET ?) AS anon_4), 'actions', (
  SELECT json_group_array(json_object('number', anon_5.number, 'kind', anon_5.kind, 'status', anon_5.status, 'owner', (
    SELECT json_object('name', t12.name, 'department', (
      SELECT json_object('name', t13.name) AS json_object_6
      FROM department AS t13
      WHERE t13.organization_id = ? AND t13.id = t12.department_id)) AS json_object_5
    FROM user AS t12
    WHERE t12.organization_id = ? AND t12.id = anon_5.owner_id), 'risk', (
    SELECT json_object('number', t14.number, 'failureMode', t14.failure_mode, 'initial', CASE WHEN (NOT (t14.initial_severity IS NULL AND t14.initial_occurrence IS NULL AND t14.initial_detection IS NULL)) THEN json_object('severity', t14.initial_severity, 'occurrence', t14.initial_occurrence, 'detection', t14.initial_detection, 'actionPriority', CASE WHEN (t14.initial_severity BETWEEN 9 AND 10 AND t14.initial_occurrence BETWEEN 8 AND 10 AND t14.initial_detection BETWEEN 1 AND 10) THEN 'HIGH' WHEN (t14.initial_severity BETWEEN 9 AND 10 AND t14.initial_occurrence BETWEEN 6 AND 7 AND t14.initial_detection BETWEEN 1 AND 10) THEN 'HIGH' WHEN (t14.initial_severity BETWEEN 9 AND 10 AND t14.initial_occurrence BETWEEN 4 AND 5 AND t14.initial_detection BETWEEN 2 AND 10) THEN 'HIGH' WHEN (t14.initial_severity BETWEEN 9 AND 10 AND t14.initial_occurrence BETWEEN 4 AND 5 AND t14.initial_detection BETWEEN 1 AND 1) THEN 'MEDIUM' WHEN (t14.initial_severity BETWEEN 9 AND 10 AND t14.initial_occurrence BETWEEN 2 AND 3 AND t14.initial_detection BETWEEN 7 AND 10) THEN 'HIGH' WHEN (t14.initial_severity BETWEEN 9 AND 10 AND t14.initial_occurrence BETWEEN 2 AND 3 AND t14.initial_detection BETWEEN 5 AND 6) THEN 'MEDIUM' WHEN (t14.initial_severity BETWEEN 9 AND 10 AND t14.initial_occurrence BETWEEN 2 AND 3 AND t14.initial_detection BETWEEN 1 AND 4) THEN 'LOW' WHEN (t14.initial_severity BETWEEN 9 AND 10 AND t14.initial_occurrence BETWEEN 1 AND 1 AND t14.initial_detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t14.initial_severity BETWEEN 7 AND 8 AND t14.initial_occurrence BETWEEN 8 AND 10 AND t14.initial_detection BETWEEN 1 AND 10) THEN 'HIGH' WHEN (t14.initial_severity BETWEEN 7 AND 8 AND t14.initial_occurrence BETWEEN 6 AND 7 AND t14.initial_detection BETWEEN 2 AND 10) THEN 'HIGH' WHEN (t14.initial_severity BETWEEN 7 AND 8 AND t14.initial_occurrence BETWEEN 6 AND 7 AND t14.initial_detection BETWEEN 1 AND 1) THEN 'MEDIUM' WHEN (t14.initial_severity BETWEEN 7 AND 8 AND t14.initial_occurrence BETWEEN 4 AND 5 AND t14.initial_detection BETWEEN 7 AND 10) THEN 'HIGH' WHEN (t14.initial_severity BETWEEN 7 AND 8 AND t14.initial_occurrence BETWEEN 4 AND 5 AND t14.initial_detection BETWEEN 1 AND 6) THEN 'MEDIUM' WHEN (t14.initial_severity BETWEEN 7 AND 8 AND t14.initial_occurrence BETWEEN 2 AND 3 AND t14.initial_detection BETWEEN 5 AND 10) THEN 'MEDIUM' WHEN (t14.initial_severity BETWEEN 7 AND 8 AND t14.initial_occurrence BETWEEN 2 AND 3 AND t14.initial_detection BETWEEN 1 AND 4) THEN 'LOW' WHEN (t14.initial_severity BETWEEN 7 AND 8 AND t14.initial_occurrence BETWEEN 1 AND 1 AND t14.initial_detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t14.initial_severity BETWEEN 4 AND 6 AND t14.initial_occurrence BETWEEN 8 AND 10 AND t14.initial_detection BETWEEN 5 AND 10) THEN 'HIGH' WHEN (t14.initial_severity BETWEEN 4 AND 6 AND t14.initial_occurrence BETWEEN 8 AND 10 AND t14.initial_detection BETWEEN 1 AND 4) THEN 'MEDIUM' WHEN (t14.initial_severity BETWEEN 4 AND 6 AND t14.initial_occurrence BETWEEN 6 AND 7 AND t14.initial_detection BETWEEN 2 AND 10) THEN 'MEDIUM' WHEN (t14.initial_severity BETWEEN 4 AND 6 AND t14.initial_occurrence BETWEEN 6 AND 7 AND t14.initial_detection BETWEEN 1 AND 1) THEN 'LOW' WHEN (t14.initial_severity BETWEEN 4 AND 6 AND t14.initial_occurrence BETWEEN 4 AND 5 AND t14.initial_detection BETWEEN 7 AND 10) THEN 'MEDIUM' WHEN (t14.initial_severity BETWEEN 4 AND 6 AND t14.initial_occurrence BETWEEN 4 AND 5 AND t14.initial_detection BETWEEN 1 AND 6) THEN 'LOW' WHEN (t14.initial_severity BETWEEN 4 AND 6 AND t14.initial_occurrence BETWEEN 2 AND 3 AND t14.initial_detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t14.initial_severity BETWEEN 4 AND 6 AND t14.initial_occurrence BETWEEN 1 AND 1 AND t14.initial_detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t14.initial_severity BETWEEN 2 AND 3 AND t14.initial_occurrence BETWEEN 8 AND 10 AND t14.initial_detection BETWEEN 5 AND 10) THEN 'MEDIUM' WHEN (t14.initial_severity BETWEEN 2 AND 3 AND t14.initial_occurrence BETWEEN 8 AND 10 AND t14.initial_detection BETWEEN 1 AND 4) THEN 'LOW' WHEN (t14.initial_severity BETWEEN 2 AND 3 AND t14.initial_occurrence BETWEEN 6 AND 7 AND t14.initial_detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t14.initial_severity BETWEEN 2 AND 3 AND t14.initial_occurrence BETWEEN 4 AND 5 AND t14.initial_detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t14.initial_severity BETWEEN 2 AND 3 AND t14.initial_occurrence BETWEEN 2 AND 3 AND t14.initial_detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t14.initial_severity BETWEEN 2 AND 3 AND t14.initial_occurrence BETWEEN 1 AND 1 AND t14.initial_detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t14.initial_severity BETWEEN 1 AND 1 AND t14.initial_occurrence BETWEEN 1 AND 10 AND t14.initial_detection BETWEEN 1 AND 10) THEN 'LOW' END) END, 'current', CASE WHEN (NOT (t14.severity IS NULL AND t14.occurrence IS NULL AND t14.detection IS NULL)) THEN json_object('severity', t14.severity, 'occurrence', t14.occurrence, 'detection', t14.detection, 'rpn', t14.severity * t14.occurrence * t14.detection, 'actionPriority', CASE WHEN (t14.severity BETWEEN 9 AND 10 AND t14.occurrence BETWEEN 8 AND 10 AND t14.detection BETWEEN 1 AND 10) THEN 'HIGH' WHEN (t14.severity BETWEEN 9 AND 10 AND t14.occurrence BETWEEN 6 AND 7 AND t14.detection BETWEEN 1 AND 10) THEN 'HIGH' WHEN (t14.severity BETWEEN 9 AND 10 AND t14.occurrence BETWEEN 4 AND 5 AND t14.detection BETWEEN 2 AND 10) THEN 'HIGH' WHEN (t14.severity BETWEEN 9 AND 10 AND t14.occurrence BETWEEN 4 AND 5 AND t14.detection BETWEEN 1 AND 1) THEN 'MEDIUM' WHEN (t14.severity BETWEEN 9 AND 10 AND t14.occurrence BETWEEN 2 AND 3 AND t14.detection BETWEEN 7 AND 10) THEN 'HIGH' WHEN (t14.severity BETWEEN 9 AND 10 AND t14.occurrence BETWEEN 2 AND 3 AND t14.detection BETWEEN 5 AND 6) THEN 'MEDIUM' WHEN (t14.severity BETWEEN 9 AND 10 AND t14.occurrence BETWEEN 2 AND 3 AND t14.detection BETWEEN 1 AND 4) THEN 'LOW' WHEN (t14.severity BETWEEN 9 AND 10 AND t14.occurrence BETWEEN 1 AND 1 AND t14.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t14.severity BETWEEN 7 AND 8 AND t14.occurrence BETWEEN 8 AND 10 AND t14.detection BETWEEN 1 AND 10) THEN 'HIGH' WHEN (t14.severity BETWEEN 7 AND 8 AND t14.occurrence BETWEEN 6 AND 7 AND t14.detection BETWEEN 2 AND 10) THEN 'HIGH' WHEN (t14.severity BETWEEN 7 AND 8 AND t14.occurrence BETWEEN 6 AND 7 AND t14.detection BETWEEN 1 AND 1) THEN 'MEDIUM' WHEN (t14.severity BETWEEN 7 AND 8 AND t14.occurrence BETWEEN 4 AND 5 AND t14.detection BETWEEN 7 AND 10) THEN 'HIGH' WHEN (t14.severity BETWEEN 7 AND 8 AND t14.occurrence BETWEEN 4 AND 5 AND t14.detection BETWEEN 1 AND 6) THEN 'MEDIUM' WHEN (t14.severity BETWEEN 7 AND 8 AND t14.occurrence BETWEEN 2 AND 3 AND t14.detection BETWEEN 5 AND 10) THEN 'MEDIUM' WHEN (t14.severity BETWEEN 7 AND 8 AND t14.occurrence BETWEEN 2 AND 3 AND t14.detection BETWEEN 1 AND 4) THEN 'LOW' WHEN (t14.severity BETWEEN 7 AND 8 AND t14.occurrence BETWEEN 1 AND 1 AND t14.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t14.severity BETWEEN 4 AND 6 AND t14.occurrence BETWEEN 8 AND 10 AND t14.detection BETWEEN 5 AND 10) THEN 'HIGH' WHEN (t14.severity BETWEEN 4 AND 6 AND t14.occurrence BETWEEN 8 AND 10 AND t14.detection BETWEEN 1 AND 4) THEN 'MEDIUM' WHEN (t14.severity BETWEEN 4 AND 6 AND t14.occurrence BETWEEN 6 AND 7 AND t14.detection BETWEEN 2 AND 10) THEN 'MEDIUM' WHEN (t14.severity BETWEEN 4 AND 6 AND t14.occurrence BETWEEN 6 AND 7 AND t14.detection BETWEEN 1 AND 1) THEN 'LOW' WHEN (t14.severity BETWEEN 4 AND 6 AND t14.occurrence BETWEEN 4 AND 5 AND t14.detection BETWEEN 7 AND 10) THEN 'MEDIUM' WHEN (t14.severity BETWEEN 4 AND 6 AND t14.occurrence BETWEEN 4 AND 5 AND t14.detection BETWEEN 1 AND 6) THEN 'LOW' WHEN (t14.severity BETWEEN 4 AND 6 AND t14.occurrence BETWEEN 2 AND 3 AND t14.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t14.severity BETWEEN 4 AND 6 AND t14.occurrence BETWEEN 1 AND 1 AND t14.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t14.severity BETWEEN 2 AND 3 AND t14.occurrence BETWEEN 8 AND 10 AND t14.detection BETWEEN 5 AND 10) THEN 'MEDIUM' WHEN (t14.severity BETWEEN 2 AND 3 AND t14.occurrence BETWEEN 8 AND 10 AND t14.detection BETWEEN 1 AND 4) THEN 'LOW' WHEN (t14.severity BETWEEN 2 AND 3 AND t14.occurrence BETWEEN 6 AND 7 AND t14.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t14.severity BETWEEN 2 AND 3 AND t14.occurrence BETWEEN 4 AND 5 AND t14.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t14.severity BETWEEN 2 AND 3 AND t14.occurrence BETWEEN 2 AND 3 AND t14.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t14.severity BETWEEN 2 AND 3 AND t14.occurrence BETWEEN 1 AND 1 AND t14.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t14.severity BETWEEN 1 AND 1 AND t14.occurrence BETWEEN 1 AND 10 AND t14.detection BETWEEN 1 AND 10) THEN 'LOW' END) END) AS json_object_7
    FROM risk AS t14
    WHERE t14.organization_id = ? AND t14.id = anon_5.risk_id))) AS json_group_array_5
  FROM (
    SELECT t11.id AS id, t11.number AS number, t11.kind AS kind, t11.status AS status, t11.owner_id AS owner_id, t11.risk_id AS risk_id
    FROM action AS t11
    WHERE t11.organization_id = ? AND t11.feedback_id = t1.id
    ORDER BY t11.id
    LIMIT 200 OFFSET ?) AS anon_5)) AS json_object_1
FROM feedback AS t1
WHERE t1.organization_id = ? AND t1.id = ?
LIMIT 1 OFFSET ?;
