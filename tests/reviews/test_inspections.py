"""An authority's list of inspections is read: what can stand becomes a finding, what cannot is set aside with why."""

from typing import Any

import pytest

from qms_graphql.base.errors import Refusal
from qms_graphql.cli.findings import bring_in
from qms_graphql.reviews.inspections import COLUMNS, read_inspections
from tests.conftest import Company

HEADER = ",".join(COLUMNS)
ROW = "2024-04-12,3004034796,Delta Pharma,483,2024-05-21,https://www.fda.gov/media/178599/download,269271"


def read(*rows: str) -> Any:
    """A list of these rows."""
    return read_inspections("\n".join((HEADER, *rows)).encode())


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (ROW.replace("2024-04-12", ""), "It has no record date."),
        (ROW.replace("2024-04-12", "12.4.2024"), "Its record date is no date."),
        (ROW.replace("3004034796", ""), "It has no FEI number."),
        (ROW.replace("3004034796", "300403479"), "Its FEI number has not 7 or 10 digits."),
        (ROW.replace("3004034796", "²³²³²³²"), "Its FEI number has not 7 or 10 digits."),
        (ROW.replace("Delta Pharma", " "), "It has no legal name."),
        (ROW.replace("269271", ""), "It has no record id."),
        (",,,,,,", "It has no record id. It has no record date. It has no FEI number. It has no legal name."),
    ],
)
def test_a_row_that_cannot_stand_is_set_aside_with_why(row: str, reason: str) -> None:
    found = read(ROW.replace("269271", "1"), row)
    assert [(item.line, item.reason) for item in found.aside] == [(3, reason)]
    assert [item.key for item in found.rows] == ["1"]


def test_a_record_that_comes_twice_counts_once() -> None:
    found = read(ROW, ROW.replace("Delta", "Other"))
    assert [(item.line, item.reason) for item in found.aside] == [(3, "The record was in the file before.")]
    assert found.aside[0].raw["Legal Name"] == "Other Pharma"


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe", HEADER.encode("utf-16")])
def test_what_is_no_such_list_is_refused(content: bytes) -> None:
    with pytest.raises(Refusal):
        read_inspections(content)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (ROW.replace("Delta", '"Delta'), "The record that begins at line 3 is not CSV: unexpected end of data."),
        (ROW.replace("Delta", '"Delta"'), "The record that begins at line 3 is not CSV: ',' expected after '\"'."),
    ],
)
def test_a_broken_quote_is_named_with_its_line(broken: str, message: str) -> None:
    with pytest.raises(Refusal) as refused:
        read(ROW, broken, ROW, ROW)
    assert (refused.value.message, refused.value.field) == (message, ("file",))


def test_what_is_not_utf_8_is_named_with_its_line() -> None:
    with pytest.raises(Refusal) as refused:
        read_inspections(f"{HEADER}\n{ROW}\n".encode() + b"\xff\n")
    assert refused.value.message == "Line 3 is not UTF-8: invalid start byte."


async def test_what_the_api_refuses_is_set_aside_too(company: Company) -> None:
    found = read(ROW, ROW.replace("269271", "2").replace("https://www.fda.gov/media/178599/download", "ftp://x"))
    assert await bring_in(company.data, found) == {"created": 1, "updated": 0, "unchanged": 0}
    assert [(row.line, row.reason) for row in found.aside] == [(3, "A link begins with https:// or http://.")]
    text = "{ findings { nodes { statement reference link foundAt supplier { name } review { number } } } }"
    assert (await company.data(text))["findings"]["nodes"] == [
        {
            "statement": "Form 483 was issued to FEI 3004034796; published on 2024-05-21.",
            "reference": "483 269271",
            "link": "https://www.fda.gov/media/178599/download",
            "foundAt": "2024-04-12T00:00:00Z",
            "supplier": {"name": "Delta Pharma"},
            "review": None,
        }
    ]


async def test_a_connector_brings_findings_in_and_withdraws_them(company: Company) -> None:
    text = """
    mutation ($input: SyncFindingsInput!) {
      syncFindings(input: $input) { created unchanged deleted rejected results { errors { code field } } }
    }
    """
    acme = {"system": "erp", "externalId": "acme"}
    supplier = "mutation ($input: SyncCustomersInput!) { syncCustomers(input: $input) { created } }"
    items = [{"ref": acme, "name": "Acme", "kind": "ORGANISATION", "supplier": True}]
    await company.data(supplier, {"input": {"items": items}}, who="connector:erp")
    ref = {"system": "erp", "externalId": "17"}
    said = {"ref": ref, "kind": "MAJOR", "statement": "Not clean.", "authority": "TÜV", "supplier": acme}
    nobody = {"ref": ref | {"externalId": "18"}, "kind": "MAJOR", "statement": "Not clean."}

    async def sent(*rows: dict[str, Any]) -> Any:
        return (await company.data(text, {"input": {"items": list(rows)}}, who="connector:erp"))["syncFindings"]

    counts = {"created": 0, "unchanged": 0, "deleted": 0, "rejected": 0}
    fine, lacking = {"errors": []}, {"errors": [{"code": "REQUIRED", "field": ["authority"]}]}
    assert await sent(said, nobody) == counts | {"created": 1, "rejected": 1, "results": [fine, lacking]}
    assert await sent(said) == counts | {"unchanged": 1, "results": [fine]}
    assert await sent({"ref": ref, "deleted": True}) == counts | {"deleted": 1, "results": [fine]}
    shown = "{ findings { nodes { active foundAt authority supplier { name } externalRefs { externalId } } } }"
    assert (await company.data(shown))["findings"]["nodes"] == [
        {
            "active": False,
            "foundAt": "2026-03-02T09:30:00Z",
            "authority": "TÜV",
            "supplier": {"name": "Acme"},
            "externalRefs": [{"externalId": "17"}],
        }
    ]
