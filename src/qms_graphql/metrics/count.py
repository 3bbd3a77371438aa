"""What is to be counted for a metric, and the form of the statement that counts it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement

from qms_graphql.base.visibility import Visibility
from qms_graphql.metrics.periods import Window
from qms_graphql.metrics.rules import Counting, MetricCode
from qms_graphql.metrics.scope import Scope
from qms_graphql.metrics.slices import period_index, place_in_list

Rows = Sequence[Mapping[str, Any]]
"""What the database counted, as JSON has it: an exact decimal is a text."""


@dataclass(frozen=True, slots=True)
class Form:
    """What shapes a statement: counts of equal form differ only in their parameters."""

    codes: tuple[MetricCode, ...]
    limit: Visibility | None
    """What limits the records that the viewer sees."""
    scope: Scope
    window: Window
    counting: Counting
    periods: int | None
    """How many; None if a list in one parameter says where each begins."""

    def period(self, moment: ColumnElement[datetime]) -> ColumnElement[Any]:
        """In which period a moment lies, from 0."""
        return place_in_list(moment) if self.periods is None else period_index(moment, self.periods)


@dataclass(frozen=True, slots=True)
class Count:
    """A metric to be counted over a scope and a window, in each period between the boundaries; without them in one."""

    code: MetricCode
    scope: Scope
    window: Window
    counting: Counting
    boundaries: tuple[datetime, ...] = ()

    @property
    def over(self) -> "Over":
        """What it is counted over."""
        return self.scope, self.window, self.counting, self.boundaries


Over = tuple[Scope, Window, Counting, tuple[datetime, ...]]


def form(codes: tuple[MetricCode, ...], over: Over, limit: Visibility | None) -> Form:
    """The form of the statement that counts these metrics over the same, for a viewer who is limited so."""
    scope, window, counting, boundaries = over
    return Form(codes, limit, scope.form(), window.form(), counting, max(len(boundaries) - 1, 1))
