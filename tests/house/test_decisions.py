"""Decisions are numbered one after another, so that a number names one of them."""

from tests.house.places import ROOT

DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


def test_each_has_the_number_after_the_one_before() -> None:
    assert [path.name.partition("-")[0] for path in DECISIONS] == [f"{n:04}" for n in range(1, len(DECISIONS) + 1)]


def test_each_is_headed_by_its_number() -> None:
    headed = {path.name: path.read_text().partition("\n")[0] for path in DECISIONS}
    assert [name for name, line in headed.items() if not line.startswith(f"# {int(name[:4])}. ")] == []
