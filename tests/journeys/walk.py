"""A walk along the whole chain: a complaint, the nonconformity that it shows, its actions, the risk behind it."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from qms_graphql.actions.model import Action
from qms_graphql.base.access import PERMISSIONS, Role
from qms_graphql.base.drafts import Draft
from qms_graphql.base.ids import new_id
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.complaints.commands import save_complaints
from qms_graphql.complaints.model import Complaint
from qms_graphql.complaints.rules import SETTLED, ComplaintSeverity, ComplaintStatus, weighs
from qms_graphql.nonconformities.model import Nonconformity, NonconformityRisk
from qms_graphql.nonconformities.rules import NonconformityStatus
from qms_graphql.people.commands import save_users
from qms_graphql.risks.commands import save_risks
from qms_graphql.risks.model import Risk
from qms_graphql.risks.rules import ActionPriority, RiskStatus, action_priority
from tests.base.work import work
from tests.conftest import START
from tests.nonconformities.walk import ONWARD, STEPS, Step, Walk

MODELS = (Complaint, Nonconformity, Action, Risk)
ROLES = (Role.QUALITY_MANAGER, Role.QUALITY_MANAGER, Role.COMPLAINT_HANDLER, Role.EMPLOYEE)
RATED = ("severity", "occurrence", "detection")


@dataclass
class ChainWalk(Walk):
    """Beside the two who manage quality walk one who handles complaints, and one who may move nothing of it."""

    complaint: UUID = field(default_factory=new_id)
    risk: UUID = field(default_factory=new_id)

    async def begin(self) -> None:
        """Receive a complaint, find the nonconformity, know the risk."""
        self.company.installation.clock.set(START)
        await super().begin()
        others = [Draft(new_id(), {"name": role.value, "roles": [role]}) for role in ROLES[len(self.people) :]]
        self.people += [draft.id for draft in others]

        async def command(unit: UnitOfWork) -> None:
            await save_users(unit, others)
            await save_complaints(unit, [Draft(self.complaint, {"nature": "x"})])
            ranks = {f"initial_{name}": 8 for name in RATED}
            await save_risks(unit, [Draft(self.risk, {"failure_mode": "x"} | ranks)])

        await work(self.company, command)

    # -- steps -----------------------------------------------------------------------------------------------------

    async def answer(self, person: int, to: ComplaintStatus, reasoned: bool, signed: bool) -> None:
        """Try to move the complaint."""
        await self._move(Complaint, self.complaint, person, to.value, reasoned=reasoned, signed=signed)

    async def treat(self, person: int, to: RiskStatus, reasoned: bool, signed: bool) -> None:
        """Try to move the risk."""
        await self._move(Risk, self.risk, person, to.value, reasoned=reasoned, signed=signed)

    async def close(self, person: int, to: NonconformityStatus, reasoned: bool, signed: bool) -> None:
        """Try to move the nonconformity, perhaps without what the move asks for."""
        await self._move(Nonconformity, self.nonconformity, person, to.value, reasoned=reasoned, signed=signed)

    async def note(self, name: str, value: Any) -> None:
        """Say something of the complaint, or take it back."""
        await self._change(Complaint, self.complaint, save_complaints, {name: value})

    async def show(self, shown: bool) -> None:
        """Say that the complaint shows the nonconformity, or that it does not."""
        await self.note("nonconformity_id", self.nonconformity if shown else None)

    async def rate(self, rank: int) -> None:
        """Rate the risk anew."""
        await self._change(Risk, self.risk, save_risks, dict.fromkeys(RATED, rank))

    async def justify(self, why: str | None) -> None:
        """Say why the risk can be accepted, or take it back."""
        await self._change(Risk, self.risk, save_risks, {"acceptance_reason": why})

    async def link(self, linked: bool) -> None:
        """Put the risk behind the nonconformity, or take it away."""
        await self._edit({}, {NonconformityRisk: [{"risk_id": self.risk}] if linked else []})

    async def wait(self, days: int) -> None:
        """Let time pass."""
        clock = self.company.installation.clock
        clock.set(clock.now() + timedelta(days=days))

    def _viewer(self, person: int) -> Any:
        return replace(super()._viewer(person), permissions=PERMISSIONS[ROLES[person]])


_TEXT = st.sampled_from(["Because.", None])
_HOW = (st.integers(0, len(ROLES) - 1), st.booleans(), st.booleans())
_NOTES: dict[str, st.SearchStrategy[Any]] = {
    "severity": st.sampled_from(ComplaintSeverity),
    "safety_related": st.booleans(),
    "reportable": st.booleans(),
    "response": _TEXT,
    "accepted": st.sampled_from([True, False, None]),
    "recourse_exhausted": st.booleans(),
    "not_confirmed": st.booleans(),
    "skip_reason": _TEXT,
}


def _moves(name: str, states: Any) -> st.SearchStrategy[Step]:
    person, reasoned, signed = _HOW
    return st.tuples(st.just(name), person, st.sampled_from(states), reasoned, signed)


CHAIN_STEPS: st.SearchStrategy[Step] = st.one_of(
    STEPS,
    _moves("answer", ComplaintStatus),
    _moves("treat", RiskStatus),
    _moves("close", NonconformityStatus),
    *(st.tuples(st.just("note"), st.just(name), values) for name, values in _NOTES.items()),
    st.tuples(st.just("show"), st.booleans()),
    st.tuples(st.just("rate"), st.integers(1, 10)),
    st.tuples(st.just("justify"), _TEXT),
    st.tuples(st.just("link"), st.booleans()),
    st.tuples(st.just("wait"), st.sampled_from([1, 31])),
)
_ASSESSED = [ComplaintStatus.ACKNOWLEDGED, ComplaintStatus.ASSESSED, ComplaintStatus.INVESTIGATING]
CHAIN_ONWARD: list[Step] = [
    ("note", "severity", ComplaintSeverity.CRITICAL),
    ("note", "safety_related", True),
    ("note", "reportable", False),
    *(("answer", 2, state, True, True) for state in _ASSESSED),
    ("note", "response", "We are sorry."),
    ("answer", 2, ComplaintStatus.RESPONDED, True, True),
    ("note", "accepted", True),
    ("show", True),
    ("link", True),
    ("answer", 2, ComplaintStatus.CLOSED, True, False),
    ("rate", 7),
    ("justify", "It is known."),
    *(("treat", 1, state, True, True) for state in (RiskStatus.TREATED, RiskStatus.ACCEPTED)),
    *ONWARD,
]
"""A walk to where everything is over: chance may put anything between its steps."""


async def accepted_rightly(walk: ChainWalk) -> bool:
    """Whether the risk, if it is ACCEPTED at Action Priority HIGH, is so with a reason."""
    risk = await walk.row(Risk, walk.risk)
    grave = action_priority(*(risk[name] for name in RATED)) is ActionPriority.HIGH
    return risk["status"] is not RiskStatus.ACCEPTED or not grave or bool(risk["acceptance_reason"])


async def ended_rightly(walk: ChainWalk) -> bool:
    """Whether the complaint that just ended may: a grave one shows a nonconformity, or was stated to show none."""
    complaint = await walk.row(Complaint, walk.complaint)
    if complaint["status"] not in SETTLED or not weighs(complaint) or complaint["not_confirmed"]:
        return True
    shown = await walk.row(Nonconformity, walk.nonconformity)
    return complaint["nonconformity_id"] == shown["id"] and shown["status"] is not NonconformityStatus.CANCELLED
