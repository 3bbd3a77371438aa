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
    CHANGED: A revision is approved, effective or withdrawn that touches the person's department or work. Told of each,
        once, are the heads of the departments that it touches or that follow what it is about (all their people, where
        nobody heads them), who follows that, and who is trained in it. Those hear of the approval by the training
        itself. Of a withdrawal hear also the owner of the document and who had approved it.
    """

    MENTIONED = "MENTIONED"
    COMMENTED = "COMMENTED"
    MOVED = "MOVED"
    ASSIGNED = "ASSIGNED"
    TO_APPROVE = "TO_APPROVE"
    OVERTAKEN = "OVERTAKEN"
    CHANGED = "CHANGED"
