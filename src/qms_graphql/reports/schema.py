"""What the graph shows of reports: where a browser can open them."""

from collections.abc import Sequence
from typing import Any

from qms_graphql.base.addresses import READING_LIFE, Purpose, address
from qms_graphql.graph.context import Context
from qms_graphql.graph.declare import batch_field, extend
from qms_graphql.reports.available import EIGHT_D, MANAGEMENT_REVIEW, REVIEW, path_of
from qms_graphql.reviews.rules import ReviewKind


@extend("Nonconformity")
class NonconformityReport:
    """The report of a nonconformity."""

    @batch_field(needs=("number",), personal=True)
    async def report_url(rows: Sequence[Any], context: Context) -> list[str | None]:
        """Where its 8D report is, to be printed: a path on this server that a browser can follow.

        It opens the page for ten minutes, as long as who asks now sees the record. Null to who has no token.
        """
        return [_opened(context, EIGHT_D, row.number) for row in rows]


@extend("Review")
class ReviewReport:
    """The report of a review."""

    @batch_field(needs=("number", "kind"), personal=True)
    async def report_url(rows: Sequence[Any], context: Context) -> list[str | None]:
        """Where its report is, to be printed: a path on this server that a browser can follow.

        It opens the page for ten minutes, as long as who asks now sees the record. Null to who has no token.
        """
        of_management = ReviewKind.MANAGEMENT_REVIEW.value
        return [
            _opened(context, MANAGEMENT_REVIEW if row.kind == of_management else REVIEW, row.number) for row in rows
        ]


def _opened(context: Context, name: str, number: str) -> str | None:
    until = context.clock.now() + READING_LIFE
    return address(context.secrets, context.viewer, Purpose.REPORT, path_of(name, number), until)
