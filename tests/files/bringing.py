"""Short ways to bring files to records, and to look at what is there."""

import hashlib
from pathlib import Path
from typing import Any

import httpx

from qms_graphql.base.access import system_viewer
from qms_graphql.base.schedule import Shift
from qms_graphql.files.timed import sweep
from tests.conftest import Company
from tests.records import made

BEGIN = """
mutation ($input: BeginUploadInput!) {
  beginUpload(input: $input) { upload { id url expiresAt } errors { code field } }
}
"""
REMOVE = """
mutation ($input: RemoveFileInput!) { removeFile(input: $input) { record { version } errors { code field } } }
"""
SHOW = """
query ($id: ID!) {
  node(id: $id) {
    ... on Record {
      version
      files { nodes { id name mediaType size sha256 at uploadedBy { name } downloadUrl } pageInfo { hasNextPage } }
      history { nodes { action reason changes { field before after } } }
    }
  }
}
"""
AT = "2026-03-02T09:30:00Z"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)
PDF = b"%PDF-1.7\n" + b"x" * 3000


def announcing(record: str, data: bytes = PNG, **fields: Any) -> dict[str, Any]:
    """The input of `beginUpload`."""
    return {"record": record, "name": "lid.png", "mediaType": "image/png", "size": len(data)} | fields


async def begun(company: Company, record: str, data: bytes = PNG, *, who: str = "admin", **fields: Any) -> Any:
    """What `beginUpload` gives: where to send the bytes."""
    given = {"input": announcing(record, data, **fields)}
    answer = (await company.data(BEGIN, given, who=who))["beginUpload"]
    assert answer["errors"] == []
    return answer["upload"]


async def put(company: Company, url: str, data: Any = PNG, **options: Any) -> httpx.Response:
    """Send the bytes."""
    return await company.installation.http.put(url, content=data, **options)


async def brought(company: Company, record: str, data: bytes = PNG, *, who: str = "admin", **fields: Any) -> str:
    """A file that is there: its id."""
    upload = await begun(company, record, data, who=who, **fields)
    answer = await put(company, upload["url"], data)
    assert (answer.status_code, answer.json()) == (
        201,
        {"id": upload["id"], "sha256": hashlib.sha256(data).hexdigest()},
    )
    return str(upload["id"])


async def shown(company: Company, record: str, *, who: str = "admin") -> Any:
    """The record, with its files and history."""
    return (await company.data(SHOW, {"id": record}, who=who))["node"]


async def action(company: Company) -> str:
    """An action to bring files to."""
    return str(await made(company, "Action", title="Thicker lids", kind="CORRECTION"))


def stored(company: Company) -> list[str]:
    """All that the store holds of an organization."""
    folder = Path(str(company.installation.settings.files).removeprefix("file://")) / company.id.hex
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


async def swept(company: Company) -> int:
    """Sweep: of how many files something was left."""
    place = company.installation
    shift = Shift(place.database, system_viewer(company.id), place.clock, place.secrets)
    await sweep(shift)
    return shift.done


def code(answer: httpx.Response) -> tuple[int, str]:
    """The status and code of a refusal."""
    return answer.status_code, answer.json()["errors"][0]["extensions"]["code"]
