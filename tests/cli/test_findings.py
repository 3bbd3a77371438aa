"""`qms findings import`: what an authority found, from a file; what cannot stand is written beside it."""

from pathlib import Path

from qms_graphql.reviews.inspections import COLUMNS
from tests.cli.terminal import Terminal

GOOD = "2024-04-12,3004034796,Delta Pharma,483,2024-05-21,https://www.fda.gov/media/178599/download,269271"
BAD = ",,Nobody,483,2024-01-17,https://www.fda.gov/media/1/download,17"


def test_a_list_is_taken_in_once_and_what_cannot_stand_is_kept(ready: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("\n".join((",".join(COLUMNS), GOOD, BAD)))
    ready.must("token", "create", "--organization", "found", "--role", "admin")
    told = ready.type("findings", "import", str(file), "-o", "found")
    assert told.stdout == "1 created, 0 updated, 0 unchanged, 1 set aside.\n"
    assert "line 3: It has no record date. It has no FEI number.\n" in told.stderr
    aside = (tmp_path / "list.set-aside.csv").read_text()
    assert aside.splitlines() == [
        "Line,Reason," + ",".join(COLUMNS),
        f"3,It has no record date. It has no FEI number.,{BAD}",
    ]
    again = ready.must("findings", "import", str(file), "-o", "found", "--set-aside", str(tmp_path / "other.csv"))
    assert again == "0 created, 0 updated, 1 unchanged, 1 set aside.\n"
    assert (tmp_path / "other.csv").read_text() == aside
