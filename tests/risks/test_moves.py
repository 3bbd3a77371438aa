"""The machine of risks: each move, who may make it, what it lacks; and walks that try whatever comes."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from qms_graphql.base.access import PERMISSIONS, ActorKind, Role, Viewer, system_viewer
from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import Refusal, Refusals
from qms_graphql.base.ids import new_id
from qms_graphql.base.machines import ACTOR, SignatureMeaning
from qms_graphql.base.transitions import Intent, Signature, move, possible, refuse_settled
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.risks.commands import save_risks
from qms_graphql.risks.model import Rating, Risk
from qms_graphql.risks.rules import RANKS, RISK, ActionPriority, RiskKind, RiskStatus, action_priority
from tests.base.work import events, integrity, work
from tests.conftest import Company, Installation, found_company
from tests.records import MOVE, made, moved, refused, unmoved
from tests.risks.test_ratings import UPDATE, estimate, rated
from tests.risks.test_risks import rating, risk

PIN = "steam-2026"
SIGNED = {"signature": {"pin": PIN}}
WAYS = {
    ("OPEN", "TREATED"),
    ("TREATED", "OPEN"),
    ("TREATED", "ACCEPTED"),
    ("ACCEPTED", "TREATED"),
    ("ACCEPTED", "RETIRED"),
}
"""OPEN ↔ TREATED ↔ ACCEPTED → RETIRED."""
WRITERS = {Role.ADMIN, Role.QUALITY_MANAGER, Role.DEPARTMENT_HEAD}
KINDS = {
    "failure mode of high priority": (RiskKind.FAILURE_MODE, (9, 9, 9), True),
    "failure mode of low priority": (RiskKind.FAILURE_MODE, (2, 2, 2), False),
    "unrated failure mode": (RiskKind.FAILURE_MODE, (None, None, None), False),
    "business risk of high priority": (RiskKind.BUSINESS, (8, 8, 8), True),
    "hazard": (RiskKind.HAZARD, (None, None, None), True),
}
"""Kind, ranks, and whether to accept it takes a reason and a signature."""


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.name)
def test_every_move_of_every_role_in_every_situation(name: str, role: Role) -> None:
    kind, (severity, occurrence, detection), grave = KINDS[name]
    person = None if role is Role.CONNECTOR else new_id()
    for state, to, anew, reason in itertools.product(RiskStatus, RiskStatus, (True, False), ("Because.", None, "")):
        facts = {
            "status": state, "kind": kind, "severity": severity, "occurrence": occurrence, "detection": detection,
            "rated_anew": anew, "acceptance_reason": reason, ACTOR: person,
        }  # fmt: skip
        found = RISK.judged(to, facts, PERMISSIONS[role])
        if (state.name, to.name) not in WAYS:
            assert found is None
            continue
        lacks = [] if role in WRITERS else [("FORBIDDEN", None)]
        if (state, to) == (RiskStatus.OPEN, RiskStatus.TREATED) and not anew:
            lacks.append(("INVALID", "currentEstimate" if kind is RiskKind.HAZARD else "current"))
        accepts = grave and to is RiskStatus.ACCEPTED
        if accepts and not reason:
            lacks.append(("REQUIRED", "acceptanceReason"))
        if accepts and person is None:
            lacks.append(("FORBIDDEN", "signature"))
        assert found is not None
        assert [(lack.code.name, lack.field) for lack in found.unmet] == lacks
        assert found.meaning is (SignatureMeaning.ACCEPTED if accepts else None)
        assert found.move.reason is (to is RiskStatus.OPEN or state is RiskStatus.ACCEPTED)
        assert found.move.stamps == (("accepted_at",) if to is RiskStatus.ACCEPTED else ())


async def with_pin(company: Company, who: str = "admin") -> None:
    text = "mutation ($input: SetSigningPinInput!) { setSigningPin(input: $input) { errors { code } } }"
    assert (await company.data(text, {"input": {"pin": PIN}}, who=who))["setSigningPin"]["errors"] == []


async def acceptance(company: Company, id_: str) -> dict[str, Any]:
    text = """query ($id: ID!) { risk(by: { id: $id }) {
      status acceptanceReason acceptedAt history(first: 1) { nodes { toState reason signatureMeaning } }
    } }"""
    return (await company.data(text, {"id": id_}))["risk"]


async def test_a_risk_is_treated_once_it_is_rated_anew(company: Company) -> None:
    id_ = (await risk(company, initial=rating(8, 9, 7)))["id"]
    await unmoved(company, id_, "TREATED", ("INVALID", ["changes", "risk", "current"]))
    await unmoved(company, id_, "ACCEPTED", ("INVALID", ["to"]))
    await unmoved(company, id_, "RETIRED", ("INVALID", ["to"]))
    again = {"risk": {"current": rating(8, 2, 3), "ratingReason": "Steam-tested."}}
    assert (await moved(company, id_, "TREATED", changes=again))["state"] == "TREATED"
    await unmoved(company, id_, "OPEN", ("REQUIRED", ["reason"]))
    assert (await moved(company, id_, "OPEN", reason="It cracks again."))["state"] == "OPEN"


async def test_a_low_priority_is_accepted_as_it_is(company: Company) -> None:
    id_ = (await risk(company, initial=rating(8, 9, 7), current=rating(8, 2, 3)))["id"]
    await moved(company, id_, "TREATED")
    await moved(company, id_, "ACCEPTED")
    assert await acceptance(company, id_) == {
        "status": "ACCEPTED",
        "acceptanceReason": None,
        "acceptedAt": "2026-03-02T09:30:00Z",
        "history": {"nodes": [{"toState": "ACCEPTED", "reason": None, "signatureMeaning": None}]},
    }


async def test_a_high_priority_is_accepted_with_justification_and_signature(company: Company) -> None:
    await with_pin(company)
    id_ = (await risk(company, initial=rating(9, 9, 9), current=rating(9, 8, 9)))["id"]
    await moved(company, id_, "TREATED")
    place = ["changes", "risk", "acceptanceReason"]
    await unmoved(company, id_, "ACCEPTED", ("REQUIRED", place), ("REQUIRED", ["signature"]))
    await unmoved(company, id_, "ACCEPTED", ("REQUIRED", place), **SIGNED)
    why = {"changes": {"risk": {"acceptanceReason": "Sold out in May."}}}
    await unmoved(company, id_, "ACCEPTED", ("REQUIRED", ["signature"]), **why)
    await moved(company, id_, "ACCEPTED", **why, **SIGNED)
    assert await acceptance(company, id_) == {
        "status": "ACCEPTED",
        "acceptanceReason": "Sold out in May.",
        "acceptedAt": "2026-03-02T09:30:00Z",
        "history": {"nodes": [{"toState": "ACCEPTED", "reason": None, "signatureMeaning": "ACCEPTED"}]},
    }


async def test_what_was_accepted_stays_until_it_is_moved_back(company: Company) -> None:
    await with_pin(company)
    why = {"acceptanceReason": "Sold out in May."}
    id_ = (await risk(company, initial=rating(9, 9, 9), current=rating(9, 8, 9), **why))["id"]
    await moved(company, id_, "TREATED")
    version = (await moved(company, id_, "ACCEPTED", **SIGNED))["version"]
    change = {"id": id_, "version": version}
    await refused(company, UPDATE, change | {"current": rating(9, 9, 9)}, ("INVALID", ["current"]))
    await refused(company, UPDATE, change | {"ratingReason": "Once more."}, ("INVALID", ["current"]))
    await refused(company, UPDATE, change | {"acceptanceReason": None}, ("INVALID", ["acceptanceReason"]))
    await rated(company, id_, title="Lids")
    await unmoved(company, id_, "TREATED", ("REQUIRED", ["reason"]))
    await moved(company, id_, "TREATED", reason="It is sold on.")
    back = await acceptance(company, id_)
    assert (back["status"], back["acceptanceReason"], back["acceptedAt"]) == ("TREATED", None, None)
    await unmoved(company, id_, "ACCEPTED", ("REQUIRED", ["changes", "risk", "acceptanceReason"]), **SIGNED)


async def test_a_hazard_is_always_accepted_with_reason_and_signature(company: Company) -> None:
    await with_pin(company)
    id_ = await made(company, "Risk", kind="HAZARD", title="Scalding", initialEstimate=estimate(2, 2))
    await unmoved(company, id_, "TREATED", ("INVALID", ["changes", "risk", "currentEstimate"]))
    await moved(company, id_, "TREATED", changes={"risk": {"currentEstimate": estimate(1, 1)}})
    missing = ("REQUIRED", ["changes", "risk", "acceptanceReason"]), ("REQUIRED", ["signature"])
    await unmoved(company, id_, "ACCEPTED", *missing)
    await moved(company, id_, "ACCEPTED", changes={"risk": {"acceptanceReason": "A warm handle."}}, **SIGNED)
    await unmoved(company, id_, "RETIRED", ("REQUIRED", ["reason"]))
    retired = await moved(company, id_, "RETIRED", reason="The kettle is gone.")
    await refused(company, UPDATE, {"id": id_, "version": retired["version"], "title": "x"}, ("INVALID", ["id"]))
    for state in RiskStatus:
        await unmoved(company, id_, state.name, ("INVALID", ["to"]), reason="No.", **SIGNED)


async def test_who_may_move_a_risk(company: Company) -> None:
    id_ = (await risk(company, initial=rating(8, 9, 7), current=rating(8, 2, 3)))["id"]
    for who in ("auditor", "complaint_handler"):
        await company.token(who)
        answer = await company.ask(MOVE, {"input": {"id": id_, "to": "TREATED", "version": 1}}, who=who)
        codes = [error.get("code") for error in ((answer["data"] or {}).get("transition") or {}).get("errors", [])]
        codes += [error["extensions"]["code"] for error in answer.get("errors", [])]
        assert codes == ["FORBIDDEN"]
    assert (await moved(company, id_, "TREATED", who="department_head"))["state"] == "TREATED"


_steps = st.one_of(
    st.tuples(st.just("rate"), st.sampled_from([(9, 9, 9), (2, 2, 2), (8, 5, 4)])),
    st.tuples(st.just("justify"), st.sampled_from([None, "It stands."])),
    *(st.tuples(st.just("move"), st.just(state)) for state in RiskStatus),
    *(st.tuples(st.just("move unsigned"), st.just(state)) for state in RiskStatus),
)


@dataclass(frozen=True)
class Seen:
    """A risk as the walk finds it."""

    row: Mapping[str, Any]
    ratings: list[tuple[int, ...]]
    promised: frozenset[RiskStatus]
    """Where its transitions say that it can be moved, given reason and signature."""
    moves: list[tuple[str, bool]]
    """The states it came to, and whether the move was signed."""


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=st.lists(_steps, min_size=8, max_size=30))
async def test_no_walk_skips_a_state_or_accepts_what_may_not_be(
    installation: Installation, steps: list[tuple[str, Any]]
) -> None:
    company = await found_company(installation)
    person = replace(system_viewer(company.id), actor_kind=ActorKind.USER, actor_id=new_id())
    first = {"severity": 9, "occurrence": 9, "detection": 9}
    initial = {"initial_severity": 8, "initial_occurrence": 5, "initial_detection": 4}
    draft = Draft(new_id(), {"title": "x"} | first | initial)
    await work(company, lambda unit: save_risks(unit, [draft]))
    before = await _seen(company, person, draft.id)
    for what, value in steps:
        done = await _step(company, person, before.row, what, value)
        after = await _seen(company, person, draft.id)
        if what == "move":
            assert done is (value in before.promised)
        if after.row["status"] is not before.row["status"]:
            assert (before.row["status"].name, after.row["status"].name) in WAYS
            assert (done, after.row["status"]) == (True, value)
        assert done or after == before
        _hold(after)
        before = after
        event(after.row["status"].name)
    found = await integrity(company)
    assert (found.intact, found.entries) == (True, before.row["version"])


async def _seen(company: Company, person: Viewer, id_: UUID) -> Seen:
    table, mine = Rating.__table__, Rating.organization_id == company.id
    async with company.installation.database.reading(company.id) as reader:
        risks = Risk.__table__
        (row,) = await reader.rows(select(risks).where(risks.c.organization_id == company.id, risks.c.id == id_))
        ratings = await reader.rows(select(table).where(mine, Rating.risk_id == id_).order_by(table.c.position))
        ways = (await possible(reader, person, Risk, [id_], company.installation.clock.now()))[id_]
    notes = [entry["payload"] for entry in await events(company)]
    return Seen(
        dict(row),
        [tuple(rated[rank] for rank in RANKS) for rated in ratings],
        frozenset(way.move.to for way in ways if way.allowed),
        [(note["transition"][1], "signature" in note) for note in notes if "transition" in note],
    )


async def _step(company: Company, person: Viewer, row: Mapping[str, Any], what: str, value: Any) -> bool:
    """Try one thing; whether it was done."""

    async def change(unit: UnitOfWork) -> None:
        fields = dict(zip(RANKS, value, strict=True)) if what == "rate" else {"acceptance_reason": value}
        changed = Draft(row["id"], fields, await unit.lock_one(Risk, row["id"], row["version"]))
        refuse_settled(Risk, row)
        await save_risks(unit, [changed])
        if changed.refused:
            raise Refusals(changed.refusals)

    async def go(unit: UnitOfWork) -> None:
        signature = Signature(person.user_id or new_id(), "Ada") if what == "move" else None
        await move(unit, Risk, row["id"], Intent(value.name, row["version"], "Because.", signature))

    try:
        await (work(company, change) if what in ("rate", "justify") else work(company, go, person))
    except (Refusal, Refusals):
        return False
    return True


def _hold(seen: Seen) -> None:
    """What holds at any time."""
    row = seen.row
    current, initial = (tuple(row[prefix + rank] for rank in RANKS) for prefix in ("", "initial_"))
    assert (seen.ratings[0], seen.ratings[-1]) == (initial, current)
    accepted = row["status"] in (RiskStatus.ACCEPTED, RiskStatus.RETIRED)
    assert (row["accepted_at"] is not None) is accepted
    if accepted and action_priority(*current) is ActionPriority.HIGH:
        assert row["acceptance_reason"]
        assert [signed for to, signed in seen.moves if to == "ACCEPTED"][-1]
