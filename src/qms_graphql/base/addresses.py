"""Addresses that open one thing for one viewer, for some minutes: what a browser can follow without a token.

An address is signed over what it is for, its path, the viewer's token and its end. What it opens is asked for anew when
it is followed, with the rights that the token has then.
"""

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from uuid import UUID

from qms_graphql.base.access import Viewer
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.secrets import Secrets

READING_LIFE = timedelta(minutes=10)
"""How long an address can be used that shows something."""


class Purpose(Enum):
    """What an address is for.

    UPLOAD: To bring the bytes of a file, once.
    DOWNLOAD: To fetch them.
    REPORT: To read a report.
    """

    UPLOAD = "UPLOAD"
    DOWNLOAD = "DOWNLOAD"
    REPORT = "REPORT"


def address(secrets: Secrets, viewer: Viewer, purpose: Purpose, path: str, until: datetime) -> str | None:
    """The address: a path on this server with its query; None for a viewer without a token."""
    if viewer.token_id is None:
        return None
    by, seconds = viewer.token_id.hex, str(int(until.timestamp()))
    signature = secrets.address_digest(purpose.value, path, by, seconds)
    return f"{path}?by={by}&until={seconds}&signature={signature}"


def signer(secrets: Secrets, now: datetime, purpose: Purpose, path: str, query: Mapping[str, str]) -> UUID:
    """The token for which an address was made. Raises ``Refusal(FORBIDDEN)``, whatever is wrong with it."""
    by, seconds, signature = (query.get(name, "") for name in ("by", "until", "signature"))
    right = secrets.address_digest(purpose.value, path, by, seconds)
    # What was signed is as it was made here, so it can be read.
    if hmac.compare_digest(signature.encode(), right.encode()) and now < datetime.fromtimestamp(int(seconds), UTC):
        return UUID(hex=by)
    raise not_opening()


def not_opening() -> Refusal:
    """What is said of an address that was not signed, has ended, or is of somebody whose token does not count."""
    return Refusal(ErrorCode.FORBIDDEN, "This address does not open anything, or not any more.")
