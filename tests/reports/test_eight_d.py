"""The 8D report: a page made of what the graph answers to who asks, and of nothing else."""

import re

import httpx

from qms_graphql.demo.chain import Chain
from tests.conftest import Company
from tests.journeys.conftest import Stage
from tests.records import made

HOSTILE = "<script>alert(1)</script> & lids"


async def got(company: Company, path: str, who: str | None = "quality_manager") -> httpx.Response:
    headers = {} if who is None else {"Authorization": f"Bearer {await company.token(who)}"}
    return await company.installation.http.get(path, headers=headers)


async def test_the_report_tells_the_whole_chain(company: Company) -> None:
    await Chain(Stage(company)).play()
    found = await got(company, "/reports/eight-d/NC-2026-00001")
    assert (found.status_code, found.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert found.headers["content-security-policy"].startswith("default-src 'none';")
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found.text))
    for told in (
        "8D report Lids of the Osprey crack NC-2026-00001 Closed",
        "Cooling time 12 s (root cause)",
        "ACT-2026-00002: Cool the lid for 18 s (corrective)",
        "-25 (-39.23 to -11.84)",
        "8 8 6 High 8 4 4 Medium",
        "DOC-2026-00001: Lid of the Osprey B (effective) 1 Mar 2026",
        "Lid wall: 1.8 (1.6 to 2) mm → 2.2 (2 to 2.4) mm",
        "quality_manager 2 June 2026, 11:00 UTC Closed Closed",
        "Printed on 2 June 2026, 11:00 UTC for quality_manager.",
    ):
        assert told in text
    assert found.text.count('class="done"') == 9
    picture = found.text[found.text.index("<svg") : found.text.index("</svg>")]
    heads = re.findall(r'class="head"[^>]*>([^<]+)<', picture)
    assert heads == [
        "FB-2026-00001",
        *(f"CMP-2026-{number:05}" for number in (1, 2, 3, 48)),
        "NC-2026-00001",
        "Method",
        "ACT-2026-00001",
        "ACT-2026-00002",
        "REV-2026-00002",
        "Effective",
    ]


async def test_what_people_wrote_stays_text(company: Company) -> None:
    when = "2026-03-01T08:00:00Z"
    await made(company, "Nonconformity", title=HOSTILE, origin="PROCESS", detectedAt=when, description=HOSTILE)
    found = await got(company, "/reports/eight-d/NC-2026-00001")
    assert found.status_code == 200
    assert "<script" not in found.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; lids" in found.text


async def test_nobody_gets_a_report_of_what_they_do_not_see(company: Company, other_company: Company) -> None:
    await made(company, "Nonconformity", title="Ours", origin="PROCESS", detectedAt="2026-03-01T08:00:00Z")
    path = "/reports/eight-d/NC-2026-00001"
    for asked, who, where, status, code in (
        (path, None, company, 401, "UNAUTHENTICATED"),
        (path, "employee", company, 404, "NOT_FOUND"),
        (path, "quality_manager", other_company, 404, "NOT_FOUND"),
        ("/reports/eight-d/NC-2026-00002", "quality_manager", company, 404, "NOT_FOUND"),
        ("/reports/nine-d/NC-2026-00001", "quality_manager", company, 404, "NOT_FOUND"),
    ):
        found = await got(where, asked, who)
        assert (found.status_code, found.json()["errors"][0]["extensions"]["code"]) == (status, code)
        assert "Ours" not in found.text
