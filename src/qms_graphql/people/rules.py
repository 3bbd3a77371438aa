"""Rules of people."""

from collections.abc import Collection, Mapping
from typing import Any

from qms_graphql.base.access import Role


def roles_problem(roles: Collection[Role]) -> str | None:
    """What is wrong with a person's roles, or None. CONNECTOR is for programs: a person could not sign with it."""
    if not roles:
        return "A person has at least one role."
    if Role.CONNECTOR in roles:
        return "CONNECTOR is the role of programs; they get a connector's token."
    return None


def administers(user: Mapping[str, Any]) -> bool:
    """Whether a user (``active``, and ``roles`` as they are stored) works here as an administrator."""
    return bool(user["active"]) and Role.ADMIN.value in user["roles"]
