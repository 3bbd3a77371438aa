WITH RECURSIVE asked AS MATERIALIZED (
  SELECT r.id, r.number, r.statement, r.source, r.not_applicable_reason IS NOT NULL AS excused
  FROM requirement_evidence e JOIN requirement r ON r.organization_id = $1 AND r.id = e.requirement_id
  WHERE e.organization_id = $1 AND e.feedback_id = $2
), under AS (
  SELECT id AS top, id FROM asked UNION ALL
  SELECT under.top, r.id FROM under JOIN requirement r ON r.organization_id = $1 AND r.parent_id = under.id
    AND r.not_applicable_reason IS NULL AND r.status <> 'RETIRED'
), known AS (
  SELECT under.top, under.id, f.major OR n.open AS blocked, f.minor, v.satisfied,
    v.satisfied OR v.seen OR f.seen OR n.seen OR EXISTS (
      SELECT FROM review_criterion c JOIN review w ON w.organization_id = $1 AND w.id = c.review_id
      WHERE c.organization_id = $1 AND c.requirement_id = under.id AND w.status <> 'PLANNED' OFFSET 0) AS seen,
    EXISTS (SELECT FROM under b JOIN requirement r ON r.organization_id = $1 AND r.id = b.id
      WHERE b.top = under.top AND r.parent_id = under.id) AS chapter
  FROM under CROSS JOIN LATERAL (
    SELECT coalesce(bool_or(v.status = 'EFFECTIVE'), false) AS satisfied,
      coalesce(bool_or(v.status NOT IN ('DRAFT', 'IN_REVIEW')), false) AS seen
    FROM revision_requirement p JOIN revision v ON v.organization_id = $1 AND v.id = p.revision_id
    WHERE p.organization_id = $1 AND p.requirement_id = under.id OFFSET 0) v
  CROSS JOIN LATERAL (
    SELECT coalesce(bool_or(f.kind = 'MAJOR' AND n.status IS DISTINCT FROM 'CLOSED'), false) AS major,
      coalesce(bool_or(f.kind = 'MINOR' AND n.status IS DISTINCT FROM 'CLOSED'), false) AS minor,
      count(*) > 0 AS seen
    FROM finding f LEFT JOIN nonconformity n ON n.organization_id = $1 AND n.id = f.nonconformity_id
    WHERE f.organization_id = $1 AND f.requirement_id = under.id AND f.active OFFSET 0) f
  CROSS JOIN LATERAL (
    SELECT coalesce(bool_or(n.status NOT IN ('CLOSED', 'CANCELLED')), false) AS open, count(*) > 0 AS seen
    FROM nonconformity_requirement p JOIN nonconformity n ON n.organization_id = $1 AND n.id = p.nonconformity_id
    WHERE p.organization_id = $1 AND p.requirement_id = under.id OFFSET 0) n
), covered AS (
  SELECT a.id, a.number, a.statement, a.source, CASE WHEN a.excused THEN 'NOT_APPLICABLE'
    WHEN bool_or(k.id = a.id AND k.blocked) THEN 'GAP'
    WHEN bool_and(NOT k.blocked AND NOT k.minor AND (k.satisfied OR k.chapter)) THEN 'MET'
    WHEN bool_or(k.satisfied AND NOT k.blocked) THEN 'PARTLY'
    WHEN bool_or(k.seen OR k.blocked OR k.minor) THEN 'GAP' ELSE 'NOT_ASSESSED' END AS coverage
  FROM asked a JOIN known k ON k.top = a.id GROUP BY a.id, a.number, a.statement, a.source, a.excused
)
SELECT concat('{"feedback":{"number":', to_json(f.number), ',"status":"', f.status,
  '","text":', coalesce(to_json(f.text)::text, 'null'),
  ',"occurredAt":"', replace(timezone('UTC', f.occurred_at)::text, ' ', 'T'), 'Z","loopClosedAt":',
  coalesce('"' || replace(timezone('UTC', f.loop_closed_at)::text, ' ', 'T') || 'Z"', 'null'), ',"answers":[', (
    SELECT string_agg(concat('{"question":{"key":', to_json(q.key), ',"metric":',
      coalesce('"' || q.metric || '"', 'null'), '},"number":', coalesce(trim_scale(a.number)::text, 'null'),
      ',"text":', coalesce(to_json(a.text)::text, 'null'), '}'), ',' ORDER BY a.position)
    FROM answer a JOIN question q ON q.organization_id = $1 AND q.id = a.question_id
    WHERE a.organization_id = $1 AND a.feedback_id = f.id),
  '],"customer":', coalesce((
    SELECT concat('{"name":', to_json(c.name), ',"segment":', coalesce(to_json(c.segment)::text, 'null'),
      ',"externalRefs":[', (
        SELECT string_agg(concat('{"system":', to_json(x.system), ',"externalId":', to_json(x.external_id), '}'), ','
          ORDER BY x.system, x.external_id)
        FROM external_ref x WHERE x.organization_id = $1 AND x.target_id = c.id), ']}')
    FROM customer c WHERE c.organization_id = $1 AND c.id = f.customer_id), 'null'),
  ',"product":', coalesce((
    SELECT concat('{"sku":', coalesce(to_json(p.sku)::text, 'null'), ',"name":', to_json(p.name), '}')
    FROM product p WHERE p.organization_id = $1 AND p.id = f.product_id), 'null'),
  ',"themes":[', (
    SELECT string_agg(concat('{"name":', to_json(t.name), '}'), ',' ORDER BY t.id)
    FROM feedback_theme p JOIN theme t ON t.organization_id = $1 AND t.id = p.theme_id
    WHERE p.organization_id = $1 AND p.feedback_id = f.id),
  '],"requirements":[', (
    SELECT string_agg(concat('{"number":', to_json(r.number), ',"statement":',
      coalesce(to_json(r.statement)::text, 'null'), ',"source":"', r.source, '","coverage":"', r.coverage, '"}'), ','
      ORDER BY r.id) FROM covered r),
  '],"complaint":', coalesce((
    SELECT concat('{"number":', to_json(c.number), ',"status":"', c.status,
      '","severity":', coalesce('"' || c.severity || '"', 'null'),
      ',"overdue":', to_json(c.status NOT IN ('CLOSED', 'WITHDRAWN') AND c.due_at < now()), ',"acknowledgedAt":',
      coalesce('"' || replace(timezone('UTC', c.acknowledged_at)::text, ' ', 'T') || 'Z"', 'null'), ',"respondedAt":',
      coalesce('"' || replace(timezone('UTC', c.responded_at)::text, ' ', 'T') || 'Z"', 'null'),
      ',"response":', coalesce(to_json(c.response)::text, 'null'), ',"accepted":', coalesce(c.accepted::text, 'null'),
      ',"nonconformity":', coalesce((
        SELECT concat('{"number":', to_json(n.number), ',"status":"', n.status, '","cost":',
          CASE WHEN n.amount IS NULL AND n.currency IS NULL THEN 'null' ELSE concat('{"amount":',
            coalesce('"' || trim_scale(n.amount) || '"', 'null'), ',"currency":',
            coalesce(to_json(n.currency)::text, 'null'), '}') END,
          ',"rootCauses":[', (
            SELECT string_agg(concat('{"category":', coalesce('"' || k.category || '"', 'null'), ',"statement":',
              to_json(k.statement), ',"parent":', CASE WHEN o.id IS NULL THEN 'null'
                ELSE concat('{"statement":', to_json(o.statement), '}') END, '}'), ',' ORDER BY k.id)
            FROM cause k LEFT JOIN cause o ON o.organization_id = $1 AND o.id = k.parent_id
            WHERE k.organization_id = $1 AND k.nonconformity_id = n.id AND k.is_root AND k.verified_at IS NOT NULL),
          '],"risks":[', (
            SELECT string_agg(concat('{"number":', to_json(r.number), ',"failureMode":',
              coalesce(to_json(r.failure_mode)::text, 'null'), ',"initial":', CASE WHEN r.s0 IS NULL THEN 'null' ELSE
                concat('{"severity":', r.s0, ',"occurrence":', r.o0, ',"detection":', r.d0, ',"actionPriority":"', CASE
                  WHEN r.s0 >= 9 AND (r.o0 >= 6 OR r.o0 >= 4 AND r.d0 >= 2 OR r.o0 >= 2 AND r.d0 >= 7)
                    OR r.s0 BETWEEN 7 AND 8 AND (r.o0 >= 8 OR r.o0 >= 6 AND r.d0 >= 2 OR r.o0 >= 4 AND r.d0 >= 7)
                    OR r.s0 BETWEEN 4 AND 6 AND r.o0 >= 8 AND r.d0 >= 5 THEN 'HIGH'
                  WHEN r.s0 >= 7 AND (r.o0 >= 4 OR r.o0 >= 2 AND r.d0 >= 5)
                    OR r.s0 BETWEEN 4 AND 6 AND (r.o0 >= 8 OR r.o0 >= 6 AND r.d0 >= 2 OR r.o0 >= 4 AND r.d0 >= 7)
                    OR r.s0 BETWEEN 2 AND 3 AND r.o0 >= 8 AND r.d0 >= 5 THEN 'MEDIUM' ELSE 'LOW' END, '"}') END,
              ',"current":', CASE WHEN r.s IS NULL THEN 'null' ELSE
                concat('{"severity":', r.s, ',"occurrence":', r.o, ',"detection":', r.d, ',"rpn":', r.s * r.o * r.d,
                  ',"actionPriority":"', CASE
                  WHEN r.s >= 9 AND (r.o >= 6 OR r.o >= 4 AND r.d >= 2 OR r.o >= 2 AND r.d >= 7)
                    OR r.s BETWEEN 7 AND 8 AND (r.o >= 8 OR r.o >= 6 AND r.d >= 2 OR r.o >= 4 AND r.d >= 7)
                    OR r.s BETWEEN 4 AND 6 AND r.o >= 8 AND r.d >= 5 THEN 'HIGH'
                  WHEN r.s >= 7 AND (r.o >= 4 OR r.o >= 2 AND r.d >= 5)
                    OR r.s BETWEEN 4 AND 6 AND (r.o >= 8 OR r.o >= 6 AND r.d >= 2 OR r.o >= 4 AND r.d >= 7)
                    OR r.s BETWEEN 2 AND 3 AND r.o >= 8 AND r.d >= 5 THEN 'MEDIUM' ELSE 'LOW' END, '"}') END,
              '}'), ',' ORDER BY r.id)
            FROM (SELECT r.id, r.number, r.failure_mode, r.severity AS s, r.occurrence AS o, r.detection AS d,
                r.initial_severity AS s0, r.initial_occurrence AS o0, r.initial_detection AS d0
              FROM nonconformity_risk p JOIN risk r ON r.organization_id = $1 AND r.id = p.risk_id
              WHERE p.organization_id = $1 AND p.nonconformity_id = n.id) r),
          '],"actions":[', (
            SELECT string_agg(concat('{"number":', to_json(a.number), ',"kind":"', a.kind, '","status":"', a.status,
              '","owner":', coalesce((
                SELECT concat('{"name":', to_json(u.name), ',"department":', CASE WHEN d.id IS NULL THEN 'null'
                  ELSE concat('{"name":', to_json(d.name), '}') END, '}')
                FROM "user" u LEFT JOIN department d ON d.organization_id = $1 AND d.id = u.department_id
                WHERE u.organization_id = $1 AND u.id = a.owner_id), 'null'),
              ',"revisions":[', (
                SELECT string_agg(concat('{"number":', to_json(v.number), ',"label":', to_json(v.label), ',"reason":',
                  coalesce(to_json(v.reason)::text, 'null'), ',"effectiveFrom":',
                  coalesce('"' || replace(timezone('UTC', v.effective_from)::text, ' ', 'T') || 'Z"', 'null'),
                  ',"document":{"number":', to_json(d.number), ',"title":', to_json(d.title), ',"kind":"', d.kind,
                  '"},"satisfies":[', (
                    SELECT string_agg(concat('{"number":', to_json(r.number), ',"source":"', r.source, '","clause":',
                      coalesce(to_json(r.clause)::text, 'null'), ',"statement":',
                      coalesce(to_json(r.statement)::text, 'null'), ',"standard":', CASE WHEN s.id IS NULL THEN 'null'
                        ELSE concat('{"name":', to_json(s.framework || ':' || s.edition), ',"edition":',
                          to_json(s.edition), '}') END, '}'), ',' ORDER BY r.id)
                    FROM revision_requirement q
                    JOIN requirement r ON r.organization_id = $1 AND r.id = q.requirement_id
                    LEFT JOIN standard s ON s.organization_id = $1 AND s.id = r.standard_id
                    WHERE q.organization_id = $1 AND q.revision_id = v.id),
                  '],"training":[', (
                    SELECT string_agg(concat('{"user":{"name":', to_json(u.name), '},"completedAt":',
                      coalesce('"' || replace(timezone('UTC', t.completed_at)::text, ' ', 'T') || 'Z"', 'null'),
                      ',"passed":', to_json(t.status = 'PASSED'), '}'), ',' ORDER BY t.id)
                    FROM training_record t JOIN "user" u ON u.organization_id = $1 AND u.id = t.user_id
                    WHERE t.organization_id = $1 AND t.revision_id = v.id), ']}'), ',' ORDER BY v.id)
                FROM revision_action w JOIN revision v ON v.organization_id = $1 AND v.id = w.revision_id
                JOIN document d ON d.organization_id = $1 AND d.id = v.document_id
                WHERE w.organization_id = $1 AND w.action_id = a.id),
              '],"objective":', coalesce((
                SELECT concat('{"number":', to_json(o.number), ',"target":', trim_scale(o.target), '}')
                FROM objective o WHERE o.organization_id = $1 AND o.id = a.objective_id), 'null'), '}'), ','
              ORDER BY a.id)
            FROM nonconformity_action p JOIN action a ON a.organization_id = $1 AND a.id = p.action_id
            WHERE p.organization_id = $1 AND p.nonconformity_id = n.id), ']}')
        FROM nonconformity n WHERE n.organization_id = $1 AND n.id = c.nonconformity_id), 'null'), '}')
    FROM complaint c WHERE c.organization_id = $1 AND c.id = f.complaint_id), 'null'), '}}')
FROM feedback f WHERE f.organization_id = $1 AND f.id = $2
