"""The quality system of the story: procedures for some clauses of the standard, an audit, a management review.

The auditor's matrix has something of everything then: clauses that are met, partly met, and not looked at.
"""

from datetime import UTC, datetime
from typing import Any

from qms_graphql.demo.clauses import FOLLOWED, FRAMEWORK
from qms_graphql.demo.play import HEAD, MANAGER, PIN, Play, Stage

_PROCEDURES: dict[str, tuple[str, str, tuple[str, ...], str]] = {
    "complaints": (
        "Answering complaints",
        "Customer care",
        ("8.2.1", "9.1.2", "10.2.1"),
        "Each complaint is acknowledged within two days, assessed, investigated, and answered.",
    ),
    "gauges": (
        "Calibrating scales and gauges",
        "Quality",
        ("7.1.5.1", "7.1.5.2"),
        "Each scale and gauge is compared with its reference every six months; the result stands on its card.",
    ),
    "moulding": (
        "Moulding lids",
        "Moulding",
        ("8.5.1",),
        "Settings are those of the sheet at the mould; the first five lids of a shift are press-tested.",
    ),
}
"""Title, department, the clauses it satisfies, and what it says."""


class System(Play):
    """How the quality system came to be, scene by scene."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.coming = [
            (datetime(2025, 2, 3, 9, tzinfo=UTC), self._write_procedures),
            (datetime(2026, 5, 11, 14, tzinfo=UTC), self._audit),
            (datetime(2026, 6, 15, 13, tzinfo=UTC), self._review),
        ]

    async def _write_procedures(self) -> None:
        await self.sign_with(MANAGER)
        policy = {
            "approverRoles": ["QUALITY_MANAGER"],
            "trainingShare": 0,
            "trainingDays": 14,
            "acknowledgement": False,
        }
        given = policy | {"kind": "PROCEDURE", "trainingRoles": [], "trainingDepartments": []}
        await self.do(MANAGER, "setDocumentPolicy", given, "")
        await self._look_up()
        for name, (title, department, clauses, content) in _PROCEDURES.items():
            await self.make(
                HEAD,
                "Document",
                name,
                title=title,
                kind="PROCEDURE",
                department=self.ids[department],
                owner=self.ids[HEAD],
            )
            revision = await self._revise(name, clauses, content)
            await self.move(HEAD, revision, "IN_REVIEW")
            await self.move(MANAGER, revision, "APPROVED", signature={"pin": PIN})
            await self.move(MANAGER, revision, "EFFECTIVE")

    async def _revise(self, document: str, clauses: tuple[str, ...], content: str) -> str:
        revision = f"{document} 1"
        await self.make(
            HEAD,
            "Revision",
            revision,
            document=self.ids[document],
            label="1",
            reason="Written down as it is done.",
            content=content,
            effectiveFrom="2025-02-03T09:00:00Z",
            satisfies=[self.ids[clause] for clause in clauses],
        )
        return revision

    async def _audit(self) -> None:
        await self._look_up()
        await self.make(
            HEAD,
            "Review",
            "audit",
            title="Moulding and its measuring",
            kind="INTERNAL_AUDIT",
            scope="The moulding shop, its settings and its gauges.",
            lead=self.ids[HEAD],
            team=[self.ids[HEAD]],
            department=self.ids["Moulding"],
            criteria=[{"requirement": self.ids[clause]} for clause in ("7.1.5.2", "8.5.1")],
        )
        await self.move(HEAD, "audit", "HELD", "review", {"heldAt": "2026-05-11T08:00:00Z"})
        about = {"review": self.ids["audit"], "department": self.ids["Moulding"]}
        await self.make(
            HEAD,
            "Finding",
            "gauge",
            kind="MINOR",
            statement="The gauge at mould 4 was last compared eleven months ago.",
            requirement=self.ids["7.1.5.2"],
            **about,
        )
        conforming = "Settings of all six moulds are those of their sheets."
        await self.make(
            HEAD, "Finding", "settings", kind="CONFORMITY", statement=conforming, requirement=self.ids["8.5.1"], **about
        )
        raised = {"finding": self.ids["gauge"], "version": 1, "owner": self.ids[HEAD]}
        await self.do(HEAD, "openNonconformityFromFinding", raised, "")
        await self.sign_with(HEAD)
        await self.move(HEAD, "audit", "REPORTED", signature={"pin": PIN})

    async def _review(self) -> None:
        await self.make(
            MANAGER,
            "Review",
            "management review",
            title="First half of 2026",
            kind="MANAGEMENT_REVIEW",
            periodFrom="2026-01-01T00:00:00Z",
            periodUntil="2026-06-15T00:00:00Z",
            lead=self.ids[MANAGER],
            attendees=[self.ids[HEAD]],
            contextChanges="The old plastic is back in the lids since March.",
        )
        await self.move(MANAGER, "management review", "HELD", "review", {"heldAt": "2026-06-15T12:00:00Z"})
        decided = "Every lid is press-tested before it leaves the moulding shop."
        await self.make(
            MANAGER, "Finding", "decision", kind="DECISION", statement=decided, review=self.ids["management review"]
        )
        planned = {
            "finding": self.ids["decision"],
            "version": 1,
            "kind": "IMPROVEMENT",
            "title": "Buy a bench that press-tests lids",
            "owner": self.ids[HEAD],
            "dueAt": "2026-09-30T16:00:00Z",
        }
        await self.do(MANAGER, "planActionFromFinding", planned, "")

    async def _look_up(self) -> None:
        """The ids of people, departments and clauses, by what the story calls them."""
        text = """
        query ($framework: String!, $edition: String!) {
          me { id }
          departments(first: 50) { nodes { id name } }
          requirements(first: 200, where: { standard: { framework: { eq: $framework }, edition: { eq: $edition } } }) {
            nodes { id clause }
          }
        }
        """
        asked: dict[str, Any] = {"framework": FRAMEWORK, "edition": FOLLOWED.edition}
        for who in (HEAD, MANAGER):
            found = await self.stage.ask(who, text, asked)
            self.ids[who] = found["me"]["id"]
        self.ids |= {department["name"]: department["id"] for department in found["departments"]["nodes"]}
        self.ids |= {requirement["clause"]: requirement["id"] for requirement in found["requirements"]["nodes"]}
