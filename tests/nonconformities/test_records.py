"""Nonconformities and causes as records: what they hold, what they are linked to, and what is refused of them."""

import asyncio
from typing import Any

import pytest

from tests.conftest import Company
from tests.graph.observe import statements
from tests.nonconformities.chain import (
    UPDATE,
    VERIFY,
    action,
    analysed,
    changed,
    nonconformity,
    plan,
    root_cause,
    verify,
)
from tests.records import id_of, made, moved, refused, signature_of, version_of

CREATE = """
mutation ($input: CreateNonconformityInput!) {
  createNonconformity(input: $input) { nonconformity { id } errors { code field } }
}
"""
CAUSE = "mutation ($input: CreateCauseInput!) { createCause(input: $input) { cause { id } errors { code field } } }"
CHANGE = "mutation ($input: UpdateCauseInput!) { updateCause(input: $input) { cause { id } errors { code field } } }"
LEAST = {"title": "Lids crack", "origin": "COMPLAINT", "detectedAt": "2026-03-01T08:00:00Z"}
SIMILAR = "query ($id: ID!, $n: Int! = 10) { nonconformity(by: { id: $id }) { similar(first: $n) { title } } }"


async def test_it_holds_what_real_work_needs(company: Company) -> None:
    ada = await made(company, "User", name="Ada", roles=["EMPLOYEE"])
    bob = await made(company, "User", name="Bob", roles=["EMPLOYEE"])
    links = {
        "product": await made(company, "Product", name="Kettle"),
        "supplier": await made(company, "Customer", name="Polymers", supplier=True),
        "department": await made(company, "Department", name="Moulding"),
        "owner": ada,
        "disposedBy": bob,
        "team": [bob, ada],
        "requirements": [await made(company, "Requirement", source="INTERNAL", clause="8.7")],
        "risks": [await made(company, "Risk", failureMode="The lid cracks.")],
    }
    values = {
        "description": "Hairline cracks at the hinge after some weeks.",
        "stage": "USE",
        "lot": "2509",
        "suspectQuantity": 1200,
        "defectiveQuantity": 48,
        "cost": {"amount": "1843.5", "currency": "GBP"},
        "disposition": "RECALL",
    }
    one = await nonconformity(company, **values, **links)
    text = """query ($number: String!) { record(number: $number) { state version ... on Nonconformity {
      title origin detectedAt description stage lot suspectQuantity defectiveQuantity
      cost { amount currency } disposition
      product { name nonconformities { totalCount } } supplier { name nonconformities { totalCount } }
      department { name nonconformities { totalCount } } owner { name nonconformities { totalCount } }
      disposedBy { name } team { name } requirements { clause nonconformities { number } }
      risks { failureMode nonconformities { number } }
    } } }"""
    me, one_of_it = [{"number": "NC-2026-00001"}], {"totalCount": 1}
    assert (await company.data(text, {"number": "NC-2026-00001"}))["record"] == {
        "state": "OPEN", "version": 1, **LEAST, **values,
        "product": {"name": "Kettle", "nonconformities": one_of_it},
        "supplier": {"name": "Polymers", "nonconformities": one_of_it},
        "department": {"name": "Moulding", "nonconformities": one_of_it},
        "owner": {"name": "Ada", "nonconformities": one_of_it},
        "disposedBy": {"name": "Bob"},
        "team": [{"name": "Ada"}, {"name": "Bob"}],
        "requirements": [{"clause": "8.7", "nonconformities": me}],
        "risks": [{"failureMode": "The lid cracks.", "nonconformities": me}],
    }  # fmt: skip
    await changed(company, one, team=[ada, bob])
    assert await version_of(company, one) == 1


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"title": " "}, ("REQUIRED", ["title"])),
        ({"suspectQuantity": -1}, ("OUT_OF_RANGE", ["suspectQuantity"])),
        ({"suspectQuantity": 5, "defectiveQuantity": 6}, ("INVALID", ["defectiveQuantity"])),
        ({"cost": {"amount": "1"}}, ("REQUIRED", ["cost", "currency"])),
        ({"cost": {"amount": "-1", "currency": "EUR"}}, ("OUT_OF_RANGE", ["cost", "amount"])),
        ({"cost": {"amount": "1", "currency": "euro"}}, ("INVALID", ["cost", "currency"])),
        ({"disposition": "SCRAP"}, ("REQUIRED", ["disposedBy"])),
        ({"owner": "user_" + "0" * 32}, ("NOT_FOUND", ["owner"])),
    ],
)
async def test_what_cannot_be_is_refused_and_uses_up_no_number(
    company: Company, fields: dict[str, Any], error: tuple[str, list[str]]
) -> None:
    await refused(company, CREATE, LEAST | fields, error)
    assert await made(company, "Nonconformity", show="number", **LEAST) == {"number": "NC-2026-00001"}


