"""CSAT, NPS and CES: answers to questions counted by the database, one statement for all periods."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Double,
    Integer,
    Select,
    Subquery,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.sql.expression import FromClause

from qms_graphql.base.access import Viewer
from qms_graphql.base.columns import Exact
from qms_graphql.base.model import ExternalRef
from qms_graphql.base.visibility import Visibility, counting_limit
from qms_graphql.feedback.model import Answer, Feedback, Question
from qms_graphql.feedback.rules import QuestionMetric
from qms_graphql.metrics import prepared
from qms_graphql.metrics.count import Count, Form, Rows
from qms_graphql.metrics.distributions import normal_quantile
from qms_graphql.metrics.intervals import Arithmetic, balance_ends, wilson_ends
from qms_graphql.metrics.periods import Window
from qms_graphql.metrics.rules import Counting, Estimate, MetricCode, mean_score, nps, proportion
from qms_graphql.metrics.scope import Scope
from qms_graphql.metrics.slices import inside

_ANSWER, _FEEDBACK, _QUESTION, _REF = (
    model.__table__ for model in (Answer, Feedback, Question, ExternalRef)
)  # fmt: skip

COLUMNS = Arithmetic(
    sqrt=lambda number: func.sqrt(number, type_=Double()),
    least=lambda one, other: func.least(one, other, type_=Double()),
    greatest=lambda one, other: func.greatest(one, other, type_=Double()),
    choose=lambda condition, this, that: case((condition, this), else_=that),
)
"""For formulas over columns of PostgreSQL."""
SCALE_RULES: Mapping[MetricCode, str] = {
    MetricCode.CSAT: "Satisfied is an answer of at least the question's satisfiedFrom.",
    MetricCode.NPS: "Promoters answer 9 or 10, detractors 0 to 6, on the scale 0 to 10.",
    MetricCode.CES: "The mean on the scale 1 to 7.",
}
_LATEST = "in the window counts, by receivedAt, then by external id;"
COUNTING_RULES: Mapping[Counting, str] = {
    Counting.EACH_ANSWER: "EACH_ANSWER: every answer counts.",
    Counting.LATEST_PER_INTERACTION: "LATEST_PER_INTERACTION: of the answers to a question about one interaction the "
    f"latest {_LATEST} an answer without an interaction counts by itself.",
    Counting.LATEST_PER_CUSTOMER: "LATEST_PER_CUSTOMER: of the answers of one customer to a question the latest "
    f"{_LATEST} an answer without a customer counts by itself.",
}
NO_ANSWER = "Answers without a number, and feedback that is no longer active, are no answers."


HIDDEN = "Answers in feedback that you may not see are left out."


def rule(viewer: Viewer, code: MetricCode, counting: Counting) -> str:
    """Which scale was used, which answers counted, and what is no answer."""
    return _rule(code, counting, counting_limit(Feedback, viewer) is not None)


@lru_cache
def _rule(code: MetricCode, counting: Counting, hidden: bool) -> str:
    return " ".join([SCALE_RULES[code], COUNTING_RULES[counting], NO_ANSWER, *([HIDDEN] if hidden else [])])


def beyond(_code: MetricCode, scope: Scope) -> list[str]:
    """The restrictions that feedback cannot meet."""
    return scope.missing(_FEEDBACK)


def marked(form: Form) -> Select[Any]:
    """How many answers there are of CSAT, NPS or both in each period; how many of them are good, how many bad."""
    answers = _answers(form, [_QUESTION.c.metric.label("metric"), _mark(form.codes).label("mark")])
    good, bad = (func.count().filter(answers.c.mark == literal_column(text, Integer)) for text in ("1", "-1"))
    columns = (answers.c.metric, answers.c.period, func.count().label("n"), good.label("good"), bad.label("bad"))
    return _counting(form, answers, columns).group_by(answers.c.metric, answers.c.period)


def shares(count: Count, rows: Rows) -> dict[int, Estimate]:
    """CSAT or NPS of each period that has answers to it: satisfied answers and promoters are good, detractors bad."""
    mine = [row for row in rows if row["metric"] == count.code.value]
    if count.code is MetricCode.CSAT:
        return {row["period"]: proportion(row["good"], row["n"]) for row in mine}
    return {row["period"]: nps(row["good"], row["n"] - row["good"] - row["bad"], row["bad"]) for row in mine}


def estimated(counted: FromClause, code: MetricCode) -> Select[Any]:
    """The same on PostgreSQL, of what `marked` counted: the estimate of each period in their order, as doubles."""
    n, good, bad = (cast(counted.c[name], Double) for name in ("n", "good", "bad"))
    numerator: ColumnElement[Any]
    if code is MetricCode.CSAT:
        numerator, value, ends = good, good / n, wilson_ends(good, n, normal_quantile(), COLUMNS)
    else:
        numerator, value = good - bad, 100.0 * (good - bad) / n
        ends = balance_ends(good - bad, good + bad, n, normal_quantile(), COLUMNS)
    named = {"value": value, "low": ends[0], "high": ends[1], "n": n, "numerator": numerator, "denominator": n}
    columns = [column.label(name) for name, column in named.items()]
    metric = counted.c.metric == QuestionMetric(code.value)
    return select(counted.c.period, *columns).where(metric).order_by(counted.c.period)


def numbered(form: Form) -> Select[Any]:
    """How many answers there are of each number in each period."""
    answers = _answers(form, [_ANSWER.c.number.label("number")])
    columns = (answers.c.period, answers.c.number, func.count().label("n"))
    return _counting(form, answers, columns).group_by(answers.c.period, answers.c.number)


def means(_count: Count, rows: Rows) -> dict[int, Estimate]:
    """CES of each period that has answers."""
    found: dict[int, dict[Decimal, int]] = {}
    for row in rows:
        found.setdefault(row["period"], {})[Decimal(row["number"])] = row["n"]
    return {period: mean(numbers) for period, numbers in found.items()}


def mean(numbers: Mapping[Decimal, int]) -> Estimate:
    """The mean of answers counted by their number, which are exact decimals."""
    total = sum((number * n for number, n in numbers.items()), Decimal(0))
    squares = sum((number * number * n for number, n in numbers.items()), Decimal(0))
    return mean_score(sum(numbers.values()), _plain(total), _plain(squares))


def _plain(number: Decimal) -> float:
    """A whole number stays exact."""
    return int(number) if number == number.to_integral_value() else float(number)


def extent(viewer: Viewer, code: MetricCode, scope: Scope, window: Window) -> Select[Any]:
    """First and last moment of what is counted."""
    moment = _FEEDBACK.c.occurred_at
    return (
        select(func.min(moment).label("first"), func.max(moment).label("last"))
        .select_from(_source())
        .where(*_conditions(counting_limit(Feedback, viewer), (code,), scope, window))
    )


def _source() -> FromClause:
    feedback = (_FEEDBACK.c.organization_id == _ANSWER.c.organization_id) & (_FEEDBACK.c.id == _ANSWER.c.feedback_id)
    question = (_QUESTION.c.organization_id == _ANSWER.c.organization_id) & (_QUESTION.c.id == _ANSWER.c.question_id)
    return _ANSWER.join(_QUESTION, question).join(_FEEDBACK, feedback)


def _answers(form: Form, columns: list[ColumnElement[Any]]) -> Subquery:
    """The answers that may count, each with its period."""
    period = form.period(_FEEDBACK.c.occurred_at).label("period")
    place = [] if form.counting is Counting.EACH_ANSWER else [_place(form.counting).label("place")]
    conditions = _conditions(form.limit, form.codes, form.scope, form.window)
    return select(period, *columns, *place).select_from(_source()).where(*conditions).subquery("answers")


def _counting(form: Form, answers: Subquery, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    """The columns of those that do count."""
    counted = select(*columns)
    return counted if form.counting is Counting.EACH_ANSWER else counted.where(answers.c.place == literal_column("1"))


def _conditions(
    limit: Visibility | None, codes: Sequence[MetricCode], scope: Scope, window: Window
) -> list[ColumnElement[bool]]:
    return [
        prepared.owned(_ANSWER.c.organization_id),
        _ANSWER.c.number.is_not(None),
        or_(*(_of(code) for code in codes)),
        _FEEDBACK.c.active.is_(True),
        prepared.seen(_FEEDBACK, limit),
        *inside(_FEEDBACK.c.occurred_at, window),
        *scope.of_answers(_FEEDBACK, _QUESTION),
    ]


def _of(code: MetricCode) -> ColumnElement[bool]:
    return _QUESTION.c.metric == QuestionMetric(code.value)


def _mark(codes: Sequence[MetricCode]) -> ColumnElement[int]:
    """What an answer to CSAT or NPS counts as: 1 good, -1 bad, 0 neither."""
    number = _ANSWER.c.number
    one, zero, minus = (literal_column(text, Integer) for text in ("1", "0", "-1"))
    # The threshold is a whole number, the answer an exact decimal, which each database holds in units of its own.
    threshold = type_coerce(_QUESTION.c.satisfied_from, Exact) * literal(Decimal(1), Exact)
    satisfied = case((number >= threshold, one), else_=zero)
    promoting = case((number >= Decimal(9), one), (number <= Decimal(6), minus), else_=zero)
    marks = {MetricCode.CSAT: satisfied, MetricCode.NPS: promoting}
    return marks[codes[0]] if len(codes) == 1 else case(*((_of(code), marks[code]) for code in codes))


def _place(counting: Counting) -> ColumnElement[int]:
    """An answer's place among those of the same interaction or customer to the same question, latest first."""
    per_customer = counting is Counting.LATEST_PER_CUSTOMER
    group = _FEEDBACK.c.customer_id if per_customer else _FEEDBACK.c.interaction_id
    alone = case((group.is_(None), _ANSWER.c.position))
    # A record that was merged away is not active, so the indexed target and the record are the same here.
    key = (
        select(func.max(_REF.c.external_id))
        .where(
            _REF.c.organization_id == _FEEDBACK.c.organization_id,
            _REF.c.target_id == _FEEDBACK.c.id,
            _REF.c.record_id == _FEEDBACK.c.id,
            _REF.c.type == Feedback.__tablename__.upper(),
        )
        .scalar_subquery()
    )
    return func.row_number().over(
        partition_by=[_QUESTION.c.id, func.coalesce(group, _FEEDBACK.c.id), alone],
        order_by=[
            _FEEDBACK.c.received_at.desc(),
            func.coalesce(key, "").desc(),
            _FEEDBACK.c.id.desc(),
            _ANSWER.c.position.desc(),
        ],
    )
