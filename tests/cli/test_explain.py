"""``qms explain``: the SQL of a query and what the database makes of it."""

import re
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal, ask

DOCUMENT = """
query Inbox($text: String!, $segments: [String!], $first: Int = 3) {
  customers(first: $first, where: {name: {contains: $text}, segment: {in: $segments}, country: {eq: "GB"}}) {
    nodes { name }
  }
}
query Both { first: products(first: 2) { nodes { sku } } customers(first: 1) { totalCount } }
query Partly { viewer { name } products(first: 2) { nodes { sku } } }
query Dear { customers(first: 200) { nodes { feedback(first: 200) { nodes { customer { feedback(first: 200) { nodes { text } } } } } } } }
mutation Make { createProduct(input: {sku: "E-1", name: "Explained"}) { errors { code } } }
subscription Follow { changes { cursor } }
"""  # noqa: E501
VARIABLES = '{"text": "an", "segments": ["a", "b"]}'


ON_SQLITE = pytest.mark.parametrize("ready", ["sqlite"], indirect=True)
"""For what is the same on every database."""


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "document.graphql"
    path.write_text(DOCUMENT)
    return str(path)


@pytest.fixture(scope="session")
def settled(ready: Terminal) -> Terminal:
    """Somebody with an organization to explain for."""
    ready.must("token", "create", "-o", "explained", "--role", "admin")
    return ready


def explain(terminal: Terminal, file: str, operation: str, *more: str) -> str:
    return terminal.must("explain", file, "--operation", operation, "-o", "explained", *more)


def sections(text: str) -> list[tuple[str, list[str]]]:
    """The sections of what was printed, without the lines before the first."""
    found = [part.split("\n") for part in re.split(r"^-- ", text, flags=re.MULTILINE)[1:]]
    return [(title, [line for line in lines if line]) for title, *lines in found]


def on_sqlite(terminal: Terminal) -> bool:
    return terminal.settings.on_sqlite


def test_a_query_that_compiles_is_shown_and_not_run(settled: Terminal, file: str) -> None:
    shown = explain(settled, file, "Inbox", "--variables", VARIABLES)
    assert shown.splitlines()[:3] == [
        "Query Inbox: customers",
        "Cost 4 of at most 500000.",
        "1 statement. It was not run.",
    ]
    (_, sql), (_, parameters), (_, plan) = sections(shown)
    assert sql[0].startswith("SELECT ")
    assert sql[-1].endswith("AS anon_1;")
    assert any(re.fullmatch(r"  FROM customer AS t\d", line) for line in sql)
    mark = r"\?" if on_sqlite(settled) else r"\$"
    sources = [re.fullmatch(mark + r"\d = (.*)  from (.*)", line) for line in parameters]
    assert None not in sources
    found = {match[2]: match[1] for match in sources if match}
    assert found["the variable $text"] == "'an'"
    assert found["the variable $segments"] == ("""'["a","b"]'""" if on_sqlite(settled) else "['a', 'b']")
    assert "the request: organization" in found
    assert "'GB'" in [match[1] for match in sources if match and match[2] == "a constant of the document"]
    assert any(("SEARCH t1" if on_sqlite(settled) else "customer t1") in line for line in plan), plan
    assert any(("INDEX" if on_sqlite(settled) else "cost=") in line for line in plan), plan
    assert "actual time" not in shown


def test_several_root_fields_are_one_statement(settled: Terminal, file: str) -> None:
    shown = explain(settled, file, "Both")
    assert shown.splitlines()[0] == "Query Both: first, customers"
    assert [title for title, _ in sections(shown)] == ["Statement 1", "Parameters", "Plan"]


