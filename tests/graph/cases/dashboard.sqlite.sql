SELECT json_object('zone', organization.time_zone, '0', (
  SELECT json_group_array(json_object('metric', found.metric, 'period', found.period, 'n', found.n, 'good', found.good, 'bad', found.bad)) AS json_group_array_1
  FROM (
    SELECT answers.metric AS metric, answers.period AS period, count(*) AS n, count(*) FILTER (WHERE answers.mark = 1) AS good, count(*) FILTER (WHERE answers.mark = -1) AS bad
    FROM (
      SELECT 0 AS period, question.metric AS metric, CASE WHEN (question.metric = 'CSAT') THEN CASE WHEN (answer.number >= question.satisfied_from * ?) THEN 1 ELSE 0 END WHEN (question.metric = 'NPS') THEN CASE WHEN (answer.number >= ?) THEN 1 WHEN (answer.number <= ?) THEN -1 ELSE 0 END END AS mark
      FROM answer JOIN question ON question.organization_id = answer.organization_id AND question.id = answer.question_id JOIN feedback ON feedback.organization_id = answer.organization_id AND feedback.id = answer.feedback_id
      WHERE answer.organization_id = ? AND answer.number IS NOT NULL AND (question.metric = 'CSAT' OR question.metric = 'NPS') AND feedback.active IS 1 AND feedback.occurred_at >= ? AND feedback.occurred_at < ?) AS answers GROUP BY answers.metric, answers.period) AS found), '1', (
  SELECT json_group_array(json_object('period', found.period, 'number', CASE WHEN (found.number IS NOT NULL) THEN CASE WHEN (found.number < 0) THEN '-' ELSE '' END || rtrim(rtrim(printf('%d.%06d', abs(found.number) / 1000000, abs(found.number) % 1000000), '0'), '.') END, 'n', found.n)) AS json_group_array_2
  FROM (
    SELECT answers.period AS period, answers.number AS number, count(*) AS n
    FROM (
      SELECT 0 AS period, answer.number AS number
      FROM answer JOIN question ON question.organization_id = answer.organization_id AND question.id = answer.question_id JOIN feedback ON feedback.organization_id = answer.organization_id AND feedback.id = answer.feedback_id
      WHERE answer.organization_id = ? AND answer.number IS NOT NULL AND question.metric = 'CES' AND feedback.active IS 1 AND feedback.occurred_at >= ? AND feedback.occurred_at < ?) AS answers GROUP BY answers.period, answers.number) AS found), '2', (
  SELECT json_group_array(json_object('period', found.period, 'start', found.start, 'stayed', found.stayed)) AS json_group_array_3
  FROM (
    SELECT followed.period AS period, count(*) AS start, count(*) FILTER (WHERE followed.again = followed.period + 1) AS stayed
    FROM (
      SELECT present.period AS period, lead(present.period) OVER (PARTITION BY present.customer_id ORDER BY present.period) AS again
      FROM (
        SELECT DISTINCT CASE WHEN (interaction.occurred_at < ?) THEN 0 ELSE 1 END AS period, interaction.customer_id AS customer_id
        FROM interaction
        WHERE interaction.organization_id = ? AND (interaction.kind = 'PURCHASE' OR interaction.kind = 'RENEWAL') AND interaction.active IS 1 AND interaction.customer_id IS NOT NULL AND interaction.occurred_at >= ? AND interaction.occurred_at < ?) AS present) AS followed GROUP BY followed.period) AS found), '3', (
  SELECT json_group_array(json_object('period', found.period, 'n', found.n, 'repeated', found.repeated)) AS json_group_array_4
  FROM (
    SELECT buyer.period AS period, count(*) AS n, count(*) FILTER (WHERE buyer.purchases > 1) AS repeated
    FROM (
      SELECT purchase.period AS period, count(*) AS purchases
      FROM (
        SELECT 0 AS period, interaction.customer_id AS customer_id
        FROM interaction
        WHERE interaction.organization_id = ? AND interaction.kind = 'PURCHASE' AND interaction.active IS 1 AND interaction.customer_id IS NOT NULL AND interaction.occurred_at >= ? AND interaction.occurred_at < ?) AS purchase GROUP BY purchase.period, purchase.customer_id) AS buyer GROUP BY buyer.period) AS found), '4', (
  SELECT json_group_array(json_object('period', found.period, 'complaints', found.complaints, 'units', CASE WHEN (found.units IS NOT NULL) THEN CASE WHEN (found.units < 0) THEN '-' ELSE '' END || rtrim(rtrim(printf('%d.%06d', abs(found.units) / 1000000, abs(found.units) % 1000000), '0'), '.') END)) AS json_group_array_5
  FROM (
    SELECT counted.period AS period, sum(counted.complaints) AS complaints, sum(counted.units) AS units
    FROM (
      SELECT 0 AS period, 1 AS complaints, ? AS units
      FROM complaint
      WHERE complaint.organization_id = ? AND complaint.active IS 1 AND complaint.is_complaint IS NOT 0 AND complaint.received_at >= ? AND complaint.received_at < ? UNION ALL
      SELECT 0 AS period, 0 AS complaints, coalesce(interaction.quantity, ?) AS units
      FROM interaction
      WHERE interaction.organization_id = ? AND interaction.kind = 'PURCHASE' AND interaction.active IS 1 AND interaction.occurred_at >= ? AND interaction.occurred_at < ?) AS counted GROUP BY counted.period) AS found), '5', (
  SELECT json_group_array(json_object('period', found.period, 'part', found.part, 'whole', found.whole)) AS json_group_array_6
  FROM (
    SELECT counted.period AS period, sum(counted.part) AS part, sum(counted.whole) AS whole
    FROM (
      SELECT 0 AS period, inspection.defective AS part, inspection.inspected AS whole
      FROM inspection
      WHERE inspection.organization_id = ? AND inspection.active IS 1 AND inspection.at >= ? AND inspection.at < ?) AS counted GROUP BY counted.period) AS found), '6', (
  SELECT json_group_array(json_object('period', found.period, 'part', found.part, 'whole', found.whole)) AS json_group_array_7
  FROM (
    SELECT counted.period AS period, sum(counted.part) AS part, sum(counted.whole) AS whole
    FROM (
      SELECT 0 AS period, CASE WHEN (action.status = 'EFFECTIVE') THEN 1 ELSE 0 END AS part, 1 AS whole
      FROM action
      WHERE action.organization_id = ? AND (action.kind = 'CORRECTIVE' OR action.kind = 'PREVENTIVE') AND (action.status = 'EFFECTIVE' OR action.status = 'INEFFECTIVE') AND action.done_at >= ? AND action.done_at < ?) AS counted GROUP BY counted.period) AS found), '7', (
  SELECT json_group_array(json_object('period', found.period, 'part', found.part, 'whole', found.whole)) AS json_group_array_8
  FROM (
    SELECT 0 AS period, sum(people.trained) AS part, count(*) AS whole
    FROM (
      SELECT trained.user_id AS user_id, trained.department_id AS department_id, min(trained.counts) AS trained
      FROM (
        SELECT training.user_id AS user_id, training.department_id AS department_id, max(training.counts) AS counts
        FROM (
          SELECT training_record.organization_id AS organization_id, training_record.user_id AS user_id, training_record.revision_id AS revision_id, user.department_id AS department_id, CASE WHEN (training_record.status = 'PASSED' AND training_record.completed_at <= ? AND (training_record.expires_at IS NULL OR training_record.expires_at > ?) OR training_record.status = 'WAIVED' AND training_record.ended_at IS NOT NULL AND training_record.ended_at <= ?) THEN 1 ELSE 0 END AS counts
          FROM training_record JOIN revision ON revision.organization_id = training_record.organization_id AND revision.id = training_record.revision_id AND revision.effective_at <= ? AND (revision.obsolete_at IS NULL OR revision.obsolete_at > ?) JOIN user ON user.organization_id = training_record.organization_id AND user.id = training_record.user_id AND user.active IS 1
          WHERE training_record.organization_id = ? AND (training_record.status != 'CANCELLED' OR NOT (training_record.ended_at IS NOT NULL AND training_record.ended_at <= ?)) AND training_record.created_at <= ?) AS training GROUP BY training.user_id, training.department_id, training.revision_id) AS trained GROUP BY trained.user_id, trained.department_id) AS people HAVING count(*) > 0) AS found), '8', (
  SELECT json_group_array(json_object('period', found.period, 'tenths', found.tenths, 'ended', found.ended, 'n', found.n)) AS json_group_array_9
  FROM (
    SELECT counted.period AS period, counted.tenths AS tenths, counted.ended AS ended, count(*) AS n
    FROM (
      SELECT 0 AS period, CASE WHEN (CAST(strftime('%s', substr(CASE WHEN (complaint.acknowledged_at IS NOT NULL AND complaint.acknowledged_at <= ?) THEN complaint.acknowledged_at WHEN (complaint.closed_at IS NOT NULL AND complaint.closed_at <= ?) THEN complaint.closed_at ELSE ? END, 1, 19)) AS INTEGER) - CAST(strftime('%s', substr(complaint.received_at, 1, 19)) AS INTEGER) > 0) THEN (CAST(strftime('%s', substr(CASE WHEN (complaint.acknowledged_at IS NOT NULL AND complaint.acknowledged_at <= ?) THEN complaint.acknowledged_at WHEN (complaint.closed_at IS NOT NULL AND complaint.closed_at <= ?) THEN complaint.closed_at ELSE ? END, 1, 19)) AS INTEGER) - CAST(strftime('%s', substr(complaint.received_at, 1, 19)) AS INTEGER)) / 360 ELSE 0 END AS tenths, CASE WHEN (complaint.acknowledged_at IS NOT NULL AND complaint.acknowledged_at <= ?) THEN 1 ELSE 0 END AS ended
      FROM complaint
      WHERE complaint.organization_id = ? AND complaint.active IS 1 AND complaint.is_complaint IS NOT 0 AND complaint.received_at >= ? AND complaint.received_at < ?) AS counted GROUP BY counted.period, counted.tenths, counted.ended) AS found), '9', (
  SELECT json_group_array(json_object('period', found.period, 'tenths', found.tenths, 'ended', found.ended, 'n', found.n)) AS json_group_array_10
  FROM (
    SELECT counted.period AS period, counted.tenths AS tenths, counted.ended AS ended, count(*) AS n
    FROM (
      SELECT 0 AS period, CASE WHEN (CAST(strftime('%s', substr(CASE WHEN (CASE WHEN (complaint.status = 'CLOSED') THEN complaint.closed_at END IS NOT NULL AND CASE WHEN (complaint.status = 'CLOSED') THEN complaint.closed_at END <= ?) THEN CASE WHEN (complaint.status = 'CLOSED') THEN complaint.closed_at END WHEN (complaint.closed_at IS NOT NULL AND complaint.closed_at <= ?) THEN complaint.closed_at ELSE ? END, 1, 19)) AS INTEGER) - CAST(strftime('%s', substr(complaint.received_at, 1, 19)) AS INTEGER) > 0) THEN (CAST(strftime('%s', substr(CASE WHEN (CASE WHEN (complaint.status = 'CLOSED') THEN complaint.closed_at END IS NOT NULL AND CASE WHEN (complaint.status = 'CLOSED') THEN complaint.closed_at END <= ?) THEN CASE WHEN (complaint.status = 'CLOSED') THEN complaint.closed_at END WHEN (complaint.closed_at IS NOT NULL AND complaint.closed_at <= ?) THEN complaint.closed_at ELSE ? END, 1, 19)) AS INTEGER) - CAST(strftime('%s', substr(complaint.received_at, 1, 19)) AS INTEGER)) / 360 ELSE 0 END AS tenths, CASE WHEN (CASE WHEN (complaint.status = 'CLOSED') THEN complaint.closed_at END IS NOT NULL AND CASE WHEN (complaint.status = 'CLOSED') THEN complaint.closed_at END <= ?) THEN 1 ELSE 0 END AS ended
      FROM complaint
      WHERE complaint.organization_id = ? AND complaint.active IS 1 AND complaint.is_complaint IS NOT 0 AND complaint.received_at >= ? AND complaint.received_at < ?) AS counted GROUP BY counted.period, counted.tenths, counted.ended) AS found)) AS json_object_1
