WITH RECURSIVE req AS MATERIALIZED (
  SELECT r.id, r.parent_id, r.clause, r.clause_key, r.statement, r.not_applicable_reason IS NOT NULL AS excused,
    r.not_applicable_reason IS NULL AND r.status <> 'RETIRED' AS applies
  FROM requirement r JOIN standard s ON s.organization_id = $1 AND s.id = r.standard_id
  WHERE r.organization_id = $1 AND s.framework = $2
), page AS MATERIALIZED (
  SELECT * FROM req ORDER BY clause_key, id LIMIT 200
), laid AS MATERIALIZED (
  SELECT req.id AS requirement_id, l.* FROM req CROSS JOIN LATERAL (
    SELECT v.id, v.label, v.effective_from, v.document_id
    FROM revision_requirement p JOIN revision v ON v.organization_id = $1 AND v.id = p.revision_id
    WHERE p.organization_id = $1 AND p.requirement_id = req.id AND v.status = 'EFFECTIVE' OFFSET 0) l
), found AS MATERIALIZED (
  SELECT req.id AS requirement_id, l.* FROM req CROSS JOIN LATERAL (
    SELECT f.id, f.kind, f.statement, f.active, w.number AS review, w.held_at,
      f.nonconformity_id, n.number, n.status, f.active AND n.status IS DISTINCT FROM 'CLOSED' AS open
    FROM finding f
    LEFT JOIN review w ON w.organization_id = $1 AND w.id = f.review_id
    LEFT JOIN nonconformity n ON n.organization_id = $1 AND n.id = f.nonconformity_id
    WHERE f.organization_id = $1 AND f.requirement_id = req.id OFFSET 0) l
), failed AS MATERIALIZED (
  SELECT req.id AS requirement_id, bool_or(l.status NOT IN ('CLOSED', 'CANCELLED')) AS open
  FROM req CROSS JOIN LATERAL (
    SELECT n.status FROM nonconformity_requirement p
    JOIN nonconformity n ON n.organization_id = $1 AND n.id = p.nonconformity_id
    WHERE p.organization_id = $1 AND p.requirement_id = req.id OFFSET 0) l GROUP BY req.id
), named AS MATERIALIZED (
  SELECT req.id AS requirement_id FROM req WHERE EXISTS (
    SELECT FROM review_criterion c JOIN review w ON w.organization_id = $1 AND w.id = c.review_id
    WHERE c.organization_id = $1 AND c.requirement_id = req.id AND w.status <> 'PLANNED' OFFSET 0)
), known AS MATERIALIZED (
  SELECT req.id, coalesce(f.major, false) OR coalesce(b.open, false) AS blocked, coalesce(f.minor, false) AS minor,
    l.requirement_id IS NOT NULL AS satisfied,
    l.requirement_id IS NOT NULL OR coalesce(f.any_one, false) OR EXISTS (
        SELECT FROM revision_requirement p JOIN revision v ON v.organization_id = $1 AND v.id = p.revision_id
        WHERE p.organization_id = $1 AND p.requirement_id = req.id AND v.status NOT IN ('DRAFT', 'IN_REVIEW') OFFSET 0
      ) OR b.requirement_id IS NOT NULL
      OR n.requirement_id IS NOT NULL AS seen,
    EXISTS (SELECT FROM req c WHERE c.parent_id = req.id AND c.applies) AS chapter
  FROM req
  LEFT JOIN (SELECT DISTINCT requirement_id FROM laid) l ON l.requirement_id = req.id
  LEFT JOIN (SELECT requirement_id, bool_or(open AND kind = 'MAJOR') AS major, bool_or(open AND kind = 'MINOR') AS minor,
    bool_or(active) AS any_one FROM found GROUP BY requirement_id) f ON f.requirement_id = req.id
  LEFT JOIN failed b ON b.requirement_id = req.id
  LEFT JOIN named n ON n.requirement_id = req.id
), under AS (
  SELECT id AS top, id FROM page UNION ALL
  SELECT under.top, req.id FROM under JOIN req ON req.parent_id = under.id AND req.applies
), covered AS MATERIALIZED (
  SELECT page.id, CASE WHEN page.excused THEN 'NOT_APPLICABLE' WHEN own.blocked THEN 'GAP'
    WHEN bool_and(NOT k.blocked AND NOT k.minor AND (k.satisfied OR k.chapter)) THEN 'MET'
    WHEN bool_or(k.satisfied AND NOT k.blocked) THEN 'PARTLY'
    WHEN bool_or(k.seen OR k.blocked OR k.minor) THEN 'GAP' ELSE 'NOT_ASSESSED' END AS coverage
  FROM page JOIN known own ON own.id = page.id JOIN under ON under.top = page.id JOIN known k ON k.id = under.id
  GROUP BY page.id, page.excused, own.blocked
), satisfying AS (
  SELECT l.requirement_id, string_agg(concat('{"label":', to_json(l.label), ',"effectiveFrom":',
    coalesce('"' || replace(timezone('UTC', l.effective_from)::text, ' ', 'T') || 'Z"', 'null'),
    ',"document":{"number":', to_json(d.number), ',"title":', to_json(d.title), '}}'), ',' ORDER BY l.id) AS items
  FROM laid l CROSS JOIN LATERAL (
    SELECT number, title FROM document WHERE organization_id = $1 AND id = l.document_id OFFSET 0) d
  GROUP BY l.requirement_id
), planned AS (
  SELECT n.nonconformity_id, string_agg(concat('{"number":', to_json(a.number), '}'), ','
    ORDER BY a.id) AS items
  FROM (SELECT DISTINCT nonconformity_id FROM found WHERE nonconformity_id IS NOT NULL) n
  CROSS JOIN LATERAL (
    SELECT a.id, a.number FROM nonconformity_action p JOIN action a ON a.organization_id = $1 AND a.id = p.action_id
    WHERE p.organization_id = $1 AND p.nonconformity_id = n.nonconformity_id OFFSET 0) a GROUP BY n.nonconformity_id
), verifying AS (
  SELECT f.requirement_id, string_agg(concat('{"kind":"', f.kind, '","statement":', to_json(f.statement), ',"review":',
    CASE WHEN f.review IS NULL THEN 'null' ELSE concat('{"number":', to_json(f.review), ',"heldAt":',
      coalesce('"' || replace(timezone('UTC', f.held_at)::text, ' ', 'T') || 'Z"', 'null'), '}') END,
    ',"nonconformity":', CASE WHEN f.number IS NULL THEN 'null' ELSE concat('{"number":', to_json(f.number),
      ',"status":"', f.status, '","actions":[', p.items, ']}') END, '}'), ',' ORDER BY f.id) AS items
  FROM found f LEFT JOIN planned p ON p.nonconformity_id = f.nonconformity_id GROUP BY f.requirement_id
)
SELECT concat('{"requirements":{"nodes":[', string_agg(concat('{"clause":', to_json(page.clause), ',"statement":',
  to_json(page.statement), ',"coverage":"', covered.coverage, '","satisfiedBy":[', satisfying.items,
  '],"verifiedBy":[', verifying.items, ']}'), ',' ORDER BY page.clause_key, page.id), ']}}')
FROM page JOIN covered ON covered.id = page.id
LEFT JOIN satisfying ON satisfying.requirement_id = page.id
LEFT JOIN verifying ON verifying.requirement_id = page.id
