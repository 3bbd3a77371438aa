"""Ways to send batches as an external system does, and to see what became of them."""

from typing import Any

from tests.conftest import Company

SYNC_CUSTOMERS = """
mutation S($input: SyncCustomersInput!) {
  syncCustomers(input: $input) {
    created updated unchanged stale deleted merged rejected
    results { index outcome customer { id version } errors { code field retryable } }
    errors { code field }
  }
}
"""
SYNC_INTERACTIONS = """
mutation S($input: SyncInteractionsInput!) {
  syncInteractions(input: $input) { results { outcome errors { code field retryable } } errors { code field } }
}
"""
STATE = """
{ customers(first: 200, orderBy: [{ field: NAME }]) { nodes {
    name segment email active custom parent { name } relations { role to { name } }
    externalRefs { system externalId version state }
} } }
"""


def key(external_id: str, version: Any = None, system: str = "shop") -> dict[str, Any]:
    """A key, with a version if one is given."""
    return {"system": system, "externalId": external_id} | ({} if version is None else {"version": version})


def item(external_id: str, version: Any = None, **fields: Any) -> dict[str, Any]:
    """A row of a batch of customers."""
    return {"ref": key(external_id, version), **fields}


async def sync(company: Company, *items: dict[str, Any], who: str = "connector:shop", **more: Any) -> dict[str, Any]:
    """Send customers."""
    return (await company.data(SYNC_CUSTOMERS, {"input": {"items": list(items), **more}}, who=who))["syncCustomers"]


async def outcomes(company: Company, *items: dict[str, Any], **more: Any) -> list[str]:
    """Send customers, and say only what became of each."""
    return [result["outcome"] for result in (await sync(company, *items, **more))["results"]]


async def state(company: Company) -> dict[str, Any]:
    """All customers by name, as the graph shows them."""
    nodes = (await company.data(STATE))["customers"]["nodes"]
    return {node.pop("name"): node for node in nodes}


async def one(company: Company, external_id: str) -> Any:
    """The customer that a key resolves to."""
    query = """query Q($ref: ExternalKey!) { customer(by: { ref: $ref }) {
        name segment email phone active custom version parent { name } relations { role to { name } } } }"""
    return (await company.data(query, {"ref": key(external_id)}))["customer"]
