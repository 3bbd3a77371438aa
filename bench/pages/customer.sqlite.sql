SELECT json_object('customer', json_object('id', 'customer_' || c.id, 'name', c.name, 'kind', c.kind,
  'segment', c.segment, 'country', c.country, 'email', c.email,
  'feedback', json_object('nodes', (
    SELECT json_group_array(json_object('id', 'feedback_' || f.id, 'number', f.number, 'status', f.status,
      'text', f.text, 'occurredAt', f.occurred_at || 'Z', 'product', (
        SELECT json_object('id', 'product_' || p.id, 'name', p.name, 'risks', json_object('nodes', (
          SELECT json_group_array(json_object('id', 'risk_' || r.id, 'number', r.number, 'title', r.title,
            'status', r.status))
          FROM (SELECT id, number, title, status FROM risk
            WHERE organization_id = ?1 AND product_id = p.id ORDER BY id LIMIT 5) r)))
        FROM product p WHERE p.organization_id = ?1 AND p.id = f.product_id)))
    FROM (SELECT id, number, status, text, occurred_at, product_id FROM feedback
      WHERE organization_id = ?1 AND customer_id = c.id ORDER BY occurred_at DESC, id DESC LIMIT 20) f)),
  'actions', json_object('nodes', (
    SELECT json_group_array(json_object('id', 'action_' || a.id, 'number', a.number, 'title', a.title,
      'status', a.status, 'dueAt', a.due_at || 'Z'))
    FROM (SELECT id, number, title, status, due_at FROM action
      WHERE organization_id = ?1 AND customer_id = c.id ORDER BY id LIMIT 10) a))))
FROM customer c WHERE c.organization_id = ?1 AND c.id = ?2
