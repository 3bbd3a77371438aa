"""The reports there are."""

from types import MappingProxyType

from qms_graphql.reports.eight_d import chain
from qms_graphql.reports.rendering import Report

REPORTS = MappingProxyType({"eight-d": Report("eight_d", chain), "management-review": Report("management_review")})
"""By their names in the address: the 8D report of a nonconformity; what a review looked at, found and decided."""
