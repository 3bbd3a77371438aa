"""The quality chain of the story, played through the API by the people concerned.

Lids of the Osprey crack: 48 complaints on 1,200 units. The mould cools for 12 seconds only; that is verified, changed
and watched. Of the next 1,400 units 21 are complained of: it worked, and the nonconformity is closed.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

SYSTEM = "shop"
SKU = "KT-300"
PIN = "kestrel-48"
"""What the quality manager of the story signs with."""

BASELINE = (datetime(2025, 11, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))
OBSERVATION = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC))
SOLD = {BASELINE: 1_200, OBSERVATION: 1_400}
COMPLAINED = {BASELINE: 48, OBSERVATION: 21}
_LOT = 50
"""Units in one delivery."""

SHOP, HANDLER, HEAD, MANAGER = "connector:shop", "complaint_handler", "department_head", "quality_manager"


class Stage(Protocol):
    """Where the story is played: its clock, and who asks what."""

    def at(self, moment: datetime) -> None:
        """Set the clock."""

    async def ask(self, who: str, text: str, variables: Mapping[str, Any]) -> Any:
        """What the API answers to somebody, who is named by role. Raises if anything is refused."""


class Chain:
    """The story, scene by scene."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.ids: dict[str, str] = {}
        """The ids of what was made, by what the story calls it."""
        self._coming: list[tuple[datetime, Callable[[], Awaitable[None]]]] = [
            (datetime(2026, 2, 2, 8, tzinfo=UTC), self._sell_and_hear),
            (datetime(2026, 2, 2, 10, tzinfo=UTC), self._receive),
            (datetime(2026, 2, 3, 9, tzinfo=UTC), self._contain),
            (datetime(2026, 2, 12, 14, tzinfo=UTC), self._analyse),
            (datetime(2026, 2, 16, 10, tzinfo=UTC), self._plan),
            (datetime(2026, 2, 26, 15, tzinfo=UTC), self._carry_out),
            (datetime(2026, 2, 27, 9, tzinfo=UTC), self._answer),
            (datetime(2026, 3, 4, 11, tzinfo=UTC), self._end_complaint),
            (datetime(2026, 6, 2, 8, tzinfo=UTC), self._sell_and_hear_again),
            (datetime(2026, 6, 2, 9, tzinfo=UTC), self._verify),
            (datetime(2026, 6, 2, 11, tzinfo=UTC), self._close),
        ]

    async def play(self, until: datetime | None = None) -> None:
        """Play the scenes that are due by then and were not played yet; all of them, if nothing is said."""
        while self._coming and (until is None or self._coming[0][0] <= until):
            moment, scene = self._coming.pop(0)
            self._stage.at(moment)
            await scene()

    # -- scenes --------------------------------------------------------------------------------------------------------

    async def _sell_and_hear(self) -> None:
        await self._sync("syncProducts", [{"ref": _key(SKU), "sku": SKU, "name": "Osprey 3.0 l", "kind": "GOOD"}])
        people = [
            {"ref": _key(f"OS-{number:02}"), "name": f"Owner {number:02}", "kind": "PERSON"} for number in range(1, 49)
        ]
        await self._sync("syncCustomers", people)
        await self._sync("syncInteractions", _deliveries(BASELINE))
        words = {
            "ref": _key("osprey-1"),
            "source": "SUPPORT",
            "customer": _key("OS-01"),
            "product": _key(SKU),
            "occurredAt": "2026-01-30T07:40:00Z",
            "text": "The lid of my kettle cracked, and steam burnt my hand.",
        }
        await self._sync("syncFeedback", [words])
        # One of the 48 is the customer's above: somebody opens it by hand.
        await self._sync("syncComplaints", _cases(BASELINE)[1:])
        found = await self._stage.ask(
            HANDLER,
            "query ($sku: ProductBy!, $words: FeedbackBy!)"
            " { product(by: $sku) { id } feedback(by: $words) { id } me { id } }",
            {"sku": {"ref": _key(SKU)}, "words": {"ref": _key("osprey-1")}},
        )
        self.ids |= {"product": found["product"]["id"], "feedback": found["feedback"]["id"]}

    async def _receive(self) -> None:
        theme = await self._make(HANDLER, "Theme", "theme", name="Lid of the Osprey")
        decided = {"themes": [theme], "isComplaint": {"decision": True, "reason": "Somebody was hurt."}}
        await self._move(HANDLER, "feedback", "TRIAGED", "feedback", decided)
        opened = await self._do(
            HANDLER,
            "openComplaint",
            {"feedback": [self.ids["feedback"]], "nature": "Lid cracked, hand scalded"},
            "complaint { id }",
        )
        self.ids["complaint"] = opened["complaint"]["id"]
        await self._move(HANDLER, "complaint", "ACKNOWLEDGED")
        assessed = {"severity": "MAJOR", "safetyRelated": True, "reportable": False}
        await self._move(HANDLER, "complaint", "ASSESSED", "complaint", assessed)
        await self._move(HANDLER, "complaint", "INVESTIGATING")
        await self._move(HANDLER, "feedback", "ACTED_ON")

    async def _contain(self) -> None:
        head = (await self._stage.ask(HEAD, "{ me { id } }", {}))["me"]["id"]
        self.ids["risk"] = await self._make(
            HEAD,
            "Risk",
            "risk",
            failureMode="Lid cracks under steam",
            effect="Steam burns the hand that pours",
            cause="Stress in the lid",
            function="Keep steam in",
            product=self.ids["product"],
            owner=head,
            initial={"severity": 8, "occurrence": 8, "detection": 6},
        )
        await self._make(
            MANAGER,
            "Nonconformity",
            "nonconformity",
            title="Lids of the Osprey crack",
            origin="COMPLAINT",
            description="The lid cracks at the hinge after some weeks; 48 of 1,200 sold were complained of.",
            detectedAt="2026-02-02T08:00:00Z",
            stage="USE",
            product=self.ids["product"],
            owner=head,
            team=[head],
            suspectQuantity=1200,
            defectiveQuantity=48,
            disposition="SORT",
            disposedBy=head,
            risks=[self.ids["risk"]],
            cost={"amount": "2350.00", "currency": "GBP"},
        )
        await self._change(HANDLER, "Complaint", "complaint", nonconformity=self.ids["nonconformity"])
        await self._make(
            HEAD,
            "Action",
            "containment",
            title="Hold the lids in stock and press-test each",
            kind="CONTAINMENT",
            owner=head,
            dueAt="2026-02-06T16:00:00Z",
        )
        await self._carry("containment", "Log of the test bench, 3 to 5 February: 212 of 900 cracked.")
        plan = [{"action": self.ids["containment"]}]
        await self._change(HEAD, "Nonconformity", "nonconformity", plan=plan)
        await self._move(HEAD, "nonconformity", "CONTAINED")

    async def _analyse(self) -> None:
        about = {"nonconformity": self.ids["nonconformity"]}
        await self._make(HEAD, "Cause", "brittle", statement="The lid is under stress", category="MATERIAL", **about)
        await self._make(
            HEAD,
            "Cause",
            "root",
            statement="Cooling time 12 s",
            category="METHOD",
            isRoot=True,
            parent=self.ids["brittle"],
            evidence="Trial of 9 February: at 12 s 31 of 100 crack, at 18 s none.",
            **about,
        )
        await self._make(
            HEAD,
            "Cause",
            "escape",
            statement="No lid is press-tested before it is sold",
            category="MEASUREMENT",
            escapePoint=True,
            evidence="The control plan names no such test.",
            **about,
        )
        for cause in ("root", "escape"):
            await self._do(MANAGER, "verifyCause", {"id": self.ids[cause], "version": 1}, "cause { id }")
        elsewhere = {"similarOccurrence": "The Heron's lid cools for 20 s: none of 100 cracked."}
        await self._move(HEAD, "nonconformity", "ANALYSED", "nonconformity", elsewhere)

    async def _plan(self) -> None:
        head = (await self._stage.ask(HEAD, "{ me { id } }", {}))["me"]["id"]
        await self._make(
            HEAD,
            "Action",
            "corrective",
            title="Cool the lid for 18 s",
            kind="CORRECTIVE",
            owner=head,
            product=self.ids["product"],
            risk=self.ids["risk"],
            dueAt="2026-02-27T16:00:00Z",
        )
        await self._make(
            MANAGER,
            "EffectivenessCheck",
            "check",
            action=self.ids["corrective"],
            metricCode="COMPLAINT_RATE",
            product=self.ids["product"],
            direction="AT_MOST",
            target=20,
            baselineFrom=_stamp(BASELINE[0]),
            baselineUntil=_stamp(BASELINE[1]),
            observationFrom=_stamp(OBSERVATION[0]),
            observationUntil=_stamp(OBSERVATION[1]),
        )
        plan = [
            {"action": self.ids["containment"]},
            {"action": self.ids["corrective"], "cause": self.ids["root"]},
        ]
        await self._move(HEAD, "nonconformity", "PLANNED", "nonconformity", {"plan": plan})

    async def _carry_out(self) -> None:
        await self._carry("corrective", "Setting sheet of mould 7, 26 February; first 50 lids press-tested.")
        await self._move(HEAD, "corrective", "CHECKING")
        await self._move(HEAD, "nonconformity", "IMPLEMENTED")

    async def _answer(self) -> None:
        told = "We found why the lid cracked, changed it, and send you a new kettle. We are sorry for your hand."
        await self._move(HANDLER, "complaint", "RESPONDED", "complaint", {"response": told})

    async def _end_complaint(self) -> None:
        content = {"accepted": True, "satisfaction": 4}
        await self._move(HANDLER, "complaint", "CLOSED", "complaint", content)
        await self._move(HANDLER, "feedback", "CLOSED", "feedback", {"loopClosedAt": "2026-02-27T09:00:00Z"})

    async def _sell_and_hear_again(self) -> None:
        await self._sync("syncInteractions", _deliveries(OBSERVATION))
        await self._sync("syncComplaints", _cases(OBSERVATION))

    async def _verify(self) -> None:
        await self._move(MANAGER, "corrective", "EFFECTIVE")
        await self._move(MANAGER, "nonconformity", "VERIFIED")
        rated = {"current": {"severity": 8, "occurrence": 4, "detection": 4}}
        await self._move(HEAD, "risk", "TREATED", "risk", rated)

    async def _close(self) -> None:
        await self._do(MANAGER, "setSigningPin", {"pin": PIN}, "")
        waived = {"documentWaived": "The setting sheet is no controlled document yet."}
        await self._move(MANAGER, "nonconformity", "CLOSED", "nonconformity", waived, signature={"pin": PIN})

    # -- what every scene is made of -----------------------------------------------------------------------------------

    async def _carry(self, action: str, evidence: str) -> None:
        """Begin an action, and have it done, with its evidence."""
        await self._move(HEAD, action, "IN_PROGRESS")
        await self._move(HEAD, action, "DONE", "action", {"evidence": [{"text": evidence}]})

    async def _make(self, who: str, type_: str, called: str, /, **values: Any) -> str:
        field = type_[0].lower() + type_[1:]
        made = await self._do(who, f"create{type_}", values, f"{field} {{ id }}")
        self.ids[called] = made[field]["id"]
        return self.ids[called]

    async def _change(self, who: str, type_: str, called: str, /, **values: Any) -> None:
        given = {"id": self.ids[called], "version": await self._version(called)} | values
        await self._do(who, f"update{type_}", given, "")

    async def _move(
        self,
        who: str,
        name: str,
        to: str,
        kind: str | None = None,
        changes: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> None:
        given = {"id": self.ids[name], "to": to, "version": await self._version(name)} | more
        if kind is not None:
            given["changes"] = {kind: changes}
        await self._do(who, "transition", given, "")

    async def _version(self, name: str) -> int:
        """The version that a record has."""
        text = "query ($id: ID!) { node(id: $id) { ... on Record { version } } }"
        version: int = (await self._stage.ask(MANAGER, text, {"id": self.ids[name]}))["node"]["version"]
        return version

    async def _sync(self, mutation: str, items: list[dict[str, Any]]) -> None:
        payload = await self._do(
            SHOP,
            mutation,
            {"items": items, "errorPolicy": "REJECT_EVERYTHING"},
            "rejected results { errors { message } }",
        )
        if payload["rejected"]:
            raise ValueError(f"{mutation} answered {payload['results']}")

    async def _do(self, who: str, mutation: str, given: Mapping[str, Any], shown: str) -> Any:
        """One mutation's payload, without errors."""
        title = mutation[0].upper() + mutation[1:]
        text = (
            f"mutation ($input: {title}Input!) {{ {mutation}(input: $input) {{ {shown} errors {{ message field }} }} }}"
        )
        payload = (await self._stage.ask(who, text, {"input": given}))[mutation]
        if payload["errors"]:
            raise ValueError(f"{mutation} answered {payload['errors']}")
        return payload


Window = tuple[datetime, datetime]


def _spread(window: Window, count: int) -> list[datetime]:
    """So many moments, evenly over a window."""
    length = (window[1] - window[0]) / count
    return [window[0] + length * number + length / 2 for number in range(count)]


def _deliveries(window: Window) -> list[dict[str, Any]]:
    """What was sold in a window."""
    moments = _spread(window, SOLD[window] // _LOT)
    return [
        {
            "ref": _key(f"OD-{moment:%y%m%d}"),
            "kind": "PURCHASE",
            "occurredAt": _stamp(moment),
            "quantity": str(_LOT),
            "product": _key(SKU),
            "customer": _key(f"OS-{number % 48 + 1:02}"),
        }
        for number, moment in enumerate(moments)
    ]


def _cases(window: Window) -> list[dict[str, Any]]:
    """What was complained of in a window, as the shop's customer service knows it."""
    return [
        {
            "ref": _key(f"OC-{moment:%y%m%d%H}"),
            "nature": "Lid cracked",
            "receivedAt": _stamp(moment),
            "awareAt": _stamp(moment),
            "product": _key(SKU),
            "customer": _key(f"OS-{number % 48 + 1:02}"),
            "externalStatus": "closed",
        }
        for number, moment in enumerate(_spread(window, COMPLAINED[window]))
    ]


def _key(external_id: str) -> dict[str, str]:
    return {"system": SYSTEM, "externalId": external_id}


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
