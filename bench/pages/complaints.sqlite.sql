SELECT json_object('complaints', json_object('totalCount', coalesce(max(n.total), 0), 'nodes', json_group_array(
  json_object('id', 'complaint_' || n.id, 'version', n.version, 'number', n.number, 'status', n.status,
    'severity', n.severity, 'dueAt', n.due_at || 'Z',
    'overdue', json(iif(n.due_at < strftime('%Y-%m-%dT%H:%M:%f', 'now'), 'true', 'false')),
    'customer', (SELECT json_object('name', c.name) FROM customer c
      WHERE c.organization_id = ?1 AND c.id = n.customer_id)))))
FROM (
  SELECT id, version, number, status, severity, due_at, customer_id, count(*) OVER () AS total FROM complaint
  WHERE organization_id = ?1 AND handler_id = ?2 AND status NOT IN ('CLOSED', 'WITHDRAWN') ORDER BY due_at, id LIMIT 50
) n
