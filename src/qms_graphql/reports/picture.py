"""A picture of the chain: boxes in columns, each linked to the next, as one thing comes of another."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import shorten, wrap

WIDTH, GAP, LINE, HEAD, PAD = 148, 34, 13, 18, 8
"""Of a box: its width, what is between two columns, the height of a line and of a headline, in pixels; its margin."""
TONES = {"EFFECTIVE": "good", "INEFFECTIVE": "bad"}
"""How a verdict on an action is coloured."""
_CHARACTERS, _MOST_LINES, _MOST_BOXES = 24, 4, 5


@dataclass(frozen=True, slots=True)
class Item:
    """What a box says."""

    head: str
    text: str = ""
    tone: str = "plain"
    """How it is coloured: plain, good or bad."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box where it is drawn."""

    head: str
    lines: tuple[str, ...]
    tone: str
    x: int
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn: titled columns of boxes, and arrows from each column to the next."""

    titles: tuple[tuple[int, str], ...]
    boxes: tuple[Box, ...]
    arrows: tuple[tuple[int, int, int, int], ...]
    width: int
    height: int


def drawn(columns: Sequence[tuple[str, Sequence[Item]]]) -> Picture:
    """The picture of these columns; those without boxes are left out, and long ones tell how many more there are."""
    titles, boxes, arrows = [], list[Box](), []
    before: list[Box] = []
    x, lowest = PAD, 0
    for title, items in columns:
        if not items:
            continue
        titles.append((x, title))
        column = _column(x, items)
        if before:
            arrows += [_arrow(one, column[0]) for one in before]
            arrows += [_arrow(before[0], one) for one in column[1:]]
        boxes += column
        before = column
        lowest = max(lowest, column[-1].y + column[-1].height)
        x += WIDTH + GAP
    return Picture(tuple(titles), tuple(boxes), tuple(arrows), x - GAP + PAD, lowest + PAD)


def _column(x: int, items: Sequence[Item]) -> list[Box]:
    shown = list(items[:_MOST_BOXES])
    if len(items) > _MOST_BOXES:
        shown[-1] = Item(f"and {len(items) - _MOST_BOXES + 1} more")
    column, y = list[Box](), HEAD + PAD
    for item in shown:
        lines = tuple(wrap(shorten(item.text, _CHARACTERS * _MOST_LINES, placeholder=" …"), _CHARACTERS))
        height = HEAD + PAD + LINE * len(lines)
        column.append(Box(item.head, lines, item.tone, x, y, height))
        y += height + PAD
    return column


def _arrow(start: Box, end: Box) -> tuple[int, int, int, int]:
    return start.x + WIDTH, start.y + start.height // 2, end.x, end.y + end.height // 2
