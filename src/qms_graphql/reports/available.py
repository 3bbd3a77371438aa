"""The reports there are."""

from types import MappingProxyType

from qms_graphql.reports.eight_d import chain
from qms_graphql.reports.rendering import Report
from qms_graphql.reports.review import is_of_management, outcome

PATH = "/reports"
EIGHT_D, MANAGEMENT_REVIEW, REVIEW = "eight-d", "management-review", "review"
REPORTS = MappingProxyType(
    {
        EIGHT_D: Report("eight_d", chain),
        MANAGEMENT_REVIEW: Report("review", outcome, such=is_of_management),
        REVIEW: Report("review", outcome, such=lambda review: not is_of_management(review)),
    }
)
"""By their names in the address: the 8D report of a nonconformity; the pack of a management review (ISO 9001, 9.3);
what an audit, a meeting or a focus group found and decided."""


def path_of(name: str, number: str) -> str:
    """Where a report about a record is."""
    return f"{PATH}/{name}/{number}"
