"""Random moves of every kind of record that `test_walks.py` has not (domain.md §4: 2, 3 and 12), through the API."""

from collections import Counter

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from qms_graphql.base.columns import Record
from qms_graphql.base.ids import from_global
from qms_graphql.base.machines import moves
from qms_graphql.documents.model import Revision
from qms_graphql.effectiveness.model import Objective
from qms_graphql.feedback.model import Feedback
from qms_graphql.reviews.model import Review
from qms_graphql.standards.model import Requirement
from qms_graphql.training.model import TrainingRecord
from tests.base.work import events, integrity
from tests.conftest import START, Company, Installation, found_company
from tests.documents.paper import document, effective, revision
from tests.records import MOVE, PIN, id_of, made, signature_of
from tests.reviews.cases import held

MODELS: tuple[type[Record], ...] = (Revision, Revision, Review, TrainingRecord, Requirement, Objective, Feedback)
WHO = ("admin", "quality_manager", "quality_manager", "department_head", "employee")
APPROVED_AT = "2026-03-02T09:30:00Z"
PAST, DUE = "2026-03-01T00:00:00Z", "2026-03-20T00:00:00Z"
SHOWN = """
query ($id: ID!) {
  node(id: $id) {
    ... on Record {
      state version transitions { to allowed requiresReason requiresSignature unmet { code field } }
    }
  }
}
"""


async def records(company: Company) -> list[str]:
    """One of each of ``MODELS``, with what most moves need; two revisions of one document."""
    owner = await id_of(company, "admin")
    paper, course = await document(company), await document(company, kind="TRAINING")
    lesson = await effective(company, course, "A")
    theme = await made(company, "Theme", name="Lids")
    said = await made(
        company, "Feedback", source="OTHER", occurredAt=PAST, text="Hm.", themes=[theme],
        isComplaint={"decision": False, "reason": "It is not."}, untoldReason="Nobody asked.",
    )  # fmt: skip
    audit = await made(company, "Review", title="Moulding", kind="TEAM_MEETING", lead=owner, noFindings=True)
    await held(company, audit, PAST)
    return [
        await revision(company, paper, "A", effectiveFrom=PAST),
        await revision(company, paper, "B", effectiveFrom=PAST),
        audit,
        await made(
            company, "TrainingRecord", user=await id_of(company, "employee"), revision=lesson, assessor=owner,
            completedAt=APPROVED_AT, score=90,
        ),
        await made(company, "Requirement", source="INTERNAL", statement="Lids hold.", evidence=[said]),
        await made(
            company, "Objective", title="Hold", metricCode="NPS", target=50, direction="AT_LEAST", dueAt=DUE,
            baselineFrom="2026-02-01T00:00:00Z", baselineUntil=PAST,
        ),
        said,
    ]  # fmt: skip


MOSTLY = st.sampled_from([True, True, False])
STEPS = st.lists(
    st.tuples(st.integers(0, len(MODELS) - 1), st.integers(0, 20), st.integers(0, 4), MOSTLY, MOSTLY),
    min_size=8,
    max_size=20,
)
"""Which record, to which of its states, by whom, with a reason or not, signed or not."""


Step = tuple[int, int, int, bool, bool]


async def walked(company: Company, ids: list[str], steps: list[Step]) -> list[str]:
    """Try these moves: each is made exactly if it was said to be possible. The states in the end."""
    for who in set(WHO) - {"employee"}:
        await signature_of(company, who)
    for place, target, person, reasoned, signed in steps:
        machine, who = MODELS[place].__machine__, WHO[person]
        before = (await company.data(SHOWN, {"id": ids[place]}, who=who))["node"]
        # Of what somebody does not see, they may still try to move it.
        stands = before or (await company.data(SHOWN, {"id": ids[place]}))["node"]
        pairs = {(one.value, other.value) for one, other in moves(machine)}
        onward = sorted(other for one, other in pairs if one == stands["state"])
        states = [state.value for state in type(machine.start)]
        to = [*onward, *onward, *states][target % (2 * len(onward) + len(states))]
        # Employees have no PIN.
        given_ = {"reason": "Because."} if reasoned else {}
        given_ |= {"signature": {"pin": PIN}} if signed and who != "employee" else {}
        input_ = {"id": ids[place], "to": to, "version": stands["version"]} | given_
        answer = (await company.data(MOVE, {"input": input_}, who=who))["transition"]
        way = next((way for way in before["transitions"] if way["to"] == to), None) if before else None
        asked = {"reason": "requiresReason", "signature": "requiresSignature"}
        possible = way is not None and way["allowed"] and all(given_.get(n) or not way[f] for n, f in asked.items())
        assert (answer["errors"] == []) is possible, (before, input_, who, answer)
        after = (await company.data(SHOWN, {"id": ids[place]}))["node"]
        if possible:
            assert (stands["state"], after["state"]) in pairs
        else:
            assert (after["state"], after["version"]) == (stands["state"], stands["version"])
    assert (await integrity(company)).intact
    told = Counter(event["record_id"] for event in await events(company))
    shown = [(await company.data(SHOWN, {"id": id_}))["node"] for id_ in ids]
    assert [node["version"] for node in shown] == [told[from_global(id_)[1]] for id_ in ids]
    return [node["state"] for node in shown]


@settings(max_examples=4, phases=[Phase.generate], deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
async def test_what_is_said_to_be_possible_is_what_is_done(installation: Installation, steps: list[Step]) -> None:
    installation.clock.set(START)
    company = await found_company(installation)
    await walked(company, await records(company), steps)


async def test_all_of_them_can_go_to_their_end(company: Company) -> None:
    # Which record, to which of the states that come next, by their names; each as often as it takes.
    ways = [(0, 0)] * 4 + [(1, 0)] * 3 + [(2, 0)] * 2 + [(3, 2)] + [(4, 0)] * 2 + [(5, 0), (6, 1), (6, 0), (6, 0)]
    steps = [(place, target, 1, True, True) for place, target in ways]
    ended = await walked(company, await records(company), steps)
    assert ended == ["OBSOLETE", "EFFECTIVE", "CLOSED", "PASSED", "RETIRED", "CANCELLED", "CLOSED"]
