"""An auditor's matrix of clauses, of a framework that a large organization follows, beside the least that can be done.

`python -m bench.clauses [--scale 1] [--rounds 5] [--requests 400] [--keep]`
"""

import argparse
import os
from dataclasses import dataclass
from typing import Any

from bench import dataset
from bench.dataset import START, Scale, insert, key, spread
from bench.load import sending
from bench.reads import agree, limit_and_api, measured, show_lines
from bench.workloads import CLAUSES

FIRST_PORT = 9502
DATABASE = "qms_bench_clauses"
ROLE = "auditor"
KINDS = {"API": "graphql", "API with verdicts": "verdicts.graphql"}
"""As the statement by hand says it, and with what Python computes: the verdicts of the actions' checks."""
CHAPTERS, SECTIONS, PARTS = 8, 5, 5
"""A framework of 8 chapters with 5 sections of 5 clauses each: 248 requirements, in three levels."""
FRAMEWORK = CHAPTERS * (1 + SECTIONS * (1 + PARTS))
OTHERS = 5000
"""Requirements of customers and of the organization itself."""


@dataclass(frozen=True)
class Size:
    """How many rows of each kind."""

    documents: int
    findings: int
    training: int
    users: int

    @classmethod
    def of(cls, factor: float) -> "Size":
        """1 is 100,000 documents and 1,000,000 training records."""
        return cls(*(max(200, round(count * factor)) for count in (100_000, 20_000, 1_000_000, 5000)))

    def __str__(self) -> str:
        return (
            f"{self.documents:,} documents with two revisions each, {self.findings:,} findings,"
            f" {self.training:,} training records, {FRAMEWORK} clauses, {OTHERS:,} other requirements"
        )


def statements(organization: str, size: Size) -> list[str]:
    """The inserts: whatever the framework's clauses lead to, and all that is there beside it."""
    rows = (*_required(), *_laid_down(size), *_found(size), *_trained(size))
    return [insert(organization, table, count, columns) for table, count, columns in rows]


def _required() -> list[tuple[str, int, dict[str, str]]]:
    """Clauses are numbered level by level: the chapters, their sections, the parts of these."""
    sections, parts = CHAPTERS, CHAPTERS * (1 + SECTIONS)
    is_section, is_part = f"n > {sections} AND n <= {parts}", f"n > {parts} AND n <= {FRAMEWORK}"
    above = f"CASE WHEN {is_section} THEN (n - {sections} - 1) / {SECTIONS} + 1"
    above += f" WHEN {is_part} THEN {sections} + (n - {parts} - 1) / {PARTS} + 1 END"
    chapter = f"CASE WHEN {is_part} THEN (n - {parts} - 1) / {SECTIONS * PARTS} + 1"
    chapter += f" WHEN {is_section} THEN (n - {sections} - 1) / {SECTIONS} + 1 ELSE n END"
    section = f"CASE WHEN {is_part} THEN (n - {parts} - 1) / {PARTS} % {SECTIONS} + 1"
    section += f" ELSE (n - {sections} - 1) % {SECTIONS} + 1 END"
    numbers = [f"({chapter})", f"({section})", f"((n - {parts} - 1) % {PARTS} + 1)"]

    def clause(form: str) -> str:
        one, two, three = (form.format(number) for number in numbers)
        said = f"CASE WHEN {is_part} THEN {one} || '.' || {two} || '.' || {three}"
        return f"{said} WHEN {is_section} THEN {one} || '.' || {two} WHEN n <= {sections} THEN {one} END"

    standard = {"framework": "'ISO 9001'", "edition": "'2015'", "status": "'CURRENT'"}
    requirement = {
        "number": "'REQ-2026-' || lpad(n::text, 5, '0')",
        "source": f"CASE WHEN n <= {FRAMEWORK} THEN 'STANDARD' ELSE 'CUSTOMER' END",
        "status": "'ACTIVE'",
        "clause": clause("{}::text"),
        "clause_key": clause("'01' || {}"),
        "title": "'Clause ' || n",
        "statement": "'What requirement ' || n || ' asks for is done, and somebody can show it.'",
        "standard_id": f"CASE WHEN n <= {FRAMEWORK} THEN {key('standard', '1')} END",
        "parent_id": f"CASE WHEN n > {sections} AND n <= {FRAMEWORK} THEN {key('requirement', f'({above})')} END",
        "not_applicable_reason": f"CASE WHEN {is_part} AND n % 23 = 0 THEN 'We design nothing.' END",
    }
    return [("standard", 1, standard), ("requirement", FRAMEWORK + OTHERS, requirement)]


def _laid_down(size: Size) -> list[tuple[str, int, dict[str, str]]]:
    """Each document has an obsolete and an effective revision; one in a hundred satisfies a clause of the framework."""
    document = {
        "number": "'DOC-2026-' || lpad(n::text, 6, '0')",
        "title": "'Procedure ' || n",
        "kind": "'PROCEDURE'",
    }
    of = "(n - 1) / 2 + 1"
    later = "n % 2 = 0"
    revision = {
        "number": "'REV-2026-' || lpad(n::text, 6, '0')",
        "label": f"CASE WHEN {later} THEN 'B' ELSE 'A' END",
        "status": f"CASE WHEN {later} THEN 'EFFECTIVE' ELSE 'OBSOLETE' END",
        "content": "'Do it as it says here.'",
        "effective_from": f"{START} + n * interval '1 minute'",
        "effective_at": f"{START} + n * interval '1 minute'",
        "obsolete_at": f"CASE WHEN NOT {later} THEN {START} + (n + 1) * interval '1 minute' END",
        "document_id": key("document", f"({of})"),
    }
    mine = f"CASE WHEN ({of}) % 100 = 0 THEN {spread(f'({of}) / 100', FRAMEWORK)}"
    mine += f" ELSE {FRAMEWORK} + {spread('n', OTHERS)} END"
    pair = {
        "revision_id": key("revision", "n"),
        "position": "0",
        "requirement_id": key("requirement", f"({mine})"),
    }
    return [
        ("document", size.documents, document),
        ("revision", 2 * size.documents, revision),
        ("revision_requirement", 2 * size.documents, pair),
    ]


