"""Comments with mentions, followers, notifications: who is told, who sees what."""

from typing import Any

import pytest

from tests.conftest import Company
from tests.live import opened
from tests.records import made, moved, refused

COMMENT = """
mutation ($input: AddCommentInput!) {
  addComment(input: $input) {
    record { number comments { nodes { at author { name } text mentions { name } } } followers { name } followed }
    errors { code field }
  }
}
"""
FOLLOW = """
mutation ($input: FollowRecordInput!) {
  followRecord(input: $input) { record { ... on Record { followed } } errors { code field } }
}
"""
TOLD = """
{
  notifications(orderBy: [{ field: AT }]) {
    totalCount nodes { id kind actorName at readAt user { name } record { __typename number state } }
  }
}
"""
FIELDS = ["actorName", "at", "kind", "record", "record_type", "user"]
READ = "mutation ($input: MarkNotificationsReadInput!) { markNotificationsRead(input: $input) { marked } }"
AT = "2026-03-02T09:30:00Z"


async def person(company: Company, who: str) -> str:
    """The id of the user whose token that is."""
    id_: str = (await company.data("{ me { id } }", who=who))["me"]["id"]
    return id_


async def requirement(company: Company) -> str:
    id_: str = await made(company, "Requirement", source="INTERNAL", statement="Whole lids.", clause="4.2")
    return id_


async def told(company: Company, who: str) -> list[dict[str, Any]]:
    page = (await company.data(TOLD, who=who))["notifications"]
    assert page["totalCount"] == len(page["nodes"])
    return [{key: node[key] for key in node if key != "id"} for node in page["nodes"]]


async def test_a_comment_is_seen_at_its_record_and_tells_those_named(company: Company) -> None:
    record, head = await requirement(company), await person(company, "department_head")
    given = {"record": record, "text": "Please look.", "mentions": [head]}
    answer = (await company.data(COMMENT, {"input": given}, who="quality_manager"))["addComment"]
    assert answer == {
        "record": {
            "number": "REQ-2026-00001",
            "comments": {
                "nodes": [
                    {
                        "at": AT, "author": {"name": "quality_manager"}, "text": "Please look.",
                        "mentions": [{"name": "department_head"}],
                    }
                ]
            },
            "followers": [{"name": "quality_manager"}],
            "followed": True,
        },
        "errors": [],
    }  # fmt: skip
    assert await told(company, "department_head") == [
        {
            "kind": "MENTIONED", "actorName": "quality_manager", "at": AT, "readAt": None,
            "user": {"name": "department_head"},
            "record": {"__typename": "Requirement", "number": "REQ-2026-00001", "state": "DRAFT"},
        }
    ]  # fmt: skip
    assert await told(company, "quality_manager") == []
    assert await told(company, "admin") == []


async def test_those_who_follow_are_told_of_comments_and_moves(company: Company) -> None:
    record = await requirement(company)
    for _ in range(2):
        answer = await company.data(FOLLOW, {"input": {"record": record}}, who="department_head")
        assert answer["followRecord"] == {"record": {"followed": True}, "errors": []}
    await company.data(COMMENT, {"input": {"record": record, "text": "Soon."}}, who="quality_manager")
    await moved(company, record, "ACTIVE")
    kinds = [(item["kind"], item["actorName"]) for item in await told(company, "department_head")]
    assert sorted(kinds) == [("COMMENTED", "quality_manager"), ("MOVED", "admin")]
    # Whoever comments follows from then.
    assert [item["kind"] for item in await told(company, "quality_manager")] == ["MOVED"]
    answer = await company.data(FOLLOW, {"input": {"record": record, "follow": False}}, who="department_head")
    assert answer["followRecord"]["record"] == {"followed": False}
    await moved(company, record, "RETIRED", reason="Replaced.")
    assert len(await told(company, "department_head")) == 2


