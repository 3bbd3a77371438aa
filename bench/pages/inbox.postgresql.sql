SELECT concat('{"feedbacks":{"nodes":[', string_agg(concat(
  '{"id":"feedback_', encode(uuid_send(f.id), 'hex'), '","number":', to_json(f.number), ',"status":"', f.status,
  '","source":"', f.source, '","text":', coalesce(to_json(f.text)::text, 'null'),
  ',"receivedAt":"', replace(timezone('UTC', f.received_at)::text, ' ', 'T'),
  'Z","customer":{"id":"customer_', encode(uuid_send(c.id), 'hex'), '","name":', to_json(c.name),
  ',"segment":', coalesce(to_json(c.segment)::text, 'null'),
  '},"product":{"id":"product_', encode(uuid_send(p.id), 'hex'), '","name":', to_json(p.name),
  ',"sku":', coalesce(to_json(p.sku)::text, 'null'), '}}'), ',' ORDER BY f.received_at DESC, f.id DESC), ']}}')
FROM (
  SELECT id, number, status, source, text, received_at, customer_id, product_id FROM feedback
  WHERE organization_id = $1 ORDER BY received_at DESC, id DESC LIMIT 50
) f
JOIN customer c ON c.organization_id = $1 AND c.id = f.customer_id
JOIN product p ON p.organization_id = $1 AND p.id = f.product_id
