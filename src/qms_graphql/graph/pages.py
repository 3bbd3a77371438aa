"""Pages of what Python reads: newest first, one more entry than asked for tells whether there are others."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Column, ColumnElement, func, select

from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.reader import Reader
from qms_graphql.base.sets import within
from qms_graphql.graph.types import PageInfo

T = TypeVar("T")


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


async def newest_of_each(
    reader: Reader,
    owner: Column[Any],
    order: Column[Any],
    keys: Iterable[UUID],
    first: int,
    *where: ColumnElement[bool],
) -> Sequence[Mapping[str, Any]]:
    """Of each of the owners the newest ``first`` rows and one more, newest first: one statement for all owners.

    ``where`` says of which organization.
    """
    place = func.row_number().over(partition_by=owner, order_by=order.desc()).label("place")
    ranked = select(owner.table, place).where(*where, within(owner, set(keys), reader.dialect)).subquery()
    return await reader.rows(select(ranked).where(ranked.c.place <= first + 1).order_by(ranked.c[order.name].desc()))


def page_size(first: int, most: int, what: str) -> int:
    """The size of a page that was asked for. Raises ``Refusal`` if it is too large."""
    if not 0 <= first <= most:
        raise Refusal(ErrorCode.BAD_USER_INPUT, f"A page has at most {most} {what}.", ("first",))
    return first


def id_after(after: str, what: str) -> UUID:
    """The id that a cursor of records in the order of their ids stands for. Raises ``Refusal``."""
    try:
        return UUID(hex=after)
    except ValueError:
        raise Refusal(ErrorCode.BAD_USER_INPUT, f"This is not a cursor of {what}.", ("after",)) from None
