"""What a revision lays down in numbers: what has to be said of each, and what is so where nothing is said."""

from tests.conftest import Company
from tests.documents.paper import document
from tests.records import made, refused

CREATE = """
mutation ($input: CreateRevisionInput!) { createRevision(input: $input) { revision { id } errors { code field } } }
"""
WALL = {"name": "lid wall", "target": 1.8, "unit": "mm"}


async def test_a_characteristic_is_not_critical_unless_it_is_said(company: Company) -> None:
    given = {"document": await document(company), "label": "A", "characteristics": [WALL, WALL | {"name": "rim"}]}
    given["characteristics"][1]["critical"] = True
    shown = await made(company, "Revision", show="characteristics { name critical }", **given)
    assert shown["characteristics"] == [{"name": "lid wall", "critical": False}, {"name": "rim", "critical": True}]


async def test_what_a_characteristic_needs_is_in_the_schema(company: Company) -> None:
    given = {"document": await document(company), "label": "A"}
    events = await company.event_count()
    for lacking in ({"name": "lid wall", "target": 1.8}, {"target": 1.8, "unit": "mm"}):
        answer = await company.ask(CREATE, {"input": given | {"characteristics": [lacking]}})
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]
    assert await company.event_count() == events
    nothing = given | {"characteristics": [WALL | {"critical": None}]}
    await refused(company, CREATE, nothing, ("REQUIRED", ["characteristics", "0", "critical"]))
