"""What the graph shows of the moves that a record can make."""

from collections.abc import Hashable, Sequence

import strawberry

from qms_graphql.base.errors import ErrorCode
from qms_graphql.base.machines import Possible, SignatureMeaning
from qms_graphql.graph.running.patching import Lasting
from qms_graphql.graph.types import describe_enum

describe_enum(SignatureMeaning)

_SHOWN: "dict[Hashable, Lasting]" = {}
_MOST_SHOWN = 2000


@strawberry.type(description="Something that a move lacks.")
class UnmetCondition:
    """Something that a move lacks."""

    code: ErrorCode = strawberry.field(description="What programs read.")
    message: str = strawberry.field(description="What people read.")
    field: str | None = strawberry.field(description="The field of the record that it is about, if it is one.")


@strawberry.type(description="A state that a record can be moved to from where it is, and what that asks for.")
class Transition:
    """A state that a record can be moved to from where it is."""

    to: str = strawberry.field(description="The state.")
    allowed: bool = strawberry.field(
        description="Whether the viewer's move would be made now, given the reason and the signature that it requires."
    )
    unmet: list[UnmetCondition] = strawberry.field(description="What is lacking; empty if it is allowed.")
    requires_signature: bool = strawberry.field(description="Whether the move is signed.")
    requires_reason: bool = strawberry.field(description="Whether the move needs a reason.")
    signature_meaning: SignatureMeaning | None = strawberry.field(
        description="What is stated by signing; null where nothing is signed."
    )

    @classmethod
    def all_of(cls, rows: Sequence[Sequence[Possible]]) -> "list[Lasting]":
        """How the moves of many records are shown; where they are equal, in this request or another, by one list."""
        known: dict[int, Lasting] = {}
        for row in rows:
            if id(row) not in known:
                key = tuple(map(_told, row))
                if key not in _SHOWN:
                    if len(_SHOWN) >= _MOST_SHOWN:
                        _SHOWN.clear()
                    _SHOWN[key] = Lasting(cls.of(item) for item in row)
                known[id(row)] = _SHOWN[key]
        return [known[id(row)] for row in rows]

    @classmethod
    def of(cls, item: Possible) -> "Transition":
        """How a possible move is shown."""
        return cls(
            to=item.move.to.value,
            allowed=item.allowed,
            unmet=[UnmetCondition(code=u.code, message=u.message, field=u.field) for u in item.unmet],
            requires_signature=item.meaning is not None,
            requires_reason=item.move.reason,
            signature_meaning=item.meaning,
        )


def _told(item: Possible) -> Hashable:
    """All that is shown of a possible move. Moves and enumerations by identity: their values take long to hash."""
    return (id(item.move), id(item.meaning), *((id(u.code), u.message, u.field) for u in item.unmet))