async def test_a_supplier_supplies_and_a_list_names_each_once(company: Company) -> None:
    buyer = await made(company, "Customer", name="Hotel")
    ada = await made(company, "User", name="Ada", roles=["EMPLOYEE"])
    await refused(company, CREATE, LEAST | {"supplier": buyer}, ("INVALID", ["supplier"]))
    await refused(company, CREATE, LEAST | {"team": [ada, ada]}, ("INVALID", ["team", "1"]))


async def test_a_plan_names_an_action_once_for_each_of_its_own_causes(company: Company) -> None:
    one, cause = await analysed(company)
    _, foreign = await analysed(company)
    removing = await action(company)
    row = {"action": removing, "cause": cause}
    given = {"id": one, "version": await version_of(company, one)}
    await refused(company, UPDATE, given | {"plan": [row, row]}, ("INVALID", ["plan", "1"]))
    await refused(
        company, UPDATE, given | {"plan": [row, {"action": removing, "cause": foreign}]},
        ("INVALID", ["plan", "1", "cause"]),
    )  # fmt: skip
    other = await root_cause(company, one, statement="And the oven is too hot.")
    await plan(company, one, (removing, cause), (removing, other))
    text = """query ($id: ID!) { nonconformity(by: { id: $id }) {
      actions { kind } plan { action { kind } cause { statement actions { kind } } }
    } }"""
    corrective = {"kind": "CORRECTIVE"}
    assert (await company.data(text, {"id": one}))["nonconformity"] == {
        "actions": [corrective],
        "plan": [
            {"action": corrective, "cause": {"statement": "It cools for 12 s only.", "actions": [corrective]}},
            {"action": corrective, "cause": {"statement": "And the oven is too hot.", "actions": [corrective]}},
        ],
    }


async def test_causes_make_a_tree_within_one_nonconformity(company: Company) -> None:
    one, other = await nonconformity(company), await nonconformity(company)
    top = await made(company, "Cause", nonconformity=one, statement="The lid cracks.")
    why = await made(company, "Cause", nonconformity=one, statement="It is brittle.", parent=top, category="MATERIAL")
    await refused(company, CAUSE, {"nonconformity": other, "statement": "x", "parent": top}, ("INVALID", ["parent"]))
    await refused(company, CHANGE, {"id": top, "version": 1, "parent": why}, ("INVALID", ["parent"]))
    await refused(company, CHANGE, {"id": top, "version": 1, "nonconformity": other}, ("INVALID", ["nonconformity"]))
    bad = {"evidenceLink": "file:///etc/passwd"}
    await refused(company, CHANGE, {"id": top, "version": 1} | bad, ("INVALID", ["evidenceLink"]))
    text = """query ($id: ID!) { nonconformity(by: { id: $id }) {
      causes { statement parent { statement } children { statement category } } rootCauses { statement }
    } }"""
    assert (await company.data(text, {"id": one}))["nonconformity"] == {
        "causes": [
            {
                "statement": "The lid cracks.",
                "parent": None,
                "children": [{"statement": "It is brittle.", "category": "MATERIAL"}],
            },
            {"statement": "It is brittle.", "parent": {"statement": "The lid cracks."}, "children": []},
        ],
        "rootCauses": [],
    }


