"""What was used lately, by key, within a bound of its number and of its characters."""

from collections import OrderedDict
from typing import Generic, TypeVar

V = TypeVar("V")


class Recent(Generic[V]):
    """Keeps what was used last. The one unused for longest goes when there are too many, or too many characters."""

    def __init__(self, most: int, most_characters: int) -> None:
        self._kept: OrderedDict[str, tuple[V, int]] = OrderedDict()
        self._most = most
        self._room = most_characters

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: str) -> V | None:
        """What is kept under a key; it counts as used now."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def keep(self, key: str, value: V, characters: int) -> None:
        """Keep a value that takes so many characters; the last one is kept even if it is too large alone."""
        _, before = self._kept.pop(key, (None, 0))
        self._kept[key] = (value, characters)
        self._room += before - characters
        while len(self._kept) > self._most or (self._room < 0 and len(self._kept) > 1):
            _, (_, freed) = self._kept.popitem(last=False)
            self._room += freed
