"""Loading the story: through the API, in the order in which it happened, with a clock that moves along.

Every step may be repeated: batches and creations carry idempotency keys, and what was changed since is left as it is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from qms_graphql.base.access import ActorKind, Role, Viewer, permissions_of, system_viewer
from qms_graphql.base.clock import SetClock
from qms_graphql.base.errors import SetupError
from qms_graphql.base.ids import from_global
from qms_graphql.demo import clauses, story, voices
from qms_graphql.demo.chain import SKU, Chain
from qms_graphql.demo.play import SHOP, Play
from qms_graphql.demo.quality import Link, Moved, Step
from qms_graphql.demo.telling import Batch, tell
from qms_graphql.demo.voices import Voice
from qms_graphql.demo.year import Year
from qms_graphql.graph.running.answers import Request
from qms_graphql.graph.running.execution import Graph

Told = Callable[[str, int, int], None]
"""Hears which month is being loaded, how many months are done, and how many there are."""

_RESULTS = "results { ref { externalId } errors { message field } }"
_FEEDBACK = "results { ref { externalId } errors { message field } feedback { id status } }"
_CLAUSES = "standard { id } results { clause requirement { id } }"
_UNDER_WAY = ("RECEIVED", "TRIAGED", "ACTED_ON")
_WHERE = "query Where($id: ID!) { node(id: $id) { ... on Record { version history { nodes { toState } } } } }"


class Scene:
    """Where the quality chain is played: the people of the story ask the graph."""

    def __init__(self, graph: Graph, clock: SetClock, shop: Viewer) -> None:
        self._graph = graph
        self._clock = clock
        self._shop = shop
        self._people: dict[str, Viewer] = {}

    def at(self, moment: datetime) -> None:
        """Set the clock."""
        self._clock.set(moment)

    async def ask(self, who: str, text: str, variables: Mapping[str, Any]) -> Any:
        """What the API answers to somebody. Raises ``SetupError`` for an error."""
        viewer = self._shop if who == SHOP else self._people.get(who) or await self._person(who)
        answer = await self._graph.answer(viewer, Request(text, dict(variables)))
        if answer.errors:
            raise _refused(text, answer.errors)
        return answer.data

    async def _person(self, who: str) -> Viewer:
        """The first of the story's people who has a role."""
        text = "{ users(first: 200) { nodes { id name roles } } }"
        owner = system_viewer(self._shop.organization_id)
        people = ((await self._graph.answer(owner, Request(text, {}))).data or {})["users"]["nodes"]
        role = Role[who.upper()]
        person = next(person for person in people if person["roles"] == [role.value])
        self._people[who] = replace(
            owner,
            actor_kind=ActorKind.USER,
            actor_id=from_global(person["id"])[1],
            actor_name=person["name"],
            roles=frozenset({role}),
            permissions=permissions_of(frozenset({role})),
        )
        return self._people[who]


@dataclass(frozen=True)
class _Waiting:
    """A feedback whose triage is still to come in the story."""

    moment: datetime
    voice: Voice
    id: str


async def load(graph: Graph, clock: SetClock, organization_id: UUID, told: Told) -> None:
    """Load the story into an organization; ``clock`` must be the graph's. Raises ``SetupError`` if it is refused."""
    await _Load(graph, clock, organization_id, told).run()