def _found(size: Size) -> list[tuple[str, int, dict[str, str]]]:
    """One finding in twenty is about the framework: some three for each clause; one in three has a nonconformity."""
    reviews, kept = size.findings // 20, size.findings // 3
    review = {
        "number": "'RVW-2026-' || lpad(n::text, 5, '0')",
        "title": "'Audit ' || n",
        "kind": "'INTERNAL_AUDIT'",
        "status": "'CLOSED'",
        "held_at": f"{START} + n * interval '1 hour'",
        "no_findings": "false",
    }
    nonconformity = {
        "number": "'NC-2026-' || lpad(n::text, 5, '0')",
        "title": "'Not as it says, ' || n",
        "status": "CASE WHEN n % 4 = 0 THEN 'OPEN' ELSE 'CLOSED' END",
        "origin": "'AUDIT'",
        "detected_at": START,
    }
    action = {
        "number": "'ACT-2026-' || lpad(n::text, 6, '0')",
        "title": "'Do as it says, ' || n",
        "kind": "'CORRECTION'",
        "status": "'DONE'",
    }
    plan = {
        "nonconformity_id": key("nonconformity", "((n - 1) / 2 + 1)"),
        "position": "n % 2",
        "action_id": key("action", "n"),
    }
    about = f"CASE WHEN n % 20 = 0 THEN {spread('n / 20', FRAMEWORK)} ELSE {FRAMEWORK} + {spread('n', OTHERS)} END"
    finding = {
        "kind": "(ARRAY['MINOR', 'OBSERVATION', 'CONFORMITY', 'MAJOR', 'CONFORMITY'])[n / 20 % 5 + 1]",
        "statement": "'What was seen is number ' || n",
        "found_at": f"{START} + n * interval '3 minutes'",
        "active": "true",
        "review_id": key("review", f"(n % {reviews} + 1)"),
        "requirement_id": key("requirement", f"({about})"),
        "nonconformity_id": f"CASE WHEN n / 20 % 5 IN (0, 3) THEN {key('nonconformity', spread('n', kept))} END",
    }
    return [
        ("review", reviews, review),
        ("nonconformity", kept, nonconformity),
        ("action", 2 * kept, action),
        ("nonconformity_action", 2 * kept, plan),
        ("finding", size.findings, finding),
    ]


def _trained(size: Size) -> list[tuple[str, int, dict[str, str]]]:
    """Training records of the effective revisions: nothing that the matrix reads, and much that lies beside it."""
    user = {"name": "'Person ' || n", "roles": "'[\"EMPLOYEE\"]'", "active": "true"}
    record = {
        "number": "'TRN-2026-' || lpad(n::text, 7, '0')",
        "status": "'PASSED'",
        "due_at": f"{START} + n * interval '30 seconds'",
        "assessed": "true",
        "completed_at": f"{START} + n * interval '29 seconds'",
        "user_id": key("user", spread("n", size.users)),
        "revision_id": key("revision", f"(2 * {spread('n * 7', size.documents)})"),
    }
    return [("user", size.users, user), ("training_record", size.training, record)]


def run(size: Size, rounds: int, most: int, *, keep: bool) -> None:
    """Make the data, measure the matrix on the limit and the API in turns, print the table."""
    load = os.getloadavg()[0]
    nothing = Scale.of(0)
    with (
        sending() as send,
        dataset.on_postgresql(DATABASE, size, keep=keep, made=statements) as installation,
        limit_and_api(installation, send, FIRST_PORT, ROLE, KINDS) as contenders,
    ):
        variables = CLAUSES.variables(1, nothing)
        answers = {contender.title: contender.answer(CLAUSES, variables) for contender in contenders}
        agree(CLAUSES, {title: _without_verdicts(answer) for title, answer in answers.items()})
        lines = measured(contenders, CLAUSES, nothing, rounds, most)
    took = f"medians of {rounds} rounds of at most {most} requests"
    show_lines(f"Clause matrix on PostgreSQL, {size}; {took}; load {load:.1f} before", lines)


def _without_verdicts(clauses: Any) -> Any:
    """The same answer with the numbers of actions alone."""
    for clause in clauses:
        for found in clause["verifiedBy"]:
            kept = found["nonconformity"] or {"actions": []}
            kept["actions"] = [action["number"] if isinstance(action, dict) else action for action in kept["actions"]]
    return clauses


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.clauses", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="1 is 100,000 documents, 1,000,000 training records")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=400, help="most requests in a round")
    parser.add_argument("--keep", action="store_true", help="leave the data for the next run, which then uses it")
    given = parser.parse_args()
    run(Size.of(given.scale), given.rounds, given.requests, keep=given.keep)


if __name__ == "__main__":
    main()
