"""Pages of what Python reads: newest first, one more entry than asked for tells whether there are others."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Column, ColumnElement, func, select

from qms_graphql.base.database import Reader
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.graph.types import PageInfo

T = TypeVar("T")


def check_first(first: int, most: int) -> None:
    """Raise ``Refusal`` if nobody may ask for so many."""
    if not 0 <= first <= most:
        raise Refusal(ErrorCode.BAD_USER_INPUT, f"A page has 0 to {most} entries.", ("first",))


async def newest_of_each(
    reader: Reader, of: Column[Any], by: Column[Any], mine: Sequence[ColumnElement[bool]], most: int
) -> Sequence[Mapping[str, Any]]:
    """The newest rows ``by`` a column for each value ``of`` another, at most so many of each: one statement."""
    place = func.row_number().over(partition_by=of, order_by=by.desc()).label("place")
    ranked = select(of.table, place).where(*mine).subquery()
    return await reader.rows(select(ranked).where(ranked.c.place <= most).order_by(ranked.c[by.name].desc()))


def keyset_page(
    entries: Sequence[tuple[str, T]], first: int, after: str | None
) -> tuple[Sequence[tuple[str, T]], PageInfo]:
    """The entries to show of those read (with their cursors), and where the page lies."""
    shown = entries[:first]
    return shown, PageInfo(
        has_next_page=len(entries) > first,
        has_previous_page=after is not None,
        start_cursor=shown[0][0] if shown else None,
        end_cursor=shown[-1][0] if shown else None,
    )
