"""Files over real sockets: streams that are never held as a whole, that break off, dawdle, or come twice at once."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from qms_graphql.base.errors import SetupError
from qms_graphql.base.ids import from_global
from qms_graphql.base.settings import Settings
from qms_graphql.files.model import File
from qms_graphql.files.receiving import check_files
from qms_graphql.files.rules import FileState
from qms_graphql.files.storage import Storage
from tests.conftest import Company
from tests.files.bringing import PNG, action, begun, code, put, shown, stored
from tests.files.bucket import Bucket
from tests.live import PATIENCE, served

MANY = 16 * 2**20


async def test_a_large_file_is_on_its_way_to_the_store_before_all_of_it_is_here(company: Company, address: str) -> None:
    record, data = await action(company), PNG + secrets.token_bytes(MANY)
    upload = await begun(company, record, data)
    drafts: list[str] = []

    async def chunks() -> AsyncIterator[bytes]:
        yield data[: MANY - 1000]
        async with asyncio.timeout(PATIENCE):
            while not drafts:
                drafts.extend(stored(company))
                await asyncio.sleep(0.01)
        yield data[MANY - 1000 :]

    async with httpx.AsyncClient(base_url=f"http://{address}", timeout=60) as http:
        assert (await http.put(upload["url"], content=chunks())).status_code == 201
        assert drafts != stored(company)
        (node,) = (await shown(company, record))["files"]["nodes"]
        async with http.stream("GET", node["downloadUrl"]) as answer:
            sizes, found = [], b""
            async for chunk in answer.aiter_raw():
                sizes.append(len(chunk))
                found += chunk
    assert found == data
    assert max(sizes) < 2**20


async def until(company: Company, file: str, is_so: Callable[[Any], bool]) -> None:
    """Wait until the row of a file is so."""
    table = File.__table__
    mine = select(table).where(table.c.organization_id == company.id, table.c.id == from_global(file)[1])
    for _ in range(200):
        async with company.installation.database.reading(company.id) as reader:
            if is_so((await reader.rows(mine))[0]):
                return
        await asyncio.sleep(0.05)
    raise AssertionError("it does not come about")


async def test_of_two_who_use_an_address_at_once_one_does(company: Company, address: str) -> None:
    record = await action(company)
    upload = await begun(company, record)
    async with httpx.AsyncClient(base_url=f"http://{address}", timeout=60) as http:
        answers = await asyncio.gather(*(http.post(upload["url"], content=PNG) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert len(stored(company)) == len((await shown(company, record))["files"]["nodes"]) == 1


async def test_who_dawdles_or_goes_away_leaves_nothing(
    company: Company, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = await action(company)
    slow, gone = await begun(company, record), await begun(company, record)
    monkeypatch.setattr("qms_graphql.app.files.SILENT_SECONDS", 0.3)
    host, _, port = address.partition(":")

    async def half(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"PUT {url} HTTP/1.1\r\nHost: qms\r\nContent-Length: {len(PNG)}\r\n\r\n".encode() + PNG[:100])
        await writer.drain()
        return reader, writer

    reader, writer = await half(slow["url"])
    answer = await asyncio.wait_for(reader.read(), PATIENCE)
    assert answer.startswith(b"HTTP/1.1 408 ")
    writer.close()
    monkeypatch.setattr("qms_graphql.app.files.SILENT_SECONDS", PATIENCE)
    _, writer = await half(gone["url"])
    await until(company, gone["id"], lambda row: row["begun_at"] is not None)
    writer.close()
    await until(company, gone["id"], lambda row: row["state"] is FileState.REFUSED)
    assert stored(company) == []
    assert code(await put(company, gone["url"])) == (409, "CONFLICT")
    assert (await shown(company, record))["files"]["nodes"] == []


async def test_a_bucket_holds_files_as_a_folder_does(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket, record = Bucket(), await action(company)
    async with served(bucket.app) as where:
        for name, value in (
            ("files", "s3://evidence/qms"), ("files_endpoint", f"http://{where}"), ("files_region", "eu-1"),
            ("files_key_id", "key"), ("files_secret_key", Settings(files_secret_key="secret").files_secret_key),
        ):  # fmt: skip
            monkeypatch.setattr(company.installation.settings, name, value)
        storage, data = Storage(company.installation.settings), PNG + secrets.token_bytes(MANY)
        upload = await begun(company, record, data)
        key = f"{company.id.hex}/{upload['id'].removeprefix('file_')}"

        async def chunks(upto: int) -> AsyncIterator[bytes]:
            for start in range(0, upto, 65_536):
                yield data[start : min(upto, start + 65_536)]
            if upto < len(data):
                raise EOFError

        with pytest.raises(EOFError):
            await storage.write(key, chunks(MANY // 2))
        assert (bucket.objects, bucket.parts) == ({}, {})
        await storage.write(key, chunks(len(data)))
        assert bucket.objects == {f"/evidence/qms/{key}": data}
        assert bucket.largest <= 6 * 2**20
        assert b"".join([chunk async for chunk in storage.read(key, 10, 6_000_000)]) == data[10:6_000_000]
        await storage.delete(key)
        await storage.delete(key)
        assert bucket.objects == {}
        with pytest.raises(FileNotFoundError):
            await anext(storage.read(key, 0, 1))


def test_settings_that_cannot_be_are_said_at_the_start(tmp_path: Path) -> None:
    for given, said in (
        ({"files": "ftp://x"}, "QMS_FILES is"),
        ({"files": "s3:///"}, "QMS_FILES is"),
        ({"files_types": "application/pdf,text/html"}, "text/html"),
        ({"files_types": ""}, "nothing"),
    ):
        with pytest.raises(SetupError, match=said):
            check_files(Settings(**given))
    check_files(Settings(files=f"file://{tmp_path}", files_types="Application/PDF, text/csv"))
