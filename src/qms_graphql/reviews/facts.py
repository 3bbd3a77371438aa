"""What a review's machine asks beyond the review itself."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Alias, ColumnElement, and_, func, or_, select, union_all

from qms_graphql.actions.model import Action
from qms_graphql.actions.rules import ActionStatus
from qms_graphql.base.facts import fact, gathered
from qms_graphql.base.reader import Reader
from qms_graphql.base.sets import within
from qms_graphql.nonconformities.model import Nonconformity
from qms_graphql.nonconformities.rules import NonconformityStatus
from qms_graphql.people.model import Department, User
from qms_graphql.reviews.model import Finding, FindingAction, Review, ReviewAttendee, ReviewCriterion, ReviewMember
from qms_graphql.reviews.rules import REVIEW, UNMET, FindingKind
from qms_graphql.standards.model import Requirement

Rows = Sequence[Mapping[str, Any]]


@fact(Review)
def team_size(review: Any) -> ColumnElement[int]:
    """How many people are in its team, beside who leads it."""
    members = ReviewMember.__table__.alias()
    return _counted(members, *_of(review, members))


@fact(Review)
def attendance(review: Any) -> ColumnElement[int]:
    """How many people take part."""
    attendees = ReviewAttendee.__table__.alias()
    return _counted(attendees, *_of(review, attendees))


@fact(Review)
def finding_count(review: Any) -> ColumnElement[int]:
    """How many findings it has."""
    findings = Finding.__table__.alias()
    return _counted(findings, *_of(review, findings), findings.c.active)


@fact(Review)
def unanswered(review: Any) -> ColumnElement[int]:
    """How many of its major and minor findings have no nonconformity that stands."""
    findings = Finding.__table__.alias()
    unmet = or_(*(findings.c.kind == kind for kind in UNMET))
    return _counted(findings, *_of(review, findings), findings.c.active, unmet, ~has_nonconformity(findings))


@fact(Review)
def undecided(review: Any) -> ColumnElement[int]:
    """How many of its decisions have neither an action that stands nor a reason why they need none."""
    findings = Finding.__table__.alias()
    decided = findings.c.kind == FindingKind.DECISION
    silent = func.trim(func.coalesce(findings.c.action_waived, "")) == ""
    return _counted(findings, *_of(review, findings), findings.c.active, decided, silent, ~_has_action(findings))


@fact(Nonconformity)
def answers_reported(nonconformity: Any) -> ColumnElement[int]:
    """How many major and minor findings of reported (or closed) reviews it answers."""
    findings, review = Finding.__table__.alias(), Review.__table__.alias()
    found_by = and_(review.c.organization_id == findings.c.organization_id, review.c.id == findings.c.review_id)
    mine = findings.c.organization_id == nonconformity.organization_id, findings.c.nonconformity_id == nonconformity.id
    unmet = or_(*(findings.c.kind == kind for kind in UNMET))
    reported = or_(*(review.c.status == status for status in REVIEW.settled))
    counted = select(func.count()).select_from(findings.join(review, found_by))
    return counted.where(*mine, findings.c.active, unmet, reported).correlate_except(findings, review).scalar_subquery()


def has_nonconformity(finding: Alias) -> ColumnElement[bool]:
    """Whether a nonconformity that is not CANCELLED came of a finding."""
    came = Nonconformity.__table__.alias()
    mine = came.c.organization_id == finding.c.organization_id, came.c.id == finding.c.nonconformity_id
    stands = came.c.status != NonconformityStatus.CANCELLED
    return select(came.c.id).where(*mine, stands).correlate_except(came).exists()


def _has_action(finding: Alias) -> ColumnElement[bool]:
    pairs, action = FindingAction.__table__.alias(), Action.__table__.alias()
    planned = and_(action.c.organization_id == pairs.c.organization_id, action.c.id == pairs.c.action_id)
    mine = pairs.c.organization_id == finding.c.organization_id, pairs.c.finding_id == finding.c.id
    named = select(pairs.c.action_id).select_from(pairs.join(action, planned))
    return named.where(*mine, action.c.status != ActionStatus.CANCELLED).correlate_except(pairs, action).exists()


def _of(review: Any, rows: Alias) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return rows.c.organization_id == review.organization_id, rows.c.review_id == review.id


def _counted(table: Alias, *conditions: ColumnElement[bool]) -> ColumnElement[int]:
    counted = select(func.count()).select_from(table).where(*conditions)
    return counted.correlate_except(table).scalar_subquery()


# -- impartiality ----------------------------------------------------------------------------------------------------


@gathered(Review)
async def impartiality(reader: Reader, reviews: Rows) -> list[dict[str, Any]]:
    """How many of those who review would look at their own work."""
    return [{"partial": len(people)} for people in await partial(reader, reviews)]


async def partial(reader: Reader, reviews: Rows) -> list[list[UUID]]:
    """Who of each review's team (and who leads it) looks at their own work, in the order of their ids.

    Own work is that of the department they belong to, if it is the one that is looked at or a part of it; and the
    requirements they answer for, where these are among the criteria, by themselves or with their standard.
    """
    if not reviews:
        return []
    organization, ids = reviews[0]["organization_id"], {review["id"] for review in reviews}
    members, department = await _members(reader, organization, reviews, ids)
    owners = await _owners(reader, organization, ids)
    above = await _above(reader, organization) if any(review["department_id"] for review in reviews) else {}
    return [
        sorted(
            user
            for user in members.get(review["id"], ())
            if user in owners.get(review["id"], ()) or _within(department.get(user), review["department_id"], above)
        )
        for review in reviews
    ]


async def _members(
    reader: Reader, organization: UUID, reviews: Rows, ids: set[UUID]
) -> tuple[dict[UUID, set[UUID]], dict[UUID, UUID | None]]:
    """Who reviews in each of the reviews, and to which department each of them belongs."""
    member, user, review = ReviewMember.__table__, User.__table__, Review.__table__
    pairs = union_all(
        select(member.c.review_id, member.c.user_id).where(
            member.c.organization_id == organization, within(member.c.review_id, ids, reader.dialect)
        ),
        select(review.c.id, review.c.lead_id).where(
            review.c.organization_id == organization,
            within(review.c.id, ids, reader.dialect),
            review.c.lead_id.is_not(None),
        ),
    ).subquery()
    found = await reader.rows(
        select(pairs.c.review_id, user.c.id, user.c.department_id).select_from(
            pairs.join(user, and_(user.c.organization_id == organization, user.c.id == pairs.c.user_id))
        )
    )
    members: dict[UUID, set[UUID]] = {}
    for row in found:
        members.setdefault(row["review_id"], set()).add(row["id"])
    return members, {row["id"]: row["department_id"] for row in found}


async def _owners(reader: Reader, organization: UUID, ids: set[UUID]) -> dict[UUID, set[UUID]]:
    """Who answers for the requirements among the criteria of each of the reviews."""
    criterion, requirement = ReviewCriterion.__table__, Requirement.__table__
    named = or_(requirement.c.id == criterion.c.requirement_id, requirement.c.standard_id == criterion.c.standard_id)
    joined = criterion.join(requirement, and_(requirement.c.organization_id == organization, named))
    found = await reader.rows(
        select(criterion.c.review_id, requirement.c.owner_id)
        .select_from(joined)
        .where(
            criterion.c.organization_id == organization,
            within(criterion.c.review_id, ids, reader.dialect),
            requirement.c.owner_id.is_not(None),
        )
        .distinct()
    )
    owners: dict[UUID, set[UUID]] = {}
    for row in found:
        owners.setdefault(row["review_id"], set()).add(row["owner_id"])
    return owners


async def _above(reader: Reader, organization: UUID) -> dict[UUID, UUID | None]:
    """The department above each department."""
    table = Department.__table__
    found = await reader.rows(select(table.c.id, table.c.parent_id).where(table.c.organization_id == organization))
    return {row["id"]: row["parent_id"] for row in found}


def _within(department: UUID | None, audited: UUID | None, above: Mapping[UUID, UUID | None]) -> bool:
    """Whether a department is the audited one, or a part of it."""
    seen: set[UUID] = set()
    while audited is not None and department is not None and department not in seen:
        if department == audited:
            return True
        seen.add(department)
        department = above.get(department)
    return False
