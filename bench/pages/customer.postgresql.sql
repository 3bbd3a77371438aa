SELECT concat('{"customer":{"id":"customer_', encode(uuid_send(c.id), 'hex'), '","name":', to_json(c.name),
  ',"kind":"', c.kind, '","segment":', coalesce(to_json(c.segment)::text, 'null'),
  ',"country":', coalesce(to_json(c.country)::text, 'null'), ',"email":', coalesce(to_json(c.email)::text, 'null'),
  ',"feedback":{"nodes":[', (
    SELECT string_agg(concat('{"id":"feedback_', encode(uuid_send(f.id), 'hex'), '","number":', to_json(f.number),
      ',"status":"', f.status, '","text":', coalesce(to_json(f.text)::text, 'null'),
      ',"occurredAt":"', replace(timezone('UTC', f.occurred_at)::text, ' ', 'T'), 'Z","product":', coalesce((
        SELECT concat('{"id":"product_', encode(uuid_send(p.id), 'hex'), '","name":', to_json(p.name),
          ',"risks":{"nodes":[', (
            SELECT string_agg(concat('{"id":"risk_', encode(uuid_send(r.id), 'hex'), '","number":', to_json(r.number),
              ',"title":', coalesce(to_json(r.title)::text, 'null'), ',"status":"', r.status, '"}'), ',')
            FROM (SELECT id, number, title, status FROM risk
              WHERE organization_id = $1 AND product_id = p.id ORDER BY id LIMIT 5) r), ']}}')
        FROM product p WHERE p.organization_id = $1 AND p.id = f.product_id), 'null'), '}'), ',')
    FROM (SELECT id, number, status, text, occurred_at, product_id FROM feedback
      WHERE organization_id = $1 AND customer_id = c.id ORDER BY occurred_at DESC, id DESC LIMIT 20) f),
  ']},"actions":{"nodes":[', (
    SELECT string_agg(concat('{"id":"action_', encode(uuid_send(a.id), 'hex'), '","number":', to_json(a.number),
      ',"title":', to_json(a.title), ',"status":"', a.status, '","dueAt":',
      coalesce('"' || replace(timezone('UTC', a.due_at)::text, ' ', 'T') || 'Z"', 'null'), '}'), ',')
    FROM (SELECT id, number, title, status, due_at FROM action
      WHERE organization_id = $1 AND customer_id = c.id ORDER BY id LIMIT 10) a), ']}}}')
FROM customer c WHERE c.organization_id = $1 AND c.id = $2
