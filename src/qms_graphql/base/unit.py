"""The unit of work: one transaction, the records it changed, one event for each of them."""

import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
from sqlalchemy import Table, and_, bindparam, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from qms_graphql.base import event_log
from qms_graphql.base.access import Viewer
from qms_graphql.base.bulk import insert_rows
from qms_graphql.base.clock import Clock
from qms_graphql.base.columns import Part, Record, canonical_json
from qms_graphql.base.database import Database
from qms_graphql.base.drafts import Draft, Outcome, drop_dependants
from qms_graphql.base.erasing import personal_fields, refuse_erased, subject_of
from qms_graphql.base.errors import ErrorCode, Refusal, Refusals
from qms_graphql.base.event_log import Change
from qms_graphql.base.model import Action, Organization, RecordCounter
from qms_graphql.base.named_people import refuse_gone
from qms_graphql.base.reader import Driver, Reader, Watch
from qms_graphql.base.sealing import seal_changes
from qms_graphql.base.secrets import Secrets
from qms_graphql.base.sets import insert_new, rows_of, within
from qms_graphql.base.visibility import Visibility, restriction, visible_ids

T = TypeVar("T")
Conclusion = Callable[["UnitOfWork", Sequence[Change]], Awaitable[None]]
_CONCLUSIONS: list[Conclusion] = []


def conclusion(function: Conclusion) -> Conclusion:
    """Have a function see what a transaction changed, before its events are written: ``async def f(unit, changes)``.

    What one of them writes itself, none is shown.
    """
    _CONCLUSIONS.append(function)
    return function


Admission = Callable[["UnitOfWork"], Awaitable[None]]
_ADMISSIONS: list[Admission] = []


def admission(function: Admission) -> Admission:
    """Have a function look, as a transaction begins, whether who writes still may: ``async def f(unit)`` may raise."""
    _ADMISSIONS.append(function)
    return function


