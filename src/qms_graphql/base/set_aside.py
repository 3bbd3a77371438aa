"""Rows of a list that cannot stand: kept as they were, with why, so that whoever sent them can mend them."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(slots=True)
class SetAside:
    """A row that cannot stand, as it was, and why."""

    line: int
    raw: Mapping[str, str]
    reason: str


def as_csv(columns: Sequence[str], aside: Sequence[SetAside]) -> str:
    """The rows that were set aside, as they were, with their line and why."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, ("Line", "Reason", *columns))
    writer.writeheader()
    writer.writerows({"Line": row.line, "Reason": row.reason, **row.raw} for row in sorted(aside, key=lambda r: r.line))
    return out.getvalue()
