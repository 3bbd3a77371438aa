"""Files of records over HTTP: brought, fetched, refused, removed; and who may do which."""

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import unquote

import pytest

from qms_graphql.app.files import disposition
from qms_graphql.base.settings import Settings
from qms_graphql.files.rules import SIGNS, fits, name_problem
from tests.conftest import Company
from tests.documents.paper import APPROVER, document, revision
from tests.files.bringing import (
    AT,
    BEGIN,
    PDF,
    PNG,
    REMOVE,
    action,
    announcing,
    begun,
    brought,
    code,
    put,
    shown,
    stored,
    swept,
)
from tests.records import id_of, made, moved, refused, signature_of, unmoved
from tests.reviews.cases import finding, review


async def test_a_file_is_brought_shown_told_of_and_fetched(company: Company) -> None:
    record, http = await action(company), company.installation.http
    name = 'the "lid", ½ open.png'
    file = await brought(company, record, who="department_head", name=name, sha256=hashlib.sha256(PNG).hexdigest())
    seen = await shown(company, record)
    (node,) = seen["files"]["nodes"]
    url = node.pop("downloadUrl")
    digest = hashlib.sha256(PNG).hexdigest()
    assert node == {
        "id": file, "name": name, "mediaType": "image/png", "size": len(PNG), "sha256": digest, "at": AT,
        "uploadedBy": {"name": "department_head"},
    }  # fmt: skip
    after = {"name": name, "media_type": "image/png", "size": len(PNG), "sha256": digest}
    assert seen["version"] == 2
    assert seen["history"]["nodes"][0] == {
        "action": "UPDATED",
        "reason": None,
        "changes": [{"field": "files", "before": None, "after": after}],
    }
    for answer in (
        await http.get(url),
        await http.get(f"/files/{file}", headers={"Authorization": f"Bearer {await company.token('auditor')}"}),
    ):
        assert (answer.status_code, answer.content) == (200, PNG)
        said = answer.headers
        assert said["content-disposition"] == (
            "attachment; filename=\"the _lid_, _ open.png\"; filename*=UTF-8''the%20%22lid%22%2C%20%C2%BD%20open.png"
        )
        assert (said["content-type"], said["x-content-type-options"]) == ("image/png", "nosniff")
        assert said["content-security-policy"].endswith("; sandbox")
        assert (said["etag"], said["content-length"]) == (f'"{digest}"', str(len(PNG)))
    # Personal values stand in clear nowhere in the trail.
    assert name not in (await company.post("{ changes(first: 50) { nodes { changedFields } } }")).text


