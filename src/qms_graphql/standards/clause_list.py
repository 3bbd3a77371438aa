"""Lists of clauses as CSV: one row for each, of which dirty ones are told apart, not guessed at."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass

from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.standards.rules import tidy_clause

COLUMNS = ("clause", "title", "parent", "statement")
NEEDED = COLUMNS[:2]


@dataclass(frozen=True, slots=True)
class ClauseRow:
    """One clause as somebody lists it. Texts are tidy: no space around them, one between words."""

    line: int
    """Where it stands in the list, from 1."""
    clause: str
    title: str
    parent: str | None = None
    """The number of the clause it stands under; None: the nearest by its own number."""
    statement: str | None = None
    problem: Refusal | None = None
    """Why the row as such cannot be read."""

    @classmethod
    def of(cls, line: int, given: dict[str, str | None], problem: Refusal | None = None) -> "ClauseRow":
        """A row from the texts of its columns."""
        clause, title, parent, statement = (" ".join((given.get(name) or "").split()) for name in COLUMNS)
        return cls(line, tidy_clause(clause), title, tidy_clause(parent) or None, statement or None, problem)


def read_clauses(data: bytes) -> list[ClauseRow]:
    """The rows of a CSV file in UTF-8, its columns named by its first line and divided by comma, semicolon or tab.

    Empty lines, and lines that begin with #, say nothing. Raises ``Refusal(INVALID)`` if it is no such file.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refusal(ErrorCode.INVALID, f"The file is not UTF-8: byte {error.start}.", ("file",)) from None
    lines = text.splitlines(keepends=True)
    first = next((line for line in lines if _says_something(line)), "")
    divider = max(",;\t", key=first.count)
    names: list[str] | None = None
    rows: list[ClauseRow] = []
    for line, values in _records(lines, divider):
        if names is None:
            names = [value.strip().lower() for value in values]
            _check_names(names)
            continue
        problem = None
        if len(values) > len(names):
            why = f"The row has {len(values)} values, but there are {len(names)} columns."
            problem = Refusal(ErrorCode.INVALID, why)
        rows.append(ClauseRow.of(line, dict(zip(names, values, strict=False)), problem))
    if names is None:
        _check_names([])
    return rows


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("#")


def _records(lines: list[str], divider: str) -> Iterator[tuple[int, list[str]]]:
    """The records that say something, each with the line it begins at."""
    reader, begins = csv.reader(lines, delimiter=divider), 1
    try:
        for values in reader:
            if any(value.strip() for value in values) and not values[0].startswith("#"):
                yield begins, values
            begins = reader.line_num + 1
    except csv.Error as error:
        raise Refusal(ErrorCode.INVALID, f"Line {begins} is not CSV: {error}.", ("file",)) from None


def _check_names(names: list[str]) -> None:
    for name in NEEDED:
        if name not in names:
            known = ", ".join(COLUMNS)
            raise Refusal(ErrorCode.INVALID, f"The first line names no column {name}; known are {known}.", ("file",))
