"""Coverage of requirements: the rule of ``standards.coverage`` as SQL, and what an earlier edition suggests."""

from collections.abc import Callable, Sequence
from typing import Any, cast

import strawberry
from sqlalchemy import Alias, ColumnElement, Select, and_, case, func, or_, select, true, type_coerce

from qms_graphql.base.columns import Choice
from qms_graphql.base.facts import fact
from qms_graphql.base.ids import from_global
from qms_graphql.base.sets import within
from qms_graphql.base.visibility import visible
from qms_graphql.documents.model import Revision, RevisionRequirement
from qms_graphql.documents.rules import UNAPPROVED, RevisionStatus
from qms_graphql.documents.schema import Revision as RevisionType
from qms_graphql.graph.compiling.dialects import quoted, whole
from qms_graphql.graph.context import Context, ref
from qms_graphql.graph.declare import LIST_BOUND, batch_field, extend, guarded, sql_field
from qms_graphql.graph.types import describe_enum
from qms_graphql.nonconformities.model import Nonconformity, NonconformityRequirement
from qms_graphql.nonconformities.rules import NonconformityStatus
from qms_graphql.reviews.model import Finding, Review, ReviewCriterion
from qms_graphql.reviews.rules import FindingKind, ReviewStatus
from qms_graphql.standards.coverage import Coverage
from qms_graphql.standards.model import Requirement, RequirementMapping
from qms_graphql.standards.rules import MappingKind, RequirementStatus

READ = "reviews:read"
describe_enum(Coverage)

# -- the rule as SQL; each function gets the columns of a requirement's row --------------------------------------------


def coverage_of(row: Any) -> ColumnElement[Any]:
    """How far a requirement is met: ``standards.coverage.coverage``. Only chapters walk down what stands under them."""
    alone = case(
        (_satisfied(row), case((_found(row, FindingKind.MINOR), _said(Coverage.PARTLY)), else_=_said(Coverage.MET))),
        (_seen(row), _said(Coverage.GAP)),
        else_=_said(Coverage.NOT_ASSESSED),
    )
    said = case(
        (row.not_applicable_reason.is_not(None), _said(Coverage.NOT_APPLICABLE)),
        (_blocked(row), _said(Coverage.GAP)),
        (_is_chapter(row), _of_chapter(row)),
        else_=alone,
    )
    return type_coerce(said, Choice(Coverage))


def _said(coverage: Coverage) -> ColumnElement[Any]:
    return quoted(coverage.value)


def _of_chapter(row: Any) -> ColumnElement[Any]:
    """Of one with requirements under it that apply, and nothing that makes it a GAP by itself.

    Each requirement has a number: 0 not seen, 1 seen, 2 satisfied and not blocked; and 3 more if it is sound.
    """
    under = _under(row)
    minor = _found(under.c, FindingKind.MINOR)
    judged = case(
        (_blocked(under.c), whole(1)),
        (_satisfied(under.c), case((minor, whole(2)), else_=whole(5))),
        (_is_chapter(under.c), case((minor, whole(1)), (_seen(under.c), whole(4)), else_=whole(3))),
        (_seen(under.c), whole(1)),
        else_=whole(0),
    )
    # OFFSET keeps PostgreSQL from judging each requirement once for each time that the number is used.
    numbers = select(judged.label("judged")).select_from(under).offset(whole(0)).subquery()
    level = func.max(numbers.c.judged % whole(3))
    said = case(
        (func.min(numbers.c.judged) >= whole(3), _said(Coverage.MET)),
        (level == whole(2), _said(Coverage.PARTLY)),
        (level == whole(1), _said(Coverage.GAP)),
        else_=_said(Coverage.NOT_ASSESSED),
    )
    return select(said).select_from(numbers).scalar_subquery()


def _under(row: Any) -> Any:
    """The keys and states of a requirement and of all under it that count."""
    top, child = Requirement.__table__.alias(), Requirement.__table__.alias()
    own = top.c.organization_id == row.organization_id, top.c.id == row.id
    start = select(top.c.organization_id, top.c.id, top.c.status).where(*own).correlate_except(top)
    under = start.cte(recursive=True, nesting=True)
    mine = child.c.organization_id == under.c.organization_id, child.c.parent_id == under.c.id
    below = select(child.c.organization_id, child.c.id, child.c.status).where(*mine, _counts(child.c, under.c))
    # UNION, not UNION ALL: what stands above itself, which no command lets in, would have no end.
    return under.union(below.correlate_except(child, under))


