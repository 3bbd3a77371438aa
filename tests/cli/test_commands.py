"""The real command line, in processes of its own."""

import re
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.cli.terminal import PATIENCE, TOKEN, Terminal, ask, free_port

NOT_MIGRATED = "qms: The database is not migrated: run `qms migrate` first, or check QMS_DATABASE_URL."

COMMANDS = [
    (),
    ("demo",),
    ("migrate",),
    ("serve",),
    ("token",),
    ("token", "create"),
    ("token", "list"),
    ("token", "revoke"),
    ("standards",),
    ("standards", "import"),
    ("verify",),
    ("explain",),
    ("work",),
    ("schema",),
]
OPENING = [("migrate",), ("verify",), ("serve",), ("demo", "--load-only")]
"""Every way in which a command opens the database."""
ON_SQLITE = pytest.mark.parametrize("ready", ["sqlite"], indirect=True)
"""For what is the same on every database."""


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_is_there_for_every_command(embedded: Terminal, command: tuple[str, ...]) -> None:
    shown = embedded.must(*command, "--help")
    assert f"Usage: qms {' '.join(command)}".rstrip() in shown
    described = [line for line in shown.splitlines() if line.strip() and "Usage:" not in line]
    assert described[0].strip().endswith((".", ","))


def test_help_needs_neither_the_schema_nor_the_database() -> None:
    """What makes help quick, told without a stopwatch."""
    heavy = ("sqlalchemy", "strawberry", "uvicorn", "alembic")
    code = f"import sys, qms_graphql.cli.main; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert done.stdout.strip() == "[]"


@ON_SQLITE
def test_the_program_itself_does_what_its_forks_do(ready: Terminal, tmp_path: Path) -> None:
    (path := tmp_path / "me.graphql").write_text("{ me { name } }")
    for command in (("explain", str(path), "-o", "nobody"), ("token", "list", "-o", "nobody"), ("verify", "--wrong")):
        forked, itself = ready.type(*command), ready.type_cold(*command)
        assert forked.returncode == itself.returncode != 0
        assert (forked.stdout, forked.stderr) == (itself.stdout, itself.stderr)


@pytest.mark.parametrize(
    "command",
    [("token", "create", "-o", "acme", "--role", "admin"), ("serve",), ("verify",)],
    ids=" ".join,
)
def test_not_migrated(untouched: Terminal, command: tuple[str, ...]) -> None:
    place = ("--port", str(free_port())) if command == ("serve",) else ()
    assert untouched.refused(*command, *place) == NOT_MIGRATED


def test_migrate_says_what_it_did(embedded: Terminal) -> None:
    assert re.fullmatch(r"Migrated: empty → 0001( → \d{4})+\.\n", embedded.type("migrate").stderr)
    assert embedded.type("migrate").stderr == "The database is up to date.\n"


def test_a_token_from_its_making_to_its_end(ready: Terminal) -> None:
    words = ready.must(
        "token", "create", "--organization", "acme", "--role", "quality_manager", "--user", "Ada"
    ).split()
    assert TOKEN.fullmatch(words[-1])
    program = ready.must(
        "token", "create", "--organization", "acme", "--role", "connector", "--system", "shop"
    ).split()[-1]
    assert TOKEN.fullmatch(program)
    with ready.serving("serve") as (address, _):
        assert ask(address, words[-1], "{ me { name roles } }") == {"me": {"name": "Ada", "roles": ["QUALITY_MANAGER"]}}
        assert ask(address, program, "{ viewer { systems } }") == {"viewer": {"systems": ["shop"]}}
        listed = ready.must("token", "list", "--organization", "acme").splitlines()
        assert ["Ada (QUALITY_MANAGER)" in listed[0], "systems: shop" in listed[1], len(listed)] == [True, True, 2]
        ready.must("token", "revoke", "--organization", "acme", listed[0].split()[0])
        assert "revoked" in ready.must("token", "list", "--organization", "acme").splitlines()[0]
        time.sleep(2.1)  # a server remembers a token for two seconds
        answer = httpx.post(
            f"{address}/graphql", json={"query": "{ me { name } }"}, headers={"Authorization": f"Bearer {words[-1]}"}
        )
        assert answer.status_code == 401