async def test_a_root_cause_counts_while_it_is_verified(company: Company) -> None:
    one = await nonconformity(company)
    cause = await made(company, "Cause", nonconformity=one, statement="It cools too fast.", isRoot=True)

    async def counting() -> list[str]:
        text = "query ($id: ID!) { nonconformity(by: { id: $id }) { rootCauses { statement parent { statement } } } }"
        found = (await company.data(text, {"id": one}))["nonconformity"]["rootCauses"]
        return [root["statement"] for root in found]

    await refused(company, VERIFY, {"id": cause, "version": 1}, ("REQUIRED", ["id"]))
    assert await counting() == []
    await company.data(CHANGE, {"input": {"id": cause, "version": 1, "evidence": "Trial 7."}})
    await refused(company, VERIFY, {"id": cause, "version": 1}, ("CONFLICT", ["version"]))
    await verify(company, cause)
    assert await counting() == ["It cools too fast."]
    text = "query ($id: ID!) { cause(by: { id: $id }) { verifiedAt verifiedBy { name } } }"
    verified = {"verifiedAt": "2026-03-02T09:30:00Z", "verifiedBy": {"name": "admin"}}
    assert (await company.data(text, {"id": cause}))["cause"] == verified
    await company.data(CHANGE, {"input": {"id": cause, "version": 3, "category": "METHOD"}})
    assert (await company.data(text, {"id": cause}))["cause"] == verified
    await company.data(CHANGE, {"input": {"id": cause, "version": 4, "statement": "It cools for 12 s."}})
    assert (await company.data(text, {"id": cause}))["cause"] == {"verifiedAt": None, "verifiedBy": None}
    assert await counting() == []


async def test_what_is_settled_keeps_its_causes_and_its_plan(company: Company) -> None:
    one, cause = await analysed(company, owner=await id_of(company, "admin"))
    signed = {"who": "quality_manager", "signature": await signature_of(company, "quality_manager")}
    await moved(company, one, "CANCELLED", reason="Recorded twice.", **signed)
    version = await version_of(company, cause)
    await refused(company, CAUSE, {"nonconformity": one, "statement": "x"}, ("INVALID", ["nonconformity"]))
    await refused(company, CHANGE, {"id": cause, "version": version, "isRoot": False}, ("INVALID", ["nonconformity"]))
    await refused(company, VERIFY, {"id": cause, "version": version}, ("INVALID", ["id"]))
    await refused(
        company, UPDATE, {"id": one, "version": await version_of(company, one), "plan": []}, ("INVALID", ["id"])
    )


