"""Who may bring, see, fetch and remove files; and what an address opens for whom."""

from datetime import timedelta
from functools import partial
from uuid import UUID

from qms_graphql.base.access import system_viewer
from qms_graphql.base.unit import transact
from qms_graphql.people import identity
from tests.conftest import START, Company
from tests.files.bringing import AT, BEGIN, REMOVE, SHOW, action, announcing, begun, brought, code, put, shown
from tests.records import id_of, made


async def test_an_address_opens_one_thing_for_one_person_for_a_while(company: Company, other_company: Company) -> None:
    record, http, clock = await action(company), company.installation.http, company.installation.clock
    upload = await begun(company, record, who="department_head")
    other = await begun(company, record)
    foreign = await begun(other_company, await action(other_company))
    query = upload["url"].partition("?")[2]
    events = await company.event_count()
    by = query.partition("&")[0]
    for url in (
        f"/files/{other['id']}?{query}",
        f"/files/{foreign['id']}?{query}",
        upload["url"][:-1] + ("0" if upload["url"][-1] != "0" else "1"),
        upload["url"].replace("until=", "until=1"),
        upload["url"].replace(by, foreign["url"].partition("?")[2].partition("&")[0]),
        f"/files/{upload['id']}",
        f"/files/{upload['id']}?by=&until=&signature=",
    ):
        assert code(await put(company, url)) == (403, "FORBIDDEN")
    # It is for bringing, not for fetching; and what is not here yet is not there for anybody.
    assert code(await http.get(upload["url"])) == (403, "FORBIDDEN")
    mine = {"Authorization": f"Bearer {await company.token('admin')}"}
    assert code(await http.get(f"/files/{upload['id']}", headers=mine)) == (404, "NOT_FOUND")
    clock.advance(timedelta(minutes=15))
    assert code(await put(company, upload["url"])) == (403, "FORBIDDEN")
    clock.set(START)
    assert await company.event_count() == events
    assert (await put(company, upload["url"])).status_code == 201
    assert code(await put(company, upload["url"])) == (409, "CONFLICT")
    down = (await shown(company, record))["files"]["nodes"][0]["downloadUrl"]
    assert (await http.get(down)).status_code == 200
    assert code(await put(company, down)) == (403, "FORBIDDEN")
    clock.advance(timedelta(minutes=10))
    assert code(await http.get(down)) == (403, "FORBIDDEN")
    # With the token goes what was signed for it.
    upload = await begun(company, record, who="department_head")
    place, token = company.installation, UUID(hex=company.tokens["department_head"].split("_")[1])
    revoke = partial(identity.revoke, id_=token)
    await transact(place.database, system_viewer(company.id), place.clock, place.secrets, revoke)
    assert code(await put(company, upload["url"])) == (403, "FORBIDDEN")


async def test_who_does_not_see_the_record_does_not_see_its_files(company: Company, other_company: Company) -> None:
    http = company.installation.http
    record = await made(company, "Feedback", source="SUPPORT", text="Good lids.", occurredAt=AT, confidential=True)
    file = await brought(company, record)
    down = (await shown(company, record))["files"]["nodes"][0]["downloadUrl"]
    absent = "/files/file_" + "0" * 32
    for who, place in (("employee", company), ("department_head", company), ("admin", other_company)):
        bearer = {"Authorization": f"Bearer {await place.token(who)}"}
        answers = [
            await http.get(url, headers=bearer) for url in (f"/files/{file}", absent, "/files/x", f"/files/{record}")
        ]
        assert {(answer.status_code, answer.text) for answer in answers} == {(404, answers[1].text)}
        assert (await place.data(SHOW, {"id": record}, who=who))["node"] is None
        given = {"input": announcing(record)}
        if who != "employee":
            answer = (await place.data(BEGIN, given, who=who))["beginUpload"]
            assert answer == {"upload": None, "errors": [{"code": "NOT_FOUND", "field": ["record"]}]}
            given = {"input": {"id": file, "reason": "Away."}}
            answer = (await place.data(REMOVE, given, who=who))["removeFile"]
            assert answer == {"record": None, "errors": [{"code": "NOT_FOUND", "field": ["id"]}]}
    assert (await http.get(f"/files/{file}")).status_code == 401
    assert (await http.get(down)).status_code == 200
    # What could be seen when the address was made counts for nothing.
    record = await made(company, "Feedback", source="SUPPORT", text="Good lids.", occurredAt=AT)
    await brought(company, record)
    down = (await shown(company, record, who="department_head"))["files"]["nodes"][0]["downloadUrl"]
    assert (await http.get(down)).status_code == 200
    text = "mutation ($input: UpdateFeedbackInput!) { updateFeedback(input: $input) { errors { code } } }"
    given = {"id": record, "version": 2, "confidential": True}
    assert (await company.data(text, {"input": given}))["updateFeedback"]["errors"] == []
    assert code(await http.get(down)) == (404, "NOT_FOUND")
    assert (await company.data("query ($id: ID!) { node(id: $id) { id } }", {"id": file}))["node"] is None