class UnitOfWork(Reader):
    """What a command writes with. It also reads, inside the same transaction."""

    def __init__(
        self,
        connection: AsyncConnection,
        driver: Driver,
        viewer: Viewer,
        clock: Clock,
        secrets: Secrets,
        watch: Watch | None = None,
    ) -> None:
        super().__init__(connection, driver, watch)
        self.viewer = viewer
        self.secrets = secrets
        self.clock = clock
        self.now = clock.now()
        """The moment of this transaction: everything it writes carries it."""
        self.position: int | None = None
        """The end of the event stream after this transaction, known once its events are written."""
        self.afterwards: list[Callable[[], Awaitable[object]]] = []
        """What is to be done once the transaction is committed; it may fail without harm."""
        self._changes: dict[tuple[str, UUID], Change] = {}

    @property
    def organization_id(self) -> UUID:
        """The organization it writes for."""
        return self.viewer.organization_id

    async def lock(self, model: type[Record], ids: Iterable[UUID]) -> dict[UUID, Mapping[str, Any]]:
        """The rows with these ids, locked until the end; ids of no record of this organization are absent."""
        table = model.__table__
        wanted = sorted(set(ids))
        if not wanted:
            return {}
        mine = {"organization_id": self.organization_id}
        rows = await self.rows(rows_of(table, mine, "id", wanted, self.dialect, lock=True))
        return {row["id"]: row for row in rows}

    async def lock_one(self, model: type[Record], id_: UUID, version: int | None = None) -> Mapping[str, Any]:
        """One row, locked. Raises NOT_FOUND if the viewer sees none; CONFLICT if it is not at ``version`` any more."""
        found = await self.lock(model, [id_])
        if id_ not in found or not await visible_ids(self, model, self.viewer, [id_]):
            raise Refusal(ErrorCode.NOT_FOUND, "There is no such record.", ("id",))
        row = found[id_]
        if version is not None and row["version"] != version:
            late = "somebody changed it first" if version < row["version"] else f"there is no version {version} yet"
            raise Refusal(ErrorCode.CONFLICT, f"The record is at version {row['version']}; {late}.", ("version",))
        return row

    async def next_numbers(self, prefix: str, count: int) -> list[str]:
        """The next ``count`` record numbers such as ``FB-2026-00017``; they restart with each of its years."""
        zone = await self._zone()
        year = self.now.astimezone(zone).year
        table = RecordCounter.__table__
        key = {"organization_id": self.organization_id, "prefix": prefix, "year": year}
        await self.connection.execute(insert_new(table, self.dialect).values(**key, last=0))
        last = (
            await self.connection.execute(
                update(table)
                .where(and_(*(table.c[name] == value for name, value in key.items())))
                .values(last=table.c.last + count)
                .returning(table.c.last)
            )
        ).scalar_one()
        return [f"{prefix}-{year}-{number:05d}" for number in range(last - count + 1, last + 1)]

    async def give_numbers(self, model: type[Record], drafts: Sequence[Draft]) -> None:
        """Number the new records that nothing speaks against; a refused one uses none up."""
        await refuse_erased(self, model, drafts)
        drop_dependants(drafts)
        new = [draft for draft in drafts if draft.current is None and not draft.refused]
        if new:
            for draft, number in zip(new, await self.next_numbers(model.__prefix__, len(new)), strict=True):
                draft.fields["number"] = number

    async def _zone(self) -> ZoneInfo:
        table = Organization.__table__
        rows = await self.rows(select(table.c.time_zone).where(table.c.id == self.organization_id))
        return ZoneInfo(rows[0]["time_zone"])

    def has_changed(self, model: type[Record], id_: UUID) -> bool:
        """Whether this transaction changed the record already."""
        return (model.__tablename__, id_) in self._changes

    async def save(self, model: type[Record], drafts: Sequence[Draft], *, for_others: bool = False) -> None:
        """Write the drafts that nothing speaks against, set-based, and note one change for each that differs.

        Sets each draft's outcome: CREATED, UPDATED or UNCHANGED. Raises FORBIDDEN if a person would not see the result;
        unless it is ``for_others``: what follows of something else, and is not the writer's to see.
        What would bring an erased person back is refused, and who would do work here and has left.
        """
        await refuse_erased(self, model, drafts)
        await refuse_gone(self, model, drafts)
        drop_dependants(drafts)
        writable = [draft for draft in drafts if not draft.refused]
        parts_before = await self._parts(model, writable)
        new = [draft for draft in writable if draft.current is None]
        if new:
            await self._insert(model, new)
        await self._update(model, [draft for draft in writable if draft.current is not None], parts_before)
        await self._replace_parts(model, writable, parts_before)
        if not for_others:
            await self._keep_in_sight(model, writable)

    async def _insert(self, model: type[Record], drafts: Sequence[Draft]) -> None:
        table = model.__table__
        columns = [column for column in table.columns if column.name not in _STAMPS]
        untold = _untold(table)
        rows = []
        for draft in drafts:
            row = {column.name: draft.fields.get(column.name, _default(column)) for column in columns}
            rows.append(row | self._stamps(draft.id, 1))
            values: dict[str, tuple[Any, Any]] = {
                name: (None, value) for name, value in row.items() if value is not None and name not in untold
            }
            values |= {part.__list__: ([], rows_) for part, rows_ in draft.parts.items() if rows_}
            self._note(model, draft, Action.CREATED, 1, values, row)
            draft.outcome = Outcome.CREATED
        await insert_rows(self, table, rows)

    def _stamps(self, id_: UUID, version: int) -> dict[str, Any]:
        return {
            "organization_id": self.organization_id,
            "id": id_,
            "version": version,
            "created_at": self.now,
            "updated_at": self.now,
        }

    async def _update(
        self, model: type[Record], drafts: Sequence[Draft], parts_before: Mapping[tuple[type[Part], UUID], Any]
    ) -> None:
        groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        untold = _untold(model.__table__)
        for draft in drafts:
            current = draft.current or {}
            values = {n: (current[n], v) for n, v in draft.fields.items() if _differ(current[n], v)}
            columns = {name: pair[1] for name, pair in values.items()}
            values = {name: pair for name, pair in values.items() if name not in untold}
            for part, rows in draft.parts.items():
                before = parts_before.get((part, draft.id), [])
                if before != rows:
                    values[part.__list__] = (before, rows)
            values |= draft.beside
            if not values and not columns and draft.action is None:
                draft.outcome = Outcome.UNCHANGED
                continue
            # What one transaction does to a record is one version of it, and one event.
            version = current["version"] + (not self.has_changed(model, draft.id))
            groups.setdefault(tuple(sorted(columns)), []).append(
                {f"b_{name}": value for name, value in columns.items()}
                | {"b_id": draft.id, "b_version": version, "b_updated_at": self.now}
            )
            self._note(model, draft, Action.UPDATED, version, values, {**current, **columns})
            draft.outcome = Outcome.UPDATED
        table = model.__table__
        for names, rows in groups.items():
            statement = (
                update(table)
                .where(table.c.organization_id == self.organization_id, table.c.id == bindparam("b_id"))
                .values({name: bindparam(f"b_{name}") for name in (*names, "version", "updated_at")})
            )
            await self.connection.execute(statement, rows)

    async def _parts(
        self, model: type[Record], drafts: Sequence[Draft]
    ) -> dict[tuple[type[Part], UUID], list[dict[str, Any]]]:
        """The lists that drafts of existing records are about to replace, as they are."""
        found: dict[tuple[type[Part], UUID], list[dict[str, Any]]] = {}
        for part in {part for draft in drafts if draft.current is not None for part in draft.parts}:
            table, owner = part.__table__, part.__table__.c[part.__owner__]
            ids = [draft.id for draft in drafts if draft.current is not None and part in draft.parts]
            rows = await self.rows(
                select(table)
                .where(table.c.organization_id == self.organization_id, within(owner, ids, self.dialect))
                .order_by(owner, table.c.position)
            )
            names = part_columns(part)
            for row in rows:
                found.setdefault((part, row[part.__owner__]), []).append({name: row[name] for name in names})
        return found

    async def _replace_parts(
        self, model: type[Record], drafts: Sequence[Draft], before: Mapping[tuple[type[Part], UUID], Any]
    ) -> None:
        for part in {part for draft in drafts for part in draft.parts}:
            table, owner = part.__table__, part.__owner__
            changed = [d for d in drafts if part in d.parts and before.get((part, d.id), []) != d.parts[part]]
            outdated = [draft.id for draft in changed if (part, draft.id) in before]
            if outdated:
                await self.connection.execute(
                    delete(table).where(
                        table.c.organization_id == self.organization_id, within(table.c[owner], outdated, self.dialect)
                    )
                )
            rows = [
                {"organization_id": self.organization_id, owner: draft.id, "position": position, **row}
                for draft in changed
                for position, row in enumerate(draft.parts[part])
            ]
            await insert_rows(self, table, rows)

    async def _keep_in_sight(self, model: type[Record], drafts: Sequence[Draft]) -> None:
        """Refuse what puts a record out of its writer's own sight: no answer could show what became of it.

        Persons only: a connector brings what its system holds, whoever may read it here.
        """
        limit = restriction(model, self.viewer)
        if limit is None or limit.made_for_others or self.viewer.user_id is None:
            return
        decided = {draft.id: _decided(limit, draft) for draft in drafts}
        doubtful = [draft.id for draft in drafts if draft.current is None or decided[draft.id]]
        seen = await visible_ids(self, model, self.viewer, doubtful)
        why = "Then you would not see the record yourself; it takes somebody who sees all of its kind."
        hidden = [Refusal(ErrorCode.FORBIDDEN, why, decided[id_][:1]) for id_ in doubtful if id_ not in seen]
        if hidden:
            raise Refusals(hidden)

    def _note(
        self,
        model: type[Record],
        draft: Draft,
        action: Action,
        version: int,
        values: dict[str, Any],
        row: Mapping[str, Any],
    ) -> None:
        key = (model.__tablename__, draft.id)
        known = self._changes.get(key)
        if known is not None:
            known.values = {
                name: (known.values[name][0] if name in known.values else pair[0], pair[1])
                for name, pair in (known.values | values).items()
            }
            known.version = version
            known.action = draft.action or known.action
            known.notes |= draft.notes
            known.personal = known.personal.union(draft.beside)
            return
        self._changes[key] = Change(
            record_type=model.__tablename__.upper(),
            record_id=draft.id,
            action=draft.action or action,
            version=version,
            values=values,
            personal=personal_fields(model).union(draft.beside),
            subject_id=subject_of(model, draft.id, row),
            origin=draft.origin,
            notes=draft.notes,
        )

    async def write_events(self) -> None:
        """Write one event for each changed record. Nothing may follow but the commit."""
        changed = list(self._changes.values())
        for conclude in _CONCLUSIONS if changed else ():
            await conclude(self, changed)
        changes = list(self._changes.values())
        if changes:
            await seal_changes(self.connection, self.secrets, self.organization_id, changes)
            self.position = await event_log.append(self, self.viewer, self.now, changes)