def test_timed_work_that_is_due_is_done(ready: Terminal) -> None:
    ready.must("token", "create", "-o", "timed", "--role", "admin")
    assert "timed: documents: take effect: 0 done, 0 held back\n" in ready.must("work", "--once")


def test_unknown_names(ready: Terminal) -> None:
    roles = "admin, quality_manager, complaint_handler, department_head, employee, auditor, connector"
    create = ("token", "create", "--organization")
    assert ready.refused(*create, "acme", "--role", "king") == f"qms: There is no role king; there are {roles}."
    assert (
        ready.refused(*create, "Ac me", "--role", "admin")
        == "qms: A short name has lower-case letters, digits and hyphens."
    )
    why = "qms: A connector needs at least one external system: give --system."
    assert ready.refused(*create, "acme", "--role", "connector") == why
    for command in (("token", "list"), ("verify",)):
        assert ready.refused(*command, "--organization", "nobody") == "qms: There is no organization nobody."


@ON_SQLITE
@pytest.mark.parametrize("command", OPENING, ids=" ".join)
def test_another_secret_key(ready: Terminal, command: tuple[str, ...]) -> None:
    place = ("--port", str(free_port())) if command == ("serve",) else ()
    why = ready.but(QMS_SECRET_KEY="ab" * 32).refused(*command, *place)
    assert why == "qms: The secret key is not the one this database was written with; set QMS_SECRET_KEY to that one."


@pytest.mark.parametrize("command", OPENING, ids=" ".join)
def test_no_database(embedded: Terminal, command: tuple[str, ...]) -> None:
    nowhere = embedded.but(QMS_DATABASE_URL=f"postgresql://nobody@127.0.0.1:{free_port()}/qms")
    place = ("--port", str(free_port())) if command == ("serve",) else ()
    why = nowhere.refused(*command, *place)
    assert why == "qms: The database is unreachable; check QMS_DATABASE_URL and that it runs."


@pytest.mark.parametrize("command", OPENING, ids=" ".join)
def test_no_folder(embedded: Terminal, command: tuple[str, ...]) -> None:
    nowhere = embedded.but(QMS_DATABASE_URL="sqlite:////no/such/folder/qms.db")
    place = ("--port", str(free_port())) if command == ("serve",) else ()
    why = nowhere.refused(*command, *place)
    assert why == (
        "qms: /no/such/folder/qms.db.lock cannot be made: No such file or directory. Check QMS_DATABASE_URL."
        if command == ("serve",)
        else "qms: The folder of /no/such/folder/qms.db does not exist; check QMS_DATABASE_URL."
    )


