SELECT e.organization_id, e.system, e.type, e.external_id, e.record_id, e.target_id, e.version, e.version_order, e.state, e.updated_at
FROM unnest($1::VARCHAR[] COLLATE "C") AS k(key) JOIN LATERAL (
  SELECT external_ref.organization_id AS organization_id, external_ref.system AS system, external_ref.type AS type, external_ref.external_id AS external_id, external_ref.record_id AS record_id, external_ref.target_id AS target_id, external_ref.version AS version, external_ref.version_order AS version_order, external_ref.state AS state, external_ref.updated_at AS updated_at
  FROM external_ref
  WHERE external_ref.organization_id = $2::UUID AND external_ref.system = $3::VARCHAR COLLATE "C" AND external_ref.type = $4::VARCHAR COLLATE "C" AND external_ref.external_id = k.key
  LIMIT ALL OFFSET 0) AS e ON true;

SELECT e.organization_id, e.system, e.type, e.external_id, e.record_id, e.target_id, e.version, e.version_order, e.state, e.updated_at
FROM unnest($1::VARCHAR[] COLLATE "C") AS k(key) JOIN LATERAL (
  SELECT external_ref.organization_id AS organization_id, external_ref.system AS system, external_ref.type AS type, external_ref.external_id AS external_id, external_ref.record_id AS record_id, external_ref.target_id AS target_id, external_ref.version AS version, external_ref.version_order AS version_order, external_ref.state AS state, external_ref.updated_at AS updated_at
  FROM external_ref
  WHERE external_ref.organization_id = $2::UUID AND external_ref.system = $3::VARCHAR COLLATE "C" AND external_ref.type = $4::VARCHAR COLLATE "C" AND external_ref.external_id = k.key
  LIMIT ALL OFFSET 0) AS e ON true;

SELECT e.organization_id, e.system, e.type, e.external_id, e.record_id, e.target_id, e.version, e.version_order, e.state, e.updated_at
FROM unnest($1::VARCHAR[] COLLATE "C") AS k(key) JOIN LATERAL (
  SELECT external_ref.organization_id AS organization_id, external_ref.system AS system, external_ref.type AS type, external_ref.external_id AS external_id, external_ref.record_id AS record_id, external_ref.target_id AS target_id, external_ref.version AS version, external_ref.version_order AS version_order, external_ref.state AS state, external_ref.updated_at AS updated_at
  FROM external_ref
  WHERE external_ref.organization_id = $2::UUID AND external_ref.system = $3::VARCHAR COLLATE "C" AND external_ref.type = $4::VARCHAR COLLATE "C" AND external_ref.external_id = k.key
  LIMIT ALL OFFSET 0) AS e ON true;

SELECT concat('{"Customer":', (
  SELECT concat('[', string_agg(concat('{"0":"customer_', encode(uuid_send(t1.id), 'hex'), '","1":{"id":"customer_', encode(uuid_send(t1.id), 'hex'), '","name":', to_json(t1.name), '}}'), ','), ']') AS concat_2
  FROM customer AS t1
  WHERE t1.organization_id = $1::UUID AND t1.id IN (
    SELECT unnest($2::UUID[]) AS unnest_1)), '}') AS concat_1;
