"""Vocabulary of documents, and what is asked of them: the policy of each kind, limits of characteristics."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from functools import partial
from typing import Any
from uuid import UUID

from qms_graphql.base.access import APPROVE, PERMISSIONS, SIGN, Role


class DocumentKind(Enum):
    """What a document is.

    SPECIFICATION: What a product, part or service must be.
    PROCEDURE: How something is done, across several people.
    WORK_INSTRUCTION: How one piece of work is done, step by step.
    POLICY: What the organization commits itself to.
    FORM: What records are made on.
    TRAINING: A course.
    """

    SPECIFICATION = "SPECIFICATION"
    PROCEDURE = "PROCEDURE"
    WORK_INSTRUCTION = "WORK_INSTRUCTION"
    POLICY = "POLICY"
    FORM = "FORM"
    TRAINING = "TRAINING"


class DocumentStatus(Enum):
    """Where a document stands; it follows from its revisions.

    PLANNED: None of its revisions has been effective yet.
    EFFECTIVE: One of its revisions is effective.
    OBSOLETE: One was effective, and none is any more.
    """

    PLANNED = "PLANNED"
    EFFECTIVE = "EFFECTIVE"
    OBSOLETE = "OBSOLETE"


class RevisionStatus(Enum):
    """How far a revision has come.

    DRAFT: Being written.
    IN_REVIEW: Before those who approve it; it stays as it is.
    APPROVED: All of them signed; people are trained, and its date is waited for.
    EFFECTIVE: It holds.
    OBSOLETE: It holds no more, or was approved and never came to hold.
    """

    DRAFT = "DRAFT"
    IN_REVIEW = "IN_REVIEW"
    APPROVED = "APPROVED"
    EFFECTIVE = "EFFECTIVE"
    OBSOLETE = "OBSOLETE"


UNAPPROVED = (RevisionStatus.DRAFT, RevisionStatus.IN_REVIEW)
"""What is for the author and those who work on documents."""


WRITTEN = frozenset({"content", "content_link", "characteristics", "files", "reason", "satisfies", "caused_by"})
"""What a revision says, in its files too: who changes it does not approve it."""


# -- what is asked of each kind --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Policy:
    """What is asked of documents of one kind: who approves their revisions, and who is trained in them."""

    approver_roles: tuple[Role, ...]
    """One person for each of these roles, each another one, and none of them the author.

    As DEPARTMENT_HEAD signs who heads the document's department or one above it; any head, where it has no department
    or nobody heads it who did not write the revision.
    """
    training_share: Decimal
    """The share of those to be trained who must have passed before a revision is effective, 0 to 1."""
    training_days: int
    """Days from the approval until the training is due."""
    training_roles: tuple[Role, ...] = ()
    """Who is trained: people of these roles, of these departments, and of the document's own if that is said."""
    training_departments: tuple[UUID, ...] = ()
    training_own_department: bool = False
    acknowledgement: bool = False
    """Whether people acknowledge a new revision."""


_BY_QUALITY = (Role.QUALITY_MANAGER,)
_ALL, _NONE = Decimal(1), Decimal(0)
_read_at_home = partial(Policy, training_own_department=True, acknowledgement=True)
USUAL: Mapping[DocumentKind, Policy] = {
    DocumentKind.SPECIFICATION: Policy(_BY_QUALITY, _ALL, 14, training_own_department=True),
    DocumentKind.PROCEDURE: _read_at_home((Role.QUALITY_MANAGER, Role.DEPARTMENT_HEAD), _ALL, 14),
    DocumentKind.WORK_INSTRUCTION: _read_at_home((Role.DEPARTMENT_HEAD,), _ALL, 14),
    DocumentKind.POLICY: _read_at_home((Role.QUALITY_MANAGER, Role.ADMIN), _NONE, 30),
    DocumentKind.FORM: Policy(_BY_QUALITY, _NONE, 30),
    DocumentKind.TRAINING: Policy(_BY_QUALITY, _NONE, 30),
}
"""The policies of an organization that has set none.

What people work by is for the department whose work it rules: who makes a part is trained in its specification. Forms
and courses train nobody until somebody says whom.
"""


def policy_problem(policy: Policy) -> tuple[str, str] | None:
    """What is wrong with a policy: the input's field and the reason; None if nothing."""
    if not policy.approver_roles:
        return "approverRoles", "Somebody approves: name at least one role."
    for name, named in (("approverRoles", policy.approver_roles), ("trainingRoles", policy.training_roles)):
        if len(set(named)) < len(named):
            return name, "A role is named twice."
    unfit = [role.value for role in policy.approver_roles if (APPROVE | SIGN) - PERMISSIONS[role]]
    if unfit:
        return "approverRoles", f"{' and '.join(unfit)} may not approve or not sign: nobody could approve this kind."
    return None


def date_problem(effective_from: datetime | None, approved_at: datetime | None) -> str | None:
    """What is wrong with a date that somebody gives what is approved; None if nothing.

    Nothing was in force before it was approved. A date from the draft may have been overtaken by the approval.
    """
    if effective_from is None or approved_at is None or effective_from >= approved_at:
        return None
    return f"It was approved at {approved_at.isoformat()}, and is not effective before."


def lacking(asked: Sequence[Role], signed: Iterable[Role]) -> list[Role]:
    """The roles of those asked for that nobody has signed in yet, in their order."""
    done = set(signed)
    return [role for role in asked if role not in done]


# -- characteristics -------------------------------------------------------------------------------------------------

LIMITS = ("target", "lower", "upper", "unit", "critical")
"""What a characteristic says beside its name."""


def limits_problem(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """What is wrong with the limits of a characteristic: the field and the reason; None if nothing.

    Lower ≤ target ≤ upper, as far as they are given, and at least one of them is.
    """
    lower, target, upper = (row[name] for name in ("lower", "target", "upper"))
    if lower is None and target is None and upper is None:
        return "target", "Give a target, a lower or an upper limit."
    if lower is not None and upper is not None and lower > upper:
        return "lower", "The lower limit is above the upper one."
    if target is not None and lower is not None and target < lower:
        return "target", "The target is below the lower limit."
    if target is not None and upper is not None and target > upper:
        return "target", "The target is above the upper limit."
    return None


@dataclass(frozen=True, slots=True)
class Difference:
    """What a revision changed of one characteristic; ``before`` is None where it was added, ``after`` if removed."""

    name: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


def differences(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[Difference]:
    """What differs between two lists of characteristics, by name: in the new order, what was removed at the end."""
    old = {row["name"]: row for row in before}
    new = {row["name"]: row for row in after}
    found = [Difference(name, old.get(name), row) for name, row in new.items() if not _equal(old.get(name), row)]
    return found + [Difference(name, row, None) for name, row in old.items() if name not in new]


def _equal(one: Mapping[str, Any] | None, other: Mapping[str, Any]) -> bool:
    return one is not None and all(one[name] == other[name] for name in LIMITS)
