"""The data of the thread measurement: every feedback leads on to a changed specification, and to what came of it.

Made by set-based SQL as in ``dataset``; here each revision has its events too, because the thread shows its history.
"""

from dataclasses import dataclass

from bench.dataset import ACTIVE, RANKS, START, Scale, base, insert, key, said_by, spread

Rows = tuple[str, int, dict[str, str]]
ACTIONS, CAUSES, RISKS = 3, 3, 2
"""Of each nonconformity; of the causes two are verified roots."""
TRAINED, EVENTS, CHARACTERISTICS = 10, 5, 4
"""Of each revision that is effective."""
USERS, DEPARTMENTS, OBJECTIVES, REQUIREMENTS, THEMES = 100, 8, 50, 500, 20


@dataclass(frozen=True)
class Size:
    """How many rows of each kind, which all follow from how many feedback there are."""

    feedback: int

    @property
    def scale(self) -> Scale:
        """What customers and products there are."""
        tenth = self.feedback // 10
        return Scale(tenth, self.feedback, 3 * self.feedback, max(12, tenth // 10), tenth, 0, 0, self.feedback)

    @property
    def nonconformities(self) -> int:
        """Ten complaints show the same."""
        return self.feedback // 10

    @property
    def actions(self) -> int:
        return ACTIONS * self.nonconformities

    def __str__(self) -> str:
        return (
            f"{self.feedback:,} feedback, each with a complaint; {self.nonconformities:,} nonconformities, each with"
            f" {ACTIONS} actions, of which each has a check and a revision with {TRAINED} training records"
        )


def statements(organization: str, size: Size) -> list[str]:
    """The inserts, in the order of their foreign keys."""
    before = (*base(size.scale), *_people(), *_required(size), *_said(size), *_wrong(size))
    rows = (*before, *_done(size), *_laid(size), *_followed(size))
    return [insert(organization, table, count, columns) for table, count, columns in rows]


def _nth(count: int) -> str:
    """SQL for the number of the record that the n-th of so many parts belongs to."""
    return f"((n - 1) / {count} + 1)"


def _people() -> list[Rows]:
    user = {
        "name": "'Person ' || n",
        "roles": "'[\"EMPLOYEE\"]'",
        "active": "true",
        "department_id": key("department", f"(n % {DEPARTMENTS} + 1)"),
    }
    return [("department", DEPARTMENTS, {"name": "'Department ' || n"}), ("user", USERS, user)]


def _required(size: Size) -> list[Rows]:
    """The first half are clauses, the others what customers expect, as many feedback say."""
    clause = f"n <= {REQUIREMENTS // 2}"
    requirement = {
        "number": "'REQ-2026-' || lpad(n::text, 5, '0')",
        "source": f"CASE WHEN {clause} THEN 'STANDARD' ELSE 'CUSTOMER' END",
        "status": "'ACTIVE'",
        "clause": f"CASE WHEN {clause} THEN n || '.1' END",
        "clause_key": f"CASE WHEN {clause} THEN lpad(n::text, 5, '0') END",
        "title": "'Requirement ' || n",
        "statement": "'What requirement ' || n || ' asks for is done, and somebody can show it.'",
        "standard_id": f"CASE WHEN {clause} THEN {key('standard', '1')} END",
    }
    evidence = {
        "requirement_id": key("requirement", f"({REQUIREMENTS // 2} + n % {REQUIREMENTS // 2} + 1)"),
        "position": f"n / {REQUIREMENTS // 2}",
        "feedback_id": key("feedback", "n"),
    }
    standard = {"framework": "'ISO 9001'", "title": "'Quality'", "edition": "'2015'", "status": "'CURRENT'"}
    return [
        ("standard", 1, standard),
        ("requirement", REQUIREMENTS, requirement),
        ("requirement_evidence", size.feedback, evidence),
    ]


def _said(size: Size) -> list[Rows]:
    """Feedback with two answers, a theme and a complaint, of customers that another system knows too."""
    scale = size.scale
    product = key("product", f"({_nth(10)} % {scale.products} + 1)")
    about = {"customer_id": key("customer", spread("n", scale.customers)), "product_id": product}
    answer = {
        "feedback_id": key("feedback", _nth(2)),
        "position": "(n - 1) % 2",
        "question_id": key("question", "((n - 1) % 2 + 1)"),
        "number": f"CASE WHEN n % 2 = 1 THEN {spread('n * 13', 5)} ELSE {spread('n * 13', 11)} - 1 END",
    }
    reference = {
        "system": "'crm'",
        "type": "'CUSTOMER'",
        "external_id": "'C-' || n",
        "record_id": key("customer", "n"),
        "target_id": key("customer", "n"),
        "state": "'LIVE'",
        "updated_at": START,
    }
    received = f"{START} + n * interval '19 seconds'"
    complaint = {
        "number": "'CMP-2026-' || lpad(n::text, 6, '0')",
        "status": "'RESPONDED'",
        "nature": "'The lid cracked.'",
        "severity": "(ARRAY['MINOR', 'MAJOR', 'CRITICAL'])[n % 3 + 1]",
        "safety_related": "false",
        "reportable": "false",
        "response": "'A new lid is on its way to you, and the next ones will be thicker.'",
        **dict.fromkeys(("aware_at", "received_at", "acknowledged_at", "assessed_at"), received),
        "acknowledge_due_at": f"{received} + interval '3 days'",
        "due_at": f"{received} + interval '20 days'",
        "responded_at": f"{received} + interval '9 days'",
        "no_reply_at": f"{received} + interval '39 days'",
        "handler_id": key("user", f"(n % {USERS} + 1)"),
        "nonconformity_id": key("nonconformity", _nth(10)),
        **about,
        **dict.fromkeys(("sample_returned", "recourse_exhausted", "not_confirmed", "confidential"), "false"),
        **ACTIVE,
    }
    bought = {
        "kind": "'PURCHASE'",
        "occurred_at": f"{START} + n * interval '61 seconds'",
        "quantity": "1",
        **about,
        "product_id": key("product", spread("n * 7", scale.products)),
        **ACTIVE,
    }
    return [
        ("external_ref", scale.customers, reference),
        ("interaction", scale.interactions, bought),
        ("feedback", size.feedback, said_by(scale) | about),
        ("answer", 2 * size.feedback, answer),
        ("theme", THEMES, {"name": "'Theme ' || n"}),
        ("feedback_theme", size.feedback, _pair("feedback", "n", "theme", f"(n % {THEMES} + 1)")),
        ("complaint", size.feedback, complaint),
    ]


def _pair(owner: str, of: str, other: str, to: str, position: str = "0") -> dict[str, str]:
    return {f"{owner}_id": key(owner, of), "position": position, f"{other}_id": key(other, to)}


def _wrong(size: Size) -> list[Rows]:
    nonconformity = {
        "number": "'NC-2026-' || lpad(n::text, 5, '0')",
        "title": "'Lids crack, ' || n",
        "status": "'IMPLEMENTED'",
        "origin": "'COMPLAINT'",
        "detected_at": START,
        "amount": "n * 10",
        "currency": "'EUR'",
        "product_id": key("product", f"(n % {size.scale.products} + 1)"),
    }
    root = f"(n - 1) % {CAUSES} > 0"
    cause = {
        "statement": "'The wall is too thin where the lid bends, ' || n",
        "category": "'METHOD'",
        "is_root": root,
        "escape_point": "false",
        "verified_at": f"CASE WHEN {root} THEN {START} END",
        "nonconformity_id": key("nonconformity", _nth(CAUSES)),
        "parent_id": f"CASE WHEN {root} THEN {key('cause', f'({_nth(CAUSES)} * {CAUSES} - {CAUSES} + 1)')} END",
    }
    risk = {
        "number": "'RISK-2026-' || lpad(n::text, 5, '0')",
        "kind": "'FAILURE_MODE'",
        "status": "'OPEN'",
        "title": "'Lid ' || n || ' cracks'",
        "failure_mode": "'cracks'",
        "product_id": key("product", f"(n % {size.scale.products} + 1)"),
        **{f"{prefix}{rank}": f"{spread(f'n * {len(rank)}', 10)}" for prefix in ("", "initial_") for rank in RANKS},
    }
    came_true = _pair("nonconformity", _nth(RISKS), "risk", f"((n * 7) % {size.scale.risks} + 1)", f"(n - 1) % {RISKS}")
    coded = _pair("risk", f"(n % {size.scale.risks} + 1)", "complaint", "n", f"n / {size.scale.risks}")
    return [
        ("nonconformity", size.nonconformities, nonconformity),
        ("cause", CAUSES * size.nonconformities, cause),
        ("risk", size.scale.risks, risk),
        ("nonconformity_risk", RISKS * size.nonconformities, came_true),
        ("risk_complaint", size.feedback, coded),
    ]


def _done(size: Size) -> list[Rows]:
    """Actions, their checks and the objectives that they serve. What is measured is not kept yet, but computed."""
    action = {
        "number": "'ACT-2026-' || lpad(n::text, 6, '0')",
        "title": "'Make the wall thicker ' || n",
        "kind": "'CORRECTIVE'",
        "status": "'CHECKING'",
        "owner_id": key("user", f"(n % {USERS} + 1)"),
        "objective_id": key("objective", f"(n % {OBJECTIVES} + 1)"),
    }
    plan = _pair("nonconformity", _nth(ACTIONS), "action", "n", f"(n - 1) % {ACTIONS}")
    aim = {
        "metric_code": "(ARRAY['CSAT', 'NPS'])[n % 2 + 1]",
        "counting": "'EACH_ANSWER'",
        "direction": "'AT_LEAST'",
        "target": "CASE WHEN n % 2 = 0 THEN 0.8 ELSE 20 END",
        "baseline_from": START,
        "baseline_until": f"{START} + interval '2 days'",
    }
    check = {
        "action_id": key("action", "n"),
        **aim,
        "observation_from": f"{START} + interval '2 days'",
        "observation_until": f"{START} + interval '4 days'",
        "product_id": key("product", f"({_nth(ACTIONS)} % {size.scale.products} + 1)"),
    }
    objective = {
        "number": "'OBJ-2026-' || lpad(n::text, 5, '0')",
        "title": "'Fewer cracks ' || n",
        "status": "'ACTIVE'",
        "due_at": f"{START} + interval '3650 days'",
        **aim,
    }
    return [
        ("objective", OBJECTIVES, objective),
        ("action", size.actions, action),
        ("nonconformity_action", size.actions, plan),
        ("effectiveness_check", size.actions, check),
    ]


def _laid(size: Size) -> list[Rows]:
    """A document for each action, with an obsolete revision and the effective one that the action caused."""
    later = "n % 2 = 0"
    document = {
        "number": "'DOC-2026-' || lpad(n::text, 6, '0')",
        "title": "'Specification of lid ' || n",
        "kind": "'SPECIFICATION'",
    }
    revision = {
        "number": "'REV-2026-' || lpad(n::text, 6, '0')",
        "label": f"CASE WHEN {later} THEN 'B' ELSE 'A' END",
        "status": f"CASE WHEN {later} THEN 'EFFECTIVE' ELSE 'OBSOLETE' END",
        "reason": "'Lids cracked in use.'",
        "content": "'Make it as it says here.'",
        **dict.fromkeys(("effective_from", "effective_at"), f"{START} + n * interval '1 minute'"),
        "obsolete_at": f"CASE WHEN NOT {later} THEN {START} + (n + 1) * interval '1 minute' END",
        "document_id": key("document", _nth(2)),
        "supersedes_id": f"CASE WHEN {later} THEN {key('revision', '(n - 1)')} END",
    }
    thicker = f"CASE WHEN {_nth(CHARACTERISTICS)} % 2 = 0 THEN 0.4 ELSE 0 END"
    characteristic = {
        "revision_id": key("revision", _nth(CHARACTERISTICS)),
        "position": f"(n - 1) % {CHARACTERISTICS}",
        "name": f"'wall ' || (n - 1) % {CHARACTERISTICS}",
        "target": f"1.8 + {thicker}",
        "lower": f"1.6 + {thicker}",
        "upper": f"2.0 + {thicker}",
        "unit": "'mm'",
        "critical": "true",
    }
    met = f"({spread('n', REQUIREMENTS // 2)} + CASE WHEN n % 2 = 0 THEN {REQUIREMENTS // 2} ELSE 0 END)"
    return [
        ("document", size.actions, document),
        ("revision", 2 * size.actions, revision),
        ("characteristic", 2 * CHARACTERISTICS * size.actions, characteristic),
        ("revision_action", size.actions, _pair("revision", "(2 * n)", "action", "n")),
        ("revision_requirement", 2 * size.actions, _pair("revision", f"(2 * {_nth(2)})", "requirement", met, "n % 2")),
    ]


def _followed(size: Size) -> list[Rows]:
    """Who was trained in the effective revisions, and their events."""
    record = {
        "number": "'TRN-2026-' || lpad(n::text, 7, '0')",
        "status": "'PASSED'",
        "due_at": f"{START} + interval '30 days'",
        "assessed": "true",
        "completed_at": f"{START} + n * interval '9 seconds'",
        "user_id": key("user", f"(n % {USERS} + 1)"),
        "revision_id": key("revision", f"(2 * {_nth(TRAINED)})"),
    }
    event = {
        "seq": "n + 1000",
        "at": f"{START} + n * interval '7 seconds'",
        "actor_kind": "'USER'",
        "actor_name": "'Person ' || n % 9",
        "action": f"CASE WHEN (n - 1) % {EVENTS} = 0 THEN 'CREATED' ELSE 'UPDATED' END",
        "record_type": "'REVISION'",
        "record_id": key("revision", f"(2 * {_nth(EVENTS)})"),
        "record_version": f"(n - 1) % {EVENTS} + 1",
        "changed_fields": "'[\"reason\"]'",
        "payload": '\'{"changes": {"reason": [null, "Lids cracked in use."]}}\'',
        "hash": "md5(n::text)",
    }
    return [
        ("training_record", TRAINED * size.actions, record),
        ("event", EVENTS * size.actions, event),
    ]
