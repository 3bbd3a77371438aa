"""What every scene of the story is made of: somebody makes, changes or moves a record, through the API."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

SYSTEM = "shop"
PIN = "kestrel-48"
"""What the people of the story sign with."""
SHOP, HANDLER, HEAD, MANAGER = "connector:shop", "complaint_handler", "department_head", "quality_manager"


class Stage(Protocol):
    """Where the story is played: its clock, and who asks what."""

    def at(self, moment: datetime) -> None:
        """Set the clock."""

    async def ask(self, who: str, text: str, variables: Mapping[str, Any]) -> Any:
        """What the API answers to somebody, who is named by role. Raises if anything is refused."""


class Play:
    """What is played, what was made so far, and how more is done."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.ids: dict[str, str] = {}
        """The ids of what was made, by what the story calls it."""
        self.coming: list[tuple[datetime, Callable[[], Awaitable[None]]]] = []
        """The scenes that were not played yet, with their moments, in order."""

    async def play(self, until: datetime | None = None) -> None:
        """Play the scenes that are due by then and were not played yet; all of them, if nothing is said."""
        while self.coming and (until is None or self.coming[0][0] <= until):
            moment, scene = self.coming.pop(0)
            self.stage.at(moment)
            await scene()

    async def id_of(self, who: str) -> str:
        """The id of somebody."""
        id_: str = (await self.stage.ask(who, "{ me { id } }", {}))["me"]["id"]
        return id_

    async def sign_with(self, who: str) -> None:
        """Give somebody the signing PIN of the story, unless they have one: whose PIN is set names the old one."""
        text = "mutation ($input: SetSigningPinInput!) { setSigningPin(input: $input) { errors { field } } }"
        payload = (await self.stage.ask(who, text, {"input": {"pin": PIN}}))["setSigningPin"]
        if payload["errors"] not in ([], [{"field": ["currentPin"]}]):
            raise ValueError(f"setSigningPin answered {payload['errors']}")

    async def carry(self, action: str, evidence: str) -> None:
        """Begin an action, and have it done, with its evidence."""
        await self.move(HEAD, action, "IN_PROGRESS")
        await self.move(HEAD, action, "DONE", "action", {"evidence": [{"text": evidence}]})

    async def make(self, who: str, type_: str, called: str, /, **values: Any) -> str:
        """Make a record, and remember it by what the story calls it."""
        field = type_[0].lower() + type_[1:]
        made = await self.do(who, f"create{type_}", values, f"{field} {{ id }}")
        self.ids[called] = made[field]["id"]
        return self.ids[called]

    async def change(self, who: str, type_: str, called: str, /, **values: Any) -> None:
        """Change a record."""
        given = {"id": self.ids[called], "version": await self.version(called)} | values
        await self.do(who, f"update{type_}", given, "")

    async def move(
        self,
        who: str,
        name: str,
        to: str,
        kind: str | None = None,
        changes: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> None:
        """Move a record from the version that it has, with changes of its kind."""
        given = {"id": self.ids[name], "to": to, "version": await self.version(name)} | more
        if kind is not None:
            given["changes"] = {kind: changes}
        await self.do(who, "transition", given, "")

    async def version(self, name: str) -> int:
        """The version that a record has."""
        text = "query ($id: ID!) { node(id: $id) { ... on Record { version } } }"
        version: int = (await self.stage.ask(MANAGER, text, {"id": self.ids[name]}))["node"]["version"]
        return version

    async def sync(self, mutation: str, items: list[dict[str, Any]]) -> None:
        """Have the shop bring a batch in, whole."""
        payload = await self.do(
            SHOP,
            mutation,
            {"items": items, "errorPolicy": "REJECT_EVERYTHING"},
            "rejected results { errors { message } }",
        )
        if payload["rejected"]:
            raise ValueError(f"{mutation} answered {payload['results']}")

    async def do(self, who: str, mutation: str, given: Mapping[str, Any], shown: str) -> Any:
        """One mutation's payload, without errors."""
        title = mutation[0].upper() + mutation[1:]
        text = (
            f"mutation ($input: {title}Input!) {{ {mutation}(input: $input) {{ {shown} errors {{ message field }} }} }}"
        )
        payload = (await self.stage.ask(who, text, {"input": given}))[mutation]
        if payload["errors"]:
            raise ValueError(f"{mutation} answered {payload['errors']}")
        return payload


def key(external_id: str) -> dict[str, str]:
    """A key of the shop."""
    return {"system": SYSTEM, "externalId": external_id}


def stamp(moment: datetime) -> str:
    """A time as the API takes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
