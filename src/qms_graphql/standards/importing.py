"""Taking in the list of a standard's clauses: new ones are made, titles follow the list, nothing is ever deleted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from qms_graphql.base.drafts import Draft, Outcome, check_columns, drop_dependants
from qms_graphql.base.errors import ErrorCode, Refusal, Refusals
from qms_graphql.base.ids import new_id
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.standards.clause_list import ClauseRow
from qms_graphql.standards.commands import check_requirements, save_requirements, save_standards
from qms_graphql.standards.model import Requirement, Standard
from qms_graphql.standards.rules import RequirementSource, RequirementStatus, clause_key, clauses_above

MOST_CLAUSES = 5000
_NAMES = ("framework", "edition", "body", "title", "status")
_SPELLING = {name: name for name in ("clause", "title", "statement")}


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a list: of the standard (None if there is none yet) and of each row, in the order given."""

    standard_id: UUID | None
    rows: Sequence[tuple[ClauseRow, Draft]]

    def count(self, outcome: Outcome) -> int:
        """How many rows had this outcome."""
        return sum(outcome_of(draft) is outcome for _, draft in self.rows)


def outcome_of(draft: Draft) -> Outcome:
    """What became of one row."""
    return Outcome.REJECTED if draft.refused or draft.outcome is None else draft.outcome


async def import_clauses(
    unit: UnitOfWork, standard: Mapping[str, Any], rows: Sequence[ClauseRow], *, dry_run: bool = False
) -> Imported:
    """Take in a list of clauses of the standard that is named by framework and edition; it is made if it is new.

    A row that cannot stand is REJECTED with the reasons, and the others are taken. The same list again changes nothing.
    With ``dry_run`` nothing is written. Raises ``Refusals`` for what is wrong with the standard or the list as such.
    """
    if len(rows) > MOST_CLAUSES:
        raise Refusal(ErrorCode.TOO_LONG, f"At most {MOST_CLAUSES} clauses; there are {len(rows)}.", ("clauses",))
    edition = await _edition(unit, standard)
    held = await _held(unit, edition)
    found = _drafts(rows, edition, held)
    _place(found, held.meant)
    drafts = [draft for _, draft in found]
    if dry_run:
        await check_requirements(unit, drafts)
        drop_dependants(drafts)
        _foresee(drafts)
    else:
        if edition.current is not None or not all(draft.refused for draft in drafts):
            await save_standards(unit, [edition])
        await save_requirements(unit, drafts)
    is_there = edition.current is not None or edition.outcome is not None
    return Imported(edition.id if is_there else None, found)


async def _edition(unit: UnitOfWork, given: Mapping[str, Any]) -> Draft:
    """The standard as it shall be; one that is there is locked, so that two lists come one after the other."""
    fields = {name: given[name] for name in _NAMES if given.get(name) is not None}
    table = Standard.__table__
    named = (table.c[name] == fields.get(name) for name in ("framework", "edition"))
    same = await unit.rows(select(table.c.id).where(table.c.organization_id == unit.organization_id, *named))
    id_ = same[0]["id"] if same else new_id()
    draft = Draft(id_, fields, (await unit.lock(Standard, [id_])).get(id_))
    check_columns(Standard, draft, {name: name for name in _NAMES})
    if draft.refused:
        raise Refusals([refusal.under("standard") for refusal in draft.refusals])
    return draft


@dataclass(frozen=True, slots=True)
class _Held:
    """The requirements of a standard, by ``rules.clause_key`` of their clauses."""

    meant: Mapping[str, Mapping[str, Any]]
    """The one that a list means: RETIRED ones last, then the oldest."""
    ambiguous: Mapping[str, str]
    """The numbers of those of which a list may mean any: none of them shall take the place of another."""


