SELECT concat('{"customers":{"nodes":[', string_agg(concat(
  '{"id":"customer_', encode(uuid_send(c.id), 'hex'), '","name":', to_json(c.name),
  ',"segment":', coalesce(to_json(c.segment)::text, 'null'), ',"feedback":{"nodes":[', (
    SELECT string_agg(concat('{"id":"feedback_', encode(uuid_send(f.id), 'hex'), '","number":', to_json(f.number),
      ',"status":"', f.status, '","occurredAt":"', replace(timezone('UTC', f.occurred_at)::text, ' ', 'T'),
      'Z","actions":[', (
        SELECT string_agg(concat('{"id":"action_', encode(uuid_send(a.id), 'hex'), '","number":', to_json(a.number),
          ',"title":', to_json(a.title), ',"status":"', a.status, '"}'), ',')
        FROM (SELECT id, number, title, status FROM action
          WHERE organization_id = $1 AND feedback_id = f.id ORDER BY id LIMIT 5) a), ']}'), ',')
    FROM (SELECT id, number, status, occurred_at FROM feedback
      WHERE organization_id = $1 AND customer_id = c.id ORDER BY id LIMIT 10) f), ']}}'), ','), ']}}')
FROM (SELECT id, name, segment FROM customer WHERE organization_id = $1 ORDER BY id LIMIT 50) c
