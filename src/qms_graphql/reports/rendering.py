"""How a report comes about: its operation is asked of the graph as the viewer, and its template makes a page of that.

So a report shows nobody more than the graph does, and costs what its operation costs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from qms_graphql.base.access import Viewer
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.graph.running.answers import Request
from qms_graphql.graph.running.execution import Graph
from qms_graphql.reports.picture import Picture


@dataclass(frozen=True, slots=True)
class Report:
    """A kind of report: what it asks, and how it draws what was answered.

    Its operation takes the record's ``$number``, its first root field is the record.
    """

    name: str
    """Before its operation and its template."""
    picture: Callable[[Mapping[str, Any]], Picture]
    such: Callable[[Mapping[str, Any]], bool] = lambda _: True
    """For which of the records there is this report."""

    @property
    def text(self) -> str:
        """The operation."""
        return resources.files(__package__).joinpath(f"{self.name}.graphql").read_text()


async def page(graph: Graph, viewer: Viewer, report: Report, number: str, printed_at: datetime) -> str:
    """The report about a record as HTML, printable.

    Raises ``Refusal``: NOT_FOUND if the viewer sees no such record, else with the code of what the graph refused.
    """
    answer = await graph.answer(viewer, Request(report.text, {"number": number}))
    if answer.errors and not answer.executed:
        error = answer.errors[0]
        raise Refusal(ErrorCode(error["extensions"]["code"]), error["message"])
    record = next(iter((answer.data or {}).values()), None)
    if record is None or not report.such(record):
        raise Refusal(ErrorCode.NOT_FOUND, "There is no such record.", ("number",))
    return _TEMPLATES.get_template(f"{report.name}.html").render(
        record=record,
        picture=report.picture(record),
        printed_at=printed_at,
        printed_for=viewer.actor_name,
        partial=bool(answer.errors),
    )


def _moment(text: str | None) -> str:
    """A time as people read it, in UTC."""
    return "–" if text is None else datetime.fromisoformat(text).strftime("%-d %B %Y, %H:%M UTC")


def _day(text: str | None) -> str:
    """A day as people read it, in UTC; in one piece."""
    return "–" if text is None else datetime.fromisoformat(text).strftime("%-d\N{NO-BREAK SPACE}%b\N{NO-BREAK SPACE}%Y")


def _words(name: str | None) -> str:
    """A value of an enumeration as words."""
    return "–" if name is None else name.replace("_", " ").capitalize()


def _figure(value: float | None) -> str:
    """A number with as many digits as one reads."""
    return "–" if value is None else f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(__package__), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters |= {"moment": _moment, "day": _day, "words": _words, "figure": _figure}
    return environment


_TEMPLATES = _environment()