def test_rows_that_hang_on_who_asks_are_explained_for_a_person(settled: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "complaints.graphql"
    path.write_text("{ complaints(first: 2) { nodes { number } } }")
    shown = explained_for(settled, path, "complaint_handler")
    assert shown.splitlines()[2] == "1 statement. It was not run."
    assert dict(sections(shown))["Parameters"][1].endswith("from the request: person")
    assert "from the request: person" not in explained_for(settled, path, "admin"), "who sees all is not compared"


def explained_for(terminal: Terminal, file: Path, role: str) -> str:
    return terminal.must("explain", str(file), "-o", "explained", "--role", role)


def test_what_python_computes_is_run_to_see_its_statements(settled: Terminal, file: str) -> None:
    shown = explain(settled, file, "Partly")
    assert shown.splitlines()[2] == "1 statement. It was run to see them, because Python computes part of it."
    (_, sql), (_, parameters), (_, plan) = sections(shown)
    assert any(line.strip().startswith("FROM product AS") for line in sql)
    assert any(line.endswith("from the request: organization") for line in parameters)
    assert plan != []


def test_statements_that_sqlalchemy_runs_are_shown_too(settled: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "page.graphql"
    path.write_text("{ changes(first: 3) { nodes { cursor } } }")
    shown = settled.must("explain", str(path), "-o", "explained")
    statements = [lines for title, lines in sections(shown) if title.startswith("Statement")]
    assert any("FROM event" in line for lines in statements for line in lines)
    plans = [lines for title, lines in sections(shown) if title == "Plan"]
    assert len(plans) == len(statements)
    assert all(plans)


@ON_SQLITE
def test_a_query_that_is_too_dear_is_explained_nevertheless(settled: Terminal, file: str) -> None:
    shown = explain(settled.but(QMS_MOST_COST="5"), file, "Dear")
    cost = re.fullmatch(
        r"Cost (\d+) of at most 5: more than QMS_MOST_COST, so it would be refused\.", shown.splitlines()[1]
    )
    assert cost is not None
    assert int(cost[1]) > 200 * 200


@ON_SQLITE
def test_sqlite_does_not_analyze(settled: Terminal, file: str) -> None:
    said = settled.refused("explain", file, "--operation", "Both", "-o", "explained", "--analyze")
    assert said == "qms: SQLite does not measure its plans; --analyze needs PostgreSQL."


def test_postgresql_analyzes(settled: Terminal, file: str) -> None:
    if on_sqlite(settled):
        pytest.skip("SQLite does not analyze")
    shown = explain(settled, file, "Inbox", "--variables", VARIABLES, "--analyze")
    plan = dict(sections(shown))["Plan"]
    assert "actual time=" in plan[0]
    assert plan[-1].startswith("Execution Time: ")


@ON_SQLITE
def test_variables_may_be_in_a_file(settled: Terminal, file: str, tmp_path: Path) -> None:
    path = tmp_path / "variables.json"
    path.write_text(VARIABLES)
    written = explain(settled, file, "Inbox", "--variables", VARIABLES)
    read = explain(settled, file, "Inbox", "--variables", str(path))
    assert dict(sections(read))["Parameters"] == dict(sections(written))["Parameters"]


@ON_SQLITE
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--operation", "Make"), "Only a query can be explained; this is a mutation."),
        (("--operation", "Follow"), "Only a query can be explained; this is a subscription."),
        ((), "Say by operationName which operation of the document to run."),
        (("--operation", "Gone"), 'The document has no operation named "Gone".'),
        (("--operation", "Inbox"), "2:13: $text: Expected a value of non-null type 'String!' to be provided."),
        (
            ("--operation", "Inbox", "--variables", '{"text": 5}'),
            "2:13: $text: String cannot represent a non string value: 5",
        ),
        (("--operation", "Inbox", "--variables", "[]"), "[] cannot be read: No such file or directory."),
        (
            ("--operation", "Inbox", "--variables", "{"),
            "The variables are not JSON: unexpected end of data: line 1 column 2 (char 1).",
        ),
        (("--operation", "Both", "--role", "king"), None),
        (("--operation", "Both", "--role", "employee"), "7:58: This needs the permission customers:read."),
    ],
    ids=str,
)
def test_what_cannot_be_explained(settled: Terminal, file: str, arguments: tuple[str, ...], said: str | None) -> None:
    found = settled.refused("explain", file, "-o", "explained", *arguments)
    if said is None:
        assert found.startswith("qms: There is no role king; there are admin,")
    else:
        assert found == f"qms: {said}"


@ON_SQLITE
def test_an_unknown_organization_and_a_missing_file(settled: Terminal, file: str, tmp_path: Path) -> None:
    missing = str(tmp_path / "gone.graphql")
    assert settled.refused("explain", missing) == f"qms: {missing} cannot be read: No such file or directory."
    assert (
        settled.refused("explain", file, "--operation", "Both", "-o", "nobody")
        == "qms: There is no organization nobody."
    )


@ON_SQLITE
def test_an_invalid_document_is_refused_with_positions(settled: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "wrong.graphql"
    path.write_text('{\n  nothing\n  customers(first: "x") { nodes { id } }\n}')
    done = settled.type("explain", str(path), "-o", "explained")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "qms: 2:3: Cannot query field 'nothing' on type 'Query'.",
        '3:20: Int cannot represent non-integer value: "x"',
    ]
    path.write_text("{ customers(")
    said = settled.refused("explain", str(path), "-o", "explained")
    assert said == "qms: 1:13: Syntax Error: Expected Name, found <EOF>."


@ON_SQLITE
def test_a_mutation_writes_nothing(ready: Terminal, file: str) -> None:
    token = ready.must("token", "create", "-o", "unwritten", "--role", "admin").split()[-1]
    with ready.serving("serve") as (address, _):
        count = "{ auditIntegrity { entries } products(first: 1) { totalCount } }"
        before = ask(address, token, count)
        ready.refused("explain", file, "--operation", "Make", "-o", "unwritten")
        assert ask(address, token, count) == before
        assert before["products"] == {"totalCount": 0}


def test_the_only_organization_need_not_be_named(embedded: Terminal, file: str) -> None:
    embedded.must("migrate")
    assert embedded.refused("explain", file, "--operation", "Both") == "qms: There is no organization yet."
    embedded.must("token", "create", "-o", "only", "--role", "admin")
    assert embedded.must("explain", file, "--operation", "Both").startswith("Query Both: first, customers\n")
    embedded.must("token", "create", "-o", "another", "--role", "admin")
    assert embedded.refused("explain", file, "--operation", "Both") == "qms: There are several organizations: give one."