async def test_similar_are_those_of_the_same_product_or_failure_mode(company: Company) -> None:
    kettle, urn = [await made(company, "Product", name=name) for name in ("Kettle", "Urn")]
    cracks = await made(company, "Risk", failureMode="The lid cracks.")
    leaks = await made(company, "Risk", failureMode="It leaks.")
    one = await nonconformity(company, title="asked", product=kettle, risks=[cracks])
    await nonconformity(company, title="product", product=kettle, detectedAt="2026-02-01T00:00:00Z")
    await nonconformity(company, title="both", product=kettle, risks=[leaks, cracks], detectedAt="2026-01-01T00:00:00Z")
    await nonconformity(company, title="mode", product=urn, risks=[cracks], detectedAt="2026-02-15T00:00:00Z")
    other = await nonconformity(company, title="neither", product=urn, risks=[leaks])
    lone = await nonconformity(company, title="lone")

    async def similar(id_: str, first: int = 10) -> list[str]:
        found = (await company.data(SIMILAR, {"id": id_, "n": first}))["nonconformity"]["similar"]
        return [item["title"] for item in found]

    assert await similar(one) == ["mode", "product", "both"]
    assert await similar(one, 1) == ["mode"]
    assert await similar(other) == ["mode", "both"]
    assert await similar(lone) == []
    answer = await company.ask(SIMILAR, {"id": one, "n": 201})
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_page_is_answered_by_as_many_statements_as_one_record(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = """query ($n: Int!) { nonconformities(first: $n) { nodes {
      rootCauses { statement } similar { number } eightD { missing } transitions { to allowed } actions { number }
    } } }"""
    kettle = await made(company, "Product", name="Kettle")
    for _ in range(4):
        await analysed(company, product=kettle)
    await company.data(text, {"n": 2})
    counted = []
    for size in (1, 4):
        with statements(monkeypatch) as seen:
            answer = await company.data(text, {"n": size})
        assert [len(node["similar"]) for node in answer["nonconformities"]["nodes"]] == [3] * size
        # Whatever else looks for new events meanwhile is not counted.
        counted.append(sum("nonconformity" in sql or "cause" in sql for sql in seen))
    # The page with its root causes; similar ones, found and then read; the facts, for the 8D view and for transitions.
    assert counted == [5, 5]


async def test_eight_writers_number_each_once(company: Company) -> None:
    async def write() -> list[str]:
        return [(await made(company, "Nonconformity", show="number", **LEAST))["number"] for _ in range(5)]

    numbers = [number for found in await asyncio.gather(*(write() for _ in range(8))) for number in found]
    assert sorted(numbers) == [f"NC-2026-{number:05d}" for number in range(1, 41)]


async def test_of_two_edits_of_one_version_one_is_kept(company: Company) -> None:
    one = await nonconformity(company)
    events = await company.event_count()
    edits = [{"id": one, "version": 1, "lot": lot} for lot in ("A", "B")]
    answers = await asyncio.gather(*(company.data(UPDATE, {"input": edit}) for edit in edits))
    errors = [answer["updateNonconformity"]["errors"] for answer in answers]
    assert sorted(errors, key=len) == [[], [{"code": "CONFLICT", "field": ["version"]}]]
    text = "query ($id: ID!) { nonconformity(by: { id: $id }) { lot version } }"
    found = (await company.data(text, {"id": one}))["nonconformity"]
    assert found == {"lot": edits[errors.index([])]["lot"], "version": 2}
    assert await company.event_count() == events + 1


async def test_who_may_write_and_who_may_read(company: Company, other_company: Company) -> None:
    one = await nonconformity(company)
    refused_to = ("employee", "auditor", "connector:shop")
    for who in (*refused_to, "complaint_handler"):
        await company.token(who)
    events = await company.event_count()
    for who in refused_to:
        for mutation, fields in (
            (CREATE, LEAST),
            (UPDATE, {"id": one, "version": 1, "lot": "x"}),
            (CAUSE, {"nonconformity": one, "statement": "x"}),
        ):
            answer = await company.ask(mutation, {"input": fields}, who=who)
            assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert await company.event_count() == events
    for who in ("employee", "connector:shop"):
        for root in ("nonconformities", "causes"):
            answer = await company.ask(f"{{ {root} {{ totalCount }} }}", who=who)
            assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    served = await action(company)
    await plan(company, one, (served, None))
    text = "query ($id: ID!) { action(by: { id: $id }) { number nonconformities { number } causes { statement } } }"
    seen = await company.data(text, {"id": served}, who="employee")
    assert seen["action"] == {"number": "ACT-2026-00001", "nonconformities": [], "causes": []}
    assert (await other_company.data("{ nonconformities { totalCount } }"))["nonconformities"]["totalCount"] == 0
    lookup = 'query ($id: ID!) { node(id: $id) { id } record(number: "NC-2026-00001") { id } }'
    assert await other_company.data(lookup, {"id": one}) == {"node": None, "record": None}
    await refused(other_company, UPDATE, {"id": one, "version": 2, "lot": "x"}, ("NOT_FOUND", ["id"]))
    await refused(other_company, CAUSE, {"nonconformity": one, "statement": "x"}, ("NOT_FOUND", ["nonconformity"]))