async def test_a_person_marks_only_the_own_notifications_read(company: Company) -> None:
    record = await requirement(company)
    people = [await person(company, who) for who in ("department_head", "complaint_handler")]
    await company.data(COMMENT, {"input": {"record": record, "text": "Both.", "mentions": people}})
    (mine,) = (await company.data(TOLD, who="department_head"))["notifications"]["nodes"]
    (theirs,) = (await company.data(TOLD, who="complaint_handler"))["notifications"]["nodes"]
    given = {"input": {"ids": [mine["id"], theirs["id"]]}}
    assert (await company.data(READ, given, who="department_head"))["markNotificationsRead"] == {"marked": 1}
    assert (await company.data(READ, given, who="department_head"))["markNotificationsRead"] == {"marked": 0}
    assert [item["readAt"] for item in await told(company, "department_head")] == [AT]
    assert [item["readAt"] for item in await told(company, "complaint_handler")] == [None]


async def test_nobody_else_reads_a_notification_by_any_way(company: Company) -> None:
    record, head = await requirement(company), await person(company, "department_head")
    await company.data(COMMENT, {"input": {"record": record, "text": "You.", "mentions": [head]}})
    (mine,) = (await company.data(TOLD, who="department_head"))["notifications"]["nodes"]
    for who in ("admin", "quality_manager", "auditor"):
        found = await company.data(
            """
            query ($id: ID!, $user: ID!) {
              node(id: $id) { id }
              notification(by: { id: $id }) { kind }
              notifications(where: { user: { id: { eq: $user } } }) { totalCount }
              user(by: { id: $user }) { notifications { totalCount } }
              users(where: { notifications: { some: {} } }) { totalCount }
              changes(types: [NOTIFICATION]) { nodes { recordId } }
            }
            """,
            {"id": mine["id"], "user": head},
            who=who,
        )
        assert found == {
            "node": None,
            "notification": None,
            "notifications": {"totalCount": 0},
            "user": {"notifications": {"totalCount": 0}},
            "users": {"totalCount": 0},
            "changes": {"nodes": []},
        }


async def test_a_notification_does_not_show_a_record_that_its_reader_does_not_see(company: Company) -> None:
    words = await made(company, "Feedback", source="REVIEW", occurredAt="2026-03-01T08:00:00Z", text="Secret.")
    head = await person(company, "department_head")
    await company.data(FOLLOW, {"input": {"record": words, "follow": True}}, who="department_head")
    hide = "mutation ($input: UpdateFeedbackInput!) { updateFeedback(input: $input) { errors { code } } }"
    await company.data(hide, {"input": {"id": words, "version": 1, "confidential": True}})
    named = {"record": words, "text": "See here.", "mentions": [head]}
    await refused(company, COMMENT, named, ("INVALID", ["mentions", "0"]))
    await company.data(COMMENT, {"input": {"record": words, "text": "See here."}})
    assert [item["record"] for item in await told(company, "department_head")] == [None]
    await refused(
        company,
        COMMENT,
        {"record": words, "text": "?", "mentions": ["user_" + "0" * 32]},
        ("NOT_FOUND", ["mentions", "0"]),
    )
    await company.token("employee")
    events = await company.event_count()
    for who in ("department_head", "employee"):
        answer = (await company.data(COMMENT, {"input": {"record": words, "text": "Me too."}}, who=who))["addComment"]
        assert answer == {"record": None, "errors": [{"code": "NOT_FOUND", "field": ["record"]}]}
    assert await company.event_count() == events


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"text": " "}, ("REQUIRED", ["text"])),
        ({"text": "x" * 10_001}, ("TOO_LONG", ["text"])),
        ({"record": "customer_" + "0" * 32}, ("NOT_FOUND", ["record"])),
        ({"record": "?"}, ("BAD_USER_INPUT", ["record"])),
        ({"mentions": ["?"]}, ("BAD_USER_INPUT", ["mentions", "0"])),
        ({"mentions": ["requirement_" + "0" * 32]}, ("INVALID", ["mentions", "0"])),
        ({"mentions": ["user_" + "0" * 32] * 51}, ("TOO_LONG", ["mentions"])),
    ],
)
async def test_a_comment_that_cannot_be_made_is_refused(company: Company, given: Any, error: Any) -> None:
    record = await requirement(company)
    await refused(company, COMMENT, {"record": record, "text": "Well."} | given, error)


