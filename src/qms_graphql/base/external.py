"""External references: which record of ours an external system's key stands for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from qms_graphql.base.access import Viewer
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.model import ExternalRef, RefState
from qms_graphql.base.postgresql import LOCK_TIMEOUT_MS
from qms_graphql.base.reader import Reader
from qms_graphql.base.sets import rows_of
from qms_graphql.base.unit import UnitOfWork

Key = tuple[str, str]
"""System and external id."""


@dataclass(frozen=True, slots=True)
class Held:
    """What is held of an external record."""

    record_id: UUID | None
    target_id: UUID | None
    version: Any
    order: int | None
    state: RefState

    def newer(self, order: int | None) -> bool:
        """Whether a version is higher than the one held."""
        return order is not None and (self.order is None or order > self.order)

    def outdates(self, order: int | None, *, ends: bool) -> bool:
        """Whether what is held makes an arrival of this version stale."""
        if self.record_id is None and not ends:
            # Its end was seen first; now its content may come.
            return False
        if self.state is not RefState.LIVE and not ends and not self.newer(order):
            return True
        return order is not None and self.order is not None and order < self.order

    def is_of_another_kind(self, order: int | None, version: Any) -> bool:
        """Whether a version is of another kind than the one held: a number beside a time."""
        return (
            order is not None and self.version is not None and isinstance(self.version, str) != isinstance(version, str)
        )


async def serialise(unit: UnitOfWork, record_type: str) -> None:
    """Writers of one kind's references in one organization follow each other: two of them often bring the same keys."""
    if unit.dialect.name == "sqlite":
        return
    name = f"references {unit.organization_id} {record_type}"
    # A long batch ahead is no fault: wait longer for this lock than for any other.
    await unit.connection.execute(select(func.set_config("lock_timeout", "60s", True)))
    await unit.connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    await unit.connection.execute(select(func.set_config("lock_timeout", f"{LOCK_TIMEOUT_MS}ms", True)))


def ref_problem(viewer: Viewer, key: Key) -> list[Refusal]:
    """What is wrong with a key as such, or with this viewer writing for its system."""
    system, external_id = key
    for name, value, limit in (("system", system, 60), ("externalId", external_id, 200)):
        if not value or len(value) > limit or "\x00" in value:
            return [Refusal(ErrorCode.INVALID, f"{name} has 1 to {limit} characters.", ("ref", name))]
    if viewer.systems is not None and system not in viewer.systems:
        return [Refusal(ErrorCode.SYSTEM_NOT_ALLOWED, f"This token may not write for {system}.", ("ref", "system"))]
    return []


async def held_refs(
    reader: Reader | UnitOfWork, wanted: Mapping[str, Iterable[Key]], organization_id: UUID | None = None
) -> dict[tuple[str, Key], Held]:
    """What is held of these keys, by kind of record: one statement for each kind and system."""
    table = ExternalRef.__table__
    owner = organization_id or reader.organization_id  # type: ignore[union-attr]
    found: dict[tuple[str, Key], Held] = {}
    for record_type, keys in wanted.items():
        systems: dict[str, list[str]] = {}
        for system, external_id in keys:
            # Nothing is held under a key with a NUL in it, and PostgreSQL would not even look.
            if "\x00" not in system + external_id:
                systems.setdefault(system, []).append(external_id)
        for system, external_ids in systems.items():
            rows = await reader.rows(
                rows_of(
                    table,
                    {"organization_id": owner, "system": system, "type": record_type},
                    "external_id",
                    set(external_ids),
                    reader.dialect,
                )
            )
            for row in rows:
                found[record_type, (system, row["external_id"])] = Held(
                    row["record_id"], row["target_id"], row["version"], row["version_order"], row["state"]
                )
    return found


async def write_refs(unit: UnitOfWork, record_type: str, rows: Sequence[tuple[Key, Held]]) -> None:
    """Insert or change references."""
    if not rows:
        return
    table = ExternalRef.__table__
    make = sqlite_insert if unit.dialect.name == "sqlite" else postgresql_insert
    statement = make(table)
    changed = ("record_id", "target_id", "version", "version_order", "state", "updated_at")
    statement = statement.on_conflict_do_update(
        index_elements=["organization_id", "system", "type", "external_id"],
        set_={name: statement.excluded[name] for name in changed},
    )
    await unit.connection.execute(
        statement,
        [
            {
                "organization_id": unit.organization_id,
                "system": key[0],
                "type": record_type,
                "external_id": key[1],
                "record_id": held.record_id,
                "target_id": held.target_id,
                "version": held.version,
                "version_order": held.order,
                "state": held.state,
                "updated_at": unit.now,
            }
            for key, held in rows
        ],
    )
