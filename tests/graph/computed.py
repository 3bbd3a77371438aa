"""Python versions of the fields that the database computes, written anew from their descriptions.

Key: type and field as the schema spells them. Value: a function of the row (stored values by column name) and the twin.
A declared SQL field that is missing here fails ``test_every_sql_field_has_a_python_version``.
"""

from collections.abc import Callable, Mapping
from typing import Any

from qms_graphql.documents.rules import DocumentStatus
from qms_graphql.risks.rules import action_priority
from qms_graphql.standards.coverage import Clause, Coverage, counts, coverage
from qms_graphql.standards.rules import RequirementStatus

Computed = Callable[[Mapping[str, Any], Any], Any]


def _ranks(row: Mapping[str, Any]) -> list[int] | None:
    found = [row["severity"], row["occurrence"], row["detection"]]
    return None if None in found else found


def _rpn(row: Mapping[str, Any], _twin: Any) -> int | None:
    ranks = _ranks(row)
    return ranks[0] * ranks[1] * ranks[2] if ranks else None


def _priority(row: Mapping[str, Any], _twin: Any) -> Any:
    ranks = _ranks(row)
    return action_priority(*ranks) if ranks else None


def _level(row: Mapping[str, Any], _twin: Any) -> int | None:
    found = [row["probability"], row["harm_severity"]]
    return None if None in found else found[0] * found[1]


def _overdue(row: Mapping[str, Any], twin: Any) -> bool:
    return row["due_at"] is not None and row["due_at"] < twin.now and row["status"].name in ("PLANNED", "IN_PROGRESS")


def _late(row: Mapping[str, Any], twin: Any) -> bool:
    return row["status"].name not in ("CLOSED", "WITHDRAWN") and row["due_at"] < twin.now


def _unacknowledged(row: Mapping[str, Any], twin: Any) -> bool:
    return row["status"].name == "RECEIVED" and row["acknowledge_due_at"] < twin.now


def _standing(row: Mapping[str, Any], twin: Any) -> list[Mapping[str, Any]]:
    """The actions of a nonconformity's plan that are neither CANCELLED nor superseded within it."""
    planned = {pair["action_id"] for pair in twin.rows["nonconformity_action"] if pair["nonconformity_id"] == row["id"]}
    going = [a for a in twin.rows["action"] if a["id"] in planned and a["status"].name != "CANCELLED"]
    return [action for action in going if action["id"] not in {other["supersedes_id"] for other in going}]


def _pending(row: Mapping[str, Any], twin: Any) -> int:
    return sum(action["status"].name in ("PLANNED", "IN_PROGRESS") for action in _standing(row, twin))


def _uncovered(row: Mapping[str, Any], twin: Any) -> int:
    removing = {
        action["id"]
        for action in _standing(row, twin)
        if action["kind"].name == "CORRECTIVE" and action["status"].name != "INEFFECTIVE"
    }
    covered = {
        pair["cause_id"]
        for pair in twin.rows["nonconformity_action"]
        if pair["nonconformity_id"] == row["id"] and pair["action_id"] in removing
    }
    return sum(
        cause["nonconformity_id"] == row["id"]
        and cause["is_root"]
        and cause["verified_at"] is not None
        and cause["id"] not in covered
        for cause in twin.rows["cause"]
    )


def _expired(row: Mapping[str, Any], twin: Any) -> bool:
    return row["status"].name == "PASSED" and row["expires_at"] is not None and row["expires_at"] <= twin.now


def _current(row: Mapping[str, Any], twin: Any) -> bool:
    effective = {made["id"] for made in twin.rows["revision"] if _holds(made)}
    counts = row["status"].name == "WAIVED" or (row["status"].name == "PASSED" and not _expired(row, twin))
    return counts and row["revision_id"] in effective


def _training_overdue(row: Mapping[str, Any], twin: Any) -> bool:
    return row["status"].name in ("ASSIGNED", "FAILED") and row["due_at"] < twin.now


def _of_the_department(row: Mapping[str, Any], twin: Any) -> bool:
    """What is known of a person is seen by the person, by the head of the department, and by who sees all."""
    if "training:others" in twin.permissions or row["user_id"] == twin.person:
        return True
    department = {user["id"]: user["department_id"] for user in twin.rows["user"]}
    mine = department.get(twin.person)
    return "training:department" in twin.permissions and mine is not None and department[row["user_id"]] == mine


def _standing_of(document: Mapping[str, Any], twin: Any) -> Any:
    since = [made for made in twin.rows["revision"] if made["document_id"] == document["id"] and made["effective_at"]]
    names = {made["status"].name for made in since}
    return DocumentStatus["EFFECTIVE" if "EFFECTIVE" in names else "OBSOLETE" if names else "PLANNED"]


def _scheduled(row: Mapping[str, Any], twin: Any) -> bool:
    since = row["effective_from"]
    return row["status"].name == "APPROVED" and since is not None and since > twin.now


def _holds(row: Mapping[str, Any]) -> bool:
    return row["status"].name == "EFFECTIVE"


SUCH: dict[tuple[str, str], Callable[[Mapping[str, Any]], bool]] = {
    ("Document", "effective"): _holds,
    ("Nonconformity", "rootCauses"): lambda cause: cause["is_root"] and cause["verified_at"] is not None,
    ("Requirement", "satisfiedBy"): _holds,
}
"""Of the links that lead only to some of the records: to which."""


