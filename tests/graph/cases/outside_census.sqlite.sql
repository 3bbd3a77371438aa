SELECT external_ref.organization_id, external_ref.system, external_ref.type, external_ref.external_id, external_ref.record_id, external_ref.target_id, external_ref.version, external_ref.version_order, external_ref.state, external_ref.updated_at
FROM external_ref
WHERE external_ref.organization_id = ? AND external_ref.system = ? AND external_ref.type = ?
ORDER BY external_ref.external_id
LIMIT ? OFFSET ?;
