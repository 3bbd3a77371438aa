"""Addresses that open one file for one viewer, for some minutes: what a browser can follow without a token.

An address is signed over what it is for, the file, the viewer's token and its end. A file's record, length and media
type are set when it is announced and never change, so the signature stands for them too.
"""

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from uuid import UUID

from qms_graphql.base.access import Viewer
from qms_graphql.base.errors import ErrorCode, Refusal
from qms_graphql.base.ids import to_global
from qms_graphql.base.secrets import Secrets

PATH = "/files"


class Purpose(Enum):
    """What an address is for.

    UPLOAD: To bring the bytes, once.
    DOWNLOAD: To fetch them.
    """

    UPLOAD = "UPLOAD"
    DOWNLOAD = "DOWNLOAD"


def address(secrets: Secrets, viewer: Viewer, purpose: Purpose, file_id: UUID, until: datetime) -> str | None:
    """The address, as a path on this server with its query; None for a viewer without a token."""
    if viewer.token_id is None:
        return None
    file, by, seconds = to_global("file", file_id), viewer.token_id.hex, str(int(until.timestamp()))
    signature = secrets.address_digest(purpose.value, file, by, seconds)
    return f"{PATH}/{file}?by={by}&until={seconds}&signature={signature}"


def signer(secrets: Secrets, now: datetime, purpose: Purpose, file_id: UUID, query: Mapping[str, str]) -> UUID:
    """The token for which an address was made. Raises ``Refusal(FORBIDDEN)``, whatever is wrong with it."""
    by, seconds, signature = (query.get(name, "") for name in ("by", "until", "signature"))
    right = secrets.address_digest(purpose.value, to_global("file", file_id), by, seconds)
    # What was signed is as it was made here, so it can be read.
    if hmac.compare_digest(signature.encode(), right.encode()) and now < datetime.fromtimestamp(int(seconds), UTC):
        return UUID(hex=by)
    raise Refusal(ErrorCode.FORBIDDEN, "This address does not open anything, or not any more.")
