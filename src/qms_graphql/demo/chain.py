"""The quality chain of the story, played through the API by the people concerned.

Lids of the Osprey crack: 48 complaints on 1,200 units. The mould cools for 12 seconds only; that is verified, changed
and watched, and the lid's specification is revised with it (``change``). Of the next 1,400 units 21 are complained of:
it worked, and the nonconformity is closed.
"""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from qms_graphql.demo import change
from qms_graphql.demo.play import HANDLER, HEAD, MANAGER, PIN, Play, Stage, key, stamp

SKU = "KT-300"

BASELINE = (datetime(2025, 11, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))
OBSERVATION = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC))
SOLD = {BASELINE: 1_200, OBSERVATION: 1_400}
COMPLAINED = {BASELINE: 48, OBSERVATION: 21}
_SENT_IN = 3
"""How many of those who complained sent in their lid."""
_LOT = 50
"""Units in one delivery."""


class Chain(Play):
    """The story, scene by scene."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.coming = [
            (datetime(2026, 2, 2, 8, tzinfo=UTC), self._sell_and_hear),
            (datetime(2026, 2, 2, 9, tzinfo=UTC), partial(change.lay_down, self)),
            (datetime(2026, 2, 2, 10, tzinfo=UTC), self._receive),
            (datetime(2026, 2, 3, 9, tzinfo=UTC), self._contain),
            (datetime(2026, 2, 12, 14, tzinfo=UTC), self._analyse),
            (datetime(2026, 2, 16, 10, tzinfo=UTC), self._plan),
            (datetime(2026, 2, 17, 9, tzinfo=UTC), partial(change.draft, self)),
            (datetime(2026, 2, 19, 14, tzinfo=UTC), partial(change.approve, self)),
            (datetime(2026, 2, 25, 16, tzinfo=UTC), partial(change.train, self)),
            (datetime(2026, 2, 26, 15, tzinfo=UTC), self._carry_out),
            (datetime(2026, 2, 27, 9, tzinfo=UTC), self._answer),
            (datetime(2026, 3, 1, 0, tzinfo=UTC), partial(change.take_effect, self)),
            (datetime(2026, 3, 4, 11, tzinfo=UTC), self._end_complaint),
            (datetime(2026, 6, 2, 8, tzinfo=UTC), self._sell_and_hear_again),
            (datetime(2026, 6, 2, 9, tzinfo=UTC), self._verify),
            (datetime(2026, 6, 2, 11, tzinfo=UTC), self._close),
        ]

    # -- scenes --------------------------------------------------------------------------------------------------------

    async def _sell_and_hear(self) -> None:
        await self.sync("syncProducts", [{"ref": key(SKU), "sku": SKU, "name": "Osprey 3.0 l", "kind": "GOOD"}])
        people = [
            {"ref": key(f"OS-{number:02}"), "name": f"Owner {number:02}", "kind": "PERSON"} for number in range(1, 49)
        ]
        await self.sync("syncCustomers", people)
        await self.sync("syncInteractions", _deliveries(BASELINE))
        words = {
            "ref": key("osprey-1"),
            "source": "SUPPORT",
            "customer": key("OS-01"),
            "product": key(SKU),
            "occurredAt": "2026-01-30T07:40:00Z",
            "text": "The lid of my kettle cracked, and steam burnt my hand.",
        }
        await self.sync("syncFeedback", [words])
        # One of the 48 is the customer's above: somebody opens it by hand.
        await self.sync("syncComplaints", _cases(BASELINE)[1:])
        found = await self.stage.ask(
            HANDLER,
            "query ($sku: ProductBy!, $words: FeedbackBy!)"
            " { product(by: $sku) { id } feedback(by: $words) { id } me { id } }",
            {"sku": {"ref": key(SKU)}, "words": {"ref": key("osprey-1")}},
        )
        self.ids |= {"product": found["product"]["id"], "feedback": found["feedback"]["id"]}

    async def _receive(self) -> None:
        theme = await self.make(HANDLER, "Theme", "theme", name="Lid of the Osprey")
        decided = {"themes": [theme], "isComplaint": {"decision": True, "reason": "Somebody was hurt."}}
        await self.move(HANDLER, "feedback", "TRIAGED", "feedback", decided)
        opened = await self.do(
            HANDLER,
            "openComplaint",
            {"feedback": [self.ids["feedback"]], "nature": "Lid cracked, hand scalded"},
            "complaint { id }",
        )
        self.ids["complaint"] = opened["complaint"]["id"]
        await self.move(HANDLER, "complaint", "ACKNOWLEDGED")
        assessed = {"severity": "MAJOR", "safetyRelated": True, "reportable": False}
        await self.move(HANDLER, "complaint", "ASSESSED", "complaint", assessed)
        await self.move(HANDLER, "complaint", "INVESTIGATING")
        await self.move(HANDLER, "feedback", "ACTED_ON")

    async def _contain(self) -> None:
        head = await self.id_of(HEAD)
        self.ids["risk"] = await self.make(
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
        await self.make(
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
        await self.change(HANDLER, "Complaint", "complaint", nonconformity=self.ids["nonconformity"])
        await self._link_those_who_sent_in_their_lids()
        await self.make(
            HEAD,
            "Action",
            "containment",
            title="Hold the lids in stock and press-test each",
            kind="CONTAINMENT",
            owner=head,
            dueAt="2026-02-06T16:00:00Z",
        )
        await self.carry("containment", "Log of the test bench, 3 to 5 February: 212 of 900 cracked.")
        plan = [{"action": self.ids["containment"]}]
        await self.change(HEAD, "Nonconformity", "nonconformity", plan=plan)
        await self.move(HEAD, "nonconformity", "CONTAINED")

    async def _link_those_who_sent_in_their_lids(self) -> None:
        """Some of the other complaints, of which it is known that it was the same."""
        text = "query ($ref: ExternalKey!) { complaint(by: { ref: $ref }) { id } }"
        for case in _cases(BASELINE)[1 : 1 + _SENT_IN]:
            found = await self.stage.ask(HANDLER, text, {"ref": case["ref"]})
            called = case["ref"]["externalId"]
            self.ids[called] = found["complaint"]["id"]
            await self.change(HANDLER, "Complaint", called, nonconformity=self.ids["nonconformity"])

    async def _analyse(self) -> None:
        about = {"nonconformity": self.ids["nonconformity"]}
        await self.make(HEAD, "Cause", "brittle", statement="The lid is under stress", category="MATERIAL", **about)
        await self.make(
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
        await self.make(
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
            await self.do(MANAGER, "verifyCause", {"id": self.ids[cause], "version": 1}, "cause { id }")
        elsewhere = {"similarOccurrence": "The Heron's lid cools for 20 s: none of 100 cracked."}
        await self.move(HEAD, "nonconformity", "ANALYSED", "nonconformity", elsewhere)

    async def _plan(self) -> None:
        head = await self.id_of(HEAD)
        await self.make(
            MANAGER,
            "Objective",
            "objective",
            title="Whole lids on the Osprey",
            metricCode="COMPLAINT_RATE",
            product=self.ids["product"],
            direction="AT_MOST",
            target=20,
            baselineFrom=stamp(BASELINE[0]),
            baselineUntil=stamp(BASELINE[1]),
            dueAt="2026-09-30T22:00:00Z",
            owner=head,
        )
        await self.make(
            HEAD,
            "Action",
            "corrective",
            title="Cool the lid for 18 s",
            kind="CORRECTIVE",
            owner=head,
            product=self.ids["product"],
            risk=self.ids["risk"],
            objective=self.ids["objective"],
            dueAt="2026-02-27T16:00:00Z",
        )
        await self.make(
            MANAGER,
            "EffectivenessCheck",
            "check",
            action=self.ids["corrective"],
            metricCode="COMPLAINT_RATE",
            product=self.ids["product"],
            direction="AT_MOST",
            target=20,
            baselineFrom=stamp(BASELINE[0]),
            baselineUntil=stamp(BASELINE[1]),
            observationFrom=stamp(OBSERVATION[0]),
            observationUntil=stamp(OBSERVATION[1]),
        )
        plan = [
            {"action": self.ids["containment"]},
            {"action": self.ids["corrective"], "cause": self.ids["root"]},
        ]
        await self.move(HEAD, "nonconformity", "PLANNED", "nonconformity", {"plan": plan})

    async def _carry_out(self) -> None:
        await self.carry("corrective", "Setting sheet of mould 7, 26 February; first 50 lids press-tested.")
        await self.move(HEAD, "corrective", "CHECKING")
        await self.move(HEAD, "nonconformity", "IMPLEMENTED")

    async def _answer(self) -> None:
        told = "We found why the lid cracked, changed it, and send you a new kettle. We are sorry for your hand."
        await self.move(HANDLER, "complaint", "RESPONDED", "complaint", {"response": told})

    async def _end_complaint(self) -> None:
        content = {"accepted": True, "satisfaction": 4}
        await self.move(HANDLER, "complaint", "CLOSED", "complaint", content)
        await self.move(HANDLER, "feedback", "CLOSED", "feedback", {"loopClosedAt": "2026-02-27T09:00:00Z"})

    async def _sell_and_hear_again(self) -> None:
        await self.sync("syncInteractions", _deliveries(OBSERVATION))
        await self.sync("syncComplaints", _cases(OBSERVATION))

    async def _verify(self) -> None:
        await self.move(MANAGER, "corrective", "EFFECTIVE")
        await self.move(MANAGER, "nonconformity", "VERIFIED")
        rated = {"current": {"severity": 8, "occurrence": 4, "detection": 4}}
        await self.move(HEAD, "risk", "TREATED", "risk", rated)

    async def _close(self) -> None:
        await self.move(MANAGER, "nonconformity", "CLOSED", signature={"pin": PIN})


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
            "ref": key(f"OD-{moment:%y%m%d}"),
            "kind": "PURCHASE",
            "occurredAt": stamp(moment),
            "quantity": str(_LOT),
            "product": key(SKU),
            "customer": key(f"OS-{number % 48 + 1:02}"),
        }
        for number, moment in enumerate(moments)
    ]


def _cases(window: Window) -> list[dict[str, Any]]:
    """What was complained of in a window, as the shop's customer service knows it."""
    return [
        {
            "ref": key(f"OC-{moment:%y%m%d%H}"),
            "nature": "Lid cracked",
            "receivedAt": stamp(moment),
            "awareAt": stamp(moment),
            "product": key(SKU),
            "customer": key(f"OS-{number % 48 + 1:02}"),
            "externalStatus": "closed",
        }
        for number, moment in enumerate(_spread(window, COMPLAINED[window]))
    ]
