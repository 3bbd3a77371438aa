SELECT concat('{"zone":', to_json(organization.time_zone), ',"0":', (
  SELECT concat('[', string_agg(concat('{"metric":', CASE WHEN (found.metric IS NULL) THEN 'null' ELSE concat('"', found.metric, '"') END, ',"period":', coalesce(CAST(found.period AS TEXT), 'null'), ',"n":', coalesce(CAST(found.n AS TEXT), 'null'), ',"good":', coalesce(CAST(found.good AS TEXT), 'null'), ',"bad":', coalesce(CAST(found.bad AS TEXT), 'null'), '}'), ','), ']') AS concat_2
  FROM (
    SELECT answers.metric AS metric, answers.period AS period, count(*) AS n, count(*) FILTER (WHERE answers.mark = 1) AS good, count(*) FILTER (WHERE answers.mark = -1) AS bad
    FROM (
      SELECT 0 AS period, question.metric AS metric, CASE WHEN (question.metric = 'CSAT') THEN CASE WHEN (answer.number >= question.satisfied_from * $1::NUMERIC(20, 6)) THEN 1 ELSE 0 END WHEN (question.metric = 'NPS') THEN CASE WHEN (answer.number >= $2::NUMERIC(20, 6)) THEN 1 WHEN (answer.number <= $3::NUMERIC(20, 6)) THEN -1 ELSE 0 END END AS mark
      FROM answer JOIN question ON question.organization_id = answer.organization_id AND question.id = answer.question_id JOIN feedback ON feedback.organization_id = answer.organization_id AND feedback.id = answer.feedback_id
      WHERE answer.organization_id = $4::UUID AND answer.number IS NOT NULL AND (question.metric = 'CSAT' OR question.metric = 'NPS') AND feedback.active IS true AND feedback.occurred_at >= $5::TIMESTAMP WITH TIME ZONE AND feedback.occurred_at < $6::TIMESTAMP WITH TIME ZONE) AS answers GROUP BY answers.metric, answers.period) AS found), ',"1":', (
  SELECT concat('[', string_agg(concat('{"period":', coalesce(CAST(found.period AS TEXT), 'null'), ',"number":', CASE WHEN (found.number IS NULL) THEN 'null' ELSE concat('"', trim_scale(found.number), '"') END, ',"n":', coalesce(CAST(found.n AS TEXT), 'null'), '}'), ','), ']') AS concat_3
  FROM (
    SELECT answers.period AS period, answers.number AS number, count(*) AS n
    FROM (
      SELECT 0 AS period, answer.number AS number
      FROM answer JOIN question ON question.organization_id = answer.organization_id AND question.id = answer.question_id JOIN feedback ON feedback.organization_id = answer.organization_id AND feedback.id = answer.feedback_id
      WHERE answer.organization_id = $4::UUID AND answer.number IS NOT NULL AND question.metric = 'CES' AND feedback.active IS true AND feedback.occurred_at >= $7::TIMESTAMP WITH TIME ZONE AND feedback.occurred_at < $8::TIMESTAMP WITH TIME ZONE) AS answers GROUP BY answers.period, answers.number) AS found), ',"2":', (
  SELECT concat('[', string_agg(concat('{"period":', coalesce(CAST(found.period AS TEXT), 'null'), ',"start":', coalesce(CAST(found.start AS TEXT), 'null'), ',"stayed":', coalesce(CAST(found.stayed AS TEXT), 'null'), '}'), ','), ']') AS concat_4
  FROM (
    SELECT followed.period AS period, count(*) AS start, count(*) FILTER (WHERE followed.again = followed.period + 1) AS stayed
    FROM (
      SELECT present.period AS period, lead(present.period) OVER (PARTITION BY present.customer_id ORDER BY present.period) AS again
      FROM (
        SELECT DISTINCT CASE WHEN (interaction.occurred_at < $9::TIMESTAMP WITH TIME ZONE) THEN 0 ELSE 1 END AS period, interaction.customer_id AS customer_id
        FROM interaction
        WHERE interaction.organization_id = $4::UUID AND (interaction.kind = 'PURCHASE' OR interaction.kind = 'RENEWAL') AND interaction.active IS true AND interaction.customer_id IS NOT NULL AND interaction.occurred_at >= $10::TIMESTAMP WITH TIME ZONE AND interaction.occurred_at < $11::TIMESTAMP WITH TIME ZONE) AS present) AS followed GROUP BY followed.period) AS found), ',"3":', (
  SELECT concat('[', string_agg(concat('{"period":', coalesce(CAST(found.period AS TEXT), 'null'), ',"n":', coalesce(CAST(found.n AS TEXT), 'null'), ',"repeated":', coalesce(CAST(found.repeated AS TEXT), 'null'), '}'), ','), ']') AS concat_5
  FROM (
    SELECT buyer.period AS period, count(*) AS n, count(*) FILTER (WHERE buyer.purchases > 1) AS repeated
    FROM (
      SELECT purchase.period AS period, count(*) AS purchases
      FROM (
        SELECT 0 AS period, interaction.customer_id AS customer_id
        FROM interaction
        WHERE interaction.organization_id = $4::UUID AND interaction.kind = 'PURCHASE' AND interaction.active IS true AND interaction.customer_id IS NOT NULL AND interaction.occurred_at >= $12::TIMESTAMP WITH TIME ZONE AND interaction.occurred_at < $13::TIMESTAMP WITH TIME ZONE) AS purchase GROUP BY purchase.period, purchase.customer_id) AS buyer GROUP BY buyer.period) AS found), ',"4":', (
  SELECT concat('[', string_agg(concat('{"period":', coalesce(CAST(found.period AS TEXT), 'null'), ',"complaints":', coalesce(CAST(found.complaints AS TEXT), 'null'), ',"units":', CASE WHEN (found.units IS NULL) THEN 'null' ELSE concat('"', trim_scale(found.units), '"') END, '}'), ','), ']') AS concat_6
  FROM (
    SELECT counted.period AS period, sum(counted.complaints) AS complaints, sum(counted.units) AS units
    FROM (
      SELECT 0 AS period, 1 AS complaints, $14::NUMERIC(20, 6) AS units
      FROM complaint
      WHERE complaint.organization_id = $4::UUID AND complaint.active IS true AND complaint.is_complaint IS NOT false AND complaint.received_at >= $15::TIMESTAMP WITH TIME ZONE AND complaint.received_at < $16::TIMESTAMP WITH TIME ZONE UNION ALL
      SELECT 0 AS period, 0 AS complaints, coalesce(interaction.quantity, $17::NUMERIC(20, 6)) AS units
      FROM interaction
      WHERE interaction.organization_id = $4::UUID AND interaction.kind = 'PURCHASE' AND interaction.active IS true AND interaction.occurred_at >= $15::TIMESTAMP WITH TIME ZONE AND interaction.occurred_at < $16::TIMESTAMP WITH TIME ZONE) AS counted GROUP BY counted.period) AS found), ',"5":', (
  SELECT concat('[', string_agg(concat('{"period":', coalesce(CAST(found.period AS TEXT), 'null'), ',"part":', coalesce(CAST(found.part AS TEXT), 'null'), ',"whole":', coalesce(CAST(found.whole AS TEXT), 'null'), '}'), ','), ']') AS concat_7
  FROM (
    SELECT counted.period AS period, sum(counted.part) AS part, sum(counted.whole) AS whole
    FROM (
      SELECT 0 AS period, inspection.defective AS part, inspection.inspected AS whole
      FROM inspection
      WHERE inspection.organization_id = $4::UUID AND inspection.active IS true AND inspection.at >= $18::TIMESTAMP WITH TIME ZONE AND inspection.at < $19::TIMESTAMP WITH TIME ZONE) AS counted GROUP BY counted.period) AS found), ',"6":', (
  SELECT concat('[', string_agg(concat('{"period":', coalesce(CAST(found.period AS TEXT), 'null'), ',"part":', coalesce(CAST(found.part AS TEXT), 'null'), ',"whole":', coalesce(CAST(found.whole AS TEXT), 'null'), '}'), ','), ']') AS concat_8
  FROM (
    SELECT counted.period AS period, sum(counted.part) AS part, sum(counted.whole) AS whole
    FROM (
      SELECT 0 AS period, CASE WHEN (action.status = 'EFFECTIVE') THEN 1 ELSE 0 END AS part, 1 AS whole
      FROM action
      WHERE action.organization_id = $4::UUID AND (action.kind = 'CORRECTIVE' OR action.kind = 'PREVENTIVE') AND (action.status = 'EFFECTIVE' OR action.status = 'INEFFECTIVE') AND action.done_at >= $20::TIMESTAMP WITH TIME ZONE AND action.done_at < $21::TIMESTAMP WITH TIME ZONE) AS counted GROUP BY counted.period) AS found), ',"7":', (
  SELECT concat('[', string_agg(concat('{"period":', coalesce(CAST(found.period AS TEXT), 'null'), ',"part":', coalesce(CAST(found.part AS TEXT), 'null'), ',"whole":', coalesce(CAST(found.whole AS TEXT), 'null'), '}'), ','), ']') AS concat_9
  FROM (
    SELECT 0 AS period, sum(people.trained) AS part, count(*) AS whole
    FROM (
      SELECT trained.user_id AS user_id, trained.department_id AS department_id, min(trained.counts) AS trained
      FROM (
        SELECT training.user_id AS user_id, training.department_id AS department_id, max(training.counts) AS counts
        FROM (
          SELECT training_record.organization_id AS organization_id, training_record.user_id AS user_id, training_record.revision_id AS revision_id, "user".department_id AS department_id, CASE WHEN (training_record.status = 'PASSED' AND training_record.completed_at <= $22::TIMESTAMP WITH TIME ZONE AND (training_record.expires_at IS NULL OR training_record.expires_at > $22::TIMESTAMP WITH TIME ZONE) OR training_record.status = 'WAIVED' AND training_record.ended_at IS NOT NULL AND training_record.ended_at <= $22::TIMESTAMP WITH TIME ZONE) THEN 1 ELSE 0 END AS counts
          FROM training_record JOIN revision ON revision.organization_id = training_record.organization_id AND revision.id = training_record.revision_id AND revision.effective_at <= $22::TIMESTAMP WITH TIME ZONE AND (revision.obsolete_at IS NULL OR revision.obsolete_at > $22::TIMESTAMP WITH TIME ZONE) JOIN "user" ON "user".organization_id = training_record.organization_id AND "user".id = training_record.user_id AND "user".active IS true
          WHERE training_record.organization_id = $4::UUID AND (training_record.status != 'CANCELLED' OR NOT (training_record.ended_at IS NOT NULL AND training_record.ended_at <= $22::TIMESTAMP WITH TIME ZONE)) AND training_record.created_at <= $22::TIMESTAMP WITH TIME ZONE) AS training GROUP BY training.user_id, training.department_id, training.revision_id) AS trained GROUP BY trained.user_id, trained.department_id) AS people HAVING count(*) > 0) AS found), '}') AS concat_1
