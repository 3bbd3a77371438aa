"""The demonstration company: what it holds, that loading it again changes nothing, and that the tabs fit it."""

from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from qms_graphql.app.tabs import CLAUSES, CUSTOMER, DEPARTMENT, INBOX, LIVE, METRIC, TABS, THREAD
from qms_graphql.base.access import Role, system_viewer
from qms_graphql.base.errors import SetupError
from qms_graphql.base.unit import transact
from qms_graphql.demo import chain, story
from qms_graphql.demo.load import load
from qms_graphql.demo.telling import tell
from qms_graphql.people import identity
from tests.conftest import Company, Installation, found_company
from tests.demo import walkthrough
from tests.records import made, moved

PAGE = "first: 200, after: $after"


async def tell_it(place: Installation, company: Company) -> list[tuple[str, int, int]]:
    """Load the story; what was said of the progress."""
    said: list[tuple[str, int, int]] = []
    await load(place.graph, place.clock, company.id, lambda *told: said.append(told))
    return said


@pytest.fixture(scope="module")
async def brightwater(installation: Installation) -> Company:
    """An organization that holds the story, for all tests of this file."""
    company = await found_company(installation)
    said = await tell_it(installation, company)
    assert [done for _, done, _ in said] == list(range(story.MONTHS + 1))
    assert {total for _, _, total in said} == {story.MONTHS}
    return company


async def everything(company: Company, field: str, selected: str) -> list[dict[str, Any]]:
    """All records of one kind."""
    found: list[dict[str, Any]] = []
    after = None
    while True:
        wanted = f"nodes {{ {selected} }} pageInfo {{ hasNextPage endCursor }}"
        query = f"query All($after: String) {{ {field}({PAGE}) {{ {wanted} }} }}"
        page = (await company.data(query, {"after": after}))[field]
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


def test_the_story_is_the_same_each_time() -> None:
    assert tell() == tell()


async def test_it_holds_what_it_promises(brightwater: Company) -> None:
    answer = await brightwater.data(
        "{ customers { totalCount } products { totalCount } interactions { totalCount } feedbacks { totalCount }"
        " surveys { totalCount }"
        " departments { totalCount } standards { totalCount } requirements { totalCount } risks { totalCount }"
        " themes { totalCount } auditIntegrity { intact } }"
    )
    found = {name: page["totalCount"] for name, page in answer.items() if name != "auditIntegrity"}
    assert answer["auditIntegrity"] == {"intact": True}
    assert found["customers"] >= 200
    # Twelve, and the one that the quality chain is about; so with the risks and themes.
    assert found["products"] == 13
    assert found["interactions"] >= 3000
    assert found["feedbacks"] >= 1500
    assert found["surveys"] == 3
    # Four requirements that are no clauses of ISO 9001:2015, its clauses, and nine of the edition to come.
    assert (found["departments"], found["standards"], found["risks"]) == (5, 3, 8)
    assert found["requirements"] == 4 + 91 + 9
    assert found["themes"] == len(story.THEMES) + 1


async def test_four_percent_of_the_units_of_one_product_are_complained_about(brightwater: Company) -> None:
    sold = await everything(brightwater, "interactions", "kind quantity lot serial product { sku }")
    kettles = [row for row in sold if row["kind"] == "PURCHASE" and row["product"]["sku"] == story.HERO]
    assert all(row["lot"] and row["serial"] for row in kettles)
    units = sum(Decimal(row["quantity"]) for row in kettles)
    said = await everything(brightwater, "feedbacks", "source text product { sku } interaction { kind lot }")
    complaints = [row for row in said if row["source"] == "SUPPORT" and row["product"]["sku"] != chain.SKU]
    assert len(complaints) == round(units * story.COMPLAINT_SHARE)
    assert {row["product"]["sku"] for row in complaints} == {story.HERO}
    assert {row["interaction"]["lot"] for row in complaints} <= {
        f"KT170-{month}" for month in (2509, 2510, 2511, 2512, 2601, 2602)
    }
    assert all(row["text"] for row in complaints)


