"""At any instant at most one revision of a document is effective, and `revision(asOf:)` is it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.base.work import scheduler
from tests.conftest import START, Company, Installation, found_company
from tests.documents.paper import approved, document
from tests.records import moved, signature_of

SHOWN = """
query ($id: ID!) {
  document(by: { id: $id }) {
    status effective { label }
    revisions(first: 50) { nodes { label state effectiveAt obsoleteAt } }
  }
}
"""
STEPS = st.lists(
    st.tuples(st.integers(1, 5), st.sampled_from(["approve", "wait", "withdraw"]), st.integers(-2, 6)),
    min_size=2,
    max_size=7,
)
"""Hours that pass, what is done then, and in how many hours what is approved shall be effective."""


async def shown(company: Company, paper: str) -> Any:
    return (await company.data(SHOWN, {"id": paper}))["document"]


async def held_at(company: Company, paper: str, moments: list[datetime]) -> list[str | None]:
    """What `revision(asOf:)` says of each moment, all in one request."""
    fields = [f'at{n}: revision(asOf: "{at.isoformat()}") {{ label }}' for n, at in enumerate(moments)]
    text = f"query ($id: ID!) {{ document(by: {{ id: $id }}) {{ {' '.join(fields)} }} }}"
    answer = (await company.data(text, {"id": paper}))["document"]
    return [found and found["label"] for found in (answer[f"at{n}"] for n in range(len(moments)))]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
async def test_what_was_effective_is_known_of_every_instant(installation: Installation, steps: Any) -> None:
    installation.clock.set(START)
    company = await found_company(installation)
    paper = await document(company)
    seen: list[tuple[datetime, str | None]] = [(datetime(2000, 1, 1, tzinfo=UTC), None)]
    for number, (hours, deed, later) in enumerate(steps):
        installation.clock.advance(timedelta(hours=hours))
        now = installation.clock.now()
        held = await shown(company, paper)
        if deed == "approve":
            since = now + timedelta(hours=later)
            await approved(company, paper, str(number), effectiveFrom=since.isoformat())
        elif deed == "withdraw" and held["effective"]:
            (one,) = [node["label"] for node in held["revisions"]["nodes"] if node["state"] == "EFFECTIVE"]
            text = "query ($id: ID!) { document(by: { id: $id }) { effective { id label } } }"
            found = (await company.data(text, {"id": paper}))["document"]["effective"]
            assert found["label"] == one
            pin = await signature_of(company, "admin")
            await moved(company, found["id"], "OBSOLETE", reason="No longer made.", signature=pin)
        await scheduler(company).run_due()
        after = await shown(company, paper)
        states = [node["state"] for node in after["revisions"]["nodes"]]
        assert states.count("EFFECTIVE") == bool(after["effective"])
        seen.append((now, after["effective"] and after["effective"]["label"]))
    moments = [at for at, _ in seen]
    between = [one + (other - one) / 2 for one, other in pairwise(moments)]
    expected = [held for _, held in seen]
    assert await held_at(company, paper, moments) == expected
    assert await held_at(company, paper, between) == expected[:-1]
    # Of the future: what is effective now, as long as nothing takes its place.
    assert await held_at(company, paper, [moments[-1] + timedelta(days=365)]) == expected[-1:]
    spans = [
        (node["effectiveAt"], node["obsoleteAt"] or "9999")
        for node in (await shown(company, paper))["revisions"]["nodes"]
        if node["effectiveAt"]
    ]
    assert all(one[1] <= other[0] for one, other in pairwise(sorted(spans)))
