"""The picture in the 8D report of a nonconformity."""

from collections.abc import Mapping
from typing import Any

from qms_graphql.reports.picture import TONES, Item, Picture, drawn


def chain(nonconformity: Mapping[str, Any]) -> Picture:
    """From the customers' words to the measured effect."""
    complaints = nonconformity["complaints"]["nodes"]
    said = [words for complaint in complaints for words in complaint["feedback"]]
    actions = list(
        {
            planned["action"]["number"]: planned["action"] for planned in nonconformity["plan"] if planned["action"]
        }.values()
    )
    revisions = [revision for action in actions for revision in action["revisions"]]
    checked = [action for action in actions if action["effectiveness"] is not None]
    return drawn(
        [
            ("Words", [Item(words["number"], words["text"] or "") for words in said]),
            ("Complaints", [Item(complaint["number"], complaint["nature"] or "") for complaint in complaints]),
            ("Nonconformity", [Item(nonconformity["number"], nonconformity["title"])]),
            ("Root causes", [Item(_words(cause), cause["statement"]) for cause in nonconformity["rootCauses"]]),
            ("Actions", [Item(action["number"], action["title"]) for action in actions]),
            ("Documents", [Item(revision["number"], _revised(revision)) for revision in revisions]),
            ("Effect", [_effect(action["effectiveness"]) for action in checked]),
        ]
    )


def _words(cause: Mapping[str, Any]) -> str:
    return (cause["category"] or "Cause").capitalize()


def _revised(revision: Mapping[str, Any]) -> str:
    return f"{revision['document']['title']}, revision {revision['label']}"


def _effect(check: Mapping[str, Any]) -> Item:
    verdict = check["verdict"] or "Not decided"
    before, after = check["before"] or {}, check["after"] or {}
    figures = f"{check['metric']['name']}: {_value(before)} before, {_value(after)} after"
    return Item(verdict.capitalize(), figures, TONES.get(verdict, "plain"))


def _value(point: Mapping[str, Any]) -> str:
    value = point.get("value")
    return "–" if value is None else f"{value:.4g}"
