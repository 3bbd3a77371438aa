SELECT json_object('customers', json_object('nodes', json_group_array(json_object('id', 'customer_' || c.id,
  'name', c.name, 'segment', c.segment, 'feedback', json_object('nodes', (
    SELECT json_group_array(json_object('id', 'feedback_' || f.id, 'number', f.number, 'status', f.status,
      'occurredAt', f.occurred_at || 'Z', 'actions', (
        SELECT json_group_array(json_object('id', 'action_' || a.id, 'number', a.number, 'title', a.title,
          'status', a.status))
        FROM (SELECT id, number, title, status FROM action
          WHERE organization_id = ?1 AND feedback_id = f.id ORDER BY id LIMIT 5) a)))
    FROM (SELECT id, number, status, occurred_at FROM feedback
      WHERE organization_id = ?1 AND customer_id = c.id ORDER BY id LIMIT 10) f))))))
FROM (SELECT id, name, segment FROM customer WHERE organization_id = ?1 ORDER BY id LIMIT 50) c