def _unanswered(row: Mapping[str, Any], twin: Any) -> int:
    standing = {nc["id"] for nc in twin.rows["nonconformity"] if nc["status"].name != "CANCELLED"}
    return sum(
        finding["review_id"] == row["id"]
        and finding["active"]
        and finding["kind"].name in ("MAJOR", "MINOR")
        and finding["nonconformity_id"] not in standing
        for finding in twin.rows["finding"]
    )


def _coverage(row: Mapping[str, Any], twin: Any) -> Coverage:
    return coverage(_clause(row, twin), excused=row["not_applicable_reason"] is not None)


def _clause(row: Mapping[str, Any], twin: Any, above: RequirementStatus | None = None) -> Clause:
    """A requirement with all that is known of it, and those under it."""
    status = {record["id"]: record["status"].name for kind in _STATED for record in twin.rows[kind]}
    findings = [f for f in twin.rows["finding"] if f["requirement_id"] == row["id"] and f["active"]]
    open_ = {f["kind"].name for f in findings if status.get(f["nonconformity_id"]) != "CLOSED"}
    named = {
        owner: [status[pair[f"{owner}_id"]] for pair in twin.rows[pairs] if pair["requirement_id"] == row["id"]]
        for pairs, owner in (
            ("revision_requirement", "revision"),
            ("nonconformity_requirement", "nonconformity"),
            ("review_criterion", "review"),
        )
    }
    return Clause(
        applies=counts(row["status"], above, excused=row["not_applicable_reason"] is not None),
        blocked="MAJOR" in open_ or bool(set(named["nonconformity"]) - {"CLOSED", "CANCELLED"}),
        minor="MINOR" in open_,
        satisfied="EFFECTIVE" in named["revision"],
        looked_at=bool(
            findings
            or named["nonconformity"]
            or set(named["revision"]) - {"DRAFT", "IN_REVIEW"}
            or set(named["review"]) - {"PLANNED"}
        ),
        children=[
            _clause(child, twin, row["status"]) for child in twin.rows["requirement"] if child["parent_id"] == row["id"]
        ],
    )


_STATED = ("revision", "nonconformity", "review")

VISIBLE: dict[str, Computed] = {
    "Feedback": lambda row, twin: (
        "feedback:confidential" in twin.permissions
        or ("feedback:others" in twin.permissions and not row["confidential"])
        or (twin.person is not None and twin.person in (row["assignee_id"], row["author_id"]))
    ),
    "Revision": lambda row, twin: (
        "documents:drafts" in twin.permissions
        or row["status"].name not in ("DRAFT", "IN_REVIEW")
        or (twin.person is not None and row["author_id"] == twin.person)
    ),
    "Competence": _of_the_department,
    "TrainingRecord": _of_the_department,
    "Notification": lambda row, twin: twin.person is not None and row["user_id"] == twin.person,
    "Complaint": lambda row, twin: (
        "feedback:confidential" in twin.permissions
        or not row["confidential"]
        or (twin.person is not None and row["handler_id"] == twin.person)
    ),
}
"""Of the types that not everybody sees whole: whether the twin's viewer sees a row."""

RECORDS = (
    "Feedback",
    "Complaint",
    "Requirement",
    "Risk",
    "Action",
    "Nonconformity",
    "Objective",
    "Revision",
    "TrainingRecord",
    "Review",
)
"""The types that have a state."""

COMPUTED: dict[tuple[str, str], Computed] = {
    ("Requirement", "coverage"): _coverage,
    ("Standard", "name"): lambda row, _: f"{row['framework']}:{row['edition']}",
    ("Rating", "rpn"): _rpn,
    ("Rating", "actionPriority"): _priority,
    ("PastRating", "rpn"): _rpn,
    ("PastRating", "actionPriority"): _priority,
    ("Estimate", "level"): _level,
    ("PastEstimate", "level"): _level,
    ("Risk", "rpn"): _rpn,
    ("Risk", "level"): _level,
    ("Risk", "actionPriority"): _priority,
    ("Document", "status"): _standing_of,
    ("Revision", "scheduled"): _scheduled,
    ("Action", "overdue"): _overdue,
    ("TrainingRecord", "overdue"): _training_overdue,
    ("TrainingRecord", "passed"): lambda row, _: row["status"].name == "PASSED",
    ("TrainingRecord", "expired"): _expired,
    ("TrainingRecord", "current"): _current,
    ("EffectivenessCheck", "over"): lambda row, twin: row["observation_until"] <= twin.now,
    ("Objective", "overdue"): lambda row, twin: row["due_at"] <= twin.now and row["status"].name == "ACTIVE",
    ("ComplaintDecision", "by"): lambda row, _: row["complaint_decided_by"],
    ("Complaint", "overdue"): _late,
    ("Complaint", "acknowledgementOverdue"): _unacknowledged,
    ("Nonconformity", "pendingActions"): _pending,
    ("Nonconformity", "uncoveredRootCauses"): _uncovered,
    ("Review", "unansweredFindings"): _unanswered,
} | {(record, "state"): lambda row, _: row["status"].value for record in RECORDS}
