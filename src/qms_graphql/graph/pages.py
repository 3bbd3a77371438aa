"""Pages of what Python reads: newest first, one more entry than asked for tells whether there are others."""

from collections.abc import Sequence
from typing import TypeVar

from qms_graphql.graph.types import PageInfo

T = TypeVar("T")


def keyset_page(
    entries: Sequence[tuple[str, T]], first: int, after: str | None
) -> tuple[Sequence[tuple[str, T]], PageInfo]:
    """The entries to show of those read (with their cursors), and where the page lies."""
    shown = entries[:first]
    return shown, PageInfo(
        has_next_page=len(entries) > first,
        has_previous_page=after is not None,
        start_cursor=shown[0][0] if shown else None,
        end_cursor=shown[-1][0] if shown else None,
    )
