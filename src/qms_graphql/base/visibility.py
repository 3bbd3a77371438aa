"""Which rows of a table a viewer sees: the model says it once, and whatever reads the table asks here.

Everybody sees the rows of the own organization only; this is about what is not for everybody within it.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, literal, select, true

from qms_graphql.base.access import Viewer
from qms_graphql.base.columns import Base, Record
from qms_graphql.base.reader import Reader
from qms_graphql.base.sets import within

NOBODY = UUID(int=0)
"""Stands for the person where no person asks: no record names it."""


@dataclass(frozen=True, slots=True)
class Visibility:
    """Who holds the permission ``all_with`` sees every row; the others see those for which ``rows`` holds.

    ``rows`` gets the row's columns and the viewer's id, and returns a condition that is never null.
    """

    all_with: str
    rows: Callable[[Any, ColumnElement[UUID]], ColumnElement[bool]]
    rests_on: tuple[tuple[str, str], ...]
    """The columns that ``rows`` looks at, each with the schema's name for it."""
    made_for_others: bool = False
    """Whether a command makes such rows for others to see; else nobody may put a row out of the own sight."""
    without: "tuple[str, Visibility] | None" = None
    """A permission, and what limits those who do not hold it instead: to fewer rows."""


def person(viewer: Viewer) -> UUID:
    """The id that a row names if it is meant for this viewer."""
    return viewer.user_id or NOBODY


def restriction(model: type[Base | Record], viewer: Viewer) -> Visibility | None:
    """What limits the rows that a viewer sees of a model; None if nothing does."""
    limit = counting_limit(model, viewer)
    if limit is not None and limit.without is not None and not viewer.may(limit.without[0]):
        return limit.without[1]
    return limit


def counting_limit(model: type[Base | Record], viewer: Viewer) -> Visibility | None:
    """What limits the rows that a figure shown to a viewer counts: a figure names nobody, so what is shared counts."""
    visibility: Visibility | None = getattr(model, "__visibility__", None)
    return None if visibility is None or viewer.may(visibility.all_with) else visibility


def visible(model: type[Base | Record], row: Any, viewer: Viewer) -> ColumnElement[bool]:
    """The condition that a viewer sees a row of the model, for a statement made for this viewer."""
    limit = restriction(model, viewer)
    return true() if limit is None else limit.rows(row.c, literal(person(viewer), Uuid()))


async def visible_ids(reader: Reader, model: type[Record], viewer: Viewer, ids: Iterable[UUID]) -> set[UUID]:
    """Those of the ids whose records the viewer sees. Asks the database only if something limits the viewer."""
    wanted = set(ids)
    if restriction(model, viewer) is None or not wanted:
        return wanted
    table = model.__table__
    mine = (table.c.organization_id == viewer.organization_id) & within(table.c.id, wanted, reader.dialect)
    rows = await reader.rows(select(table.c.id).where(mine, visible(model, table, viewer)))
    return {row["id"] for row in rows}


def sight(viewer: Viewer) -> Hashable:
    """What decides what a viewer sees: viewers with equal sight get the same answers.

    Except of what is made for others to see: that is nobody else's.
    """
    limits = [restriction(mapper.class_, viewer) for mapper in Base.registry.mappers]
    limited = any(limit is not None and not limit.made_for_others for limit in limits)
    return viewer.organization_id, viewer.permissions, person(viewer) if limited else None


def is_made_for_others(model: type[Base]) -> bool:
    """Whether each row of a model is for one person alone."""
    visibility: Visibility | None = getattr(model, "__visibility__", None)
    return visibility is not None and visibility.made_for_others
