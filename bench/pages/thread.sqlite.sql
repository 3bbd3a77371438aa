WITH RECURSIVE asked AS MATERIALIZED (
  SELECT r.id, r.number, r.statement, r.source, r.not_applicable_reason IS NOT NULL AS excused
  FROM requirement_evidence e JOIN requirement r ON r.organization_id = ?1 AND r.id = e.requirement_id
  WHERE e.organization_id = ?1 AND e.feedback_id = ?2
), under AS (
  SELECT id AS top, id FROM asked UNION ALL
  SELECT under.top, r.id FROM under JOIN requirement r ON r.organization_id = ?1 AND r.parent_id = under.id
    AND r.not_applicable_reason IS NULL AND r.status <> 'RETIRED'
), known AS MATERIALIZED (
  SELECT top, id, coalesce(major, 0) OR coalesce(open, 0) AS blocked, coalesce(minor, 0) AS minor,
    coalesce(satisfied, 0) AS satisfied, major IS NOT NULL OR open IS NOT NULL OR coalesce(laid, 0) OR named AS seen,
    EXISTS (SELECT 1 FROM requirement r WHERE r.organization_id = ?1 AND r.parent_id = u.id
      AND r.not_applicable_reason IS NULL AND r.status <> 'RETIRED') AS chapter
  FROM (SELECT under.top, under.id,
      (SELECT max(v.status = 'EFFECTIVE') FROM revision_requirement p
        JOIN revision v ON v.organization_id = ?1 AND v.id = p.revision_id
        WHERE p.organization_id = ?1 AND p.requirement_id = under.id) AS satisfied,
      (SELECT max(v.status NOT IN ('DRAFT', 'IN_REVIEW')) FROM revision_requirement p
        JOIN revision v ON v.organization_id = ?1 AND v.id = p.revision_id
        WHERE p.organization_id = ?1 AND p.requirement_id = under.id) AS laid,
      (SELECT max(f.kind = 'MAJOR' AND n.status IS NOT 'CLOSED') FROM finding f
        LEFT JOIN nonconformity n ON n.organization_id = ?1 AND n.id = f.nonconformity_id
        WHERE f.organization_id = ?1 AND f.requirement_id = under.id AND f.active) AS major,
      (SELECT max(f.kind = 'MINOR' AND n.status IS NOT 'CLOSED') FROM finding f
        LEFT JOIN nonconformity n ON n.organization_id = ?1 AND n.id = f.nonconformity_id
        WHERE f.organization_id = ?1 AND f.requirement_id = under.id AND f.active) AS minor,
      (SELECT max(n.status NOT IN ('CLOSED', 'CANCELLED')) FROM nonconformity_requirement p
        JOIN nonconformity n ON n.organization_id = ?1 AND n.id = p.nonconformity_id
        WHERE p.organization_id = ?1 AND p.requirement_id = under.id) AS open,
      EXISTS (SELECT 1 FROM review_criterion c JOIN review w ON w.organization_id = ?1 AND w.id = c.review_id
        WHERE c.organization_id = ?1 AND c.requirement_id = under.id AND w.status <> 'PLANNED') AS named
    FROM under) u
), covered AS (
  SELECT a.id, a.number, a.statement, a.source, CASE WHEN a.excused THEN 'NOT_APPLICABLE'
    WHEN max(k.id = a.id AND k.blocked) THEN 'GAP'
    WHEN min(NOT k.blocked AND NOT k.minor AND (k.satisfied OR k.chapter)) THEN 'MET'
    WHEN max(k.satisfied AND NOT k.blocked) THEN 'PARTLY'
    WHEN max(k.seen OR k.blocked OR k.minor) THEN 'GAP' ELSE 'NOT_ASSESSED' END AS coverage
  FROM asked a JOIN known k ON k.top = a.id GROUP BY a.id ORDER BY a.id
)
SELECT json_object('feedback', json_object('number', f.number, 'status', f.status, 'text', f.text,
  'occurredAt', f.occurred_at || 'Z', 'loopClosedAt', f.loop_closed_at || 'Z',
  'answers', (
    SELECT json_group_array(json_object('question', json_object('key', q.key, 'metric', q.metric),
      'number', a.number / 1e6, 'text', a.text))
    FROM (SELECT * FROM answer WHERE organization_id = ?1 AND feedback_id = f.id ORDER BY position) a
    JOIN question q ON q.organization_id = ?1 AND q.id = a.question_id),
  'customer', (
    SELECT json_object('name', c.name, 'segment', c.segment, 'externalRefs', (
        SELECT json_group_array(json_object('system', x.system, 'externalId', x.external_id))
        FROM (SELECT system, external_id FROM external_ref WHERE organization_id = ?1 AND target_id = c.id
          ORDER BY system, external_id) x))
    FROM customer c WHERE c.organization_id = ?1 AND c.id = f.customer_id),
  'product', (
    SELECT json_object('sku', p.sku, 'name', p.name) FROM product p
    WHERE p.organization_id = ?1 AND p.id = f.product_id),
  'themes', (
    SELECT json_group_array(json_object('name', t.name)) FROM (SELECT t.name FROM feedback_theme p
      JOIN theme t ON t.organization_id = ?1 AND t.id = p.theme_id
      WHERE p.organization_id = ?1 AND p.feedback_id = f.id ORDER BY t.id) t),
  'requirements', (
    SELECT json_group_array(json_object('number', r.number, 'statement', r.statement, 'source', r.source,
      'coverage', r.coverage)) FROM covered r),
  'complaint', (
    SELECT json_object('number', c.number, 'status', c.status, 'severity', c.severity,
      'overdue', json(iif(c.status NOT IN ('CLOSED', 'WITHDRAWN')
        AND c.due_at < strftime('%Y-%m-%dT%H:%M:%f', 'now'), 'true', 'false')),
      'acknowledgedAt', c.acknowledged_at || 'Z', 'respondedAt', c.responded_at || 'Z', 'response', c.response,
      'accepted', json(CASE c.accepted WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END),
      'nonconformity', (
        SELECT json_object('number', n.number, 'status', n.status,
          'cost', iif(n.amount IS NULL AND n.currency IS NULL, NULL, json_object(
            'amount', CAST(n.amount / 1000000 AS TEXT), 'currency', n.currency)),
          'rootCauses', (
            SELECT json_group_array(json_object('category', k.category, 'statement', k.statement, 'parent',
              iif(o.id IS NULL, NULL, json_object('statement', o.statement))))
            FROM (SELECT * FROM cause WHERE organization_id = ?1 AND nonconformity_id = n.id AND is_root
              AND verified_at IS NOT NULL ORDER BY id) k
            LEFT JOIN cause o ON o.organization_id = ?1 AND o.id = k.parent_id),
          'risks', (
            SELECT json_group_array(json_object('number', r.number, 'failureMode', r.failure_mode,
              'initial', iif(r.s0 IS NULL, NULL, json_object('severity', r.s0, 'occurrence', r.o0, 'detection', r.d0,
                'actionPriority', CASE
                  WHEN r.s0 >= 9 AND (r.o0 >= 6 OR r.o0 >= 4 AND r.d0 >= 2 OR r.o0 >= 2 AND r.d0 >= 7)
                    OR r.s0 BETWEEN 7 AND 8 AND (r.o0 >= 8 OR r.o0 >= 6 AND r.d0 >= 2 OR r.o0 >= 4 AND r.d0 >= 7)
                    OR r.s0 BETWEEN 4 AND 6 AND r.o0 >= 8 AND r.d0 >= 5 THEN 'HIGH'
                  WHEN r.s0 >= 7 AND (r.o0 >= 4 OR r.o0 >= 2 AND r.d0 >= 5)
                    OR r.s0 BETWEEN 4 AND 6 AND (r.o0 >= 8 OR r.o0 >= 6 AND r.d0 >= 2 OR r.o0 >= 4 AND r.d0 >= 7)
                    OR r.s0 BETWEEN 2 AND 3 AND r.o0 >= 8 AND r.d0 >= 5 THEN 'MEDIUM' ELSE 'LOW' END)),
              'current', iif(r.s IS NULL, NULL, json_object('severity', r.s, 'occurrence', r.o, 'detection', r.d,
                'rpn', r.s * r.o * r.d, 'actionPriority', CASE
                  WHEN r.s >= 9 AND (r.o >= 6 OR r.o >= 4 AND r.d >= 2 OR r.o >= 2 AND r.d >= 7)
                    OR r.s BETWEEN 7 AND 8 AND (r.o >= 8 OR r.o >= 6 AND r.d >= 2 OR r.o >= 4 AND r.d >= 7)
                    OR r.s BETWEEN 4 AND 6 AND r.o >= 8 AND r.d >= 5 THEN 'HIGH'
                  WHEN r.s >= 7 AND (r.o >= 4 OR r.o >= 2 AND r.d >= 5)
                    OR r.s BETWEEN 4 AND 6 AND (r.o >= 8 OR r.o >= 6 AND r.d >= 2 OR r.o >= 4 AND r.d >= 7)
                    OR r.s BETWEEN 2 AND 3 AND r.o >= 8 AND r.d >= 5 THEN 'MEDIUM' ELSE 'LOW' END))))
            FROM (SELECT r.number, r.failure_mode, r.severity AS s, r.occurrence AS o, r.detection AS d,
                r.initial_severity AS s0, r.initial_occurrence AS o0, r.initial_detection AS d0
              FROM nonconformity_risk p JOIN risk r ON r.organization_id = ?1 AND r.id = p.risk_id
              WHERE p.organization_id = ?1 AND p.nonconformity_id = n.id ORDER BY r.id) r),
          'actions', (
            SELECT json_group_array(json_object('number', a.number, 'kind', a.kind, 'status', a.status,
              'owner', (
                SELECT json_object('name', u.name, 'department', iif(d.id IS NULL, NULL, json_object('name', d.name)))
                FROM user u LEFT JOIN department d ON d.organization_id = ?1 AND d.id = u.department_id
                WHERE u.organization_id = ?1 AND u.id = a.owner_id),
              'revisions', (
                SELECT json_group_array(json_object('number', v.number, 'label', v.label, 'reason', v.reason,
                  'effectiveFrom', v.effective_from || 'Z',
                  'document', json_object('number', d.number, 'title', d.title, 'kind', d.kind),
                  'satisfies', (
                    SELECT json_group_array(json_object('number', r.number, 'source', r.source, 'clause', r.clause,
                      'statement', r.statement, 'standard', iif(r.edition IS NULL, NULL, json_object(
                        'name', r.framework || ':' || r.edition, 'edition', r.edition))))
                    FROM (SELECT r.number, r.source, r.clause, r.statement, s.framework, s.edition
                      FROM revision_requirement q
                      JOIN requirement r ON r.organization_id = ?1 AND r.id = q.requirement_id
                      LEFT JOIN standard s ON s.organization_id = ?1 AND s.id = r.standard_id
                      WHERE q.organization_id = ?1 AND q.revision_id = v.id ORDER BY r.id) r),
                  'training', (
                    SELECT json_group_array(json_object('user', json_object('name', t.name),
                      'completedAt', t.completed_at || 'Z', 'passed', json(iif(t.status = 'PASSED', 'true', 'false'))))
                    FROM (SELECT u.name, t.completed_at, t.status FROM training_record t
                      JOIN user u ON u.organization_id = ?1 AND u.id = t.user_id
                      WHERE t.organization_id = ?1 AND t.revision_id = v.id ORDER BY t.id) t)))
                FROM (SELECT v.* FROM revision_action w
                  JOIN revision v ON v.organization_id = ?1 AND v.id = w.revision_id
                  WHERE w.organization_id = ?1 AND w.action_id = a.id ORDER BY v.id) v
                JOIN document d ON d.organization_id = ?1 AND d.id = v.document_id),
              'objective', (
                SELECT json_object('number', o.number, 'target', o.target / 1e6)
                FROM objective o WHERE o.organization_id = ?1 AND o.id = a.objective_id)))
            FROM (SELECT a.* FROM nonconformity_action p JOIN action a ON a.organization_id = ?1 AND a.id = p.action_id
              WHERE p.organization_id = ?1 AND p.nonconformity_id = n.id ORDER BY a.id) a))
        FROM nonconformity n WHERE n.organization_id = ?1 AND n.id = c.nonconformity_id))
    FROM complaint c WHERE c.organization_id = ?1 AND c.id = f.complaint_id)))
FROM feedback f WHERE f.organization_id = ?1 AND f.id = ?2
