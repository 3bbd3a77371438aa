"""Random walks along the whole chain: no state is skipped, and no invariant breaks (domain.md §4: 2, 3, 5 and 12)."""

from collections import Counter

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from qms_graphql.actions.rules import ACTION, ActionStatus
from qms_graphql.base.machines import moves
from qms_graphql.complaints.rules import COMPLAINT, SETTLED, ComplaintStatus
from qms_graphql.nonconformities.machine import NONCONFORMITY
from qms_graphql.nonconformities.rules import NonconformityStatus
from qms_graphql.risks.rules import RISK, RiskStatus
from tests.base.work import events, integrity
from tests.conftest import Company, Installation, found_company
from tests.journeys.walk import CHAIN_ONWARD, CHAIN_STEPS, MODELS, ChainWalk, accepted_rightly, ended_rightly
from tests.nonconformities.walk import Step, closed_rightly, states
from tests.observing import observing

__all__ = ["observing"]


@st.composite
def _walks(draw: st.DrawFn) -> list[Step]:
    """Steps at random; half of the walks go to the end, if what chance puts between lets them."""
    if draw(st.booleans()):
        return draw(st.lists(CHAIN_STEPS, min_size=5, max_size=30))
    return [step for onward in CHAIN_ONWARD for step in (*draw(st.lists(CHAIN_STEPS, max_size=1)), onward)]


def _onward(verdict: ActionStatus, *unsaid: str) -> list[Step]:
    """The walk onward, if this is observed of the action, and some of it is not said."""
    seen = {"new_action": verdict.value, "act": verdict}
    return [
        (*step[:-1], seen[step[0]]) if step[-1] in ("EFFECTIVE", ActionStatus.EFFECTIVE) else step
        for step in CHAIN_ONWARD
        if step[1] not in unsaid
    ]


@example(steps=_onward(ActionStatus.INCONCLUSIVE, "inconclusive_accepted"))
@example(steps=_onward(ActionStatus.INEFFECTIVE))
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=_walks())
async def test_no_walk_skips_a_state_or_breaks_an_invariant(
    installation: Installation, observing: None, steps: list[Step]
) -> None:
    walk = ChainWalk(await found_company(installation))
    await walk.begin()
    ways = {pair for machine in (COMPLAINT, NONCONFORMITY, ACTION, RISK) for pair in moves(machine)}
    before = await states(walk, MODELS)
    for step in steps:
        # That a move is made exactly if it is said to be allowed, each step asserts itself.
        await walk.step(*step)
        after = await states(walk, MODELS)
        moved = {id_ for id_ in before if before[id_] is not after[id_]}
        assert {(before[id_], after[id_]) for id_ in moved} <= ways
        assert await closed_rightly(walk)
        assert await accepted_rightly(walk)
        if walk.complaint in moved and after[walk.complaint] in SETTLED:
            assert await ended_rightly(walk)
        before = after
    assert (await integrity(walk.company)).intact
    told = Counter(event["record_id"] for event in await events(walk.company))
    versions = {row["id"]: row["version"] for model in MODELS for row in await walk.rows(model)}
    assert versions == {id_: told[id_] for id_ in versions}


async def test_the_walk_onward_ends_where_everything_is_over(company: Company, observing: None) -> None:
    walk = ChainWalk(company)
    await walk.begin()
    for step in CHAIN_ONWARD:
        await walk.step(*step)
    ended = await states(walk, MODELS)
    assert [ended[id_] for id_ in (walk.complaint, walk.nonconformity, walk.risk)] == [
        ComplaintStatus.CLOSED,
        NonconformityStatus.CLOSED,
        RiskStatus.ACCEPTED,
    ]