FROM organization
WHERE organization.id = $4::UUID;

SELECT concat('{"totalCount":', (
  SELECT count(*) AS count_1
  FROM action AS t2
  WHERE t2.organization_id = $1::UUID AND (t2.due_at IS NOT NULL AND t2.due_at < $2::TIMESTAMP WITH TIME ZONE AND (t2.status = 'PLANNED' OR t2.status = 'IN_PROGRESS')) = $3::BOOLEAN), ',"nodes":[', string_agg(concat('{"number":', to_json(anon_1.number), ',"title":', to_json(anon_1.title), ',"dueAt":', CASE WHEN (anon_1.due_at IS NULL) THEN 'null' ELSE concat('"', replace(CAST(timezone('UTC', anon_1.due_at) AS TEXT), ' ', 'T'), 'Z"') END, ',"owner":', coalesce((
  SELECT concat('{"name":', to_json(t3.name), '}') AS concat_2
  FROM "user" AS t3
  WHERE t3.organization_id = $1::UUID AND t3.id = anon_1.owner_id), 'null'), '}'), ','), ']}') AS concat_1
FROM (
  SELECT t1.id AS id, t1.number AS number, t1.title AS title, t1.due_at AS due_at, t1.owner_id AS owner_id
  FROM action AS t1
  WHERE t1.organization_id = $1::UUID AND (t1.due_at IS NOT NULL AND t1.due_at < $2::TIMESTAMP WITH TIME ZONE AND (t1.status = 'PLANNED' OR t1.status = 'IN_PROGRESS')) = $4::BOOLEAN
  ORDER BY t1.due_at ASC NULLS LAST, t1.id ASC
  LIMIT 20) AS anon_1;

