"""A document and its revisions, as the tests need them: who writes, who approves."""

from typing import Any

from tests.conftest import Company
from tests.records import id_of, made, moved, signature_of

AUTHOR, APPROVER, HEAD = "admin", "quality_manager", "department_head"
SINCE = "2026-03-01T00:00:00Z"
WALL = {"name": "lid wall", "target": 1.8, "lower": 1.6, "upper": 2.0, "unit": "mm", "critical": True}


async def document(company: Company, **more: Any) -> str:
    """A specification that somebody answers for."""
    owner = await id_of(company, AUTHOR)
    given = {"title": "Lid", "kind": "SPECIFICATION", "owner": owner} | more
    made_: str = await made(company, "Document", **given)
    return made_


async def revision(company: Company, document_: str, label: str, **more: Any) -> str:
    """A draft of a revision that could go to review."""
    given = {"document": document_, "label": label, "reason": "Lids crack.", "content": "…"} | more
    made_: str = await made(company, "Revision", **given)
    return made_


async def approved(company: Company, document_: str, label: str, **more: Any) -> str:
    """A revision that the quality manager approved."""
    id_ = await revision(company, document_, label, **{"effectiveFrom": SINCE} | more)
    await moved(company, id_, "IN_REVIEW")
    await moved(company, id_, "APPROVED", who=APPROVER, signature=await signature_of(company, APPROVER))
    return id_


async def effective(company: Company, document_: str, label: str, **more: Any) -> str:
    """A revision that took effect."""
    id_ = await approved(company, document_, label, **more)
    await moved(company, id_, "EFFECTIVE")
    return id_
