"""What may be done with risks."""

from collections.abc import Sequence

from qms_graphql.base.drafts import Draft
from qms_graphql.base.errors import ErrorCode
from qms_graphql.base.unit import UnitOfWork
from qms_graphql.risks.model import INITIAL, Risk
from qms_graphql.risks.rules import RANKS, UNRATED, Rating, RiskKind, incomplete, rating_problem


async def save_risks(unit: UnitOfWork, drafts: Sequence[Draft]) -> None:
    """Make or change risks. The first rating given is both the initial and the current one.

    Refuses a risk that says neither its title nor its failure mode, half a rating, and a rating that
    ``rules.rating_problem`` does not let stand.
    """
    for draft in drafts:
        if not draft.value("title") and not draft.value("failure_mode"):
            draft.refuse(ErrorCode.REQUIRED, "A risk needs a title or a failure mode.", "failureMode")
        _rate(draft)
    await unit.give_numbers(Risk, drafts)
    await unit.save(Risk, drafts)


def _rate(draft: Draft) -> None:
    initial, current = _rating(draft, INITIAL), _rating(draft, "")
    for name, rating in (("initial", initial), ("current", current)):
        for rank in incomplete(rating):
            draft.refuse(ErrorCode.REQUIRED, "A rating has severity, occurrence and detection.", name, rank)
    held = _held(draft)
    if held == UNRATED:
        first = initial if initial != UNRATED else current
        initial, current = first, current if current != UNRATED else first
    problem = rating_problem(draft.value("kind") or RiskKind.FAILURE_MODE, held, initial, current)
    if problem is not None:
        draft.refuse(ErrorCode.INVALID, problem[1], problem[0])
    draft.fields |= {f"{INITIAL}{name}": rank for name, rank in zip(RANKS, initial, strict=True)}
    draft.fields |= dict(zip(RANKS, current, strict=True))


def _rating(draft: Draft, prefix: str) -> Rating:
    severity, occurrence, detection = (draft.value(prefix + name) for name in RANKS)
    return severity, occurrence, detection


def _held(draft: Draft) -> Rating:
    if draft.current is None:
        return UNRATED
    severity, occurrence, detection = (draft.current[INITIAL + name] for name in RANKS)
    return severity, occurrence, detection
