"""Whatever the order and multiplicity in which full versions arrive, the same state comes of it."""

from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.base.sync import item, key, state, sync
from tests.conftest import Company, Installation, found_company

KEYS = ("a", "b", "c")
FULL = {"segment": None, "email": None, "parent": None, "relations": []}


def _live(external_id: str, version: int, segment: str | None, parent: str | None) -> dict[str, Any]:
    fields = FULL | {"name": f"customer {external_id}", "segment": segment}
    return item(external_id, version, **fields | {"parent": key(parent) if parent and parent != external_id else None})


_segments = st.sampled_from([None, "x", "y"])
_contents = st.one_of(
    st.tuples(st.just("live"), _segments, st.sampled_from([None, "base"])),
    st.tuples(st.just("gone"), st.none(), st.none()),
)


@st.composite
def _histories(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[list[dict[str, Any]]]]:
    """One history of each record, and an arrival of it: shuffled, with repetitions, cut into batches."""
    history = []
    for external_id in KEYS:
        contents = draw(st.lists(_contents, min_size=1, max_size=4))
        for version, (kind, segment, parent) in enumerate([("live", None, None), *contents], 1):
            if kind == "live":
                history.append(_live(external_id, version, segment, parent))
            else:
                history.append(item(external_id, version, deleted=True))
    repeated = history + draw(st.lists(st.sampled_from(history), max_size=6))
    arrival = draw(st.permutations(repeated))
    cuts = sorted(draw(st.sets(st.integers(1, len(arrival)), max_size=4)) | {0, len(arrival)})
    return history, [arrival[start:end] for start, end in pairwise(cuts)]


async def _state_after(installation: Installation, batches: list[list[dict[str, Any]]]) -> tuple[Company, Any]:
    company = await found_company(installation)
    await sync(company, item("base", 1, name="base"))
    for batch in batches:
        found = await sync(company, *batch)
        assert found["rejected"] == 0
    return company, await state(company)


def _seen(customers: dict[str, Any]) -> dict[str, Any]:
    """What must not depend on the order: of those that ended, only that they did (older words about them are stale)."""
    return {name: one if one["active"] else one["externalRefs"] for name, one in customers.items()}


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(history=_histories())
async def test_any_order_and_multiplicity_gives_the_same_state(
    installation: Installation, history: tuple[list[dict[str, Any]], list[list[dict[str, Any]]]]
) -> None:
    in_order, arrival = history
    # The first words about each come first of all: in one batch, an end that meets its beginning makes no record.
    arrival = [[row for row in in_order if row["ref"]["version"] == 1], *arrival]
    _, expected = await _state_after(installation, [[row] for row in in_order])
    company, found = await _state_after(installation, arrival)
    assert _seen(found) == _seen(expected)
    # And once more, all of it: nothing is left to change.
    events = await company.event_count()
    for batch in arrival:
        await sync(company, *batch)
    assert (await state(company), await company.event_count()) == (found, events)
