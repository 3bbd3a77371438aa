"""The way of a complaint (ISO 10002): every state, every target, every role, every guard; and walks at random."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qms_graphql.base.access import PERMISSIONS, Role
from qms_graphql.base.machines import ACTOR, NOW, moves
from qms_graphql.complaints.rules import COMPLAINT, ComplaintSeverity, ComplaintStatus
from tests.complaints.cases import ASSESSMENT, PIN, change, complaint, shown, signer
from tests.conftest import START, Company
from tests.records import MOVE, moved, unmoved

STATES = [status.value for status in ComplaintStatus]
WAYS = {
    ("RECEIVED", "ACKNOWLEDGED"),
    ("RECEIVED", "ASSESSED"),
    ("ACKNOWLEDGED", "ASSESSED"),
    ("ASSESSED", "INVESTIGATING"),
    ("ASSESSED", "RESPONDED"),
    ("INVESTIGATING", "RESPONDED"),
    ("RESPONDED", "INVESTIGATING"),
    ("RESPONDED", "CLOSED"),
    ("CLOSED", "INVESTIGATING"),
} | {(status, "WITHDRAWN") for status in STATES if status not in ("CLOSED", "WITHDRAWN")}
FIELD = ["changes", "complaint"]


def test_the_machine_has_these_ways_and_no_others() -> None:
    assert {(source.value, target.value) for source, target in moves(COMPLAINT)} == WAYS


async def test_no_other_way_is_taken(company: Company) -> None:
    for status in STATES:
        id_ = await complaint(company, status)
        for target in STATES:
            if (status, target) not in WAYS:
                await unmoved(company, id_, target, ("INVALID", ["to"]), reason="Because.")
        offered = {move["to"] for move in (await shown(company, id_, "transitions { to }"))["transitions"]}
        assert offered == {target for source, target in WAYS if source == status}


UNMET: list[tuple[str, str, dict[str, Any], list[tuple[str, str]]]] = [
    ("RECEIVED", "ASSESSED", {}, [("REQUIRED", "severity"), ("REQUIRED", "safetyRelated"), ("REQUIRED", "reportable")]),
    ("ACKNOWLEDGED", "ASSESSED", {"severity": "MINOR", "reportable": True}, [("REQUIRED", "safetyRelated")]),
    ("INVESTIGATING", "RESPONDED", {}, [("REQUIRED", "response")]),
    (
        "ASSESSED",
        "RESPONDED",
        {},
        [("REQUIRED", "response"), ("REQUIRED", "skipReason"), ("REQUIRED", "earlierInvestigation")],
    ),
    (
        "ASSESSED",
        "RESPONDED",
        {"response": "As before.", "skipReason": "Known.", "reportable": True},
        [("INVALID", "reportable"), ("REQUIRED", "earlierInvestigation")],
    ),
    ("RESPONDED", "INVESTIGATING", {}, [("INVALID", "accepted")]),
    ("RESPONDED", "INVESTIGATING", {"accepted": True}, [("INVALID", "accepted")]),
    ("RESPONDED", "CLOSED", {}, [("INVALID", "accepted")]),
    ("RESPONDED", "CLOSED", {"accepted": False}, [("INVALID", "accepted")]),
    ("RESPONDED", "CLOSED", {"accepted": True, "safetyRelated": True}, [("REQUIRED", "notConfirmed")]),
    ("RESPONDED", "CLOSED", {"accepted": True, "severity": "CRITICAL"}, [("REQUIRED", "notConfirmed")]),
    ("RECEIVED", "WITHDRAWN", {}, [("REQUIRED", "reportable")]),
    ("RECEIVED", "WITHDRAWN", {"reportable": True}, [("INVALID", "reportable")]),
    ("INVESTIGATING", "WITHDRAWN", {"reportable": True}, [("INVALID", "reportable")]),
    ("RESPONDED", "WITHDRAWN", {"severity": "CRITICAL"}, [("REQUIRED", "notConfirmed")]),
]


@pytest.mark.parametrize(("status", "target", "changes", "lacks"), UNMET)
async def test_what_a_move_lacks_is_named(
    company: Company, status: str, target: str, changes: dict[str, Any], lacks: list[tuple[str, str]]
) -> None:
    id_ = await complaint(company, status)
    errors = [(code, [*FIELD, field]) for code, field in lacks]
    if ("REQUIRED", "notConfirmed") in lacks:
        errors.append(("REQUIRED", ["signature"]))
    given_ = {"changes": {"complaint": changes}} if changes else {}
    await unmoved(company, id_, target, *errors, reason="Because.", **given_)
    assert (await shown(company, id_, "status"))["status"] == status


async def test_the_moments_of_its_way_are_noted(company: Company) -> None:
    clock = company.installation.clock
    id_ = await complaint(company)
    steps: list[tuple[str, dict[str, Any]]] = [
        ("ACKNOWLEDGED", {}),
        ("ASSESSED", ASSESSMENT),
        ("INVESTIGATING", {}),
        ("RESPONDED", {"response": "It was the lid."}),
        ("CLOSED", {"accepted": True, "satisfaction": 4}),
    ]
    for day, (to, changes) in enumerate(steps, start=1):
        clock.set(START + timedelta(days=day))
        await moved(company, id_, to, **({"changes": {"complaint": changes}} if changes else {}))
    fields = "acknowledgedAt assessedAt investigatedAt respondedAt noReplyAt closedAt satisfaction accepted"
    assert await shown(company, id_, fields) == {
        "acknowledgedAt": "2026-03-03T09:30:00Z",
        "assessedAt": "2026-03-04T09:30:00Z",
        "investigatedAt": "2026-03-05T09:30:00Z",
        "respondedAt": "2026-03-06T09:30:00Z",
        "noReplyAt": "2026-04-05T09:30:00Z",
        "closedAt": "2026-03-07T09:30:00Z",
        "satisfaction": 4,
        "accepted": True,
    }


async def test_without_a_reply_it_is_closed_after_the_policy_s_days(company: Company) -> None:
    id_ = await complaint(company, "RESPONDED")
    clock = company.installation.clock
    clock.set(START + timedelta(days=30) - timedelta(microseconds=1))
    await unmoved(company, id_, "CLOSED", ("INVALID", [*FIELD, "accepted"]))
    clock.set(START + timedelta(days=30))
    (closing,) = [
        move
        for move in (await shown(company, id_, "transitions { to allowed }"))["transitions"]
        if move["to"] == "CLOSED"
    ]
    assert closing["allowed"] is True
    assert (await moved(company, id_, "CLOSED"))["state"] == "CLOSED"


async def test_where_recourse_is_exhausted_it_is_closed_although_it_was_not_accepted(company: Company) -> None:
    id_ = await complaint(company, "RESPONDED")
    changes = {"complaint": {"accepted": False, "recourseExhausted": True}}
    assert (await moved(company, id_, "CLOSED", changes=changes))["state"] == "CLOSED"


async def test_an_answer_that_is_not_accepted_is_followed_by_another(company: Company) -> None:
    id_ = await complaint(company, "RESPONDED")
    await moved(company, id_, "INVESTIGATING", changes={"complaint": {"accepted": False}})
    fields = "response respondedAt noReplyAt closedAt accepted"
    empty = {"response": None, "respondedAt": None, "noReplyAt": None, "closedAt": None}
    assert await shown(company, id_, fields) == empty | {"accepted": False}
    await unmoved(company, id_, "RESPONDED", ("REQUIRED", [*FIELD, "response"]))
    await moved(company, id_, "RESPONDED", changes={"complaint": {"response": "Your money back."}})
    assert (await shown(company, id_, "response accepted")) == {"response": "Your money back.", "accepted": None}


async def test_it_is_reopened_with_a_reason(company: Company) -> None:
    id_ = await complaint(company, "CLOSED")
    await unmoved(company, id_, "INVESTIGATING", ("REQUIRED", ["reason"]))
    reopened = await moved(company, id_, "INVESTIGATING", reason="It cracked again.")
    fields = (
        "status response respondedAt closedAt accepted history(first: 1) { nodes { fromState toState reason version } }"
    )
    assert await shown(company, id_, fields) == {
        "status": "INVESTIGATING", "response": None, "respondedAt": None, "closedAt": None, "accepted": None,
        "history": {
            "nodes": [
                {
                    "fromState": "CLOSED", "toState": "INVESTIGATING", "reason": "It cracked again.",
                    "version": reopened["version"],
                }
            ]
        },
    }  # fmt: skip


async def test_what_was_investigated_already_is_answered_at_once(company: Company) -> None:
    earlier, unknown = await complaint(company, "INVESTIGATING"), await complaint(company)
    id_ = await complaint(company, "ASSESSED")
    skipped = {"response": "As in March.", "skipReason": "The same lot.", "earlierInvestigation": unknown}
    await unmoved(
        company, id_, "RESPONDED", ("INVALID", [*FIELD, "earlierInvestigation"]), changes={"complaint": skipped}
    )
    await moved(company, id_, "RESPONDED", changes={"complaint": skipped | {"earlierInvestigation": earlier}})
    fields = "skipReason skippedBy investigatedAt earlierInvestigation { id answeredToo { totalCount } }"
    assert await shown(company, id_, fields) == {
        "skipReason": "The same lot.",
        "skippedBy": "admin",
        "investigatedAt": None,
        "earlierInvestigation": {"id": earlier, "answeredToo": {"totalCount": 1}},
    }
    # It turns out that an authority must be told: then it is investigated all the same.
    late = {"complaint": {"reportable": True, "accepted": True}}
    await unmoved(company, id_, "CLOSED", ("INVALID", [*FIELD, "reportable"]), changes=late)
    await moved(company, id_, "INVESTIGATING", changes={"complaint": {"reportable": True}})


async def test_that_a_grave_one_was_not_confirmed_is_signed(company: Company) -> None:
    id_ = await complaint(company, "RESPONDED")
    await change(company, id_, safetyRelated=True)
    changes = {"complaint": {"accepted": True, "notConfirmed": True}}
    await unmoved(company, id_, "CLOSED", ("REQUIRED", ["signature"]), changes=changes)
    await unmoved(company, id_, "CLOSED", ("REQUIRED", ["signature", "pin"]), changes=changes, signature={"pin": PIN})
    signature = await signer(company)
    await moved(company, id_, "CLOSED", changes=changes, signature=signature)
    (closed,) = (await shown(company, id_, "history(first: 1) { nodes { signatureMeaning actorName } }"))["history"][
        "nodes"
    ]
    assert closed == {"signatureMeaning": "VERIFIED", "actorName": "admin"}


ROLES = {role.value.lower(): "complaints:write" in PERMISSIONS[role] for role in Role if role is not Role.CONNECTOR}


def test_who_moves_complaints() -> None:
    assert {who for who, may in ROLES.items() if may} == {"admin", "quality_manager", "complaint_handler"}


@pytest.mark.parametrize("who", ROLES)
async def test_who_may_not_move_it_is_told_so_and_does_not(company: Company, who: str) -> None:
    id_ = await complaint(company)
    await company.token(who)
    events = await company.event_count()
    given_ = {"input": {"id": id_, "to": "ACKNOWLEDGED", "version": 1}}
    answer = await company.ask(MOVE, given_, who=who)
    if ROLES[who]:
        assert answer["data"]["transition"]["record"]["state"] == "ACKNOWLEDGED"
        return
    if who == "auditor":
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
    else:
        told = ["NOT_FOUND" if who == "employee" else "FORBIDDEN"]
        assert [error["code"] for error in answer["data"]["transition"]["errors"]] == told
    assert await company.event_count() == events
    if who != "employee":
        offered = (await shown(company, id_, "transitions { allowed unmet { code } }", who=who))["transitions"]
        assert {move["allowed"] for move in offered} == {False}
        assert all({"code": "FORBIDDEN"} in move["unmet"] for move in offered)


FACTS = st.fixed_dictionaries(
    {
        "severity": st.sampled_from([None, *ComplaintSeverity]),
        "safety_related": st.sampled_from([None, False, True]),
        "reportable": st.sampled_from([None, False, True]),
        "response": st.sampled_from([None, "", "Told."]),
        "skip_reason": st.sampled_from([None, "Known."]),
        "earlier_investigation_id": st.sampled_from([None, "earlier"]),
        "earlier_investigated": st.booleans(),
        "investigated_at": st.sampled_from([None, START]),
        "accepted": st.sampled_from([None, False, True]),
        "recourse_exhausted": st.booleans(),
        "time_to_reply_over": st.booleans(),
        "not_confirmed": st.booleans(),
        "nonconformity_linked": st.booleans(),
        ACTOR: st.sampled_from([None, "person"]),
    }
)


@given(facts=FACTS, status=st.sampled_from(list(ComplaintStatus)))
def test_what_the_guards_let_through(facts: dict[str, Any], status: ComplaintStatus) -> None:
    """Said anew from the rules of the trade, not from the code."""
    known = facts | {"status": status, NOW: START}
    possible = COMPLAINT.possible(known, frozenset({"complaints:write"}))
    allowed = {item.move.to.value for item in possible if item.allowed}
    grave = facts["severity"] is ComplaintSeverity.CRITICAL or facts["safety_related"] is True
    by_person = facts[ACTOR] is not None
    stands = not grave or facts["nonconformity_linked"] or (facts["not_confirmed"] and by_person)
    if "ASSESSED" in allowed:
        assert None not in (facts["severity"], facts["safety_related"], facts["reportable"])
    if "RESPONDED" in allowed:
        assert facts["response"]
        if status is ComplaintStatus.ASSESSED:
            assert facts["reportable"] is not True
            assert facts["skip_reason"] is not None
            assert facts["earlier_investigation_id"] is not None
            assert facts["earlier_investigated"]
            assert by_person
    if "WITHDRAWN" in allowed:
        assert facts["reportable"] is False
        assert stands
    if "CLOSED" in allowed:
        no_reply = facts["accepted"] is None and facts["time_to_reply_over"]
        assert facts["accepted"] is True or facts["recourse_exhausted"] or no_reply
        assert stands
        assert not (facts["reportable"] and facts["investigated_at"] is None)
    for item in possible:
        ends = item.move.to.value in ("CLOSED", "WITHDRAWN")
        assert (item.meaning is not None) == (ends and grave and not facts["nonconformity_linked"])


STEPS = st.lists(
    st.tuples(
        st.sampled_from(STATES),
        st.fixed_dictionaries(
            {},
            optional={
                "severity": st.sampled_from([None, "MINOR", "CRITICAL"]),
                "safetyRelated": st.sampled_from([None, False, True]),
                "reportable": st.sampled_from([None, False, True]),
                "response": st.sampled_from([None, "Told."]),
                "accepted": st.sampled_from([None, False, True]),
                "notConfirmed": st.booleans(),
            },
        ),
        st.sampled_from([None, "Because."]),
    ),
    min_size=3,
    max_size=12,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_a_walk_at_random_skips_no_state(
    company: Company, steps: list[tuple[str, dict[str, Any], str | None]]
) -> None:
    id_ = await complaint(company)
    status, version = "RECEIVED", 1
    for to, changes, reason in steps:
        offered = await shown(company, id_, "transitions { to allowed requiresReason requiresSignature }")
        bare = {move["to"]: move for move in offered["transitions"]}
        given_ = {"id": id_, "to": to, "version": version, "reason": reason}
        given_ |= {"changes": {"complaint": changes}} if changes else {}
        answer = (await company.data(MOVE, {"input": given_}))["transition"]
        if not changes:
            move = bare.get(to)
            ready = move is not None and move["allowed"] and not move["requiresSignature"]
            assert (answer["errors"] == []) == (ready and (reason is not None or not move["requiresReason"]))
        after = await shown(company, id_, "status version severity safetyRelated reportable response")
        if answer["errors"]:
            assert (after["status"], after["version"]) == (status, version)
            continue
        assert (status, to) in WAYS
        assert (after["status"], after["version"]) == (to, version + 1)
        if to in ("ASSESSED", "INVESTIGATING", "RESPONDED", "CLOSED"):
            assert None not in (after["severity"], after["safetyRelated"], after["reportable"])
        if to in ("RESPONDED", "CLOSED"):
            assert after["response"] == "Told."
        status, version = to, after["version"]
