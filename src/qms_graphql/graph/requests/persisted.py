"""Documents that a request names instead of sending them.

Automatic persisted queries (the protocol of Apollo's clients): the SHA-256 hash of a text; a server that does not know
it asks for the text, once. Trusted documents: only those that the installation's owner listed are executed.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from qms_graphql.base.errors import SetupError
from qms_graphql.graph.recent import Recent
from qms_graphql.graph.requests.documents import refused
from qms_graphql.graph.running.answers import Request

NOT_FOUND, MISMATCH, ONLY = "PERSISTED_QUERY_NOT_FOUND", "PERSISTED_QUERY_MISMATCH", "PERSISTED_QUERY_ONLY"
# Clients of the protocol look for exactly this sentence; then they send the text.
_NOT_FOUND = "PersistedQueryNotFound"


class Texts(Protocol):
    """Where the text of a request's document comes from."""

    def of(self, request: Request) -> str:
        """The text. Raises ``GraphQLError`` if there is none, or none that may be executed."""

    def learn(self, request: Request, text: str) -> None:
        """The request's document turned out to be valid."""


class LearnedTexts:
    """Automatic persisted queries: the hashes of valid documents, seen lately by this process."""

    def __init__(self, most: int = 1000, most_characters: int = 5_000_000) -> None:
        self._known: Recent[str] = Recent(most, most_characters)

    def of(self, request: Request) -> str:
        """The text sent, or the one that was sent with this hash before."""
        key = request.document_id
        if key is None:
            return request.query
        known = self._known.get(key)
        if not request.query:
            if known is None:
                raise refused(_NOT_FOUND, NOT_FOUND)
            return known
        if known != request.query and hashlib.sha256(request.query.encode()).hexdigest() != key:
            raise refused("The hash is not that of the query.", MISMATCH)
        return request.query

    def learn(self, request: Request, text: str) -> None:
        """Remember a valid document. Others are not remembered, so they drive nothing out."""
        if request.document_id is not None and request.query:
            self._known.keep(request.document_id, text, len(text))


class TrustedTexts:
    """Only these documents, by their ids; or by their text, letter by letter."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._allowed = frozenset(texts.values())

    @classmethod
    def load(cls, path: Path) -> "TrustedTexts":
        """From a JSON object of ids and texts, as build tools of clients write it. Raises ``SetupError``."""
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise SetupError(f"QMS_TRUSTED_DOCUMENTS: {path} cannot be read: {error.strerror}.") from None
        except ValueError:
            raise SetupError(f"QMS_TRUSTED_DOCUMENTS: {path} is not JSON in UTF-8.") from None
        if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
            raise SetupError(f"QMS_TRUSTED_DOCUMENTS: {path} must hold an object of ids and documents.")
        return cls(found)

    def of(self, request: Request) -> str:
        """The listed text that the request names or sends."""
        if not request.query:
            known = self._texts.get(request.document_id or "")
            if known is None:
                raise refused(_NOT_FOUND, NOT_FOUND)
            return known
        if request.query not in self._allowed:
            raise refused("This server executes only the documents that are listed here.", ONLY)
        return request.query

    def learn(self, request: Request, text: str) -> None:
        """Nothing is learned; the list is complete."""
