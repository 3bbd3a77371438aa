"""A walk along the chain, step by step at the commands: what a step may do, and what holds after every step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from sqlalchemy import select

from qms_graphql.actions.commands import save_actions
from qms_graphql.actions.model import Action, ActionEvidence
from qms_graphql.actions.rules import ActionKind, ActionStatus
from qms_graphql.base.access import PERMISSIONS, ActorKind, Role, system_viewer
from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import Refusal, Refusals
from qms_graphql.base.ids import new_id
from qms_graphql.base.transitions import Intent, Signature, move, possible, refuse_settled
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.nonconformities.commands import save_causes, save_nonconformities, verify_cause
from qms_graphql.nonconformities.model import Cause, Nonconformity, NonconformityAction
from qms_graphql.nonconformities.rules import NonconformityOrigin, NonconformityStatus
from qms_graphql.people.commands import save_users
from tests.base.work import work
from tests.conftest import START, Company

TEXTS = (
    "similar_occurrence",
    "containment_not_needed",
    "corrective_not_needed",
    "re_verification",
    "inconclusive_accepted",
    "risk_waived",
    "document_waived",
)
Row = Mapping[str, Any]
Step = tuple[Any, ...]
"""The name of a step of ``Walk``, and what it is given."""

_PEOPLE, _WHICH = st.integers(0, 1), st.integers(0, 3)
_VERDICTS = st.sampled_from(["EFFECTIVE", "EFFECTIVE", "INEFFECTIVE", "INCONCLUSIVE", None])
_FORWARD = [state for state in NonconformityStatus if state is not NonconformityStatus.CANCELLED]
_DONE = [ActionStatus.IN_PROGRESS, ActionStatus.DONE, ActionStatus.CHECKING]
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.just("go"), _PEOPLE, st.sampled_from(NonconformityStatus)),
    st.tuples(st.just("go"), st.just(1), st.sampled_from(_FORWARD)),
    st.tuples(st.just("act"), _PEOPLE, _WHICH, st.sampled_from(ActionStatus)),
    st.tuples(st.just("act"), _PEOPLE, _WHICH, st.sampled_from(_DONE)),
    st.tuples(st.just("say"), st.sampled_from(TEXTS), st.booleans()),
    st.tuples(st.just("new_action"), st.sampled_from(ActionKind), st.none() | _WHICH, _VERDICTS),
    st.tuples(st.just("new_action"), st.just(ActionKind.CORRECTIVE), st.none() | _WHICH, _VERDICTS),
    st.tuples(st.just("new_cause"), st.booleans()),
    st.tuples(st.just("plan"), st.booleans()),
)
ONWARD: list[Step] = [
    *(("say", name, True) for name in TEXTS if name != "corrective_not_needed"),
    ("new_cause", True),
    ("new_action", ActionKind.CORRECTIVE, None, "EFFECTIVE"),
    ("plan", True),
    *(("act", 1, 0, state) for state in (*_DONE, ActionStatus.EFFECTIVE)),
    *(("go", 1, state) for state in _FORWARD[1:]),
]
"""A walk to CLOSED: chance may put anything between its steps."""


@dataclass
class Walk:
    """One nonconformity, its actions and causes; two people, of whom the first owns it."""

    company: Company
    people: list[UUID] = field(default_factory=list)
    nonconformity: UUID = field(default_factory=new_id)
    actions: list[UUID] = field(default_factory=list)
    causes: list[UUID] = field(default_factory=list)

    async def begin(self) -> None:
        """Find the nonconformity."""
        drafts = [Draft(new_id(), {"name": name, "roles": [Role.QUALITY_MANAGER]}) for name in ("Ada", "Bob")]
        self.people = [draft.id for draft in drafts]
        fields = {"title": "Lids crack", "origin": NonconformityOrigin.COMPLAINT, "detected_at": START}

        async def command(unit: UnitOfWork) -> None:
            await save_users(unit, drafts)
            await save_nonconformities(unit, [Draft(self.nonconformity, fields | {"owner_id": self.people[0]})])

        await work(self.company, command)

    async def step(self, name: str, *given: Any) -> None:
        """Take one of the steps below."""
        await getattr(self, name)(*given)

    # -- steps -----------------------------------------------------------------------------------------------------

    async def go(self, person: int, target: NonconformityStatus) -> None:
        """Try to move the nonconformity."""
        await self._move(Nonconformity, self.nonconformity, person, target.value)

    async def act(self, person: int, which: int, target: ActionStatus) -> None:
        """Try to move an action."""
        if self.actions:
            await self._move(Action, self.actions[which % len(self.actions)], person, target.value)

    async def say(self, name: str, given: bool) -> None:
        """Give a reason, or take it back."""
        await self._edit({name: "Because." if given else None})

    async def new_action(self, kind: ActionKind, supersedes: int | None, verdict: str | None) -> None:
        """An action of which a verdict will be observed; perhaps it takes the place of another."""
        id_ = new_id()
        fields = {"title": "x", "kind": kind, "description": verdict, "owner_id": self.people[0]}
        if supersedes is not None and self.actions:
            fields["supersedes_id"] = self.actions[supersedes % len(self.actions)]
        draft = Draft(id_, fields, parts={ActionEvidence: [{"text": "Seen.", "link": None}]})
        if await self._tried(lambda unit: _saved(unit, save_actions, draft)):
            self.actions.append(id_)

    async def new_cause(self, verified: bool) -> None:
        """A root cause."""
        id_ = new_id()
        fields = {"statement": "x", "evidence": "y", "is_root": True, "nonconformity_id": self.nonconformity}

        async def command(unit: UnitOfWork) -> None:
            await _saved(unit, save_causes, Draft(id_, fields))
            if verified:
                await verify_cause(unit, id_, 1)

        if await self._tried(command):
            self.causes.append(id_)

    async def plan(self, whole: bool) -> None:
        """Plan all actions for all causes, or only the last one."""
        actions = self.actions if whole else self.actions[-1:]
        rows = [{"action_id": a, "cause_id": c} for a in actions for c in (self.causes or [None])]
        await self._edit({}, {NonconformityAction: rows})

    async def _edit(self, fields: dict[str, Any], parts: Any = None) -> None:
        await self._change(Nonconformity, self.nonconformity, save_nonconformities, fields, parts)

    async def _change(self, model: Any, id_: UUID, save: Any, fields: dict[str, Any], parts: Any = None) -> None:
        """Try to change a record, as ``updateX`` does."""

        async def command(unit: UnitOfWork) -> None:
            row = await unit.lock_one(model, id_)
            refuse_settled(model, row)
            await _saved(unit, save, Draft(id_, fields, row, parts or {}))

        await self._tried(command)

    async def _move(
        self, model: Any, id_: UUID, person: int, to: str, *, reasoned: bool = True, signed: bool = True
    ) -> None:
        """Try a move. It is made exactly if ``transitions`` says so, given the reason and the signature it asks for."""
        row = await self.row(model, id_)
        viewer, now = self._viewer(person), self.company.installation.clock.now()
        async with self.company.installation.database.reading(self.company.id) as reader:
            ways = (await possible(reader, viewer, model, [id_], now))[id_]
        way = next((way for way in ways if way.move.to.value == to), None)
        given = way is not None and (reasoned or not way.move.reason) and (signed or way.meaning is None)
        signature = Signature(self.people[person], "x") if signed else None
        intent = Intent(to, row["version"], "Because." if reasoned else None, signature)
        made = await self._tried(lambda unit: move(unit, model, id_, intent), person)
        assert made is (way is not None and way.allowed and given)
        if not made:
            assert await self.row(model, id_) == row

    async def _tried(self, command: Any, person: int = 1) -> bool:
        try:
            await work(self.company, command, self._viewer(person))
        except (Refusal, Refusals):
            return False
        return True

    def _viewer(self, person: int) -> Any:
        permissions = PERMISSIONS[Role.QUALITY_MANAGER]
        who = system_viewer(self.company.id)
        return replace(who, actor_kind=ActorKind.USER, actor_id=self.people[person], permissions=permissions)

    # -- what is there ---------------------------------------------------------------------------------------------

    async def row(self, model: Any, id_: UUID) -> Row:
        """A record as it stands in its table."""
        (row,) = [row for row in await self.rows(model) if row["id"] == id_]
        return row

    async def rows(self, model: Any) -> list[Row]:
        """All rows of a table."""
        table = model.__table__
        async with self.company.installation.database.reading(self.company.id) as reader:
            found = await reader.rows(select(table).where(table.c.organization_id == self.company.id))
        return [dict(row) for row in found]


async def _saved(unit: UnitOfWork, save: Any, draft: Draft) -> None:
    await save(unit, [draft])
    if draft.refused:
        raise Refusals(draft.refusals)


async def states(walk: Walk, models: Sequence[Any] = (Nonconformity, Action)) -> dict[UUID, Any]:
    """The states of all records of a walk."""
    return {row["id"]: row["status"] for model in models for row in await walk.rows(model)}


async def closed_rightly(walk: Walk) -> bool:
    """Invariant 5, in Python, from the rows: whether a nonconformity that is CLOSED may be.

    Every corrective action of its plan is EFFECTIVE, or INCONCLUSIVE and accepted, or was given up or superseded; each
    verified root cause has one that stands; or it was said why none is needed.
    """
    found = await walk.row(Nonconformity, walk.nonconformity)
    if found["status"] is not NonconformityStatus.CLOSED:
        return True
    plan = await walk.rows(NonconformityAction)
    planned = {row["action_id"] for row in plan}
    actions = [row for row in await walk.rows(Action) if row["id"] in planned]
    replaced = {row["supersedes_id"] for row in actions if row["status"] is not ActionStatus.CANCELLED}
    standing = {
        row["id"]: row["status"]
        for row in actions
        if row["kind"] is ActionKind.CORRECTIVE
        and row["status"] is not ActionStatus.CANCELLED
        and row["id"] not in replaced
    }
    if not standing:
        return bool(found["corrective_not_needed"])
    accepted = {ActionStatus.EFFECTIVE} | ({ActionStatus.INCONCLUSIVE} if found["inconclusive_accepted"] else set())
    roots = {row["id"] for row in await walk.rows(Cause) if row["is_root"] and row["verified_at"]}
    covered = {row["cause_id"] for row in plan if row["action_id"] in standing}
    return set(standing.values()) <= accepted and bool(roots) and roots <= covered
