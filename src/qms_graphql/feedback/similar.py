"""Finding feedback that says the same in other words."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, and_, bindparam, delete, func, literal, select
from sqlalchemy.engine import Dialect

from qms_graphql.base.access import Viewer
from qms_graphql.base.bulk import insert_rows
from qms_graphql.base.database import Reader
from qms_graphql.base.drafts import Draft
from qms_graphql.base.sets import list_parameter
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.base.visibility import NOBODY, visible
from qms_graphql.feedback.likeness import ALIKE, likeness, marks, trigrams
from qms_graphql.feedback.model import Feedback, FeedbackMark

_NEWEST = 50
"""So much feedback of one mark is looked at, the newest: of what is said over and over, all of it says the same."""


async def mark(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Keep the marks of the texts that these drafts changed."""
    table = FeedbackMark.__table__
    changed = [d for d in drafts if not d.refused and "text" in d.fields and _before(d) != d.fields["text"]]
    outdated = [{"b_mark": mark, "b_id": draft.id} for draft in changed for mark in set(marks(_before(draft)))]
    if outdated:
        mine = table.c.organization_id == unit.organization_id
        this = and_(mine, table.c.mark == bindparam("b_mark"), table.c.feedback_id == bindparam("b_id"))
        await unit.connection.execute(delete(table).where(this), outdated)
    rows = [
        {"organization_id": unit.organization_id, "mark": mark, "feedback_id": draft.id}
        for draft in changed
        for mark in sorted(set(marks(draft.fields["text"])))
    ]
    await insert_rows(unit, table, rows)


def _before(draft: Draft) -> str | None:
    return draft.current["text"] if draft.current is not None else None


async def similar_to(
    reader: Reader, viewer: Viewer, texts: Mapping[UUID, str | None], first: int
) -> dict[UUID, list[UUID]]:
    """The feedback most like each of these texts, the likeliest first, of what the viewer sees; one statement."""
    wanted: dict[int, list[UUID]] = {}
    for id_, text in texts.items():
        for mark_ in set(marks(text)):
            wanted.setdefault(mark_, []).append(id_)
    found: dict[UUID, dict[UUID, float]] = {id_: {} for id_ in texts}
    own = {id_: trigrams(text or "") for id_, text in texts.items()}
    rows = await reader.rows(_marked(viewer, wanted, reader.dialect)) if wanted else ()
    known = {row["id"]: trigrams(row["text"] or "") for row in rows}
    for row in rows:
        other = row["id"]
        for id_ in wanted[row["mark"]]:
            if id_ != other and other not in found[id_]:
                found[id_][other] = likeness(own[id_], known[other])
    return {
        id_: sorted((o for o, score in scores.items() if score >= ALIKE), key=lambda o: (-scores[o], o))[:first]
        for id_, scores in found.items()
    }


def _marked(viewer: Viewer, wanted: Mapping[int, Any], dialect: Dialect) -> Any:
    """The newest feedback of each mark that the viewer sees, with its text."""
    rows, pairs = Feedback.__table__, FeedbackMark.__table__
    key = _keys(wanted, dialect)
    older = pairs.alias("older").c
    # The newest ids are the largest: where the fiftieth is, or from the beginning.
    since = (
        select(older.feedback_id)
        .where(older.organization_id == viewer.organization_id, older.mark == key)
        .order_by(older.feedback_id.desc())
        .limit(1)
        .offset(_NEWEST - 1)
        .scalar_subquery()
    )
    found = and_(
        pairs.c.organization_id == viewer.organization_id,
        pairs.c.mark == key,
        pairs.c.feedback_id >= func.coalesce(since, literal(NOBODY, pairs.c.feedback_id.type)),
    )
    same = and_(rows.c.organization_id == pairs.c.organization_id, rows.c.id == pairs.c.feedback_id)
    return (
        select(pairs.c.mark, rows.c.id, rows.c.text)
        .select_from(key.table.join(pairs, found).join(rows, same))
        .where(visible(Feedback, rows, viewer))
    )


def _keys(wanted: Mapping[int, Any], dialect: Dialect) -> ColumnElement[int]:
    """The column of a table that holds the wanted marks, given as one parameter."""
    items = list_parameter(None, Integer(), dialect, sorted(wanted))
    if dialect.name == "sqlite":
        return func.json_each(items).table_valued("value", name="wanted").c.value
    return func.unnest(items).table_valued("mark").render_derived(name="wanted").c.mark
