"""The contract of the sync mutations: versions, tombstones, merges, absent and null, references, refusals."""

from typing import Any

import pytest

from tests.base.sync import SYNC_INTERACTIONS, item, key, one, outcomes, state, sync
from tests.conftest import Company

UNKNOWN = {"code": "UNKNOWN_REFERENCE", "retryable": True}


async def test_a_version_decides_what_is_taken(company: Company) -> None:
    assert await outcomes(company, item("a", 5, name="A5")) == ["CREATED"]
    assert await outcomes(company, item("a", 4, name="A4")) == ["STALE"]
    assert await outcomes(company, item("a", 5, name="A5")) == ["UNCHANGED"]
    assert await outcomes(company, item("a", 5, name="A5b")) == ["UPDATED"]
    assert await outcomes(company, item("a", name="no version")) == ["UPDATED"]
    assert await outcomes(company, item("a", 4, name="A4")) == ["STALE"]
    assert await outcomes(company, item("a", 6, name="A6")) == ["UPDATED"]
    assert (await one(company, "a"))["name"] == "A6"


async def test_versions_may_be_times(company: Company) -> None:
    assert await outcomes(company, item("a", "2026-01-01T10:00:00+02:00", name="A")) == ["CREATED"]
    assert await outcomes(company, item("a", "2026-01-01T07:59:59Z", name="B")) == ["STALE"]
    assert await outcomes(company, item("a", "2026-01-01T08:00:00.000001Z", name="C")) == ["UPDATED"]


async def test_a_version_of_another_kind_is_refused(company: Company) -> None:
    await sync(company, item("a", 5, name="A"))
    events = await company.event_count()
    found = await sync(company, item("a", "2026-01-01T10:00:00Z", name="B"))
    assert found["results"][0]["errors"] == [{"code": "INVALID", "field": ["ref", "version"], "retryable": False}]
    assert ((await one(company, "a"))["name"], await company.event_count()) == ("A", events)


async def test_absent_keeps_null_clears_and_a_list_replaces_the_list(company: Company) -> None:
    relation = {"to": key("b"), "role": "contact"}
    await sync(
        company,
        item("a", name="A", segment="s", email="a@x", relations=[relation], custom={"x": 1, "y": {"z": 2}}),
        item("b", name="B"),
    )
    assert await outcomes(company, item("a", segment=None)) == ["UPDATED"]
    found = await one(company, "a")
    assert (found["segment"], found["email"], found["name"]) == (None, "a@x", "A")
    assert found["relations"] == [{"role": "contact", "to": {"name": "B"}}]
    assert await outcomes(company, item("a", relations=[])) == ["UPDATED"]
    assert (await one(company, "a"))["relations"] == []


async def test_custom_is_merged_by_key(company: Company) -> None:
    await sync(company, item("a", name="A", custom={"keep": 1, "change": 2, "drop": 3, "never": None}))
    assert (await one(company, "a"))["custom"] == {"keep": 1, "change": 2, "drop": 3}
    await sync(company, item("a", custom={"change": {"deep": True}, "drop": None, "new": []}))
    assert (await one(company, "a"))["custom"] == {"keep": 1, "change": {"deep": True}, "new": []}
    assert await outcomes(company, item("a", custom={"keep": 1})) == ["UNCHANGED"]


async def test_what_must_not_be_null_is_refused_when_it_is_cleared(company: Company) -> None:
    await sync(company, item("a", name="A"))
    found = await sync(company, item("a", name=None), item("b"))
    assert [result["errors"] for result in found["results"]] == [
        [{"code": "REQUIRED", "field": ["name"], "retryable": False}],
        [{"code": "REQUIRED", "field": ["name"], "retryable": False}],
    ]
    assert list(await state(company)) == ["A"]


async def test_a_tombstone_is_lifted_only_by_a_higher_version(company: Company) -> None:
    await sync(company, item("a", 5, name="A"))
    assert await outcomes(company, item("a", 6, deleted=True)) == ["DELETED"]
    assert (await one(company, "a"))["active"] is False
    assert await outcomes(company, item("a", 6, deleted=True)) == ["UNCHANGED"]
    assert await outcomes(company, item("a", 6, name="same version")) == ["STALE"]
    assert await outcomes(company, item("a", name="no version")) == ["STALE"]
    assert await outcomes(company, item("a", 5, deleted=True)) == ["STALE"]
    assert await outcomes(company, item("a", 7, name="back")) == ["UPDATED"]
    found = await one(company, "a")
    assert (found["active"], found["name"]) == (True, "back")


async def test_an_older_tombstone_is_stale(company: Company) -> None:
    await sync(company, item("a", 5, name="A"))
    assert await outcomes(company, item("a", 4, deleted=True)) == ["STALE"]
    assert (await one(company, "a"))["active"] is True