async def transact(
    database: Database, viewer: Viewer, clock: Clock, secrets: Secrets, work: Callable[[UnitOfWork], Awaitable[T]]
) -> T:
    """Run a command in one transaction: all of it and its events, or nothing. Repeats it when the database asks to."""

    async def once() -> tuple[T, UnitOfWork]:
        async with database.begin(viewer.organization_id) as connection:
            unit = UnitOfWork(connection, await database.driver(connection), viewer, clock, secrets, database.watch)
            for admit in _ADMISSIONS:
                await admit(unit)
            result = await work(unit)
            await unit.write_events()
        return result, unit

    try:
        result, unit = await database.retrying(once)
    except (IntegrityError, asyncpg.IntegrityConstraintViolationError, sqlite3.IntegrityError) as error:
        # Two requests wrote the same key at once; the database let one of them through.
        raise Refusal(ErrorCode.CONFLICT, "Another request wrote the same first; read again and repeat.") from error
    if unit.position is not None:
        database.announce(viewer.organization_id)
    for act in unit.afterwards:
        await act()
    return result


_STAMPS = frozenset({"organization_id", "id", "version", "created_at", "updated_at"})


def _untold(table: Table) -> frozenset[str]:
    """The columns that no event tells of: secrets, and what is made of other columns."""
    return frozenset(c.name for c in table.columns if c.info.get("secret") or c.info.get("derived"))


