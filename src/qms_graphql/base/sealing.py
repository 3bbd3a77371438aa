"""Personal values in events: encrypted with a key per customer, which an erasure can destroy."""

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from sqlalchemy.ext.asyncio import AsyncConnection

from qms_graphql.base.erasing import erased_refusal, tells
from qms_graphql.base.event_log import Change, personal_payload
from qms_graphql.base.model import Action, SubjectKey
from qms_graphql.base.reader import Reader
from qms_graphql.base.secrets import Secrets, seal, unseal
from qms_graphql.base.sets import insert_new, rows_of


async def seal_changes(
    connection: AsyncConnection, secrets: Secrets, organization_id: UUID, changes: Sequence[Change]
) -> None:
    """Encrypt the personal part of each change for its subject: the customer, or the record while that is unknown."""
    # What an erasure takes away is not sealed either: nobody is to read it.
    telling = [change for change in changes if change.action is not Action.ERASED]
    plain = {id(change): text for change in telling if (text := personal_payload(change)) is not None}
    subjects = {change.subject_id or change.record_id for change in changes if id(change) in plain}
    keys = await _keys(connection, secrets, organization_id, subjects)
    for change in changes:
        if id(change) in plain:
            change.subject_id = change.subject_id or change.record_id
            # Whoever was erased stays erased: what comes later is sealed with a key that nobody keeps.
            key = keys.get(change.subject_id)
            if key is None and _stays(change):
                # The erasure was committed while this transaction ran.
                raise erased_refusal()
            key = key or os.urandom(32)
            change.sealed = seal(key, plain[id(change)], change.record_id.bytes)


async def opened(
    reader: Reader, secrets: Secrets, organization_id: UUID, events: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The personal part of each event: field to [before, after]; empty if nothing (any more) opens it."""
    sealed = {event["subject_id"] for event in events if event["sealed"] is not None}
    keys = await _held(reader.connection, secrets, organization_id, sorted(sealed)) if sealed else {}
    found = []
    for event in events:
        key = keys.get(event["subject_id"]) if event["sealed"] is not None else None
        found.append(_opened(key, event) if key else {})
    return found


def _stays(change: Change) -> bool:
    """Whether anything personal is in the record after the change."""
    return any(tells(after) for name, (_, after) in change.values.items() if name in change.personal)


def _opened(key: bytes, event: Mapping[str, Any]) -> dict[str, Any]:
    try:
        values: dict[str, Any] = orjson.loads(unseal(key, event["sealed"], event["record_id"].bytes))
    except InvalidTag:
        # Somebody else wrote it; the verification of the chain says where.
        return {}
    return values


async def _keys(
    connection: AsyncConnection, secrets: Secrets, organization_id: UUID, subjects: Iterable[UUID]
) -> dict[UUID, bytes]:
    """The subjects' keys; those that have none get a fresh one."""
    wanted = sorted(subjects)
    if not wanted:
        return {}
    keys = await _held(connection, secrets, organization_id, wanted, keep=True)
    missing = [subject for subject in wanted if subject not in keys]
    if missing:
        fresh = {subject: os.urandom(32) for subject in missing}
        await connection.execute(
            insert_new(SubjectKey.__table__, connection.dialect),
            [
                {"organization_id": organization_id, "subject_id": subject, "wrapped": secrets.wrap(key, subject)}
                for subject, key in fresh.items()
            ],
        )
        # Another transaction may have been first: what the table holds now is the key.
        keys |= await _held(connection, secrets, organization_id, missing, keep=True)
    return keys


async def _held(
    connection: AsyncConnection,
    secrets: Secrets,
    organization_id: UUID,
    subjects: Sequence[UUID],
    *,
    keep: bool = False,
) -> dict[UUID, bytes]:
    """The keys that are there. ``keep`` them until the end of the transaction: an erasure waits for it."""
    table = SubjectKey.__table__
    mine = {"organization_id": organization_id}
    rows = await connection.execute(rows_of(table, mine, "subject_id", subjects, connection.dialect, share=keep))
    return {row.subject_id: secrets.unwrap(row.wrapped, row.subject_id) for row in rows if row.wrapped is not None}
