"""Where a browser opens a report: by an address for one person, one report and some minutes; and which report it is."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from qms_graphql.base.access import system_viewer
from qms_graphql.base.unit import transact
from qms_graphql.people import identity
from tests.conftest import START, Company
from tests.files.bringing import brought, code
from tests.records import made
from tests.reports.test_eight_d import got
from tests.reviews.cases import review

WHERE = """
query ($id: ID!) { node(id: $id) {
  ... on Nonconformity { reportUrl }
  ... on Review { reportUrl }
} }
"""


async def nonconformity(company: Company, title: str = "Ours") -> str:
    id_: str = await made(company, "Nonconformity", title=title, origin="PROCESS", detectedAt="2026-03-01T08:00:00Z")
    return id_


async def url_of(company: Company, id_: str, who: str = "quality_manager") -> Any:
    """What `reportUrl` says to somebody."""
    return (await company.data(WHERE, {"id": id_}, who=who))["node"]["reportUrl"]


async def test_a_browser_opens_it_for_ten_minutes_and_nothing_else(company: Company, other_company: Company) -> None:
    http, clock = company.installation.http, company.installation.clock
    id_ = await nonconformity(company)
    await nonconformity(company, "Another")
    url = await url_of(company, id_)
    path, _, query = url.partition("?")
    assert path == "/reports/eight-d/NC-2026-00001"
    page = await http.get(url)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert (page.headers["cache-control"], page.headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert "for quality_manager." in page.text
    assert "Ours" in page.text
    foreign = await url_of(other_company, await nonconformity(other_company, "Theirs"))
    by = query.partition("&")[0]
    file = (await brought(company, id_)).removeprefix("file_")
    for wrong in (
        url.replace("NC-2026-00001", "NC-2026-00002"),
        url.replace("eight-d", "review"),
        url[:-1] + ("0" if url[-1] != "0" else "1"),
        url.replace("until=", "until=1"),
        url.replace(by, foreign.partition("?")[2].partition("&")[0]),
        f"{path}?by=&until=&signature=",
        f"{path}?signature=",
        # What was signed for a report opens no file, nor the other way round.
        f"/files/file_{file}?{query}",
    ):
        answer = await http.get(wrong)
        assert code(answer) == (403, "FORBIDDEN")
        assert "Ours" not in answer.text
    assert code(await http.get(path)) == (401, "UNAUTHENTICATED")
    # Theirs has the same number: whose token it was signed for says whose it is.
    theirs = await http.get(foreign)
    assert "Theirs" in theirs.text
    assert "Ours" not in theirs.text
    clock.advance(timedelta(minutes=10))
    assert code(await http.get(url)) == (403, "FORBIDDEN")
    assert (await got(company, path)).status_code == 200
    clock.set(START)
    assert (await http.get(url)).status_code == 200


async def test_what_could_be_seen_when_it_was_signed_counts_for_nothing(company: Company) -> None:
    http, place = company.installation.http, company.installation
    id_ = await nonconformity(company)
    text = "mutation ($input: UpdateUserInput!) { updateUser(input: $input) { errors { code } } }"
    url = await url_of(company, id_, "complaint_handler")
    assert (await http.get(url)).status_code == 200
    me = (await company.data("{ me { id } }", who="complaint_handler"))["me"]["id"]
    await company.data(text, {"input": {"id": me, "version": 1, "roles": ["EMPLOYEE"]}})
    assert code(await http.get(url)) == (404, "NOT_FOUND")
    await company.data(text, {"input": {"id": me, "version": 2, "roles": ["AUDITOR"]}})
    assert (await http.get(url)).status_code == 200
    revoke = partial(identity.revoke, id_=UUID(hex=company.tokens["complaint_handler"].split("_")[1]))
    await transact(place.database, system_viewer(company.id), place.clock, place.secrets, revoke)
    assert code(await http.get(url)) == (403, "FORBIDDEN")


@pytest.mark.parametrize("kind", ["INTERNAL_AUDIT", "MANAGEMENT_REVIEW", "TEAM_MEETING"])
async def test_each_review_has_the_report_of_its_kind_and_no_other(company: Company, kind: str) -> None:
    period = {"periodFrom": "2026-01-01T00:00:00Z", "periodUntil": "2026-03-01T00:00:00Z"}
    more = period if kind == "MANAGEMENT_REVIEW" else {}
    id_ = await review(company, kind, title="Of its kind", **more)
    await review(company, "TEAM_MEETING", title="Something else")
    url = await url_of(company, id_)
    name = "management-review" if kind == "MANAGEMENT_REVIEW" else "review"
    assert url.partition("?")[0] == f"/reports/{name}/RVW-2026-00001"
    page = await company.installation.http.get(url)
    assert page.status_code == 200
    assert "Of its kind" in page.text
    assert "Something else" not in page.text
    assert ("9.3.2 a" in page.text, "<dt>Period</dt>" in page.text) == (bool(more), bool(more))
    other = "review" if name == "management-review" else "management-review"
    wrong = await got(company, f"/reports/{other}/RVW-2026-00001")
    assert code(wrong) == (404, "NOT_FOUND")
    assert "Of its kind" not in wrong.text