async def test_who_may_not_change_the_record_brings_and_removes_nothing(company: Company) -> None:
    record = await action(company)
    file = await brought(company, record)
    requirement = await made(company, "Requirement", source="INTERNAL", statement="Whole lids.", clause="4.2")
    for who in ("employee", "auditor", "connector:shop", "department_head"):
        await company.token(who)
    events = await company.event_count()
    for who in ("auditor", "connector:shop"):
        for text, given in ((BEGIN, announcing(record)), (REMOVE, {"id": file, "reason": "Away."})):
            answer = await company.ask(text, {"input": given}, who=who)
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
    # Who may bring files, but not change what these are for.
    for who, what in (("department_head", requirement), ("employee", record)):
        answer = await company.ask(BEGIN, {"input": announcing(what)}, who=who)
        assert answer["data"]["beginUpload"]["errors"] == [{"code": "FORBIDDEN", "field": None}]
    assert [node["name"] for node in (await shown(company, record, who="employee"))["files"]["nodes"]] == ["lid.png"]
    assert (await shown(company, record, who="auditor"))["files"]["nodes"][0]["id"] == file
    assert await company.event_count() == events


async def test_who_owns_an_action_shows_its_evidence(company: Company) -> None:
    own = await made(company, "Action", title="Try it", kind="IMPROVEMENT", owner=await id_of(company, "employee"))
    answer = await company.data(BEGIN, {"input": announcing(own)}, who="employee")
    assert answer["beginUpload"]["errors"] == []


async def test_what_somebody_brought_is_taken_away_by_them_or_by_who_owns_the_quality_system(company: Company) -> None:
    """Not by whom it is evidence about, although they may bring their own, nor by who else may change the record."""
    own = await made(company, "Action", title="Try it", kind="IMPROVEMENT", owner=await id_of(company, "employee"))
    theirs = await brought(company, own, who="department_head", name="theirs.png")
    mine = await brought(company, own, who="employee", name="mine.png")
    managers = await brought(company, own, who="employee", name="seen.png")
    for who in ("complaint_handler", "quality_manager"):
        await company.token(who)
    events = await company.event_count()
    for who, file in (("employee", theirs), ("complaint_handler", theirs), ("department_head", mine)):
        answer = (await company.data(REMOVE, {"input": {"id": file, "reason": "Blurred."}}, who=who))["removeFile"]
        assert answer == {"record": None, "errors": [{"code": "FORBIDDEN", "field": ["id"]}]}
    assert await company.event_count() == events
    for who, file in (("employee", mine), ("department_head", theirs), ("quality_manager", managers)):
        answer = (await company.data(REMOVE, {"input": {"id": file, "reason": "Blurred."}}, who=who))["removeFile"]
        assert answer["errors"] == []
    assert (await shown(company, own))["files"]["nodes"] == []
