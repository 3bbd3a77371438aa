WITH counted AS (
  SELECT q.metric, strftime('%Y-%m-01T00:00:00Z', f.occurred_at) AS start, count(*) * 1.0 AS n,
    count(*) FILTER (WHERE a.number >= 1000000 * CASE q.metric WHEN 'NPS' THEN 9 ELSE q.satisfied_from END) * 1.0 AS good,
    count(*) FILTER (WHERE a.number <= 6000000) * 1.0 AS bad
  FROM organization o
  JOIN feedback f ON f.organization_id = o.id AND f.product_id = ?2
    AND f.occurred_at >= ?3 AND f.occurred_at < ?4 AND f.active
  JOIN answer a ON a.organization_id = ?1 AND a.feedback_id = f.id AND a.number IS NOT NULL
  JOIN question q ON q.organization_id = ?1 AND q.id = a.question_id AND q.metric IN ('NPS', 'CSAT')
  WHERE o.id = ?1
  GROUP BY q.metric, start
), estimated AS (
  -- The adjusted Wald interval of the net promoter score, in points.
  SELECT metric, start, n, 100 * (good - bad) / n AS value, 100 * (good - bad) / (n + 3) AS centre, -100 AS lowest,
    195.9963984540054 * sqrt(((good + bad + 1.5) / (n + 3) - (good - bad) * (good - bad) / (n + 3) / (n + 3)) / (n + 3)) AS half
  FROM counted WHERE metric = 'NPS'
  UNION ALL
  -- The Wilson interval of a share; 3.84… is the square of 1.96….
  SELECT metric, start, n, good / n, (good + 1.9207294103470643) / (n + 3.8414588206941285), 0,
    1.959963984540054 * sqrt(good * (n - good) / n + 0.9603647051735322) / (n + 3.8414588206941285)
  FROM counted WHERE metric = 'CSAT'
)
SELECT json_object('nps', json_object('series', json_group_array(json(point)) FILTER (WHERE metric = 'NPS')),
  'csat', json_object('series', json_group_array(json(point)) FILTER (WHERE metric = 'CSAT')))
FROM (
  SELECT metric, json_object('periodStart', start, 'value', value, 'low', min(max(centre - half, lowest), value),
    'high', max(min(centre + half, CASE metric WHEN 'NPS' THEN 100 ELSE 1 END), value), 'n', CAST(n AS INTEGER)) AS point
  FROM estimated ORDER BY start
) shown
