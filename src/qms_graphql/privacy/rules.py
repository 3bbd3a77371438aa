"""What stands against an erasure."""

from collections.abc import Mapping
from typing import Any

from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.complaints.rules import SETTLED

FILE_REASON = "Erased with the person's data."
"""Why a file is not there any more."""


def held_by(legal_hold: str | None) -> list[Refusal]:
    """What a legal hold says against an erasure."""
    return [] if legal_hold is None else [_refusal(f"A legal hold: {legal_hold}")]


def held_by_duty(complaint: Mapping[str, Any]) -> list[Refusal]:
    """What a complaint says against it: as long as it is open and an authority must be told, what it says is needed.

    GDPR, Art. 17(3)(b): a legal obligation, such as that to report (21 CFR 803, MDR Art. 87).
    """
    if not complaint["reportable"] or complaint["status"] in SETTLED:
        return []
    return [_refusal(f"The complaint {complaint['number']} is open, and an authority must be told of it.")]


def _refusal(why: str) -> Refusal:
    return Refusal(ErrorCode.LEGAL_HOLD, why, ("id",))
