"""Vocabulary of communication on records."""

from enum import Enum


class NotificationKind(Enum):
    """Why somebody is told of a record.

    MENTIONED: Somebody named the person in a comment.
    COMMENTED: Somebody commented on a record that the person follows.
    MOVED: A record that the person follows came to another state.
    ASSIGNED: Somebody gave the person work: an action, a review to lead, something to take care of, a training.
    TO_APPROVE: A revision was submitted for approval, and the person may sign it.
    OVERTAKEN: Another revision took effect, and the person's own does not change that one.
    CHANGED: A document that concerns the person or their department changes: its revision is approved, or effective.
    """

    MENTIONED = "MENTIONED"
    COMMENTED = "COMMENTED"
    MOVED = "MOVED"
    ASSIGNED = "ASSIGNED"
    TO_APPROVE = "TO_APPROVE"
    OVERTAKEN = "OVERTAKEN"
    CHANGED = "CHANGED"