def _is_there(found: Select[Any]) -> ColumnElement[bool]:
    """Whether a row is found, by a look of its own for each requirement.

    OFFSET says so: left to itself PostgreSQL would read all links there are, to look each requirement up among them.
    """
    return found.offset(whole(0)).exists()


def _counts(row: Any, above: Any) -> ColumnElement[bool]:
    """``standards.coverage.counts``."""
    worded = or_(row.status != RequirementStatus.DRAFT, above.status == RequirementStatus.DRAFT)
    return and_(row.not_applicable_reason.is_(None), row.status != RequirementStatus.RETIRED, worded)


def _is_chapter(row: Any) -> ColumnElement[bool]:
    child = Requirement.__table__.alias()
    mine = child.c.organization_id == row.organization_id, child.c.parent_id == row.id
    return _is_there(select(child.c.id).where(*mine, _counts(child.c, row)).correlate_except(child))


def _satisfied(row: Any) -> ColumnElement[bool]:
    return _laid_down(row, lambda revision: revision.status == RevisionStatus.EFFECTIVE)


def _laid_down(row: Any, such: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[bool]:
    """Whether such a revision satisfies it."""
    pair, revision = RevisionRequirement.__table__.alias(), Revision.__table__.alias()
    same = and_(revision.c.organization_id == pair.c.organization_id, revision.c.id == pair.c.revision_id)
    mine = pair.c.organization_id == row.organization_id, pair.c.requirement_id == row.id
    found = select(pair.c.revision_id).select_from(pair.join(revision, same)).where(*mine, such(revision.c))
    return _is_there(found.correlate_except(pair, revision))


def _blocked(row: Any) -> ColumnElement[bool]:
    over = NonconformityStatus.CLOSED, NonconformityStatus.CANCELLED
    return or_(
        _found(row, FindingKind.MAJOR),
        _not_met(
            row,
            lambda nonconformity: and_(
                *(nonconformity.status != status for status in over), ~_came_of_minor(nonconformity)
            ),
        ),
    )


def _came_of_minor(nonconformity: Any) -> ColumnElement[bool]:
    """Whether a nonconformity came of a MINOR finding: that one counts for what it is."""
    finding = Finding.__table__.alias()
    mine = (
        finding.c.organization_id == nonconformity.organization_id,
        finding.c.nonconformity_id == nonconformity.id,
        finding.c.kind == FindingKind.MINOR,
    )
    return _is_there(select(finding.c.id).where(*mine).correlate_except(finding))


def _not_met(row: Any, such: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[bool]:
    """Whether such a nonconformity is about it."""
    pair, kept = NonconformityRequirement.__table__.alias(), Nonconformity.__table__.alias()
    same = and_(kept.c.organization_id == pair.c.organization_id, kept.c.id == pair.c.nonconformity_id)
    mine = pair.c.organization_id == row.organization_id, pair.c.requirement_id == row.id
    found = select(pair.c.nonconformity_id).select_from(pair.join(kept, same)).where(*mine, such(kept.c))
    return _is_there(found.correlate_except(pair, kept))


def _found(row: Any, kind: FindingKind) -> ColumnElement[bool]:
    """Whether a finding of the kind is open on it: its nonconformity is not CLOSED, or it has none."""
    finding, came = Finding.__table__.alias(), Nonconformity.__table__.alias()
    closed = select(came.c.id).where(
        came.c.organization_id == finding.c.organization_id,
        came.c.id == finding.c.nonconformity_id,
        came.c.status == NonconformityStatus.CLOSED,
    )
    return _with_finding(row, finding, and_(finding.c.kind == kind, ~_is_there(closed.correlate_except(came))))


def _with_finding(row: Any, finding: Alias, such: ColumnElement[bool]) -> ColumnElement[bool]:
    mine = finding.c.organization_id == row.organization_id, finding.c.requirement_id == row.id
    return _is_there(select(finding.c.id).where(*mine, finding.c.active, such).correlate_except(finding))


def _seen(row: Any) -> ColumnElement[bool]:
    """Whether something was laid down for it, found on it, or a review that was held names it."""
    named, review = ReviewCriterion.__table__.alias(), Review.__table__.alias()
    same = and_(review.c.organization_id == named.c.organization_id, review.c.id == named.c.review_id)
    mine = named.c.organization_id == row.organization_id, named.c.requirement_id == row.id
    held = select(named.c.review_id).select_from(named.join(review, same)).where(*mine)
    return or_(
        _laid_down(row, lambda revision: and_(*(revision.status != status for status in UNAPPROVED))),
        _with_finding(row, Finding.__table__.alias(), true()),
        _not_met(row, lambda _: true()),
        _is_there(held.where(review.c.status != ReviewStatus.PLANNED).correlate_except(named, review)),
    )


@fact(Requirement)
def major_open(requirement: Any) -> ColumnElement[bool]:
    """Whether a MAJOR finding is open on it."""
    return _found(requirement, FindingKind.MAJOR)


# -- what the graph shows ----------------------------------------------------------------------------------------------


async def _suggested(rows: Sequence[Any], context: Context) -> list[list[RevisionType] | None]:
    """The effective revisions that satisfy the clauses of earlier editions that it is mapped to as SAME or CHANGED.

    Those are left out that satisfy it already. A suggestion for a person to judge, never counted as coverage.
    """
    ids, reader = [from_global(row.id)[1] for row in rows], await context.reader()
    mapping, pair = RequirementMapping.__table__, RevisionRequirement.__table__
    own, revision = RevisionRequirement.__table__.alias(), Revision.__table__
    organization_id = context.viewer.organization_id
    earlier = and_(pair.c.organization_id == organization_id, pair.c.requirement_id == mapping.c.earlier_id)
    made = and_(revision.c.organization_id == organization_id, revision.c.id == pair.c.revision_id)
    linked = own.c.organization_id == organization_id, own.c.requirement_id == mapping.c.later_id
    found = await reader.rows(
        select(mapping.c.later_id, revision.c.id)
        .select_from(mapping.join(pair, earlier).join(revision, made))
        .where(
            mapping.c.organization_id == organization_id,
            within(mapping.c.later_id, ids, reader.dialect),
            or_(mapping.c.kind == MappingKind.SAME, mapping.c.kind == MappingKind.CHANGED),
            revision.c.status == RevisionStatus.EFFECTIVE,
            visible(Revision, revision, context.viewer),
            ~select(own.c.revision_id).where(*linked, own.c.revision_id == revision.c.id).exists(),
        )
        .distinct()
        .order_by(mapping.c.later_id, revision.c.id)
    )
    suggested: dict[Any, list[RevisionType]] = {}
    for row in found:
        suggested.setdefault(row["later_id"], []).append(ref("Revision", row["id"]))
    return [suggested.get(id_, [])[:LIST_BOUND] for id_ in ids]


def _coverage(requirement: Any) -> Coverage | None:
    """How far it is met: by what is effective, and by what is open on it. Computed from it and all under it."""
    return cast(Coverage, coverage_of(requirement))


@extend("Requirement")
class CoveredRequirement:
    """How far a requirement is met."""

    coverage = guarded(READ, sql_field(_coverage))
    suggested_by = guarded("documents:read", batch_field(needs=())(_suggested))


@strawberry.type(description="How many requirements have each coverage.")
class CoverageSummary:
    """How many requirements have each coverage."""

    met: int = strawberry.field(description="How many are MET.")
    partly: int = strawberry.field(description="How many are met PARTLY.")
    gap: int = strawberry.field(description="How many have a GAP.")
    not_assessed: int = strawberry.field(description="How many are NOT_ASSESSED.")
    not_applicable: int = strawberry.field(description="How many are NOT_APPLICABLE.")


async def _summary(rows: Sequence[Any], context: Context) -> list[CoverageSummary | None]:
    """How far it is met, clause by clause and chapter by chapter; RETIRED requirements do not count."""
    ids, reader = [from_global(row.id)[1] for row in rows], await context.reader()
    table = Requirement.__table__.alias()
    each = select(table.c.standard_id, coverage_of(table.c).label("coverage")).where(
        table.c.organization_id == context.viewer.organization_id,
        within(table.c.standard_id, ids, reader.dialect),
        table.c.status != RequirementStatus.RETIRED,
    )
    covered = each.subquery()
    counted = select(covered, func.count().label("times")).group_by(*covered.c)
    found = {(row["standard_id"], row["coverage"]): row["times"] for row in await reader.rows(counted)}
    return [
        CoverageSummary(**{coverage.value.lower(): found.get((id_, coverage), 0) for coverage in Coverage})
        for id_ in ids
    ]


@extend("Standard")
class CoveredStandard:
    """How far a standard is met."""

    coverage_summary = guarded(READ, batch_field(needs=())(_summary))