FROM organization
WHERE organization.id = ?;

SELECT json_object('totalCount', (
  SELECT count(*) AS count_1
  FROM action AS t2
  WHERE t2.organization_id = ? AND (t2.due_at IS NOT NULL AND t2.due_at < ? AND (t2.status = 'PLANNED' OR t2.status = 'IN_PROGRESS')) = ?), 'nodes', json_group_array(json_object('number', anon_1.number, 'title', anon_1.title, 'dueAt', rtrim(rtrim(anon_1.due_at, '0'), '.') || 'Z', 'owner', (
  SELECT json_object('name', t3.name) AS json_object_2
  FROM user AS t3
  WHERE t3.organization_id = ? AND t3.id = anon_1.owner_id)))) AS json_object_1
FROM (
  SELECT t1.id AS id, t1.number AS number, t1.title AS title, t1.due_at AS due_at, t1.owner_id AS owner_id
  FROM action AS t1
  WHERE t1.organization_id = ? AND (t1.due_at IS NOT NULL AND t1.due_at < ? AND (t1.status = 'PLANNED' OR t1.status = 'IN_PROGRESS')) = ?
  ORDER BY t1.due_at ASC NULLS LAST, t1.id ASC
  LIMIT 20 OFFSET ?) AS anon_1;

SELECT json_object('totalCount', (
  SELECT count(*) AS count_1
  FROM risk AS t2
  WHERE t2.organization_id = ? AND CASE WHEN (t2.severity BETWEEN 9 AND 10 AND t2.occurrence BETWEEN 8 AND 10 AND t2.detection BETWEEN 1 AND 10) THEN 'HIGH' WHEN (t2.severity BETWEEN 9 AND 10 AND t2.occurrence BETWEEN 6 AND 7 AND t2.detection BETWEEN 1 AND 10) THEN 'HIGH' WHEN (t2.severity BETWEEN 9 AND 10 AND t2.occurrence BETWEEN 4 AND 5 AND t2.detection BETWEEN 2 AND 10) THEN 'HIGH' WHEN (t2.severity BETWEEN 9 AND 10 AND t2.occurrence BETWEEN 4 AND 5 AND t2.detection BETWEEN 1 AND 1) THEN 'MEDIUM' WHEN (t2.severity BETWEEN 9 AND 10 AND t2.occurrence BETWEEN 2 AND 3 AND t2.detection BETWEEN 7 AND 10) THEN 'HIGH' WHEN (t2.severity BETWEEN 9 AND 10 AND t2.occurrence BETWEEN 2 AND 3 AND t2.detection BETWEEN 5 AND 6) THEN 'MEDIUM' WHEN (t2.severity BETWEEN 9 AND 10 AND t2.occurrence BETWEEN 2 AND 3 AND t2.detection BETWEEN 1 AND 4) THEN 'LOW' WHEN (t2.severity BETWEEN 9 AND 10 AND t2.occurrence BETWEEN 1 AND 1 AND t2.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t2.severity BETWEEN 7 AND 8 AND t2.occurrence BETWEEN 8 AND 10 AND t2.detection BETWEEN 1 AND 10) THEN 'HIGH' WHEN (t2.severity BETWEEN 7 AND 8 AND t2.occurrence BETWEEN 6 AND 7 AND t2.detection BETWEEN 2 AND 10) THEN 'HIGH' WHEN (t2.severity BETWEEN 7 AND 8 AND t2.occurrence BETWEEN 6 AND 7 AND t2.detection BETWEEN 1 AND 1) THEN 'MEDIUM' WHEN (t2.severity BETWEEN 7 AND 8 AND t2.occurrence BETWEEN 4 AND 5 AND t2.detection BETWEEN 7 AND 10) THEN 'HIGH' WHEN (t2.severity BETWEEN 7 AND 8 AND t2.occurrence BETWEEN 4 AND 5 AND t2.detection BETWEEN 1 AND 6) THEN 'MEDIUM' WHEN (t2.severity BETWEEN 7 AND 8 AND t2.occurrence BETWEEN 2 AND 3 AND t2.detection BETWEEN 5 AND 10) THEN 'MEDIUM' WHEN (t2.severity BETWEEN 7 AND 8 AND t2.occurrence BETWEEN 2 AND 3 AND t2.detection BETWEEN 1 AND 4) THEN 'LOW' WHEN (t2.severity BETWEEN 7 AND 8 AND t2.occurrence BETWEEN 1 AND 1 AND t2.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t2.severity BETWEEN 4 AND 6 AND t2.occurrence BETWEEN 8 AND 10 AND t2.detection BETWEEN 5 AND 10) THEN 'HIGH' WHEN (t2.severity BETWEEN 4 AND 6 AND t2.occurrence BETWEEN 8 AND 10 AND t2.detection BETWEEN 1 AND 4) THEN 'MEDIUM' WHEN (t2.severity BETWEEN 4 AND 6 AND t2.occurrence BETWEEN 6 AND 7 AND t2.detection BETWEEN 2 AND 10) THEN 'MEDIUM' WHEN (t2.severity BETWEEN 4 AND 6 AND t2.occurrence BETWEEN 6 AND 7 AND t2.detection BETWEEN 1 AND 1) THEN 'LOW' WHEN (t2.severity BETWEEN 4 AND 6 AND t2.occurrence BETWEEN 4 AND 5 AND t2.detection BETWEEN 7 AND 10) THEN 'MEDIUM' WHEN (t2.severity BETWEEN 4 AND 6 AND t2.occurrence BETWEEN 4 AND 5 AND t2.detection BETWEEN 1 AND 6) THEN 'LOW' WHEN (t2.severity BETWEEN 4 AND 6 AND t2.occurrence BETWEEN 2 AND 3 AND t2.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t2.severity BETWEEN 4 AND 6 AND t2.occurrence BETWEEN 1 AND 1 AND t2.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t2.severity BETWEEN 2 AND 3 AND t2.occurrence BETWEEN 8 AND 10 AND t2.detection BETWEEN 5 AND 10) THEN 'MEDIUM' WHEN (t2.severity BETWEEN 2 AND 3 AND t2.occurrence BETWEEN 8 AND 10 AND t2.detection BETWEEN 1 AND 4) THEN 'LOW' WHEN (t2.severity BETWEEN 2 AND 3 AND t2.occurrence BETWEEN 6 AND 7 AND t2.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t2.severity BETWEEN 2 AND 3 AND t2.occurrence BETWEEN 4 AND 5 AND t2.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t2.severity BETWEEN 2 AND 3 AND t2.occurrence BETWEEN 2 AND 3 AND t2.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t2.severity BETWEEN 2 AND 3 AND t2.occurrence BETWEEN 1 AND 1 AND t2.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t2.severity BETWEEN 1 AND 1 AND t2.occurrence BETWEEN 1 AND 10 AND t2.detection BETWEEN 1 AND 10) THEN 'LOW' END = ?), 'nodes', json_group_array(json_object('number', anon_1.number, 'failureMode', anon_1.failure_mode, 'effect', anon_1.effect, 'current', CASE WHEN (NOT (anon_1.severity IS NULL AND anon_1.occurrence IS NULL AND anon_1.detection IS NULL)) THEN json_object('severity', anon_1.severity, 'occurrence', anon_1.occurrence, 'detection', anon_1.detection) END))) AS json_object_1
