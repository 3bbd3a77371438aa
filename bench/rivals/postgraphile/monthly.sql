-- What somebody who serves metrics by PostGraphile writes: a function, which becomes a field of the query type.
CREATE OR REPLACE FUNCTION monthly(
  of_organization uuid, of_metric text, of_product uuid, since timestamptz, until timestamptz
) RETURNS TABLE (period_start timestamptz, value float8, low float8, high float8, n int)
LANGUAGE sql STABLE AS $$
  WITH counted AS (
    SELECT date_trunc('month', f.occurred_at, o.time_zone) AS start, count(*)::float8 AS n,
      count(*) FILTER (WHERE a.number >= CASE q.metric WHEN 'NPS' THEN 9 ELSE q.satisfied_from END)::float8 AS good,
      count(*) FILTER (WHERE a.number <= 6)::float8 AS bad
    FROM organization o
    JOIN feedback f ON f.organization_id = o.id AND f.product_id = of_product
      AND f.occurred_at >= since AND f.occurred_at < until AND f.active
    JOIN answer a ON a.organization_id = o.id AND a.feedback_id = f.id AND a.number IS NOT NULL
    JOIN question q ON q.organization_id = o.id AND q.id = a.question_id AND q.metric = of_metric
    WHERE o.id = of_organization
    GROUP BY start
  ), estimated AS (
    SELECT start, n, 100 * (good - bad) / n AS value, 100 * (good - bad) / (n + 3) AS centre, -100 AS lowest,
      195.9963984540054 * sqrt(((good + bad + 1.5) / (n + 3) - ((good - bad) / (n + 3)) ^ 2) / (n + 3)) AS half
    FROM counted WHERE of_metric = 'NPS'
    UNION ALL
    SELECT start, n, good / n, (good + 1.9207294103470643) / (n + 3.8414588206941285), 0,
      1.959963984540054 * sqrt(good * (n - good) / n + 0.9603647051735322) / (n + 3.8414588206941285)
    FROM counted WHERE of_metric = 'CSAT'
  )
  SELECT start, value, least(greatest(centre - half, lowest), value),
    greatest(least(centre + half, CASE of_metric WHEN 'NPS' THEN 100 ELSE 1 END), value), n::int
  FROM estimated ORDER BY start
$$;