async def test_an_end_that_comes_before_its_beginning_is_remembered(company: Company) -> None:
    assert await outcomes(company, item("a", 5, deleted=True)) == ["DELETED"]
    assert await state(company) == {}
    assert await outcomes(company, item("a", 5, deleted=True)) == ["UNCHANGED"]
    assert await outcomes(company, item("a", 4, name="A")) == ["CREATED"]
    assert (await one(company, "a"))["active"] is False
    assert await outcomes(company, item("a", 6, name="A")) == ["UPDATED"]
    assert (await one(company, "a"))["active"] is True


async def test_a_merged_key_resolves_to_the_winner(company: Company) -> None:
    await sync(company, item("loser", 1, name="L"), item("winner", 1, name="W"))
    assert await outcomes(company, item("loser", 2, mergedInto=key("winner"))) == ["MERGED"]
    assert (await one(company, "loser"))["name"] == "W"
    assert (await state(company))["L"]["active"] is False
    assert await outcomes(company, item("loser", 2, mergedInto=key("winner"))) == ["UNCHANGED"]
    assert await outcomes(company, item("loser", 2, name="too late")) == ["STALE"]
    assert await outcomes(company, item("child", name="C", parent=key("loser"))) == ["CREATED"]
    assert (await one(company, "child"))["parent"] == {"name": "W"}
    assert await outcomes(company, item("loser", 3, name="L3")) == ["UPDATED"]
    assert (await one(company, "loser"))["name"] == "L3"


async def test_a_chain_of_merges_leads_to_its_end(company: Company) -> None:
    await sync(company, item("a", name="A"), item("b", name="B"), item("c", name="C"))
    assert await outcomes(company, item("a", mergedInto=key("b"))) == ["MERGED"]
    assert await outcomes(company, item("b", mergedInto=key("c"))) == ["MERGED"]
    assert [(await one(company, name))["name"] for name in "abc"] == ["C", "C", "C"]


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
async def test_a_chain_of_merges_in_one_batch_leads_to_its_end(company: Company, order: tuple[str, str]) -> None:
    await sync(company, item("a", name="A"), item("b", name="B"), item("c", name="C"))
    into = {"a": "b", "b": "c"}
    assert await outcomes(company, *(item(name, mergedInto=key(into[name])) for name in order)) == ["MERGED", "MERGED"]
    assert [(await one(company, name))["name"] for name in "abc"] == ["C", "C", "C"]


@pytest.mark.parametrize(("winner", "code"), [("nobody", "UNKNOWN_REFERENCE"), ("a", "INVALID")])
async def test_a_merge_into_nobody_or_itself_is_refused(company: Company, winner: str, code: str) -> None:
    await sync(company, item("a", name="A"))
    events = await company.event_count()
    found = await sync(company, item("a", mergedInto=key(winner)))
    assert [(e["code"], e["field"]) for e in found["results"][0]["errors"]] == [(code, ["mergedInto"])]
    assert ((await one(company, "a"))["active"], await company.event_count()) == (True, events)


@pytest.mark.parametrize("turn", [1, -1])
async def test_rows_may_refer_to_each_other_in_any_order(company: Company, turn: int) -> None:
    items = [
        item("a", name="A", relations=[{"to": key("c"), "role": "of"}]),
        item("b", name="B", parent=key("a")),
        item("c", name="C", parent=key("b")),
    ]
    assert await outcomes(company, *items[::turn]) == ["CREATED"] * 3
    assert (await one(company, "c"))["parent"] == {"name": "B"}
    assert (await one(company, "a"))["relations"] == [{"role": "of", "to": {"name": "C"}}]


async def test_a_refused_row_drags_along_what_stands_on_it(company: Company) -> None:
    found = await sync(
        company,
        item("grandchild", name="G", parent=key("child")),
        item("child", name="C", parent=key("root")),
        item("root", name="R", country="de"),
        item("alone", name="A"),
        item("stranger", name="S", parent=key("nobody")),
    )
    shown = [[(e["code"], e["field"], e["retryable"]) for e in r["errors"]] for r in found["results"]]
    assert shown == [
        [("UNKNOWN_REFERENCE", ["parent"], True)],
        [("UNKNOWN_REFERENCE", ["parent"], True)],
        [("INVALID", ["country"], False)],
        [],
        [("UNKNOWN_REFERENCE", ["parent"], True)],
    ]
    assert (found["created"], found["rejected"], list(await state(company))) == (1, 4, ["A"])


