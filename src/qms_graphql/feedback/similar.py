"""Finding feedback that says the same in other words."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, delete, func, select
from sqlalchemy.engine import Dialect

from qms_graphql.base.access import Viewer
from qms_graphql.base.bulk import insert_rows
from qms_graphql.base.drafts import Draft
from qms_graphql.base.reader import Reader
from qms_graphql.base.sets import within
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.base.visibility import visible
from qms_graphql.feedback.likeness import ALIKE, likeness, marks, trigrams
from qms_graphql.feedback.model import Feedback, FeedbackMark

_NEWEST = 20
"""So much feedback of one mark is looked at, the newest: of what is said over and over, all of it says the same."""
_COMPARED = 20
"""So many of those that share marks with a text are compared with it, the ones that share most."""


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
    """The feedback most like each of these texts, the likeliest first, of what the viewer sees; two statements."""
    wanted: dict[int, list[UUID]] = {}
    for id_, text in texts.items():
        for mark_ in set(marks(text)):
            wanted.setdefault(mark_, []).append(id_)
    shared = {id_: Counter[UUID]() for id_ in texts}
    for row in await reader.rows(_marked(viewer, wanted, reader.dialect)) if wanted else ():
        for id_ in wanted[row["mark"]]:
            shared[id_][row["id"]] += 1
    likely = {id_: _likely(id_, found) for id_, found in shared.items()}
    known = await _trigrams(reader, viewer, {other for others in likely.values() for other in others})
    return {id_: _likeliest(trigrams(texts[id_] or ""), others, known)[:first] for id_, others in likely.items()}


def _likely(id_: UUID, shared: Mapping[UUID, int]) -> list[UUID]:
    """The others that share most marks, of equals the newest."""
    return sorted(shared.keys() - {id_}, key=lambda other: (shared[other], other.int), reverse=True)[:_COMPARED]


def _likeliest(mine: frozenset[str], others: Sequence[UUID], known: Mapping[UUID, frozenset[str]]) -> list[UUID]:
    scores = {other: likeness(mine, known[other]) for other in others if other in known}
    return sorted((o for o, score in scores.items() if score >= ALIKE), key=lambda o: (-scores[o], o))


async def _trigrams(reader: Reader, viewer: Viewer, ids: Set[UUID]) -> dict[UUID, frozenset[str]]:
    """Of the texts of feedback."""
    table = Feedback.__table__.c
    mine = table.organization_id == viewer.organization_id, within(table.id, ids, reader.dialect)
    rows = await reader.rows(select(table.id, table.text).where(*mine)) if ids else ()
    return {row["id"]: trigrams(row["text"] or "") for row in rows}


def _marked(viewer: Viewer, wanted: Mapping[int, Any], dialect: Dialect) -> Select[Any]:
    """The newest feedback of each mark that the viewer sees."""
    rows, pairs = Feedback.__table__, FeedbackMark.__table__.c
    # The newest ids are the largest.
    age = func.row_number().over(partition_by=pairs.mark, order_by=pairs.feedback_id.desc())
    ranked = (
        select(pairs.organization_id, pairs.mark, pairs.feedback_id, age.label("age"))
        .where(pairs.organization_id == viewer.organization_id, within(pairs.mark, sorted(wanted), dialect))
        .subquery()
    )
    same = and_(rows.c.organization_id == ranked.c.organization_id, rows.c.id == ranked.c.feedback_id)
    return (
        select(ranked.c.mark, rows.c.id)
        .select_from(ranked.join(rows, same))
        .where(ranked.c.age <= _NEWEST, visible(Feedback, rows, viewer))
    )
