"""Random walks: whatever is tried in whatever order, no state is skipped and no invariant breaks; and two at once."""

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qms_graphql.actions.rules import ACTION
from qms_graphql.base.machines import moves
from qms_graphql.nonconformities.machine import NONCONFORMITY
from qms_graphql.nonconformities.rules import NonconformityStatus
from tests.base.work import integrity
from tests.conftest import Company, Installation, found_company
from tests.nonconformities.chain import action, analysed, closing, nonconformity, observed, plan
from tests.nonconformities.walk import ONWARD, STEPS, Step, Walk, closed_rightly, states
from tests.observing import observing
from tests.records import MOVE, id_of, moved, version_of, walked

__all__ = ["observing"]


@st.composite
def _walks(draw: st.DrawFn) -> list[Step]:
    """Steps at random; half of the walks go to the end, if what chance puts between lets them."""
    if draw(st.booleans()):
        return draw(st.lists(STEPS, min_size=5, max_size=25))
    return [step for onward in ONWARD for step in (*draw(st.lists(STEPS, max_size=1)), onward)]


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=_walks())
async def test_no_walk_skips_a_state_or_breaks_an_invariant(
    installation: Installation, observing: None, steps: list[Step]
) -> None:
    walk = Walk(await found_company(installation))
    await walk.begin()
    ways = {*moves(NONCONFORMITY), *moves(ACTION)}
    before = await states(walk)
    for step in steps:
        await walk.step(*step)
        after = await states(walk)
        assert {(before[id_], after[id_]) for id_ in before if before[id_] is not after[id_]} <= ways
        assert await closed_rightly(walk)
        before = after
    assert (await integrity(walk.company)).intact


async def test_the_walk_onward_ends_closed(company: Company, observing: None) -> None:
    walk = Walk(company)
    await walk.begin()
    for step in ONWARD:
        await walk.step(*step)
    assert (await states(walk))[walk.nonconformity] is NonconformityStatus.CLOSED


@pytest.mark.parametrize("round_", range(3))
async def test_it_is_not_closed_while_its_verdict_is_looked_at_again(
    company: Company, observing: None, round_: int
) -> None:
    one, cause = await analysed(company, owner=await id_of(company, "department_head"))
    removing = await action(company)
    await plan(company, one, (removing, cause))
    await observed(company, removing, "INCONCLUSIVE")
    await walked(company, one, "PLANNED", "IMPLEMENTED", "VERIFIED")
    signed = await closing(company, inconclusiveAccepted="Too few are sold to tell.")
    who = signed.pop("who")
    close = {"id": one, "to": "CLOSED", "version": await version_of(company, one)} | signed
    again = {"id": removing, "to": "CHECKING", "version": await version_of(company, removing)}
    events = await company.event_count()
    asked = [company.data(MOVE, {"input": close}, who=who), company.data(MOVE, {"input": again})]
    answers = await asyncio.gather(*(asked if round_ else reversed(asked)))
    made = [answer["transition"]["record"] for answer in answers if answer["transition"]["record"]]
    assert len(made) == 1
    assert made[0]["state"] in ("CLOSED", "CHECKING")
    if made[0]["state"] == "CLOSED":
        errors = [error["code"] for answer in answers for error in answer["transition"]["errors"]]
        assert errors == ["CONFLICT"]
    assert await company.event_count() == events + 1


async def test_of_two_moves_of_one_version_one_is_made(company: Company) -> None:
    one = await nonconformity(company)
    version = await version_of(company, one)
    events = await company.event_count()
    given_ = {"id": one, "to": "CANCELLED", "version": version}
    asked = [company.data(MOVE, {"input": given_ | {"reason": reason}}) for reason in ("Twice.", "None.")]
    errors = [answer["transition"]["errors"] for answer in await asyncio.gather(*asked)]
    assert sorted([(error["code"], error["field"]) for error in found] for found in errors) == [
        [],
        [("CONFLICT", ["version"])],
    ]
    assert (await version_of(company, one), await company.event_count()) == (version + 1, events + 1)


async def test_two_actions_that_do_not_work_take_it_back_once(company: Company, observing: None) -> None:
    one, cause = await analysed(company)
    both = [await action(company), await action(company)]
    await plan(company, one, *((removing, cause) for removing in both))
    for removing in both:
        done = {"action": {"evidence": [{"text": "Seen."}], "description": "INEFFECTIVE"}}
        await walked(company, removing, "IN_PROGRESS", "DONE", changes=done)
        await moved(company, removing, "CHECKING")
    await walked(company, one, "PLANNED", "IMPLEMENTED")
    version, events = await version_of(company, one), await company.event_count()
    asked = [
        company.data(MOVE, {"input": {"id": id_, "to": "INEFFECTIVE", "version": await version_of(company, id_)}})
        for id_ in both
    ]
    assert [answer["transition"]["errors"] for answer in await asyncio.gather(*asked)] == [[], []]
    assert (await version_of(company, one), await company.event_count()) == (version + 1, events + 3)