async def test_a_refused_change_of_a_known_row_drags_nobody_along(company: Company) -> None:
    await sync(company, item("root", name="R"))
    found = await sync(company, item("root", country="de"), item("child", name="C", parent=key("root")))
    assert [result["outcome"] for result in found["results"]] == ["REJECTED", "CREATED"]


async def test_a_reference_that_comes_later_makes_the_same_row_good(company: Company) -> None:
    row = item("child", name="C", parent=key("root"))
    assert await outcomes(company, row) == ["REJECTED"]
    assert await outcomes(company, item("root", name="R")) == ["CREATED"]
    assert await outcomes(company, row) == ["CREATED"]


async def test_of_the_same_key_twice_the_highest_version_counts_then_the_last(company: Company) -> None:
    found = await outcomes(
        company,
        item("a", 2, name="A2"),
        item("a", 1, name="A1"),
        item("b", name="B first"),
        item("b", name="B last"),
        item("c", 0, name="C0"),
        item("c", name="C without"),
        item("d", name="D"),
        item("d", name="D"),
    )
    assert found == ["CREATED", "STALE", "STALE", "CREATED", "CREATED", "STALE", "UNCHANGED", "CREATED"]
    assert set(await state(company)) == {"A2", "B last", "C0", "D"}


@pytest.mark.parametrize(
    ("ref", "code", "field"),
    [
        (key("a", system="erp"), "SYSTEM_NOT_ALLOWED", ["ref", "system"]),
        (key(""), "INVALID", ["ref", "externalId"]),
        (key("x" * 201), "INVALID", ["ref", "externalId"]),
        (key("a\x00"), "INVALID", ["ref", "externalId"]),
        (key("a", system=""), "INVALID", ["ref", "system"]),
    ],
)
async def test_a_wrong_key_is_refused(company: Company, ref: dict[str, Any], code: str, field: list[str]) -> None:
    found = await sync(company, {"ref": ref, "name": "A"}, item("good", name="G"))
    assert [r["errors"] for r in found["results"]] == [[{"code": code, "field": field, "retryable": False}], []]
    assert list(await state(company)) == ["G"]


async def test_reject_everything_writes_nothing(company: Company) -> None:
    await sync(company, item("a", 1, name="A"))
    before, events = await state(company), await company.event_count()
    found = await sync(
        company,
        item("a", 2, name="A2"),
        item("b", name="B"),
        item("c", name="C", country="de"),
        errorPolicy="REJECT_EVERYTHING",
    )
    assert [[e["code"] for e in r["errors"]] for r in found["results"]] == [
        ["BATCH_REJECTED"], ["BATCH_REJECTED"], ["INVALID"],
    ]  # fmt: skip
    assert (found["rejected"], found["created"], found["updated"]) == (3, 0, 0)
    assert (await state(company), await company.event_count()) == (before, events)
    assert await outcomes(company, item("a", 1, name="A"), errorPolicy="REJECT_EVERYTHING") == ["UNCHANGED"]


async def test_a_replayed_batch_gives_the_same_answer_and_no_event(company: Company) -> None:
    batch = [item("a", 1, name="A"), item("b", 1, name="B", parent=key("nobody"))]
    first = await sync(company, *batch, idempotencyKey="batch 1")
    events = await company.event_count()
    assert await sync(company, *batch, idempotencyKey="batch 1") == first
    assert await company.event_count() == events
    refused = await sync(company, item("a", 1, name="other"), idempotencyKey="batch 1")
    assert (refused["errors"], refused["results"]) == (
        [{"code": "IDEMPOTENCY_KEY_REUSED", "field": ["idempotencyKey"]}],
        [],
    )


async def test_a_tombstoned_interaction_stays_but_is_out_of_the_count(company: Company) -> None:
    row = {"ref": key("i", 1), "kind": "PURCHASE", "occurredAt": "2026-01-01T00:00:00Z"}
    gone = {"ref": key("i", 2), "deleted": True}
    for items, outcome in (([row], "CREATED"), ([gone], "DELETED")):
        found = await company.data(SYNC_INTERACTIONS, {"input": {"items": items}}, who="connector:shop")
        assert [result["outcome"] for result in found["syncInteractions"]["results"]] == [outcome]
    shown = await company.data("{ interactions(first: 5) { nodes { active kind } } }")
    assert shown["interactions"]["nodes"] == [{"active": False, "kind": "PURCHASE"}]


async def test_a_batch_too_long_is_refused_whole(company: Company) -> None:
    await company.token("connector:shop")
    events = await company.event_count()
    found = await sync(company, *(item(str(n), name="N") for n in range(1001)))
    assert (found["errors"], found["results"]) == ([{"code": "TOO_LONG", "field": ["items"]}], [])
    assert await company.event_count() == events
