"""Who signs as head of a department: of that of the document, or of one above."""

from tests.conftest import Company
from tests.documents.paper import APPROVER, HEAD, document, revision
from tests.documents.test_approval import APPROVE, POLICY, answered, approval, signing
from tests.journeys.hidden import change
from tests.records import id_of, made, moved, signature_of, unmoved


async def test_a_head_signs_for_the_documents_of_the_own_department(company: Company) -> None:
    works = await made(company, "Department", name="Works")
    moulding = await made(company, "Department", name="Moulding", parent=works)
    purchasing = await made(company, "Department", name="Purchasing")
    await answered(company, POLICY, APPROVER, kind="FORM", approverRoles=["DEPARTMENT_HEAD"])
    head = await id_of(company, HEAD)
    await change(company, "User", head, department=purchasing)
    boss = await made(company, "User", name="Bo", roles=["DEPARTMENT_HEAD"], department=works)
    id_ = await revision(company, await document(company, kind="FORM", department=moulding), "1")
    await moved(company, id_, "IN_REVIEW")
    assert await approval(company, id_, HEAD) == ["It is not signed as DEPARTMENT_HEAD of its department yet."]
    pin = await signature_of(company, HEAD)
    await unmoved(company, id_, "APPROVED", ("INVALID", ["to"]), who=HEAD, signature=pin)
    early = await signing(company, id_, HEAD)
    assert await answered(company, APPROVE, HEAD, **early) == [("FORBIDDEN", ["id"])]
    notices = "{ notifications { nodes { kind } } }"
    assert (await company.data(notices, who=HEAD))["notifications"]["nodes"] == []
    # The head of the department, or of the one that it is a part of.
    for place in (moulding, works):
        await change(company, "User", head, department=place)
        assert await approval(company, id_, HEAD) == []
    # Where nobody heads it who did not write it, any head signs: else nobody could.
    await change(company, "User", head, department=purchasing)
    await change(company, "User", boss, active=False)
    assert await approval(company, id_, HEAD) == []
    await moved(company, id_, "APPROVED", who=HEAD, signature=pin)