FROM (
  SELECT t1.id AS id, t1.number AS number, t1.failure_mode AS failure_mode, t1.effect AS effect, t1.severity AS severity, t1.occurrence AS occurrence, t1.detection AS detection
  FROM risk AS t1
  WHERE t1.organization_id = ? AND CASE WHEN (t1.severity BETWEEN 9 AND 10 AND t1.occurrence BETWEEN 8 AND 10 AND t1.detection BETWEEN 1 AND 10) THEN 'HIGH' WHEN (t1.severity BETWEEN 9 AND 10 AND t1.occurrence BETWEEN 6 AND 7 AND t1.detection BETWEEN 1 AND 10) THEN 'HIGH' WHEN (t1.severity BETWEEN 9 AND 10 AND t1.occurrence BETWEEN 4 AND 5 AND t1.detection BETWEEN 2 AND 10) THEN 'HIGH' WHEN (t1.severity BETWEEN 9 AND 10 AND t1.occurrence BETWEEN 4 AND 5 AND t1.detection BETWEEN 1 AND 1) THEN 'MEDIUM' WHEN (t1.severity BETWEEN 9 AND 10 AND t1.occurrence BETWEEN 2 AND 3 AND t1.detection BETWEEN 7 AND 10) THEN 'HIGH' WHEN (t1.severity BETWEEN 9 AND 10 AND t1.occurrence BETWEEN 2 AND 3 AND t1.detection BETWEEN 5 AND 6) THEN 'MEDIUM' WHEN (t1.severity BETWEEN 9 AND 10 AND t1.occurrence BETWEEN 2 AND 3 AND t1.detection BETWEEN 1 AND 4) THEN 'LOW' WHEN (t1.severity BETWEEN 9 AND 10 AND t1.occurrence BETWEEN 1 AND 1 AND t1.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t1.severity BETWEEN 7 AND 8 AND t1.occurrence BETWEEN 8 AND 10 AND t1.detection BETWEEN 1 AND 10) THEN 'HIGH' WHEN (t1.severity BETWEEN 7 AND 8 AND t1.occurrence BETWEEN 6 AND 7 AND t1.detection BETWEEN 2 AND 10) THEN 'HIGH' WHEN (t1.severity BETWEEN 7 AND 8 AND t1.occurrence BETWEEN 6 AND 7 AND t1.detection BETWEEN 1 AND 1) THEN 'MEDIUM' WHEN (t1.severity BETWEEN 7 AND 8 AND t1.occurrence BETWEEN 4 AND 5 AND t1.detection BETWEEN 7 AND 10) THEN 'HIGH' WHEN (t1.severity BETWEEN 7 AND 8 AND t1.occurrence BETWEEN 4 AND 5 AND t1.detection BETWEEN 1 AND 6) THEN 'MEDIUM' WHEN (t1.severity BETWEEN 7 AND 8 AND t1.occurrence BETWEEN 2 AND 3 AND t1.detection BETWEEN 5 AND 10) THEN 'MEDIUM' WHEN (t1.severity BETWEEN 7 AND 8 AND t1.occurrence BETWEEN 2 AND 3 AND t1.detection BETWEEN 1 AND 4) THEN 'LOW' WHEN (t1.severity BETWEEN 7 AND 8 AND t1.occurrence BETWEEN 1 AND 1 AND t1.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t1.severity BETWEEN 4 AND 6 AND t1.occurrence BETWEEN 8 AND 10 AND t1.detection BETWEEN 5 AND 10) THEN 'HIGH' WHEN (t1.severity BETWEEN 4 AND 6 AND t1.occurrence BETWEEN 8 AND 10 AND t1.detection BETWEEN 1 AND 4) THEN 'MEDIUM' WHEN (t1.severity BETWEEN 4 AND 6 AND t1.occurrence BETWEEN 6 AND 7 AND t1.detection BETWEEN 2 AND 10) THEN 'MEDIUM' WHEN (t1.severity BETWEEN 4 AND 6 AND t1.occurrence BETWEEN 6 AND 7 AND t1.detection BETWEEN 1 AND 1) THEN 'LOW' WHEN (t1.severity BETWEEN 4 AND 6 AND t1.occurrence BETWEEN 4 AND 5 AND t1.detection BETWEEN 7 AND 10) THEN 'MEDIUM' WHEN (t1.severity BETWEEN 4 AND 6 AND t1.occurrence BETWEEN 4 AND 5 AND t1.detection BETWEEN 1 AND 6) THEN 'LOW' WHEN (t1.severity BETWEEN 4 AND 6 AND t1.occurrence BETWEEN 2 AND 3 AND t1.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t1.severity BETWEEN 4 AND 6 AND t1.occurrence BETWEEN 1 AND 1 AND t1.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t1.severity BETWEEN 2 AND 3 AND t1.occurrence BETWEEN 8 AND 10 AND t1.detection BETWEEN 5 AND 10) THEN 'MEDIUM' WHEN (t1.severity BETWEEN 2 AND 3 AND t1.occurrence BETWEEN 8 AND 10 AND t1.detection BETWEEN 1 AND 4) THEN 'LOW' WHEN (t1.severity BETWEEN 2 AND 3 AND t1.occurrence BETWEEN 6 AND 7 AND t1.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t1.severity BETWEEN 2 AND 3 AND t1.occurrence BETWEEN 4 AND 5 AND t1.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t1.severity BETWEEN 2 AND 3 AND t1.occurrence BETWEEN 2 AND 3 AND t1.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t1.severity BETWEEN 2 AND 3 AND t1.occurrence BETWEEN 1 AND 1 AND t1.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t1.severity BETWEEN 1 AND 1 AND t1.occurrence BETWEEN 1 AND 10 AND t1.detection BETWEEN 1 AND 10) THEN 'LOW' END = ?
  ORDER BY t1.id ASC
  LIMIT 20 OFFSET ?) AS anon_1;