async def test_parts_of_a_file_are_fetched(company: Company) -> None:
    record, http = await action(company), company.installation.http
    await brought(company, record, PDF, name="a.pdf", mediaType="application/pdf")
    url = (await shown(company, record))["files"]["nodes"][0]["downloadUrl"]
    size, whole = len(PDF), (200, PDF, None)
    for asked, expected in (
        ("bytes=0-7", (206, PDF[:8], f"bytes 0-7/{size}")),
        ("bytes=3000-", (206, PDF[3000:], f"bytes 3000-{size - 1}/{size}")),
        ("bytes=-5", (206, PDF[-5:], f"bytes {size - 5}-{size - 1}/{size}")),
        ("bytes=5-99999", (206, PDF[5:], f"bytes 5-{size - 1}/{size}")),
        ("bytes=9-5", whole),
        ("bytes=-", whole),
        ("bytes=0-1,4-5", whole),
        ("lines=1-2", whole),
    ):
        answer = await http.get(url, headers={"Range": asked})
        assert (answer.status_code, answer.content, answer.headers.get("content-range")) == expected
    beyond = await http.get(url, headers={"Range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    tag = beyond = (await http.head(url)).headers["etag"]
    assert (await http.get(url, headers={"Range": "bytes=0-1", "If-Range": '"other"'})).content == PDF
    assert (await http.get(url, headers={"If-None-Match": f'"x", W/{tag}'})).status_code == 304
    head = await http.head(url)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(size))
    assert (await http.delete(url)).status_code == 405


@pytest.mark.parametrize(
    ("fields", "data", "expected"),
    [
        ({"size": 207}, PNG, (413, "TOO_LONG")),
        ({"size": 209}, PNG, (422, "INVALID")),
        ({"sha256": "0" * 64}, PNG, (422, "INVALID")),
        ({"mediaType": "application/pdf"}, PNG, (422, "INVALID")),
        ({"mediaType": "text/plain"}, PNG, (422, "INVALID")),
        ({}, b"<script>" + PNG[8:], (422, "INVALID")),
    ],
)
async def test_what_is_not_as_announced_is_refused_and_not_kept(
    company: Company, fields: dict[str, Any], data: bytes, expected: tuple[int, str]
) -> None:
    record = await action(company)
    upload = await begun(company, record, **fields)
    assert code(await put(company, upload["url"], data)) == expected
    assert stored(company) == []
    assert (await shown(company, record))["version"] == 1
    # The address was used up by it.
    assert code(await put(company, upload["url"])) == (409, "CONFLICT")
    assert (await shown(company, record))["files"]["nodes"] == []


async def test_what_breaks_off_or_comes_as_something_else_is_refused(company: Company) -> None:
    record = await action(company)

    async def breaking_off() -> AsyncIterator[bytes]:
        yield PNG[:100]

    cut = await begun(company, record)
    assert code(await put(company, cut["url"], breaking_off())) == (422, "INVALID")
    upload = await begun(company, record)
    for headers in ({"Content-Type": "multipart/form-data; boundary=x"}, {"Content-Encoding": "gzip"}):
        assert code(await put(company, upload["url"], headers=headers)) == (415, "BAD_USER_INPUT")
    much = {"Content-Length": str(company.installation.settings.files_most_bytes + 1)}
    assert code(await put(company, upload["url"], headers=much)) == (413, "TOO_LONG")
    assert stored(company) == []
    # None of these has used the address up.
    assert (await put(company, upload["url"])).status_code == 201
    assert len(stored(company)) == 1


async def test_an_announcement_that_cannot_be_is_refused(company: Company) -> None:
    record = await action(company)
    product = await made(company, "Product", sku="L", name="Lid")
    refuse = partial(refused, company, BEGIN.replace("id url expiresAt", "id"))
    most = company.installation.settings.files_most_bytes
    for fields, *errors in (
        ({"name": "a\r\nSet-Cookie: x"}, ("INVALID", ["name"])),
        ({"name": "exe.\u202efdp"}, ("INVALID", ["name"]), ("INVALID", ["name"])),
        ({"name": "../lid.png"}, ("INVALID", ["name"])),
        ({"name": " "}, ("REQUIRED", ["name"]), ("INVALID", ["name"])),
        ({"mediaType": "text/html"}, ("INVALID", ["mediaType"])),
        ({"size": 0}, ("OUT_OF_RANGE", ["size"])),
        ({"size": most + 1}, ("OUT_OF_RANGE", ["size"])),
        # What no Int of GraphQL holds, and what no column does.
        *(({"size": size}, ("OUT_OF_RANGE", ["size"])) for size in (2**31, 2**63, "1e300", 1.5, -(2**40))),
        ({"sha256": "zz"}, ("INVALID", ["sha256"])),
        ({"record": product}, ("NOT_FOUND", ["record"])),
        ({"record": "x"}, ("BAD_USER_INPUT", ["record"])),
    ):
        await refuse(announcing(record) | fields, *errors)


async def test_files_are_paged_newest_first(company: Company) -> None:
    record = await action(company)
    files = [await brought(company, record, name=f"{number}.png") for number in range(3)]
    text = """query ($id: ID!, $after: String) { action(by: { id: $id }) {
      files(first: 2, after: $after) { nodes { id } pageInfo { hasNextPage hasPreviousPage endCursor } }
    } }"""
    first = (await company.data(text, {"id": record}))["action"]["files"]
    assert [node["id"] for node in first["nodes"]] == [files[2], files[1]]
    after = first["pageInfo"].pop("endCursor")
    assert first["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": False}
    rest = (await company.data(text, {"id": record, "after": after}))["action"]["files"]
    assert [node["id"] for node in rest["nodes"]] == [files[0]]
    assert not rest["pageInfo"]["hasNextPage"]
    for given in ({"after": "x"}, {"after": None}):
        large = text if given["after"] else text.replace("first: 2", "first: 201")
        answer = await company.ask(large, {"id": record} | given)
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_record_has_only_so_many_files(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    record = await action(company)
    monkeypatch.setattr(company.installation.settings, "files_per_record", 2)
    await brought(company, record)
    await begun(company, record)
    await refused(company, BEGIN, announcing(record), ("OUT_OF_RANGE", ["record"]))


async def test_a_file_shows_that_an_action_was_done_and_stays_then(company: Company) -> None:
    record = await action(company)
    await moved(company, record, "IN_PROGRESS")
    await unmoved(company, record, "DONE", ("REQUIRED", ["changes", "action", "evidence"]))
    first, second = await brought(company, record), await brought(company, record, name="2.png")
    await moved(company, record, "DONE")
    version = (await shown(company, record))["version"]
    # What has no other evidence can be saved as it is, and loses all but its last file.
    update = (
        "mutation ($input: UpdateActionInput!) { updateAction(input: $input) { action { version } errors { code } } }"
    )
    given = {"id": record, "version": version, "evidence": []}
    assert (await company.data(update, {"input": given}))["updateAction"]["errors"] == []
    given = {"id": first, "reason": "Blurred."}
    assert (await company.data(REMOVE, {"input": given}))["removeFile"]["errors"] == []
    await refused(company, REMOVE, {"id": second, "reason": "Blurred."}, ("INVALID", ["id"]))


async def test_what_is_removed_stays_known_and_a_settled_record_keeps_its_files(company: Company) -> None:
    record, http = await action(company), company.installation.http
    file, kept = await brought(company, record), await brought(company, record, name="kept.png")
    down = (await shown(company, record))["files"]["nodes"][1]["downloadUrl"]
    for reason, why in ((" ", "REQUIRED"), ("x" * 2001, "TOO_LONG")):
        await refused(company, REMOVE, {"id": file, "reason": reason}, (why, ["reason"]))
    answer = (await company.data(REMOVE, {"input": {"id": file, "reason": "Wrong lid."}}))["removeFile"]
    assert answer == {"record": {"version": 4}, "errors": []}
    assert (await http.get(down)).status_code == 404
    seen = await shown(company, record)
    assert [node["id"] for node in seen["files"]["nodes"]] == [kept]
    digest = hashlib.sha256(PNG).hexdigest()
    before = {"name": "lid.png", "media_type": "image/png", "size": len(PNG), "sha256": digest}
    assert seen["history"]["nodes"][0] == {
        "action": "UPDATED",
        "reason": "Wrong lid.",
        "changes": [{"field": "files", "before": before, "after": None}],
    }
    for id_ in (file, record, "x"):
        why = "BAD_USER_INPUT" if id_ == "x" else "NOT_FOUND"
        await refused(company, REMOVE, {"id": id_, "reason": "Again."}, (why, ["id"]))
    upload = await begun(company, record)
    await moved(company, record, "CANCELLED", reason="Not needed.")
    await refused(company, BEGIN, announcing(record), ("INVALID", ["record"]))
    await refused(company, REMOVE, {"id": kept, "reason": "Away."}, ("INVALID", ["id"]))
    assert code(await put(company, upload["url"])) == (422, "INVALID")
    assert len(stored(company)) == 2
    assert await swept(company) == 1
    assert stored(company) == [kept.removeprefix("file_")]


async def test_documents_revisions_and_findings_have_files_until_they_are_decided(company: Company) -> None:
    paper = await document(company)
    draft, audit = await revision(company, paper, "A"), await review(company, lead=await id_of(company, "admin"))
    await moved(company, audit, "HELD", changes={"review": {"heldAt": AT}})
    found = await finding(company, audit, "OBSERVATION")
    files = [await brought(company, holder, who="department_head") for holder in (paper, draft, found)]
    kinds = ("Document", "Revision", "Finding")
    each = " ".join(f"... on {kind} {{ files {{ nodes {{ id }} }} }}" for kind in kinds)
    text = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ __typename {each} }} }}"
    assert (await company.data(text, {"ids": [paper, draft, found]}, who="auditor"))["nodes"] == [
        {"__typename": kind, "files": {"nodes": [{"id": file}]}} for kind, file in zip(kinds, files, strict=True)
    ]
    await moved(company, draft, "IN_REVIEW")
    await moved(company, draft, "APPROVED", who=APPROVER, signature=await signature_of(company, APPROVER))
    signature = await signature_of(company, "admin")
    await moved(company, audit, "REPORTED", signature=signature)
    await moved(company, audit, "CLOSED", signature=signature)
    for holder, file in ((draft, files[1]), (found, files[2])):
        await refused(company, BEGIN, announcing(holder), ("INVALID", ["record"]))
        await refused(company, REMOVE, {"id": file, "reason": "Away."}, ("INVALID", ["id"]))


