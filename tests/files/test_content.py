"""A file that is attached to a revision says what it lays down; who attached it does not approve the revision."""

from tests.conftest import Company
from tests.documents.paper import APPROVER, AUTHOR, document, revision
from tests.files.bringing import PDF, REMOVE, begun, brought
from tests.records import moved, refused, signature_of, unmoved


async def drawn(company: Company, **more: object) -> str:
    """A draft of which nothing is written yet: its drawing is to be attached."""
    return await revision(company, await document(company), "A", content=None, **more)


async def test_a_drawing_goes_to_review_and_is_approved_by_somebody_else(company: Company) -> None:
    id_ = await drawn(company)
    await unmoved(company, id_, "IN_REVIEW", ("REQUIRED", ["changes", "revision", "content"]))
    await begun(company, id_, PDF, name="lid.pdf", mediaType="application/pdf")
    await unmoved(company, id_, "IN_REVIEW", ("REQUIRED", ["changes", "revision", "content"]))
    file = await brought(company, id_, PDF, who=APPROVER, name="lid.pdf", mediaType="application/pdf")
    await moved(company, id_, "IN_REVIEW")
    await refused(company, REMOVE, {"id": file, "reason": "Another one."}, ("INVALID", ["id"]))
    # Who brought the drawing wrote what the revision says.
    signed = {"who": APPROVER, "signature": await signature_of(company, APPROVER)}
    await unmoved(company, id_, "APPROVED", ("FORBIDDEN", ["to"]), **signed)


async def test_what_was_taken_away_says_nothing(company: Company) -> None:
    id_ = await drawn(company)
    file = await brought(company, id_, PDF, name="lid.pdf", mediaType="application/pdf")
    given = {"input": {"id": file, "reason": "Another one."}}
    assert (await company.data(REMOVE, given))["removeFile"]["errors"] == []
    await unmoved(company, id_, "IN_REVIEW", ("REQUIRED", ["changes", "revision", "content"]))
    await brought(company, id_, PDF, name="other.pdf", mediaType="application/pdf", who=AUTHOR)
    await moved(company, id_, "IN_REVIEW")
    await moved(company, id_, "APPROVED", who=APPROVER, signature=await signature_of(company, APPROVER))