class _Load:
    """One loading of the story into one organization."""

    def __init__(self, graph: Graph, clock: SetClock, organization_id: UUID, told: Told) -> None:
        self._graph = graph
        self._clock = clock
        self._told = told
        self._demonstration = system_viewer(organization_id, "Demonstration")
        roles = frozenset({Role.CONNECTOR})
        self._shop = replace(
            self._demonstration,
            actor_kind=ActorKind.CONNECTOR,
            actor_name="Web shop",
            roles=roles,
            permissions=permissions_of(roles),
            systems=frozenset({story.SYSTEM}),
        )
        self._made: dict[Link, tuple[str, int]] = {}
        """Id and version of what was made so far, or looked up by its key in the shop."""
        self._waiting: list[_Waiting] = []
        self._been: dict[str, tuple[int, set[str]]] = {}
        """Of records that were moved: the version, and the states they came to."""

    async def run(self) -> None:
        """Load everything."""
        telling = tell()
        self._clock.set(story.BEGIN)
        for survey in story.SURVEYS:
            await self._do(self._shop, "saveSurvey", "SaveSurveyInput", survey)
        for name, description in story.THEMES.items():
            await self._make("Theme", name, {"name": name, "description": description})
        plays = await self._plays()
        for number, month in enumerate(telling.months):
            self._told(f"{month.at:%B %Y}", number, len(telling.months))
            for play in plays:
                await play.play(month.at)
            self._clock.set(month.at)
            for place, batch in enumerate(month.batches):
                await self._send(f"{number}.{place}", batch, telling.judged)
            await self._triage(month.at)
            for step in month.made:
                await self._make(step.type, step.name, step.values)
            if number == 0:
                await self._editions()
            for step in month.changed:
                await self._change(step)
            for step, move in month.moved:
                await self._move(step, move)
        self._told("done", len(telling.months), len(telling.months))

    async def _editions(self) -> None:
        """The clauses of the standard that is followed, and of the edition to come, which is mapped to it."""
        held: list[dict[str, str]] = []
        for edition in (clauses.FOLLOWED, clauses.TO_COME):
            taken = await self._do(
                self._demonstration, "importClauses", "ImportClausesInput", edition.given(), _CLAUSES
            )
            held.append({result["clause"]: result["requirement"]["id"] for result in taken["results"]})
        given = {"standard": taken["standard"]["id"], "mappings": clauses.mappings(*held)}
        await self._do(self._demonstration, "mapRequirements", "MapRequirementsInput", given)

    async def _plays(self) -> list[Play]:
        """The quality chain of the story and what is played beside it, unless they were played here before."""
        known = "query Known($by: ProductBy!) { product(by: $by) { id } }"
        answer = await self._graph.answer(self._demonstration, Request(known, {"by": {"ref": story.key(SKU)}}))
        found = (answer.data or {})["product"]
        if found is not None:
            return []
        stage = Scene(self._graph, self._clock, self._shop)
        return [Chain(stage), Year(stage)]

    async def _send(self, place: str, batch: Batch, judged: Mapping[str, Voice]) -> None:
        """One batch, whole or not at all. Feedback that triage will look at is remembered, if nobody judged it yet."""
        feedback = batch.mutation == "syncFeedback"
        given = {
            "items": list(batch.items),
            "idempotencyKey": f"{story.EDITION} {place}",
            "errorPolicy": "REJECT_EVERYTHING",
        }
        title = batch.mutation[0].upper() + batch.mutation[1:]
        sent = await self._do(self._shop, batch.mutation, f"{title}Input", given, _FEEDBACK if feedback else _RESULTS)
        for result in sent["results"]:
            if result["errors"]:
                raise _refused(batch.mutation, result)
            voice = judged.get(result["ref"]["externalId"])
            if feedback and voice is not None and result["feedback"]["status"] in _UNDER_WAY:
                moment = voice.closed_at or voice.at + timedelta(days=3)
                self._waiting.append(_Waiting(moment, voice, result["feedback"]["id"]))

    async def _triage(self, until: datetime) -> None:
        """Judge what is due by now, and take what asks for an answer to it."""
        due = [waiting for waiting in self._waiting if waiting.moment <= until]
        self._waiting = [waiting for waiting in self._waiting if waiting.moment > until]
        for waiting in due:
            voice = waiting.voice
            theme, _ = self._made[Link("Theme", voice.theme or "")]
            judged = {"themes": [theme], "isComplaint": voices.decision(voice)}
            await self._bring(waiting.id, "TRIAGED", {"feedback": judged})
            if voice.status != "TRIAGED":
                await self._answer(waiting)

    async def _answer(self, waiting: _Waiting) -> None:
        """Make a complaint of what was said, and take it as far as the story does."""
        voice = waiting.voice
        given = {
            "feedback": [waiting.id],
            "nature": voice.theme,
            "idempotencyKey": f"{story.EDITION} {voice.key}",
        }
        opened = await self._do(self._demonstration, "openComplaint", "OpenComplaintInput", given, "complaint { id }")
        # It was linked to the complaint, which is another version of it.
        self._been.pop(waiting.id, None)
        for state, changes in voices.handling(voice):
            await self._bring(opened["complaint"]["id"], state, {"complaint": changes} if changes else None)
        await self._bring(waiting.id, "ACTED_ON")
        if voice.closed_at is not None:
            await self._bring(waiting.id, "CLOSED", {"feedback": {"loopClosedAt": story.stamp(voice.closed_at)}})

    async def _make(self, type_: str, name: str, values: Mapping[str, Any]) -> None:
        """Make a record, once however often the story is loaded."""
        given = {field: await self._resolved(value) for field, value in values.items()}
        given["idempotencyKey"] = f"{story.EDITION} {name}"
        field = _field(type_)
        made = await self._do(
            self._demonstration, f"create{type_}", f"Create{type_}Input", given, f"{field} {{ id version }}"
        )
        self._made[Link(type_, name)] = (made[field]["id"], made[field]["version"])

    async def _change(self, step: Step) -> None:
        """Change a record as the story goes on, unless it was changed before."""
        id_, version = self._made[Link(step.type, step.name)]
        if version == 1:
            given = {"id": id_, "version": version, **step.changes}
            await self._do(self._demonstration, f"update{step.type}", f"Update{step.type}Input", given)

    async def _move(self, step: Step, move: Moved) -> None:
        """Move a record on as the story goes, unless it came to that state before."""
        id_, _ = self._made[Link(step.type, step.name)]
        changes = {field: await self._resolved(value) for field, value in move.changes.items()}
        await self._bring(id_, move.to, {_field(step.type): changes} if changes else None, move.reason)

    async def _bring(
        self, id_: str, state: str, changes: Mapping[str, Any] | None = None, reason: str | None = None
    ) -> None:
        """Bring a record to a state, unless it came to it before."""
        if id_ not in self._been:
            asked = await self._graph.answer(self._demonstration, Request(_WHERE, {"id": id_}))
            record = (asked.data or {})["node"]
            self._been[id_] = record["version"], {entry["toState"] for entry in record["history"]["nodes"]}
        version, states = self._been[id_]
        if state in states:
            return
        given: dict[str, Any] = {"id": id_, "to": state, "version": version}
        given |= {"changes": changes} if changes else {}
        given |= {"reason": reason} if reason is not None else {}
        moved = await self._do(self._demonstration, "transition", "TransitionInput", given, "record { version }")
        self._been[id_] = moved["record"]["version"], states | {state}

    async def _resolved(self, value: Any) -> Any:
        """A value with ids in the place of links."""
        if isinstance(value, list):
            return [await self._resolved(one) for one in value]
        if not isinstance(value, Link):
            return value
        if value not in self._made:
            field = _field(value.type)
            text = f"query Find($by: {value.type}By!) {{ {field}(by: $by) {{ id version }} }}"
            answer = await self._graph.answer(
                self._demonstration, Request(text, {"by": {"ref": story.key(value.name)}})
            )
            found = (answer.data or {}).get(field)
            if found is None:
                raise _refused(field, answer.errors or value)
            self._made[value] = (found["id"], found["version"])
        return self._made[value][0]

    async def _do(
        self, viewer: Viewer, mutation: str, input_type: str, given: Mapping[str, Any], more: str = ""
    ) -> Any:
        """One mutation's payload, without errors."""
        chosen = f"{more} errors {{ message field }}"
        text = f"mutation Tell($input: {input_type}!) {{ {mutation}(input: $input) {{ {chosen} }} }}"
        answer = await self._graph.answer(viewer, Request(text, {"input": given}))
        payload = (answer.data or {}).get(mutation)
        if answer.errors or payload is None or payload["errors"]:
            raise _refused(mutation, answer.errors or payload)
        return payload


def _field(type_: str) -> str:
    return type_[0].lower() + type_[1:]


def _refused(what: str, why: Any) -> SetupError:
    return SetupError(f"The demonstration could not be loaded: {what} answered {why}.")