def test_another_kind_of_database(embedded: Terminal) -> None:
    why = embedded.but(QMS_DATABASE_URL="mysql://127.0.0.1/qms").refused("verify")
    assert why == "qms: QMS_DATABASE_URL names 'mysql'; this product runs on sqlite and postgresql."


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_the_port_is_taken(embedded: Terminal, command: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        why = (
            f"qms: Port {port} on 127.0.0.1 cannot be used: Address already in use."
            " Choose another by --port or QMS_PORT."
        )
        assert embedded.refused(command, "--port", port) == why
        assert embedded.but(QMS_PORT=port).refused(command) == why


@ON_SQLITE
def test_sqlite_has_one_server(ready: Terminal) -> None:
    assert "SQLite is written by one server process, so --workers must be 1." in ready.refused(
        "serve", "--workers", "2"
    )
    with ready.serving("serve"):
        again = ready.refused("serve", "--port", str(free_port()))
        assert again == f"qms: Another server is using {ready.settings.url.database}."


@ON_SQLITE
def test_reload_starts(ready: Terminal) -> None:
    assert "so --workers must be 1" in ready.refused("serve", "--reload", "--workers", "2")
    with ready.serving("serve", "--reload") as (address, _):
        assert httpx.get(f"{address}/health").json() == {"status": "ok"}


def test_several_workers_answer(ready: Terminal) -> None:
    if ready.settings.on_sqlite:
        pytest.skip("several workers need PostgreSQL")
    token = ready.must("token", "create", "--organization", "best", "--role", "admin", "--user", "Ada").split()[-1]
    with ready.serving("serve", "--workers", "2") as (address, _):
        assert httpx.get(f"{address}/health").json() == {"status": "ok"}
        for _ in range(8):
            assert ask(address, token, "{ me { name } }") == {"me": {"name": "Ada"}}


@pytest.mark.parametrize(
    ("role", "option", "value"),
    [("connector", "user", "Bob"), ("admin", "system", "shop"), ("admin", "name", "x")],
)
def test_an_option_that_does_not_go_with_the_role_is_refused(
    embedded: Terminal, role: str, option: str, value: str
) -> None:
    embedded.must("migrate")
    system = ["--system", "shop"] if role == "connector" else []
    asked = ["token", "create", "-o", "acme", "--role", role, *system, f"--{option}", value]
    assert f"--{option} does not go with --role {role}." in embedded.refused(*asked)
    assert embedded.type("verify").stderr == "There is no organization yet.\n"


def test_verify_names_the_first_broken_event(embedded: Terminal) -> None:
    embedded.must("migrate")
    done = embedded.type("verify")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "There is no organization yet.\n")
    for slug in ("acme", "best"):
        for user in ("Ada", "Bob"):
            embedded.must("token", "create", "--organization", slug, "--role", "admin", "--user", user)
    # A token is an event, and so is the user it was made for.
    acme, best = embedded.must("verify").splitlines()
    assert re.fullmatch(r"acme: intact, 4 events, head [0-9a-f]{64}", acme)
    assert re.fullmatch(r"best: intact, 4 events, head [0-9a-f]{64}", best)
    with sqlite3.connect(str(embedded.settings.url.database)) as database:
        triggers = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'event'"
        ).fetchall()
        for (name,) in triggers:
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute(
            "UPDATE event SET actor_name = 'nobody' WHERE seq = 2"
            " AND organization_id = (SELECT id FROM organization WHERE slug = 'best')"
        )
    database.close()
    done = embedded.type("verify")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [acme, "best: BROKEN at event 2 of 4"]
    assert embedded.type("verify", "--organization", "acme").returncode == 0


@ON_SQLITE
def test_a_list_of_clauses_is_taken_in_from_a_file(ready: Terminal, tmp_path: Path) -> None:
    ready.must("token", "create", "--organization", "clauses", "--role", "admin")
    file = tmp_path / "list.csv"
    file.write_text("clause,title\n4,Place\n4.1,What bears on it\n4.2,\n4.1,Again\n")
    place = ("--framework", "ISO 9001", "--edition", "2015", "-o", "clauses")
    command = ("standards", "import", str(file), *place)
    aside = [
        "line 4, clause 4.2: title: A value is needed.",
        "line 5, clause 4.1: clause: The clause stands in line 3 already.",
    ]
    written = tmp_path / "list.set-aside.csv"
    told = f"The rows that were set aside are in {written}."
    for more, said in (
        (("--dry-run",), "2 created, 0 updated, 0 unchanged, 2 rejected. Nothing was written.\n"),
        (("--status", "draft"), "2 created, 0 updated, 0 unchanged, 2 rejected.\n"),
        ((), "0 created, 0 updated, 2 unchanged, 2 rejected.\n"),
    ):
        done = ready.type(*command, *more)
        dry = more == ("--dry-run",)
        assert (done.returncode, done.stdout) == (0, said)
        assert done.stderr.splitlines() == (aside if dry else [*aside, told])
        assert written.exists() is not dry
    assert written.read_text().splitlines() == [
        "Line,Reason,clause,title,parent,statement",
        "4,title: A value is needed.,4.2,,,",
        "5,clause: The clause stands in line 3 already.,4.1,Again,,",
    ]
    other = tmp_path / "other.csv"
    assert ready.type(*command, "--set-aside", str(other)).stderr.splitlines()[-1].endswith(f" {other}.")
    assert other.read_text() == written.read_text()
    assert ready.refused(*command, "--status", "old").startswith("qms: There is no status old")
    assert ready.refused("standards", "import", str(tmp_path), *place).startswith(f"qms: {tmp_path} cannot be read")
    file.write_bytes(b"\xff")
    assert ready.refused(*command) == "qms: The file is not UTF-8: byte 0."