async def _held(unit: UnitOfWork, edition: Draft) -> _Held:
    table = Requirement.__table__
    mine = table.c.organization_id == unit.organization_id, table.c.standard_id == edition.id
    ids = [row["id"] for row in await unit.rows(select(table.c.id).where(*mine, table.c.clause.is_not(None)))]
    found: dict[str, list[Mapping[str, Any]]] = {}
    rows = (await unit.lock(Requirement, ids)).values()
    for row in sorted(rows, key=lambda row: (row["status"] is RequirementStatus.RETIRED, row["id"])):
        if row["supersedes_id"] not in {other["id"] for other in found.get(row["clause_key"], ()) if _stands(other)}:
            found.setdefault(row["clause_key"], []).append(row)
    several = {key: [row["number"] for row in rows if _stands(row)] for key, rows in found.items()}
    return _Held(
        {key: rows[0] for key, rows in found.items()},
        {key: " and ".join(numbers) for key, numbers in several.items() if len(numbers) > 1},
    )


def _stands(row: Mapping[str, Any]) -> bool:
    return row["status"] is not RequirementStatus.RETIRED


def _drafts(rows: Sequence[ClauseRow], edition: Draft, held: _Held) -> list[tuple[ClauseRow, Draft]]:
    """What each row says of its requirement, refused where the row cannot stand by itself."""
    found: list[tuple[ClauseRow, Draft]] = []
    first: dict[str, ClauseRow] = {}
    for row in rows:
        key = _key(row.clause)
        current = held.meant.get(key)
        fields: dict[str, Any] = {"title": row.title} | ({"statement": row.statement} if row.statement else {})
        if current is None:
            fields |= {"clause": row.clause, "source": RequirementSource.STANDARD, "standard_id": edition.id}
        draft = Draft(new_id() if current is None else current["id"], fields, current)
        if current is not None:
            draft.notes["reason"] = "So says the list of clauses."
        found.append((row, draft))
        if row.problem is not None:
            draft.refusals.append(row.problem)
            continue
        for name in ("clause", "title"):
            if not getattr(row, name):
                draft.refuse(ErrorCode.REQUIRED, "A value is needed.", name)
        if row.clause and first.setdefault(key, row) is not row:
            draft.refuse(ErrorCode.CONFLICT, f"The clause stands in line {first[key].line} already.", "clause")
        if key in held.ambiguous:
            why = f"It is the clause of {held.ambiguous[key]}: give each one its own, or retire one."
            draft.refuse(ErrorCode.CONFLICT, why, "clause")
        check_columns(Requirement, draft, _SPELLING)
        if current is not None and current["status"] is RequirementStatus.RETIRED and _changes(draft):
            draft.refuse(ErrorCode.INVALID, "The requirement is RETIRED and stays as it is.", "clause")
    return found


def _key(clause: str) -> str:
    return clause_key(clause) or ""


def _place(found: Sequence[tuple[ClauseRow, Draft]], held: Mapping[str, Mapping[str, Any]]) -> None:
    """Put each clause under the one that its row names, else under the nearest by its number.

    A clause that somebody placed elsewhere stays there, unless its row says otherwise.
    """
    listed = {_key(row.clause): draft for row, draft in found if not draft.refused}
    clauses = {row["id"]: key for key, row in held.items()}
    for row, draft in found:
        if draft.refused:
            continue
        above = [_key(clause) for clause in ([row.parent] if row.parent else clauses_above(row.clause))]
        nearest = next((key for key in above if key in listed or key in held), None)
        if nearest is None:
            if row.parent:
                why = "There is no such clause, neither in the list nor in the standard."
                draft.refuse(ErrorCode.UNKNOWN_REFERENCE, why, "parent")
            continue
        by_hand = draft.value("parent_id") is not None and clauses.get(draft.value("parent_id")) not in above
        if by_hand and not row.parent:
            continue
        draft.fields["parent_id"] = listed[nearest].id if nearest in listed else held[nearest]["id"]
        if nearest in listed:
            draft.leans_on.append((listed[nearest], ("parent",)))


def _foresee(drafts: Sequence[Draft]) -> None:
    """Say what would become of the drafts."""
    for draft in drafts:
        new = draft.current is None
        draft.outcome = Outcome.CREATED if new else Outcome.UPDATED if _changes(draft) else Outcome.UNCHANGED


def _changes(draft: Draft) -> bool:
    return any(draft.current is None or draft.current[name] != value for name, value in draft.fields.items())
