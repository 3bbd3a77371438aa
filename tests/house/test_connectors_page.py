"""The page for connectors: what it shows works as it stands, in the order in which it is shown."""

import json
import re

from tests.conftest import Company
from tests.house.places import ROOT

MUTATIONS = [
    "syncCustomers",
    "syncProducts",
    "syncInteractions",
    "syncInspections",
    "saveSurvey",
    "syncFeedback",
]
BLOCK = re.compile(r"```(json|graphql)\n(.*?)```", re.DOTALL)


async def test_the_batches_and_the_queries_of_the_page_work(company: Company) -> None:
    blocks = BLOCK.findall((ROOT / "docs" / "connectors.md").read_text())
    (customers, metric), given = (
        [text for kind, text in blocks if kind == "graphql"],
        [json.loads(text) for kind, text in blocks if kind == "json"],
    )
    assert len(given) == len(MUTATIONS)
    for name, variables in zip(MUTATIONS, given, strict=True):
        title = name[0].upper() + name[1:]
        results = "results { outcome errors { code field } } " if name.startswith("sync") else ""
        text = f"mutation ($input: {title}Input!) {{ {name}(input: $input) {{ {results}errors {{ code field }} }} }}"
        answer = (await company.data(text, variables, who="connector:shop"))[name]
        expected = {"errors": []}
        if results:
            expected |= {"results": [{"outcome": "CREATED", "errors": []}]}
        assert answer == expected
    replayed = (await company.data(customers, given[0], who="connector:shop"))["syncCustomers"]
    assert (replayed["created"], replayed["unchanged"], replayed["errors"]) == (0, 1, [])
    found = (await company.data(metric))["metric"]
    assert (found["value"]["value"], found["value"]["n"]) == (0.0, 1)
    assert [point["n"] for point in found["series"]] == [1]
