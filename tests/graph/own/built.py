"""This package's schema, built; and its plain side for the twin."""

from dataclasses import dataclass
from typing import Any

from qms_graphql.base.access import PERMISSIONS, Role, system_viewer
from qms_graphql.graph.building.roots import Roots
from qms_graphql.graph.running.execution import Graph
from tests.conftest import Company
from tests.graph.own import answers, schema
from tests.graph.plain import Dump, Plain
from tests.graph.values import Wrong

ROOTS = Roots([schema], schema.EXTERNAL_REF)
SCHEMA = ROOTS.schema()


def _wrong(answer: Any) -> Any:
    """The twin's version of an answer: what has none is wrong."""

    def of(row: Any, twin: Any) -> Any:
        try:
            return answer(row, twin)
        except answers.NotThisOne as error:
            raise Wrong("INVALID", str(error)) from None

    return of


def _broken(_row: Any, _twin: Any) -> Any:
    raise Wrong("INTERNAL_SERVER_ERROR")


PLAIN = Plain.of(
    SCHEMA,
    ROOTS,
    {
        ("Feedback", "about"): lambda row, _: row["text"],
        ("Requirement", "about"): lambda row, _: row["statement"],
        ("Risk", "about"): lambda _row, _twin: "a risk",
        ("Action", "about"): lambda row, _: row["title"],
    },
    {
        ("Customer", "shout"): _wrong(lambda row, _: answers.shout(row["name"])),
        ("Feedback", "length"): _wrong(lambda row, _: answers.length(row["number"], row["text"])),
        ("Feedback", "next"): lambda row, twin: next(
            other for other in twin.all(twin.types["Feedback"]) if other.values["id"] == row["id"]
        ),
        ("Answer", "verdict"): _wrong(lambda row, _: answers.verdict(row["number"])),
        ("Action", "broken"): _broken,
    },
)
EVERYTHING = PERMISSIONS[Role.ADMIN]


@dataclass
class Own:
    """The graph, and those who ask it."""

    graph: Graph
    company: Company
    rows: Dump

    def viewer(self, permissions: frozenset[str] = EVERYTHING) -> Any:
        """Somebody with these permissions."""
        from dataclasses import replace

        return replace(system_viewer(self.company.id), permissions=permissions)