async def test_feedback_is_numbered_in_the_year_it_came(brightwater: Company) -> None:
    rows = await everything(brightwater, "feedbacks", "number occurredAt createdAt receivedAt")
    assert {(row["number"][3:7], row["occurredAt"][:4]) for row in rows} == {("2025", "2025"), ("2026", "2026")}
    assert all(row["occurredAt"] <= row["createdAt"] for row in rows)


async def test_customers_words_are_evidence_and_actions_are_overdue(brightwater: Company) -> None:
    answer = await brightwater.data(
        "{ requirements(where: { source: { eq: CUSTOMER } }, orderBy: [{ field: CREATED_AT }])"
        " { nodes { evidence { source themes { name } } } }"
        " actions { nodes { status dueAt } }"
        " risks(where: { actionPriority: { eq: HIGH } }) { totalCount }"
        " users { nodes { name roles department { name } } } }"
    )
    wish, of_chain = answer["requirements"]["nodes"]
    assert len(of_chain["evidence"]) == 1
    assert [row["source"] for row in wish["evidence"]] == ["SUPPORT"] * 6
    assert {theme["name"] for row in wish["evidence"] for theme in row["themes"]} == {"Lid"}
    end = story.stamp(story.END)
    overdue = [row for row in answer["actions"]["nodes"] if row["status"] == "PLANNED" and row["dueAt"] < end]
    assert (len(answer["actions"]["nodes"]), len(overdue)) == (13, 4)
    assert answer["risks"]["totalCount"] == 1
    staff = [user for user in answer["users"]["nodes"] if user["department"]]
    assert len(staff) == 8
    assert all(user["roles"] for user in staff)


async def test_telling_it_again_changes_nothing(installation: Installation, brightwater: Company) -> None:
    first = await brightwater.data(
        "query { feedbacks(first: 1, where: { status: { eq: RECEIVED } }) { nodes { id } } }"
    )
    (feedback,) = first["feedbacks"]["nodes"]
    twin = await made(brightwater, "Feedback", source="OTHER", occurredAt="2026-01-01T00:00:00Z")
    changes = {"duplicateOf": twin, "text": "Somebody worked here."}
    await moved(brightwater, feedback["id"], "DUPLICATE", changes={"feedback": changes})
    before = await brightwater.event_count()
    await tell_it(installation, brightwater)
    assert await brightwater.event_count() == before
    again = await brightwater.data(
        "query Again($id: ID!) { feedback(by: { id: $id }) { status text } }", {"id": feedback["id"]}
    )
    assert again["feedback"] == {"status": "DUPLICATE", "text": "Somebody worked here."}


async def test_a_refusal_ends_the_loading_with_its_reason(installation: Installation, company: Company) -> None:
    key = f"{story.EDITION} Lid"
    mutation = "mutation Make($input: CreateThemeInput!) { createTheme(input: $input) { errors { code } } }"
    assert (await company.data(mutation, {"input": {"name": "Lid", "idempotencyKey": key}}))["createTheme"][
        "errors"
    ] == []
    with pytest.raises(SetupError, match=r"createTheme answered .*There is a theme of this name"):
        await load(installation.graph, installation.clock, company.id, lambda *_: None)


@pytest.mark.parametrize("tab", [tab for tab in TABS if tab is not LIVE], ids=lambda tab: tab.title)
async def test_the_tabs_run_without_errors(brightwater: Company, tab: Any) -> None:
    assert await brightwater.data(tab.query, dict(tab.variables))


