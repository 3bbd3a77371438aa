"""Vocabulary of communication on records."""

from enum import Enum


class NotificationKind(Enum):
    """Why somebody is told of a record.

    MENTIONED: Somebody named the person in a comment.
    COMMENTED: Somebody commented on a record that the person follows.
    MOVED: A record that the person follows came to another state.
    ASSIGNED: The person is to be trained.
    CHANGED: A document that concerns the person or their department changes: its revision is approved, or effective.
    """

    MENTIONED = "MENTIONED"
    COMMENTED = "COMMENTED"
    MOVED = "MOVED"
    ASSIGNED = "ASSIGNED"
    CHANGED = "CHANGED"
