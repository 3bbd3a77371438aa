"""How actions move: from state to state, what each move asks for, and what is computed and never typed in."""

import asyncio
import itertools
from typing import Any

import pytest

from qms_graphql.actions.rules import ACTION, CHECKED, ActionKind, ActionStatus
from qms_graphql.base.access import PERMISSIONS, Role
from qms_graphql.base.machines import moves
from tests.conftest import Company
from tests.observing import observing
from tests.records import MOVE, made, moved, unmoved, version_of, walked

__all__ = ["observing"]

PLANNED, IN_PROGRESS, DONE, CHECKING, EFFECTIVE, INEFFECTIVE, INCONCLUSIVE, CANCELLED = ActionStatus
WAYS = {
    (PLANNED, IN_PROGRESS),
    (IN_PROGRESS, DONE),
    (DONE, CHECKING),
    (INCONCLUSIVE, CHECKING),
    (CHECKING, EFFECTIVE),
    (CHECKING, INEFFECTIVE),
    (CHECKING, INCONCLUSIVE),
    (PLANNED, CANCELLED),
    (IN_PROGRESS, CANCELLED),
}
SHOWN = {"action": {"evidence": [{"text": "See the photograph."}]}}


def facts(status: ActionStatus, **other: Any) -> dict[str, Any]:
    """Everything there, nothing in the way."""
    verdict = other.pop("verdict", None)
    return {
        "status": status,
        "kind": ActionKind.CORRECTIVE,
        "evidenced": True,
        "check_planned": True,
        "verdict": verdict,
        "settles_closed": False,
        "owner_id": None,
    } | other


@pytest.mark.parametrize(("source", "target"), list(itertools.product(ActionStatus, ActionStatus)))
def test_there_is_a_way_exactly_where_the_page_of_the_domain_says_so(
    source: ActionStatus, target: ActionStatus
) -> None:
    assert ((source, target) in moves(ACTION)) is ((source, target) in WAYS)
    judged = ACTION.judged(target, facts(source, verdict=target.value), frozenset({"actions:write"}))
    assert (judged is not None and judged.allowed) is ((source, target) in WAYS)


@pytest.mark.parametrize("role", Role)
def test_who_may_write_actions_moves_them(role: Role) -> None:
    may = {Role.ADMIN, Role.QUALITY_MANAGER, Role.COMPLAINT_HANDLER, Role.DEPARTMENT_HEAD}
    for source, target in WAYS:
        judged = ACTION.judged(target, facts(source, verdict=target.value), PERMISSIONS[role])
        assert judged is not None
        assert judged.allowed is (role in may)


@pytest.mark.parametrize(
    ("source", "target", "lack", "unmet"),
    [
        (IN_PROGRESS, DONE, {"evidenced": False}, ("REQUIRED", "evidence")),
        (DONE, CHECKING, {"check_planned": False}, ("REQUIRED", None)),
        (DONE, CHECKING, {"kind": ActionKind.CONTAINMENT}, ("INVALID", None)),
        (DONE, CHECKING, {"kind": ActionKind.CORRECTION, "check_planned": False}, ("INVALID", None)),
        (INCONCLUSIVE, CHECKING, {"check_planned": None}, ("REQUIRED", None)),
        (INCONCLUSIVE, CHECKING, {"settles_closed": True}, ("CONFLICT", None)),
        *(
            (CHECKING, target, {"verdict": verdict}, ("INVALID", None))
            for target in (EFFECTIVE, INEFFECTIVE, INCONCLUSIVE)
            for verdict in (None, "EFFECTIVE", "INEFFECTIVE", "INCONCLUSIVE")
            if verdict != target.value
        ),
    ],
)
def test_each_guard_keeps_its_move_from_being_made(
    source: ActionStatus, target: ActionStatus, lack: dict[str, Any], unmet: tuple[str, str | None]
) -> None:
    judged = ACTION.judged(target, facts(source, **lack), frozenset({"actions:write"}))
    assert judged is not None
    assert [(item.code.value, item.field) for item in judged.unmet] == [unmet]


@pytest.mark.parametrize("kind", ActionKind)
def test_what_removes_or_improves_is_checked(kind: ActionKind) -> None:
    judged = ACTION.judged(CHECKING, facts(DONE, kind=kind), frozenset({"actions:write"}))
    assert judged is not None
    assert judged.allowed is (kind in CHECKED) is (kind not in (ActionKind.CONTAINMENT, ActionKind.CORRECTION))


async def action(company: Company, **fields: Any) -> str:
    return await made(company, "Action", **({"title": "Cool the lid longer", "kind": "CORRECTIVE"} | fields))


async def status_of(company: Company, id_: str) -> str:
    found = await company.data("query Status($id: ID!) { action(by: { id: $id }) { status } }", {"id": id_})
    return found["action"]["status"]


async def test_status_is_not_written(company: Company) -> None:
    for kind in ("CreateActionInput", "UpdateActionInput", "ActionChanges"):
        text = "query Fields($name: String!) { __type(name: $name) { inputFields { name } } }"
        names = {field["name"] for field in (await company.data(text, {"name": kind}))["__type"]["inputFields"]}
        assert "title" in names
        assert "status" not in names