async def test_the_tabs_show_the_story(brightwater: Company) -> None:
    inbox = await brightwater.data(INBOX.query, dict(INBOX.variables))
    assert len(inbox["feedbacks"]["nodes"]) == 20
    customer = (await brightwater.data(CUSTOMER.query, dict(CUSTOMER.variables)))["customer"]
    assert customer["interactions"]["totalCount"] >= 10
    assert customer["feedback"]["totalCount"] >= 5
    assert customer["actions"]["totalCount"] == 2
    assert customer["children"]["nodes"][0]["relations"][0]["to"] == {"name": customer["name"]}
    metric = await brightwater.data(METRIC.query, dict(METRIC.variables))
    for code in ("satisfaction", "recommendation"):
        assert metric[code]["value"]["low"] < metric[code]["value"]["value"] < metric[code]["value"]["high"]
    assert len(metric["satisfaction"]["series"]) == story.MONTHS
    by_month = {point["periodStart"][:7]: point["value"] for point in metric["satisfaction"]["series"]}
    # The cracked lids are what the example is about: it must be seen in it.
    assert by_month["2025-11"] < by_month["2025-05"] - 0.1


async def test_the_thread_and_the_views_of_it_show_the_story(installation: Installation, brightwater: Company) -> None:
    installation.clock.set(story.END)
    words = (await brightwater.data(THREAD.query, dict(THREAD.variables)))["feedback"]
    _, corrective = words["complaint"]["nonconformity"]["actions"]
    (revision,) = corrective["revisions"]
    wall = next(change for change in revision["changes"] if change["name"] == "Lid wall")
    assert (wall["before"]["target"], wall["after"]["target"], wall["after"]["lower"]) == (1.8, 2.2, 2.0)
    assert [record["passed"] for record in revision["training"]] == [True, True]
    assert [wish["coverage"] for wish in words["requirements"]] == ["MET"]
    assert (corrective["effectiveness"]["verdict"], corrective["objective"]["target"]) == ("EFFECTIVE", 20)
    matrix = await brightwater.data(CLAUSES.query, dict(CLAUSES.variables))
    rows = matrix["requirements"]["nodes"]
    assert (len(rows), rows[0]["clause"], rows[-1]["clause"]) == (91, "4", "10.3")
    covered = {row["clause"]: row["coverage"] for row in rows}
    judged = [covered[clause] for clause in ("10.2.1", "8.5.6", "7.1.5.1", "4.1")]
    assert judged == ["MET", "PARTLY", "GAP", "NOT_ASSESSED"]
    (department,) = (await brightwater.data(DEPARTMENT.query, dict(DEPARTMENT.variables)))["departments"]["nodes"]
    assert {user["name"] for user in department["users"]["nodes"]} == {"Shabnam Rahimi", "Dee Lomas"}
    assert (department["trainingCurrency"]["value"], department["trainingCurrency"]["n"]) == (1, 2)
    assert {record["__typename"] for record in department["followed"]} == {"Complaint", "Document", "Product"}
    happened = department["digest"]["nodes"]
    assert [entry["at"] for entry in happened] == sorted((entry["at"] for entry in happened), reverse=True)
    assert {"ACKNOWLEDGED", "RESPONDED", "HELD", "REPORTED"} <= {entry["toState"] for entry in happened}


async def test_the_walkthrough_can_be_played_again_and_again(installation: Installation, brightwater: Company) -> None:
    """docs/walkthrough.md, as it stands."""
    if not installation.settings.on_sqlite:
        pytest.skip("The page is about the demonstration's own database.")
    installation.clock.set(story.END)
    for name, role in walkthrough.people().items():
        work = partial(identity.issue_for_user, role=Role[role.upper()], name=name)
        issued = await transact(
            installation.database, system_viewer(brightwater.id), installation.clock, installation.secrets, work
        )
        brightwater.tokens[name] = issued.text

    async def ask(who: str, query: str, variables: dict[str, Any]) -> Any:
        return await brightwater.data(query, variables, who=who)

    first, second = await walkthrough.play(ask), await walkthrough.play(ask)
    assert first["<revision b>"] != second["<revision b>"]
    headers = {"Authorization": f"Bearer {brightwater.tokens['Ingrid Solberg']}"}
    report = await installation.http.get(f"/reports/eight-d/{second['<number>']}", headers=headers)
    assert "Lid wall: 1.8 (1.6 to 2) mm → 2.2 (2 to 2.4) mm" in report.text