SELECT concat('{"totalCount":', (
  SELECT count(*) AS count_1
  FROM risk AS t2
  WHERE t2.organization_id = $1::UUID AND CASE WHEN (t2.severity BETWEEN 9 AND 10 AND t2.occurrence BETWEEN 8 AND 10 AND t2.detection BETWEEN 1 AND 10) THEN 'HIGH' WHEN (t2.severity BETWEEN 9 AND 10 AND t2.occurrence BETWEEN 6 AND 7 AND t2.detection BETWEEN 1 AND 10) THEN 'HIGH' WHEN (t2.severity BETWEEN 9 AND 10 AND t2.occurrence BETWEEN 4 AND 5 AND t2.detection BETWEEN 2 AND 10) THEN 'HIGH' WHEN (t2.severity BETWEEN 9 AND 10 AND t2.occurrence BETWEEN 4 AND 5 AND t2.detection BETWEEN 1 AND 1) THEN 'MEDIUM' WHEN (t2.severity BETWEEN 9 AND 10 AND t2.occurrence BETWEEN 2 AND 3 AND t2.detection BETWEEN 7 AND 10) THEN 'HIGH' WHEN (t2.severity BETWEEN 9 AND 10 AND t2.occurrence BETWEEN 2 AND 3 AND t2.detection BETWEEN 5 AND 6) THEN 'MEDIUM' WHEN (t2.severity BETWEEN 9 AND 10 AND t2.occurrence BETWEEN 2 AND 3 AND t2.detection BETWEEN 1 AND 4) THEN 'LOW' WHEN (t2.severity BETWEEN 9 AND 10 AND t2.occurrence BETWEEN 1 AND 1 AND t2.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t2.severity BETWEEN 7 AND 8 AND t2.occurrence BETWEEN 8 AND 10 AND t2.detection BETWEEN 1 AND 10) THEN 'HIGH' WHEN (t2.severity BETWEEN 7 AND 8 AND t2.occurrence BETWEEN 6 AND 7 AND t2.detection BETWEEN 2 AND 10) THEN 'HIGH' WHEN (t2.severity BETWEEN 7 AND 8 AND t2.occurrence BETWEEN 6 AND 7 AND t2.detection BETWEEN 1 AND 1) THEN 'MEDIUM' WHEN (t2.severity BETWEEN 7 AND 8 AND t2.occurrence BETWEEN 4 AND 5 AND t2.detection BETWEEN 7 AND 10) THEN 'HIGH' WHEN (t2.severity BETWEEN 7 AND 8 AND t2.occurrence BETWEEN 4 AND 5 AND t2.detection BETWEEN 1 AND 6) THEN 'MEDIUM' WHEN (t2.severity BETWEEN 7 AND 8 AND t2.occurrence BETWEEN 2 AND 3 AND t2.detection BETWEEN 5 AND 10) THEN 'MEDIUM' WHEN (t2.severity BETWEEN 7 AND 8 AND t2.occurrence BETWEEN 2 AND 3 AND t2.detection BETWEEN 1 AND 4) THEN 'LOW' WHEN (t2.severity BETWEEN 7 AND 8 AND t2.occurrence BETWEEN 1 AND 1 AND t2.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t2.severity BETWEEN 4 AND 6 AND t2.occurrence BETWEEN 8 AND 10 AND t2.detection BETWEEN 5 AND 10) THEN 'HIGH' WHEN (t2.severity BETWEEN 4 AND 6 AND t2.occurrence BETWEEN 8 AND 10 AND t2.detection BETWEEN 1 AND 4) THEN 'MEDIUM' WHEN (t2.severity BETWEEN 4 AND 6 AND t2.occurrence BETWEEN 6 AND 7 AND t2.detection BETWEEN 2 AND 10) THEN 'MEDIUM' WHEN (t2.severity BETWEEN 4 AND 6 AND t2.occurrence BETWEEN 6 AND 7 AND t2.detection BETWEEN 1 AND 1) THEN 'LOW' WHEN (t2.severity BETWEEN 4 AND 6 AND t2.occurrence BETWEEN 4 AND 5 AND t2.detection BETWEEN 7 AND 10) THEN 'MEDIUM' WHEN (t2.severity BETWEEN 4 AND 6 AND t2.occurrence BETWEEN 4 AND 5 AND t2.detection BETWEEN 1 AND 6) THEN 'LOW' WHEN (t2.severity BETWEEN 4 AND 6 AND t2.occurrence BETWEEN 2 AND 3 AND t2.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t2.severity BETWEEN 4 AND 6 AND t2.occurrence BETWEEN 1 AND 1 AND t2.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t2.severity BETWEEN 2 AND 3 AND t2.occurrence BETWEEN 8 AND 10 AND t2.detection BETWEEN 5 AND 10) THEN 'MEDIUM' WHEN (t2.severity BETWEEN 2 AND 3 AND t2.occurrence BETWEEN 8 AND 10 AND t2.detection BETWEEN 1 AND 4) THEN 'LOW' WHEN (t2.severity BETWEEN 2 AND 3 AND t2.occurrence BETWEEN 6 AND 7 AND t2.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t2.severity BETWEEN 2 AND 3 AND t2.occurrence BETWEEN 4 AND 5 AND t2.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t2.severity BETWEEN 2 AND 3 AND t2.occurrence BETWEEN 2 AND 3 AND t2.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t2.severity BETWEEN 2 AND 3 AND t2.occurrence BETWEEN 1 AND 1 AND t2.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t2.severity BETWEEN 1 AND 1 AND t2.occurrence BETWEEN 1 AND 10 AND t2.detection BETWEEN 1 AND 10) THEN 'LOW' END = $2::VARCHAR), ',"nodes":[', string_agg(concat('{"number":', to_json(anon_1.number), ',"failureMode":', coalesce(CAST(to_json(anon_1.failure_mode) AS TEXT), 'null'), ',"effect":', coalesce(CAST(to_json(anon_1.effect) AS TEXT), 'null'), ',"current":', coalesce(CASE WHEN (NOT (anon_1.severity IS NULL AND anon_1.occurrence IS NULL AND anon_1.detection IS NULL)) THEN concat('{"severity":', coalesce(CAST(anon_1.severity AS TEXT), 'null'), ',"occurrence":', coalesce(CAST(anon_1.occurrence AS TEXT), 'null'), ',"detection":', coalesce(CAST(anon_1.detection AS TEXT), 'null'), '}') END, 'null'), '}'), ','), ']}') AS concat_1
