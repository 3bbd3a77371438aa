"""How alike two texts are, and marks by which texts that are alike find each other without being compared.

A text is the set of its trigrams. Of their hashes, divided into bins, the smallest of each bin make its marks (minhash
by one permutation: Li, Owen and Zhang 2012; Broder 1997). Two texts of likeness j share one mark with the probability
j², so at least one of their marks with 1 - (1 - j²)^12: nearly always from one half on, in two of three cases at 0.3.
"""

import re
from functools import lru_cache
from zlib import crc32

ALIKE = 0.3
"""From which likeness on two texts are similar."""
MARKS = 12
"""How many marks a text has."""
_BINS = 2 * MARKS
_WORD = re.compile(r"[^\W_]+")
_MIX = 0x9E3779B1
"""Spreads what is close together; 2^32 by the golden ratio."""


def trigrams(text: str) -> frozenset[str]:
    """Of each word in lower case, with two spaces before it and one behind."""
    return frozenset().union(*map(_of_word, set(_WORD.findall(text.lower()))))


@lru_cache(maxsize=65_536)
def _of_word(word: str) -> frozenset[str]:
    padded = f"  {word} "
    return frozenset(padded[place : place + 3] for place in range(len(word) + 1))


def likeness(mine: frozenset[str], theirs: frozenset[str]) -> float:
    """The share of the trigrams of two texts that both have (Jaccard), from 0 to 1."""
    together = len(mine | theirs)
    return len(mine & theirs) / together if together else 0.0


def marks(text: str | None) -> list[int]:
    """The marks of a text, whole numbers below 2^31; none of one without words."""
    smallest: dict[int, int] = {}
    for word in set(_WORD.findall((text or "").lower())):
        for place, rank in _smallest(word):
            if rank < smallest.get(place, 2**32):
                smallest[place] = rank
    if not smallest:
        return []
    filled = _filled(smallest)
    return [crc32(b"%d %d %d" % (band, filled[2 * band], filled[2 * band + 1])) >> 1 for band in range(MARKS)]


def _filled(smallest: dict[int, int]) -> list[int]:
    """The smallest of each bin; of an empty one, that of the next, so that short texts have as many marks."""
    if len(smallest) == _BINS:
        return [smallest[place] for place in range(_BINS)]
    filled, following = [0] * _BINS, 0
    # Twice around from the end: the first time tells what follows the last bin.
    for place in (*range(_BINS - 1, -1, -1), *range(_BINS - 1, -1, -1)):
        filled[place] = following = smallest.get(place, following)
    return filled


@lru_cache(maxsize=65_536)
def _smallest(word: str) -> tuple[tuple[int, int], ...]:
    """The bins that a word's trigrams are in, and the smallest of each."""
    found: dict[int, int] = {}
    for trigram in _of_word(word):
        rank, place = divmod(crc32(trigram.encode()) * _MIX % 2**32, _BINS)
        found[place] = min(rank, found.get(place, rank))
    return tuple(found.items())
