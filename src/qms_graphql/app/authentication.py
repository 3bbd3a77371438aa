"""Where a request carries its token, or its signature, and whether it still opens what it did."""

from collections.abc import Mapping

from starlette.requests import Request

from qms_graphql.app.refusals import Refused
from qms_graphql.base.access import Viewer
from qms_graphql.base.addresses import Purpose, not_opening, signer
from qms_graphql.base.database import unreachable
from qms_graphql.base.errors import Refusal
from qms_graphql.graph.running.execution import Graph
from qms_graphql.people.identity import Doorkeeper

RECHECK_SECONDS = 10.0
"""How often a connection that stays open asks again whether its token is valid."""


def bearer(authorization: str | None) -> str | None:
    """The token of an ``Authorization: Bearer`` value (RFC 6750), or None."""
    scheme, _, token = (authorization or "").strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


async def let_in(doorkeeper: Doorkeeper, token: str | None) -> Viewer:
    """The viewer of a token. Raises ``Refused``."""
    try:
        return await doorkeeper.viewer(token)
    except Refusal as refusal:
        raise Refused(401, refusal.code, refusal.message, {"WWW-Authenticate": "Bearer"}) from None


async def signed_for(
    graph: Graph, doorkeeper: Doorkeeper, purpose: Purpose, path: str, query: Mapping[str, str]
) -> Viewer:
    """Whom an address was signed for, with the rights of this moment. Raises ``Refusal(FORBIDDEN)``."""
    by = signer(graph.secrets, graph.clock.now(), purpose, path, query)
    viewer = await doorkeeper.known(by)
    if viewer is None:
        raise not_opening()
    return viewer


async def asked_by(graph: Graph, doorkeeper: Doorkeeper, purpose: Purpose, path: str, http: Request) -> Viewer:
    """Who asks for what is at a path: by an address that was signed for them, or else by their token.

    Raises ``Refusal(FORBIDDEN)`` for the one, ``Refused`` for the other.
    """
    if "signature" in http.query_params:
        return await signed_for(graph, doorkeeper, purpose, path, http.query_params)
    return await let_in(doorkeeper, bearer(http.headers.get("authorization")))


async def still_admitted(doorkeeper: Doorkeeper, token: str | None, viewer: Viewer) -> bool:
    """Whether a token still means the same viewer with the same rights. While the database is away, it does."""
    try:
        return await doorkeeper.viewer(token) == viewer
    except Refusal:
        return False
    except Exception as error:
        if unreachable(error):
            return True
        raise
