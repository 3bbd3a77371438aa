"""The picture in the report of a review, and for which reviews there is which."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from qms_graphql.reports.picture import TONES, Item, Picture, drawn
from qms_graphql.reviews.rules import ReviewKind


def is_of_management(review: Mapping[str, Any]) -> bool:
    """Whether it is a management review."""
    return bool(review["kind"] == ReviewKind.MANAGEMENT_REVIEW.value)


def outcome(review: Mapping[str, Any]) -> Picture:
    """From what was looked at, by way of what was found and decided, to what is done."""
    findings = review["findings"]["nodes"]
    raised = {one["number"]: one for finding in findings if (one := finding["nonconformity"])}
    actions = {one["number"]: one for finding in findings for one in finding["actions"] if one}
    return drawn(
        [
            ("What was looked at", [_looked_at(clause, list(some)) for clause, some in _clauses(review)]),
            ("Review", [Item(review["number"], review["title"])]),
            ("Findings and decisions", [Item(_words(one["kind"]), one["statement"]) for one in findings]),
            ("What comes of it", [*map(_nonconformity, raised.values()), *map(_action, actions.values())]),
        ]
    )


def _clauses(review: Mapping[str, Any]) -> Any:
    """Its topics by the letter of 9.3.2 under which the standard asks for them."""
    return groupby(review["inputs"] or (), key=lambda topic: " ".join(topic["clause"].split()[:2]))


def _looked_at(clause: str, topics: list[Mapping[str, Any]]) -> Item:
    """A box for a letter: its topics, and whether all objectives among them are on track."""
    behind = any(figure["onTrack"] is False for topic in topics for figure in topic["figures"])
    return Item(clause, "; ".join(topic["title"] for topic in topics), "bad" if behind else "plain")


def _nonconformity(raised: Mapping[str, Any]) -> Item:
    return Item(raised["number"], f"Nonconformity, {_words(raised['status']).lower()}")


def _action(action: Mapping[str, Any]) -> Item:
    return Item(action["number"], action["title"], TONES.get(action["status"], "plain"))


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
