SELECT concat('{"complaints":{"totalCount":', coalesce(max(n.total), 0), ',"nodes":[', string_agg(concat(
  '{"id":"complaint_', encode(uuid_send(n.id), 'hex'), '","version":', n.version, ',"number":', to_json(n.number),
  ',"status":"', n.status, '","severity":', coalesce('"' || n.severity || '"', 'null'),
  ',"dueAt":"', replace(timezone('UTC', n.due_at)::text, ' ', 'T'), 'Z","overdue":', to_json(n.due_at < now()),
  ',"customer":{"name":', to_json(c.name), '}}'), ',' ORDER BY n.due_at, n.id), ']}}')
FROM (
  SELECT id, version, number, status, severity, due_at, customer_id, count(*) OVER () AS total FROM complaint
  WHERE organization_id = $1 AND handler_id = $2 AND status NOT IN ('CLOSED', 'WITHDRAWN') ORDER BY due_at, id LIMIT 50
) n
JOIN customer c ON c.organization_id = $1 AND c.id = n.customer_id
