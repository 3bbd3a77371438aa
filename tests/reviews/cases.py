"""Short ways to reviews and their findings."""

from typing import Any

from tests.conftest import Company
from tests.records import made, moved, version_of

UPDATE = {
    kind: f"mutation ($input: Update{kind}Input!) {{ update{kind}(input: $input) {{ {kind.lower()} {{ id }}"
    " errors { code field } } }"
    for kind in ("Review", "Finding")
}
CREATE = {kind: text.replace("update", "create").replace("Update", "Create") for kind, text in UPDATE.items()}
HELD_AT = "2026-03-01T09:00:00Z"


async def review(company: Company, kind: str = "INTERNAL_AUDIT", **fields: Any) -> str:
    """A review that is planned."""
    return await made(company, "Review", **({"title": "Moulding", "kind": kind} | fields))


async def held(company: Company, id_: str, at: str = HELD_AT, **fields: Any) -> None:
    """Have a review taken place; ``fields`` are set with the move."""
    await moved(company, id_, "HELD", changes={"review": {"heldAt": at} | fields})


async def finding(company: Company, review_: str | None, kind: str = "MINOR", **fields: Any) -> str:
    """A finding of a review."""
    given = {"review": review_, "kind": kind, "statement": "The scale was not calibrated."} | fields
    return await made(company, "Finding", **given)


async def changed(company: Company, kind: str, id_: str, **fields: Any) -> None:
    """Change a review or a finding."""
    given = {"id": id_, "version": await version_of_any(company, id_)} | fields
    assert (await company.data(UPDATE[kind], {"input": given}))[f"update{kind}"]["errors"] == []


async def version_of_any(company: Company, id_: str) -> int:
    """The version of a record or a finding."""
    if not id_.startswith("finding_"):
        return await version_of(company, id_)
    text = "query ($id: ID!) { finding(by: { id: $id }) { version } }"
    version: int = (await company.data(text, {"id": id_}))["finding"]["version"]
    return version