FROM (
  SELECT t1.id AS id, t1.number AS number, t1.failure_mode AS failure_mode, t1.effect AS effect, t1.severity AS severity, t1.occurrence AS occurrence, t1.detection AS detection
  FROM risk AS t1
  WHERE t1.organization_id = $1::UUID AND CASE WHEN (t1.severity BETWEEN 9 AND 10 AND t1.occurrence BETWEEN 8 AND 10 AND t1.detection BETWEEN 1 AND 10) THEN 'HIGH' WHEN (t1.severity BETWEEN 9 AND 10 AND t1.occurrence BETWEEN 6 AND 7 AND t1.detection BETWEEN 1 AND 10) THEN 'HIGH' WHEN (t1.severity BETWEEN 9 AND 10 AND t1.occurrence BETWEEN 4 AND 5 AND t1.detection BETWEEN 2 AND 10) THEN 'HIGH' WHEN (t1.severity BETWEEN 9 AND 10 AND t1.occurrence BETWEEN 4 AND 5 AND t1.detection BETWEEN 1 AND 1) THEN 'MEDIUM' WHEN (t1.severity BETWEEN 9 AND 10 AND t1.occurrence BETWEEN 2 AND 3 AND t1.detection BETWEEN 7 AND 10) THEN 'HIGH' WHEN (t1.severity BETWEEN 9 AND 10 AND t1.occurrence BETWEEN 2 AND 3 AND t1.detection BETWEEN 5 AND 6) THEN 'MEDIUM' WHEN (t1.severity BETWEEN 9 AND 10 AND t1.occurrence BETWEEN 2 AND 3 AND t1.detection BETWEEN 1 AND 4) THEN 'LOW' WHEN (t1.severity BETWEEN 9 AND 10 AND t1.occurrence BETWEEN 1 AND 1 AND t1.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t1.severity BETWEEN 7 AND 8 AND t1.occurrence BETWEEN 8 AND 10 AND t1.detection BETWEEN 1 AND 10) THEN 'HIGH' WHEN (t1.severity BETWEEN 7 AND 8 AND t1.occurrence BETWEEN 6 AND 7 AND t1.detection BETWEEN 2 AND 10) THEN 'HIGH' WHEN (t1.severity BETWEEN 7 AND 8 AND t1.occurrence BETWEEN 6 AND 7 AND t1.detection BETWEEN 1 AND 1) THEN 'MEDIUM' WHEN (t1.severity BETWEEN 7 AND 8 AND t1.occurrence BETWEEN 4 AND 5 AND t1.detection BETWEEN 7 AND 10) THEN 'HIGH' WHEN (t1.severity BETWEEN 7 AND 8 AND t1.occurrence BETWEEN 4 AND 5 AND t1.detection BETWEEN 1 AND 6) THEN 'MEDIUM' WHEN (t1.severity BETWEEN 7 AND 8 AND t1.occurrence BETWEEN 2 AND 3 AND t1.detection BETWEEN 5 AND 10) THEN 'MEDIUM' WHEN (t1.severity BETWEEN 7 AND 8 AND t1.occurrence BETWEEN 2 AND 3 AND t1.detection BETWEEN 1 AND 4) THEN 'LOW' WHEN (t1.severity BETWEEN 7 AND 8 AND t1.occurrence BETWEEN 1 AND 1 AND t1.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t1.severity BETWEEN 4 AND 6 AND t1.occurrence BETWEEN 8 AND 10 AND t1.detection BETWEEN 5 AND 10) THEN 'HIGH' WHEN (t1.severity BETWEEN 4 AND 6 AND t1.occurrence BETWEEN 8 AND 10 AND t1.detection BETWEEN 1 AND 4) THEN 'MEDIUM' WHEN (t1.severity BETWEEN 4 AND 6 AND t1.occurrence BETWEEN 6 AND 7 AND t1.detection BETWEEN 2 AND 10) THEN 'MEDIUM' WHEN (t1.severity BETWEEN 4 AND 6 AND t1.occurrence BETWEEN 6 AND 7 AND t1.detection BETWEEN 1 AND 1) THEN 'LOW' WHEN (t1.severity BETWEEN 4 AND 6 AND t1.occurrence BETWEEN 4 AND 5 AND t1.detection BETWEEN 7 AND 10) THEN 'MEDIUM' WHEN (t1.severity BETWEEN 4 AND 6 AND t1.occurrence BETWEEN 4 AND 5 AND t1.detection BETWEEN 1 AND 6) THEN 'LOW' WHEN (t1.severity BETWEEN 4 AND 6 AND t1.occurrence BETWEEN 2 AND 3 AND t1.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t1.severity BETWEEN 4 AND 6 AND t1.occurrence BETWEEN 1 AND 1 AND t1.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t1.severity BETWEEN 2 AND 3 AND t1.occurrence BETWEEN 8 AND 10 AND t1.detection BETWEEN 5 AND 10) THEN 'MEDIUM' WHEN (t1.severity BETWEEN 2 AND 3 AND t1.occurrence BETWEEN 8 AND 10 AND t1.detection BETWEEN 1 AND 4) THEN 'LOW' WHEN (t1.severity BETWEEN 2 AND 3 AND t1.occurrence BETWEEN 6 AND 7 AND t1.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t1.severity BETWEEN 2 AND 3 AND t1.occurrence BETWEEN 4 AND 5 AND t1.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t1.severity BETWEEN 2 AND 3 AND t1.occurrence BETWEEN 2 AND 3 AND t1.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t1.severity BETWEEN 2 AND 3 AND t1.occurrence BETWEEN 1 AND 1 AND t1.detection BETWEEN 1 AND 10) THEN 'LOW' WHEN (t1.severity BETWEEN 1 AND 1 AND t1.occurrence BETWEEN 1 AND 10 AND t1.detection BETWEEN 1 AND 10) THEN 'LOW' END = $3::VARCHAR
  ORDER BY t1.id ASC
  LIMIT 20) AS anon_1;