def part_columns(part: type[Part]) -> tuple[str, ...]:
    """The columns of a part that are its content (not organization, owner or position)."""
    return tuple(
        column.name
        for column in part.__table__.columns
        if column.name not in ("organization_id", "position", part.__owner__)
    )


async def kept_parts(unit: UnitOfWork, part: type[Part], owner_id: UUID) -> list[dict[str, Any]]:
    """The content of a record's list as it is, to which a command adds: a list is written whole."""
    table = part.__table__
    mine = table.c.organization_id == unit.organization_id, table.c[part.__owner__] == owner_id
    names = part_columns(part)
    return [
        dict(row)
        for row in await unit.rows(select(*(table.c[name] for name in names)).where(*mine).order_by(table.c.position))
    ]


def _decided(limit: Visibility, draft: Draft) -> list[str]:
    """What a draft changes of that on which it rests who sees the record, in the schema's spelling."""
    current = draft.current
    return [
        name
        for column, name in limit.rests_on
        if column in draft.fields and (current is None or current[column] != draft.fields[column])
    ]


def _differ(before: Any, after: Any) -> bool:
    """Whether two values are stored differently; JSON's ``1`` and ``true`` are, though Python calls them equal."""
    if isinstance(before, dict | list) or isinstance(after, dict | list):
        return canonical_json(before) != canonical_json(after)
    return bool(before != after)


def _default(column: Any) -> Any:
    if column.default is None:
        return None
    value = column.default.arg
    return value(None) if callable(value) else value
