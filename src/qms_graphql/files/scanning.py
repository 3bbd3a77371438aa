"""The scanner of files: a command of the operator's that gets the bytes, and says by its end whether they may stay.

``clamdscan --no-summary -`` is one: it ends with 0 if it found nothing, with 1 if it found something, and with another
number if it could not look. What could not be looked at is not let in.
"""

import asyncio
import shlex
from collections.abc import AsyncIterator
from contextlib import suppress

import structlog

from qms_graphql.base.errors import ErrorCode, Refusal

SCAN_SECONDS = 120.0
_log = structlog.get_logger("qms")


async def scan(command: str | None, chunks: AsyncIterator[bytes]) -> None:
    """Have the scanner look at bytes; without a command everything passes.

    Raises ``Refusal(INVALID)`` if it finds something, ``Refusal(CONFLICT)`` if it cannot look.
    """
    if command is None:
        return
    try:
        async with asyncio.timeout(SCAN_SECONDS):
            found = await _ended(command, chunks)
    except (OSError, TimeoutError):
        found = None
    if found == 1:
        raise Refusal(ErrorCode.INVALID, "The scanner refused the file.")
    if found != 0:
        # What is wrong with the scanner is for who runs it, not for who brings a file.
        _log.error("scanner", ended=found)
        raise Refusal(ErrorCode.CONFLICT, "The file could not be scanned; begin the upload again later.")


async def _ended(command: str, chunks: AsyncIterator[bytes]) -> int:
    """With what number the command ended that was given the bytes."""
    process = await asyncio.create_subprocess_exec(
        *shlex.split(command),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        if process.stdin is not None:
            await _feed(process.stdin, chunks)
        return await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _feed(pipe: asyncio.StreamWriter, chunks: AsyncIterator[bytes]) -> None:
    """Write all bytes to a scanner; one that has seen enough reads no further."""
    with suppress(BrokenPipeError, ConnectionResetError):
        async for chunk in chunks:
            pipe.write(chunk)
            await pipe.drain()
    with suppress(BrokenPipeError, ConnectionResetError):
        pipe.close()
        await pipe.wait_closed()
