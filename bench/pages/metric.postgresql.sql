WITH counted AS (
  SELECT q.metric, date_trunc('month', f.occurred_at, o.time_zone) AS start, count(*)::float8 AS n,
    count(*) FILTER (WHERE a.number >= CASE q.metric WHEN 'NPS' THEN 9 ELSE q.satisfied_from END)::float8 AS good,
    count(*) FILTER (WHERE a.number <= 6)::float8 AS bad
  FROM organization o
  JOIN feedback f ON f.organization_id = o.id AND f.product_id = $2
    AND f.occurred_at >= $3 AND f.occurred_at < $4 AND f.active
  JOIN answer a ON a.organization_id = $1 AND a.feedback_id = f.id AND a.number IS NOT NULL
  JOIN question q ON q.organization_id = $1 AND q.id = a.question_id AND q.metric IN ('NPS', 'CSAT')
  WHERE o.id = $1
  GROUP BY q.metric, start
), estimated AS (
  -- The adjusted Wald interval of the net promoter score, in points.
  SELECT metric, start, n, 100 * (good - bad) / n AS value, 100 * (good - bad) / (n + 3) AS centre, -100 AS lowest,
    195.9963984540054 * sqrt(((good + bad + 1.5) / (n + 3) - ((good - bad) / (n + 3)) ^ 2) / (n + 3)) AS half
  FROM counted WHERE metric = 'NPS'
  UNION ALL
  -- The Wilson interval of a share; 3.84… is the square of 1.96….
  SELECT metric, start, n, good / n, (good + 1.9207294103470643) / (n + 3.8414588206941285), 0,
    1.959963984540054 * sqrt(good * (n - good) / n + 0.9603647051735322) / (n + 3.8414588206941285)
  FROM counted WHERE metric = 'CSAT'
)
SELECT concat('{"nps":{"series":[', string_agg(point, ',' ORDER BY start) FILTER (WHERE metric = 'NPS'),
  ']},"csat":{"series":[', string_agg(point, ',' ORDER BY start) FILTER (WHERE metric = 'CSAT'), ']}}')
FROM (
  SELECT metric, start, concat('{"periodStart":"', replace(timezone('UTC', start)::text, ' ', 'T'), 'Z","value":', value,
    ',"low":', least(greatest(centre - half, lowest), value),
    ',"high":', greatest(least(centre + half, CASE metric WHEN 'NPS' THEN 100 ELSE 1 END), value), ',"n":', n, '}') AS point
  FROM estimated
) shown
