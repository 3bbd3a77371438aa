"""The FDA's list of Forms 483 as findings at suppliers: counted from the file by itself, set aside, replayed."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from qms_graphql.base.set_aside import as_csv
from qms_graphql.cli.findings import bring_in
from qms_graphql.reviews.inspections import COLUMNS, read_inspections
from tests.conftest import Company


@pytest.fixture(scope="session")
def inspections(shared: Path) -> bytes:
    """The list as it was published."""
    return (shared / "data" / "audits_fda" / "fda_483s.csv").read_bytes()


async def test_each_row_of_the_list_is_a_finding_or_set_aside(company: Company, inspections: bytes) -> None:
    rows = list(csv.DictReader(inspections.decode("utf-8-sig").splitlines()))
    dated = [row for row in rows if row["Record Date"]]
    sound = [row for row in dated if row["FEI Number"].isdigit() and len(row["FEI Number"]) in (7, 10)]
    by_supplier = Counter(row["FEI Number"] for row in sound)
    assert (len(rows), len(rows) - len(sound), len(by_supplier)) == (1723, 40, 1000)
    found = read_inspections(inspections)
    assert Counter(row.reason for row in found.aside) == {
        "It has no record date. It has no FEI number.": 19,
        "It has no FEI number.": 5,
        "Its FEI number has not 7 or 10 digits.": 16,
    }
    kept = list(csv.DictReader(as_csv(COLUMNS, found.aside).splitlines()))
    assert [{name: row[name] for name in COLUMNS} for row in kept] == [row for row in rows if row not in sound]
    assert await bring_in(company.data, found) == {"created": len(sound), "updated": 0, "unchanged": 0}
    text = """
    {
      findings { totalCount }
      observations: findings(where: { kind: { eq: OBSERVATION }, authority: { eq: "FDA" } }) { totalCount }
      year: findings(where: { foundAt: { gte: "2015-01-01T00:00:00Z", lt: "2016-01-01T00:00:00Z" } }) { totalCount }
      customers(where: { supplier: { eq: true } }) { totalCount }
    }
    """
    expected = {
        "findings": {"totalCount": len(sound)},
        "observations": {"totalCount": len(sound)},
        "year": {"totalCount": sum(row["Record Date"].startswith("2015") for row in sound)},
        "customers": {"totalCount": len(by_supplier)},
    }
    assert await company.data(text) == expected
    busiest, most = by_supplier.most_common(1)[0]
    text = "query ($r: ExternalKey!) { customer(by: { ref: $r }) { findings { totalCount } } }"
    shown = await company.data(text, {"r": {"system": "fda", "externalId": busiest}})
    assert shown["customer"]["findings"]["totalCount"] == most
    events = await company.event_count()
    assert await bring_in(company.data, read_inspections(inspections)) == {
        "created": 0,
        "updated": 0,
        "unchanged": len(sound),
    }
    assert await company.event_count() == events
