"""The rest of the quality system's year: procedures that satisfy clauses, an internal audit, a management review.

So the matrix of clauses shows what is met, what partly and what not, and the pack of a review has something in it.
"""

from datetime import UTC, datetime
from typing import Any

from qms_graphql.demo.change import moulding_shop
from qms_graphql.demo.clauses import FOLLOWED, FRAMEWORK
from qms_graphql.demo.play import HEAD, MANAGER, PIN, Play, Stage

_PROCEDURES = (
    ("What customers tell us", ("8.2.1", "9.1.2", "9.1.3")),
    ("What does not conform, and putting it right", ("8.7.1", "8.7.2", "10.2.1", "10.2.2")),
    ("Buying", ("8.4.1", "8.4.2", "8.4.3")),
    ("Changes in the works", ("8.5.6",)),
    ("Documents", ("7.5.1", "7.5.2", "7.5.3.1", "7.5.3.2")),
    ("Audits and reviews", ("9.2.1", "9.2.2", "9.3.1", "9.3.2", "9.3.3")),
)
"""Titles, and the clauses that each satisfies."""
_FINDINGS = (
    ("CONFORMITY", "10.2.1", "The cracked lid of the Osprey: cause verified, changed, and its effect measured."),
    ("MINOR", "8.5.6", "Two changes of the moulds' settings in March bear no signature."),
    ("OBSERVATION", "8.7.1", "The shelf for held lids is full."),
    ("MAJOR", "7.1.5.1", "The gauge for walls of lids was due for calibration in January."),
)
"""What the audit found, at which clause."""


class Year(Play):
    """What happens beside the quality chain, in months in which it rests."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.coming = [
            (datetime(2026, 4, 14, 9, tzinfo=UTC), self._write_procedures),
            (datetime(2026, 4, 15, 9, tzinfo=UTC), self._follow),
            (datetime(2026, 5, 12, 15, tzinfo=UTC), self._audit),
            (datetime(2026, 5, 27, 16, tzinfo=UTC), self._review),
        ]

    async def _write_procedures(self) -> None:
        policy = {
            "kind": "PROCEDURE",
            "approverRoles": ["QUALITY_MANAGER"],
            "trainingShare": 0,
            "trainingDays": 14,
            "trainingRoles": [],
            "trainingDepartments": [],
            "acknowledgement": False,
        }
        await self.do(MANAGER, "setDocumentPolicy", policy, "")
        clauses = await self._clauses()
        manager = await self.id_of(MANAGER)
        for title, satisfied in _PROCEDURES:
            await self.make(MANAGER, "Document", title, title=title, kind="PROCEDURE", owner=manager)
            called = f"revision of {title}"
            await self.make(
                HEAD,
                "Revision",
                called,
                document=self.ids[title],
                label="1",
                reason="Written down for the first time.",
                content=f"{title}: who does it, when, and what is kept of it.",
                effectiveFrom="2026-04-14T00:00:00Z",
                satisfies=[clauses[clause] for clause in satisfied],
            )
            await self.move(HEAD, called, "IN_REVIEW")
            await self.move(MANAGER, called, "APPROVED", signature={"pin": PIN})
            await self.move(MANAGER, called, "EFFECTIVE")

    async def _follow(self) -> None:
        """The moulding shop hears of the lid that it moulds, and of how changes are made."""
        text = "query ($words: FeedbackBy!) { feedback(by: $words) { id product { id } complaint { id } } }"
        words = {"ref": {"system": "shop", "externalId": "osprey-1"}}
        osprey = (await self.stage.ask(MANAGER, text, {"words": words}))["feedback"]
        moulding = await moulding_shop(self)
        followed = (osprey["product"]["id"], osprey["complaint"]["id"], self.ids["Changes in the works"])
        for record in followed:
            await self.do(MANAGER, "followForDepartment", {"department": moulding, "record": record}, "")

    async def _audit(self) -> None:
        clauses = await self._clauses()
        await self.make(
            MANAGER,
            "Review",
            "audit",
            kind="INTERNAL_AUDIT",
            title="From a complaint to a change",
            scope="How what customers say changes what is made.",
            department=await moulding_shop(self),
            lead=await self.id_of(MANAGER),
            plannedAt="2026-05-12T08:00:00Z",
        )
        await self.move(MANAGER, "audit", "HELD", "review", {"heldAt": "2026-05-12T08:00:00Z"})
        for kind, clause, statement in _FINDINGS:
            about = {"review": self.ids["audit"], "requirement": clauses[clause]}
            await self.make(MANAGER, "Finding", statement, kind=kind, statement=statement, **about)
        await self.move(MANAGER, "audit", "REPORTED", signature={"pin": PIN})

    async def _review(self) -> None:
        manager, head = await self.id_of(MANAGER), await self.id_of(HEAD)
        await self.make(
            MANAGER,
            "Review",
            "review",
            kind="MANAGEMENT_REVIEW",
            title="The winter, and the lids",
            lead=manager,
            attendees=[manager, head],
            plannedAt="2026-05-27T13:00:00Z",
            periodFrom="2025-11-01T00:00:00Z",
            periodUntil="2026-05-01T00:00:00Z",
            contextChanges="A second supplier of lid plastic is looked for.",
            resourceNeeds="A press for testing lids.",
            summary="Lids were this winter's trouble; what was done about them works.",
        )
        await self.move(MANAGER, "review", "HELD", "review", {"heldAt": "2026-05-27T13:00:00Z"})
        await self.make(
            MANAGER,
            "Finding",
            "decision",
            kind="DECISION",
            statement="Every lid is press-tested before it is sold.",
            review=self.ids["review"],
            actionWaived="It is done since February.",
        )
        await self.move(MANAGER, "review", "REPORTED")

    async def _clauses(self) -> dict[str, str]:
        """The ids of the clauses that are spoken of."""
        wanted = [clause for _, satisfied in _PROCEDURES for clause in satisfied]
        wanted += [clause for _, clause, _ in _FINDINGS]
        text = """
        query ($where: RequirementFilter!) { requirements(first: 200, where: $where) { nodes { id clause } } }
        """
        edition = {"framework": {"eq": FRAMEWORK}, "edition": {"eq": FOLLOWED.edition}}
        where: dict[str, Any] = {"clause": {"in": wanted}, "standard": edition}
        found = await self.stage.ask(MANAGER, text, {"where": where})
        return {row["clause"]: row["id"] for row in found["requirements"]["nodes"]}
