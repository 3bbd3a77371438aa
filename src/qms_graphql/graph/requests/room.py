"""Room for what is kept for documents that were read: plans and costs. All documents of a process share it."""

from collections import OrderedDict
from typing import TYPE_CHECKING, Any
from weakref import ref

if TYPE_CHECKING:
    from qms_graphql.graph.requests.documents import Document

MOST_CHARACTERS = 64_000_000
"""Of all statements kept in a process, and of what they are kept by. In memory they take 1 to 1.5 bytes each."""
_PART = 64
"""A part of a key takes as much as so many characters."""
_ENTRY = 1000
"""What is kept takes as much as so many characters more."""


class Room:
    """Counts what documents keep. Where it is too much, the one that kept something the longest ago loses all of it.

    Who still uses that document has its plans made once more, and is then the last. So to use what is there costs a
    request nothing, and however many documents and forms of variables somebody thinks of, what is kept does not grow.
    """

    def __init__(self, most: int = MOST_CHARACTERS) -> None:
        self._most = most
        self._taken: OrderedDict[ref[Document], int] = OrderedDict()
        self.taken = 0
        """By all documents, in characters."""

    def take(self, document: "Document", characters: int) -> None:
        """A document keeps so many characters more, or fewer; it is the last to lose them."""
        # Documents that nobody holds any more are forgotten with what they kept.
        reference = ref(document, self._gone)
        self._taken[reference] = self._taken.pop(reference, 0) + characters
        self.taken += characters
        while self.taken > self._most and self._taken:
            oldest, freed = self._taken.popitem(last=False)
            self.taken -= freed
            if (losing := oldest()) is not None:
                losing.forget()

    def _gone(self, reference: "ref[Document]") -> None:
        self.taken -= self._taken.pop(reference, 0)


def size(key: Any, characters: int) -> int:
    """What it takes to keep a statement of so many characters by a key."""
    return characters + _ENTRY + _PART * _parts(key)


def _parts(key: Any) -> int:
    return sum(map(_parts, key), 1) if isinstance(key, tuple) else 1
