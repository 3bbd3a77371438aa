"""Taking the bytes of a file in.

The bytes go to the store as they come; what is in memory is a few megabytes, however long the file is. Only when all of
them are there, are what was announced and have passed the scanner, does one transaction show the file. Whatever ends
before that leaves a row that is PENDING, and perhaps bytes that nobody can fetch: :mod:`.timed` removes them.
"""

import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

from qms_graphql.base.access import Viewer
from qms_graphql.base.clock import Clock
from qms_graphql.base.database import Database
from qms_graphql.base.errors import ErrorCode, Refusal, SetupError
from qms_graphql.base.secrets import Secrets
from qms_graphql.base.settings import Settings
from qms_graphql.base.unit import transact
from qms_graphql.files import commands
from qms_graphql.files.holders import HolderOf
from qms_graphql.files.rules import HEAD_BYTES, fits, unknown_types
from qms_graphql.files.scanning import scan
from qms_graphql.files.storage import Storage


class Flow:
    """Bytes on their way: counted and hashed, the first ones looked at.

    Raises ``Refusal`` when they are not as announced.
    """

    def __init__(self, chunks: AsyncIterator[bytes], announced: Mapping[str, Any]) -> None:
        self._chunks = chunks
        self._announced = announced
        self._hash = hashlib.sha256()
        self._size = 0
        self._head: bytes | None = b""

    async def passed(self) -> AsyncIterator[bytes]:
        """The bytes, as they come."""
        async for chunk in self._chunks:
            self._size += len(chunk)
            if self._size > self._announced["size"]:
                raise Refusal(ErrorCode.TOO_LONG, f"It is longer than the {self._announced['size']} bytes announced.")
            self._hash.update(chunk)
            if self._head is not None:
                self._look(chunk)
            if chunk:
                yield chunk
        if self._size != self._announced["size"]:
            lack = f"It has {self._size} bytes; {self._announced['size']} were announced."
            raise Refusal(ErrorCode.INVALID, lack)

    def _look(self, chunk: bytes) -> None:
        head = ((self._head or b"") + chunk)[:HEAD_BYTES]
        complete = len(head) == HEAD_BYTES or self._size == self._announced["size"]
        self._head = None if complete else head
        if complete and not fits(self._announced["media_type"], head):
            raise Refusal(ErrorCode.INVALID, f"Its first bytes are not those of {self._announced['media_type']}.")

    def digest(self) -> str:
        """The SHA-256 of all bytes. Raises ``Refusal`` if another was announced."""
        found, announced = self._hash.hexdigest(), self._announced["sha256"]
        if announced is not None and found != announced:
            raise Refusal(ErrorCode.INVALID, "Its SHA-256 is not the one announced.")
        return found


class Receiver:
    """Takes files in."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        secrets: Secrets,
        storage: Storage,
        holder_of: HolderOf,
    ) -> None:
        self._database = database
        self._clock = clock
        self._secrets = secrets
        self._storage = storage
        self._holder_of = holder_of

    async def receive(self, viewer: Viewer, id_: UUID, chunks: AsyncIterator[bytes]) -> str:
        """Take in the bytes of an announced file; once. The SHA-256 of them.

        Raises ``Refusal``: NOT_FOUND, CONFLICT, FORBIDDEN if they may not come; TOO_LONG, INVALID if they are not as
        announced, or the scanner found something. What the chunks raise is raised.
        """
        announced = await self._do(viewer, partial(commands.claim, id_=id_, holder_of=self._holder_of))
        flow, key = Flow(chunks, announced), announced["storage_key"]
        try:
            await self._storage.write(key, flow.passed())
            sha256 = flow.digest()
            await scan(self._database.settings.files_scanner, self._storage.read(key, 0, announced["size"]))
            await self._do(viewer, partial(commands.keep, id_=id_, sha256=sha256, holder_of=self._holder_of))
        except Refusal as refusal:
            await self._storage.delete(key)
            # What broke while it came may have been given up by now.
            with suppress(Refusal):
                await self._do(viewer, partial(commands.refuse, id_=id_, why=refusal.message))
            raise
        return sha256

    async def _do(self, viewer: Viewer, work: Any) -> Any:
        return await transact(self._database, viewer, self._clock, self._secrets, work)


def check_files(settings: Settings) -> None:
    """Raise ``SetupError`` if what the settings say of files cannot be."""
    Storage(settings)
    unknown = unknown_types(settings.file_types)
    if unknown or not settings.file_types:
        raise SetupError(
            f"QMS_FILES_TYPES: nothing here can tell by its bytes what is {', '.join(unknown) or 'empty'}."
        )
