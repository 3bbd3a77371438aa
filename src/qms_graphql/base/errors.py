"""Expected errors: each has a code that programs read, a sentence that people read, and the field it is about."""

from collections.abc import Iterable
from enum import Enum


class ErrorCode(Enum):
    """Why something was refused.

    BAD_USER_INPUT: The request is not well formed; nothing was executed.
    UNAUTHENTICATED: No valid token was presented.
    FORBIDDEN: The caller lacks the permission.
    NOT_FOUND: There is no such record in this organization.
    CONFLICT: Somebody else changed the record or what it rests on first, or the key is taken; read again and repeat.
    REQUIRED: A value that must be given is missing or null.
    INVALID: The value breaks a rule stated in the message.
    TOO_LONG: The text or list is longer than allowed.
    OUT_OF_RANGE: The number or time lies outside the allowed range.
    UNKNOWN_REFERENCE: The external reference is not known here yet; send it first, then repeat.
    SYSTEM_NOT_ALLOWED: The token may not write for this external system.
    IDEMPOTENCY_KEY_REUSED: The idempotency key was used before with another body.
    BATCH_REJECTED: The row is fine, but another row of the batch was refused and the policy is to reject everything.
    ERASED: It is about a person whose data were erased: nothing personal of theirs is stored again.
    LEGAL_HOLD: The data must be kept for the reason stated (GDPR, Art. 17(3)).
    CURSOR_EXPIRED: The cursor lies before the retained horizon; start again from a fresh read.
    TOO_COSTLY: The operation costs more, or takes longer, than one may; ask for smaller pages or in several operations.
    RATE_LIMITED: The token has spent what it may for now; repeat after the stated seconds.
    FELL_BEHIND: The subscriber reads too slowly; resume after the last cursor received.
    INTERNAL_SERVER_ERROR: A fault of ours; the id in the message is in our log.
    """

    BAD_USER_INPUT = "BAD_USER_INPUT"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    CONFLICT = "CONFLICT"
    REQUIRED = "REQUIRED"
    INVALID = "INVALID"
    TOO_LONG = "TOO_LONG"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    UNKNOWN_REFERENCE = "UNKNOWN_REFERENCE"
    SYSTEM_NOT_ALLOWED = "SYSTEM_NOT_ALLOWED"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    BATCH_REJECTED = "BATCH_REJECTED"
    ERASED = "ERASED"
    LEGAL_HOLD = "LEGAL_HOLD"
    CURSOR_EXPIRED = "CURSOR_EXPIRED"
    TOO_COSTLY = "TOO_COSTLY"
    RATE_LIMITED = "RATE_LIMITED"
    FELL_BEHIND = "FELL_BEHIND"
    INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR"


RETRYABLE = frozenset(
    {ErrorCode.UNKNOWN_REFERENCE, ErrorCode.CONFLICT, ErrorCode.BATCH_REJECTED, ErrorCode.RATE_LIMITED}
)
"""Codes after which the same row may succeed later without being changed."""


class Refusal(Exception):
    """An expected error: the rules of the product say no, and nothing was written.

    ``field`` is the path of the input field it is about, in the schema's spelling: ``("items", "3", "ref")``.
    """

    def __init__(self, code: ErrorCode, message: str, field: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = tuple(field)

    @property
    def retryable(self) -> bool:
        """Whether the same request may succeed later unchanged."""
        return self.code in RETRYABLE

    def under(self, *prefix: str) -> "Refusal":
        """The same refusal with the field's path put below ``prefix``."""
        return Refusal(self.code, self.message, (*prefix, *self.field))


class Refusals(Exception):
    """Several refusals of one command at once; nothing was written."""

    def __init__(self, refusals: list[Refusal]) -> None:
        super().__init__("; ".join(refusal.message for refusal in refusals))
        self.refusals = refusals


class SetupError(Exception):
    """The installation is not usable as configured; the message says what to do about it."""
