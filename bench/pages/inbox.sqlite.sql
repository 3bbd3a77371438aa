SELECT json_object('feedbacks', json_object('nodes', json_group_array(json_object(
  'id', 'feedback_' || f.id, 'number', f.number, 'status', f.status, 'source', f.source, 'text', f.text,
  'receivedAt', f.received_at || 'Z',
  'customer', (SELECT json_object('id', 'customer_' || c.id, 'name', c.name, 'segment', c.segment)
    FROM customer c WHERE c.organization_id = ?1 AND c.id = f.customer_id),
  'product', (SELECT json_object('id', 'product_' || p.id, 'name', p.name, 'sku', p.sku)
    FROM product p WHERE p.organization_id = ?1 AND p.id = f.product_id)))))
FROM (
  SELECT id, number, status, source, text, received_at, customer_id, product_id FROM feedback
  WHERE organization_id = ?1 ORDER BY received_at DESC, id DESC LIMIT 50
) f