async def test_comments_come_in_pages_for_all_records_at_once(company: Company) -> None:
    records = [await requirement(company) for _ in range(2)]
    for number in range(3):
        for record in records:
            await company.data(COMMENT, {"input": {"record": record, "text": f"No. {number}"}})
    text = """
    query ($after: String) { requirements { nodes { comments(first: 2, after: $after) {
      nodes { text } pageInfo { hasNextPage endCursor }
    } } } }
    """
    first = [node["comments"] for node in (await company.data(text))["requirements"]["nodes"]]
    assert [[c["text"] for c in page["nodes"]] for page in first] == [["No. 2", "No. 1"]] * 2
    assert [page["pageInfo"]["hasNextPage"] for page in first] == [True, True]
    after = first[0]["pageInfo"]["endCursor"]
    rest = (await company.data(text, {"after": after}))["requirements"]["nodes"]
    assert ["No. 0"] in [[c["text"] for c in node["comments"]["nodes"]] for node in rest]
    wrong = await company.ask(text, {"after": "?"})
    assert wrong["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_live_everybody_hears_of_the_own_notifications_only(company: Company, address: str) -> None:
    """Equal subscriptions of people with equal rights are not answered together where it depends on the person."""
    record = await requirement(company)
    people = {who: await person(company, who) for who in ("department_head", "complaint_handler")}
    text = """
    subscription ($types: [RecordType!]) { changes(types: $types) {
      action record { ... on Notification { kind user { name } } }
    } }
    """
    async with (
        opened(address, await company.token("department_head")) as head,
        opened(address, await company.token("complaint_handler")) as handler,
    ):
        for listener in (head, handler):
            await listener.subscribe("1", text, {"types": ["NOTIFICATION"]})
            # The subscription stands once it says that nothing happens.
            assert (await listener.change("1", heartbeats=True))["action"] == "HEARTBEAT"
        for who, user in people.items():
            given = {"record": record, "text": f"For {who}.", "mentions": [user]}
            await company.data(COMMENT, {"input": given}, who="quality_manager")
        heard = {
            who: (await listener.change("1"))["record"]
            for who, listener in (("department_head", head), ("complaint_handler", handler))
        }
    assert heard == {who: {"kind": "MENTIONED", "user": {"name": who}} for who in people}


@pytest.mark.parametrize("more", ["", "changedFields record { ... on Notification { kind } }"])
async def test_who_hears_of_no_other_change_hears_the_own_notifications(
    company: Company, address: str, more: str
) -> None:
    """By the same operation each person hears the own ones only, whatever is selected of them."""
    record = await requirement(company)
    people = {who: await person(company, who) for who in ("complaint_handler", "department_head", "employee")}
    text = f"subscription {{ changes: notification {{ action {more} }} }}"
    created = {"action": "CREATED"}
    if more:
        created |= {"record": {"kind": "MENTIONED"}, "changedFields": FIELDS}
    async with (
        opened(address, await company.token("complaint_handler")) as handler,
        opened(address, await company.token("department_head")) as head,
        opened(address, await company.token("employee")) as employee,
    ):
        for listener in (handler, head, employee):
            await listener.subscribe("1", text)
            assert (await listener.change("1", heartbeats=True))["action"] == "HEARTBEAT"
        for user in people.values():
            given = {"record": record, "text": "See here.", "mentions": [user]}
            await company.data(COMMENT, {"input": given}, who="quality_manager")
        for listener in (handler, head, employee):
            assert await listener.change("1") == created
        (mine,) = (await company.data(TOLD, who="employee"))["notifications"]["nodes"]
        await company.data(READ, {"input": {"ids": [mine["id"]]}}, who="employee")
        assert (await employee.change("1"))["action"] == "UPDATED"
    for who in ("employee", "connector:crm"):
        kind = "changes" if who == "employee" else "notification"
        answer = await company.ask(f"subscription {{ {kind} {{ action }} }}", who=who)
        assert answer["errors"]