async def test_uploads_that_broke_off_are_swept(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    record = await action(company)
    upload = await begun(company, record)
    await begun(company, record, name="never sent.png")

    class Died(BaseException):
        """The process ended."""

    async def dying(*_: Any, **__: Any) -> None:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr("qms_graphql.files.receiving.scan", dying)
        with pytest.raises(Died):
            await put(company, upload["url"])
    assert len(stored(company)) == 1
    assert (await shown(company, record))["files"]["nodes"] == []
    assert await swept(company) == 0
    company.installation.clock.advance(timedelta(hours=3))
    assert await swept(company) == 2
    assert stored(company) == []
    assert await swept(company) == 0


@pytest.mark.parametrize(
    ("scanner", "expected"),
    [
        ("grep -q PNG", (422, "INVALID")),
        ("sh -c 'exit 2'", (409, "CONFLICT")),
        ("/no/such/scanner", (409, "CONFLICT")),
        ("sh -c 'test $(wc -c) -eq 208'", (201, "")),
    ],
)
async def test_the_scanner_decides(
    company: Company, monkeypatch: pytest.MonkeyPatch, scanner: str, expected: tuple[int, str]
) -> None:
    """`grep -q` ends with 0 if it finds something, so it stands here the other way around."""
    record = await action(company)
    turned = f"sh -c '! {scanner}'" if scanner.startswith("grep") else scanner
    monkeypatch.setattr(company.installation.settings, "files_scanner", turned)
    upload = await begun(company, record)
    answer = await put(company, upload["url"])
    assert ((answer.status_code, "") if answer.status_code == 201 else code(answer)) == expected
    assert len(stored(company)) == len((await shown(company, record))["files"]["nodes"]) == (expected[0] == 201)


def test_names_are_harmless_in_a_header() -> None:
    for name in ('a"b\\c%41.pdf', "ä\r\nX: y", "\u202ex", "日本.txt", "x" * 300):
        said = disposition(name)
        assert said.isascii()
        assert said.isprintable()
        plain, _, encoded = said.removeprefix('attachment; filename="').partition("\"; filename*=UTF-8''")
        assert not set('"\\%') & set(plain)
        assert unquote(encoded) == name
    assert name_problem("report (final), v2.pdf") is None


def test_every_type_that_is_allowed_at_first_can_be_told_by_its_bytes() -> None:
    assert set(Settings().file_types) <= set(SIGNS)
    assert fits("text/csv", ("ä" * 3000).encode()[:4096])
    assert fits("text/plain", b"x" * 4095 + "ä".encode()[:1])
    assert not fits("text/plain", b"ab\x00")
    assert not fits("text/plain", b"\xff\xfe")
