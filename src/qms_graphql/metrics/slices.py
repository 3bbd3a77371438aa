"""Windows and periods of time as conditions of a statement."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Integer, bindparam, case, func, literal_column
from sqlalchemy.sql.elements import Grouping

from qms_graphql.base.columns import Timestamp
from qms_graphql.metrics.periods import Window


def inside(moment: ColumnElement[datetime], window: Window) -> list[ColumnElement[bool]]:
    """That a moment lies in [start, until), whose ends are parameters; see `window_values`."""
    start, until = (bindparam(f"window_{name}", type_=moment.type) for name in ("start", "until"))
    conditions = [] if window.start is None else [moment >= start]
    return conditions if window.until is None else [*conditions, moment < until]


def window_values(window: Window) -> dict[str, datetime]:
    """The parameters of `inside`."""
    ends = {"window_start": window.start, "window_until": window.until}
    return {name: moment for name, moment in ends.items() if moment is not None}


@lru_cache(maxsize=128)
def period_index(moment: ColumnElement[datetime], count: int) -> ColumnElement[Any]:
    """Which of `count` adjoining periods holds a moment that lies in one of them, from 0; see `boundary_values`.

    A balanced tree of comparisons: the same expression for any time zone on both databases, eleven comparisons a row at
    2,000 periods. A join with the list of boundaries would compare every row with every period. The trees are kept,
    because making one takes longer than running it.
    """

    def among(first: int, last: int) -> ColumnElement[Any]:
        if first >= last:
            return literal_column(str(first), Integer)
        middle = (first + last + 1) // 2
        boundary = bindparam(f"boundary_{middle}", type_=moment.type)
        return case((moment < boundary, among(first, middle - 1)), else_=among(middle, last))

    return among(0, count - 1)


def _listed() -> Grouping[Any]:
    # Grouped, so that what stands behind it is not taken for a part of its type.
    return Grouping(bindparam("boundaries", type_=ARRAY(Timestamp())))


def place_in_list(moment: ColumnElement[datetime]) -> ColumnElement[Any]:
    """The same by a parameter that lists where each period begins, which PostgreSQL looks a moment up in."""
    return func.width_bucket(moment, _listed()) - literal_column("1", Integer)


def boundary(period: ColumnElement[int]) -> ColumnElement[datetime]:
    """Where a period of that list begins."""
    found: ColumnElement[datetime] = _listed()[period + literal_column("1", Integer)]
    return found


def boundary_values(boundaries: Sequence[datetime]) -> dict[str, datetime]:
    """The parameters of `period_index`: the boundaries between the periods, without the outer two."""
    return {f"boundary_{index}": boundary for index, boundary in enumerate(boundaries[1:-1], start=1)}