async def test_when_it_was_done_is_said_with_the_move_that_says_that_it_was(company: Company) -> None:
    one = await action(company)
    await moved(company, one, "IN_PROGRESS")
    given = {"action": {"evidence": [{"text": "Seen."}], "doneAt": "2026-02-27T16:00:00Z"}}
    early = {"action": {"doneAt": "2026-02-27T16:00:00Z"}}
    await unmoved(
        company, one, "CANCELLED", ("INVALID", ["changes", "action", "doneAt"]), reason="Too dear.", changes=early
    )
    await moved(company, one, "DONE", changes=given)
    found = await company.data("query Done($id: ID!) { action(by: { id: $id }) { doneAt } }", {"id": one})
    assert found["action"] == {"doneAt": "2026-02-27T16:00:00Z"}


async def test_what_is_done_is_shown(company: Company) -> None:
    one = await action(company)
    await unmoved(company, one, "DONE", ("INVALID", ["to"]))
    await moved(company, one, "IN_PROGRESS")
    await unmoved(company, one, "DONE", ("REQUIRED", ["changes", "action", "evidence"]))
    bad = {"action": {"evidence": [{"text": " "}, {"link": "javascript:alert(1)"}]}}
    at = ["changes", "action", "evidence"]
    await unmoved(company, one, "DONE", ("REQUIRED", [*at, "0", "text"]), ("INVALID", [*at, "1", "link"]), changes=bad)
    shown = [{"text": "See the photograph.", "link": None}, {"text": None, "link": "https://example.org/photo"}]
    record = await moved(company, one, "DONE", changes={"action": {"evidence": shown}})
    assert record == {"id": one, "state": "DONE", "version": 3}
    found = await company.data(
        "query Done($id: ID!) { action(by: { id: $id }) { doneAt evidence { text link } } }", {"id": one}
    )
    assert found["action"] == {"doneAt": "2026-03-02T09:30:00Z", "evidence": shown}


async def test_a_check_needs_its_plan_and_a_verdict_is_what_was_observed(company: Company, observing: None) -> None:
    one = await action(company)
    await walked(company, one, "IN_PROGRESS", "DONE", changes=SHOWN)
    await unmoved(company, one, "CHECKING", ("REQUIRED", ["to"]))
    await moved(company, one, "CHECKING", changes={"action": {"description": "INCONCLUSIVE"}})
    await unmoved(company, one, "EFFECTIVE", ("INVALID", ["to"]))
    await walked(company, one, "INCONCLUSIVE", "CHECKING", changes={"action": {"description": "EFFECTIVE"}})
    await moved(company, one, "EFFECTIVE")
    text = "mutation Update($input: UpdateActionInput!) { updateAction(input: $input) { errors { code field } } }"
    given = {"id": one, "version": await version_of(company, one), "title": "Something else"}
    assert (await company.data(text, {"input": given}))["updateAction"]["errors"] == [
        {"code": "INVALID", "field": ["id"]}
    ]


async def test_what_is_given_up_says_why(company: Company) -> None:
    one = await action(company)
    await unmoved(company, one, "CANCELLED", ("REQUIRED", ["reason"]))
    await unmoved(company, one, "CANCELLED", ("REQUIRED", ["reason"]), reason=" ")
    await moved(company, one, "CANCELLED", reason="The product is no longer made.")
    found = await company.data(
        "query Why($id: ID!) { action(by: { id: $id }) { doneAt history(first: 1) { nodes { reason toState } } } }",
        {"id": one},
    )
    told = {"reason": "The product is no longer made.", "toState": "CANCELLED"}
    assert found["action"] == {"doneAt": None, "history": {"nodes": [told]}}


async def test_of_two_moves_of_one_version_one_is_made(company: Company) -> None:
    one = await action(company)
    given = [
        {"id": one, "to": "IN_PROGRESS", "version": 1},
        {"id": one, "to": "CANCELLED", "version": 1, "reason": "Too dear."},
    ]
    events = await company.event_count()
    answers = await asyncio.gather(*(company.data(MOVE, {"input": input_}) for input_ in given))
    errors = [error for answer in answers for error in answer["transition"]["errors"]]
    assert [(error["code"], error["field"]) for error in errors] == [("CONFLICT", ["version"])]
    (record,) = (answer["transition"]["record"] for answer in answers if answer["transition"]["record"])
    assert await status_of(company, one) == record["state"]
    assert (await version_of(company, one), await company.event_count()) == (2, events + 1)


async def test_transitions_say_what_transition_does(company: Company, observing: None) -> None:
    text = """query Ways($id: ID!) { action(by: { id: $id }) {
      transitions { to allowed unmet { code field } requiresReason requiresSignature }
    } }"""
    one = await action(company)
    await moved(company, one, "IN_PROGRESS")
    found = (await company.data(text, {"id": one}))["action"]["transitions"]
    assert found == [
        {
            "to": "DONE", "allowed": False, "unmet": [{"code": "REQUIRED", "field": "evidence"}],
            "requiresReason": False, "requiresSignature": False,
        },
        {"to": "CANCELLED", "allowed": True, "unmet": [], "requiresReason": True, "requiresSignature": False},
    ]  # fmt: skip
    await unmoved(company, one, "DONE", ("REQUIRED", ["changes", "action", "evidence"]))
