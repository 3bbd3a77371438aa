"""What a revision needs to go on. What is signed stays as it was signed; what takes effect replaces one, and only one.

Some facts come from others: ``approver_roles``, ``approvals``, ``writers``, ``heads`` and ``document_owner_id`` are
gathered in ``facts``; ``training_assigned``, ``training_cancelled`` and ``training_share`` are contributed by the room
of training.
"""

from collections.abc import Sequence

from qms_graphql.base.access import Role
from qms_graphql.base.errors import ErrorCode
from qms_graphql.base.machines import (
    ACTOR,
    NOW,
    ROLES,
    Facts,
    Machine,
    Move,
    SignatureMeaning,
    Signing,
    Unmet,
    either,
    holds,
    needs,
)
from qms_graphql.documents.rules import RevisionStatus as Status
from qms_graphql.documents.rules import lacking

WRITE, APPROVE = "documents:write", "documents:approve"


def unsigned(facts: Facts) -> list[Role]:
    """The roles that the policy asks for and nobody has signed in yet."""
    return lacking(facts["approver_roles"], (role for _, role in facts["approvals"]))


def own_role(facts: Facts) -> Role | None:
    """The role in which the one who asks would sign; None if there is none left for them."""
    if any(user_id == facts[ACTOR] for user_id, _ in facts["approvals"]):
        return None
    mine = (role for role in unsigned(facts) if role in facts[ROLES])
    return next((role for role in mine if role is not Role.DEPARTMENT_HEAD or _heads_it(facts)), None)


def _heads_it(facts: Facts) -> bool:
    """Whether the head of a department who asks signs for this document: of its department, or of one above."""
    return facts["heads"] is None or facts[ACTOR] in facts["heads"]


def named(facts: Facts, roles: Sequence[Role]) -> str:
    """The roles as people read them."""
    own = "" if facts["heads"] is None else " of its department"
    return " and ".join(f"{role.value}{own if role is Role.DEPARTMENT_HEAD else ''}" for role in roles)


def may_sign(facts: Facts, permissions: frozenset[str]) -> bool:
    """Whether one of the approvals that are still asked for can be that of the one whom the facts name."""
    return APPROVE in permissions and by_others(facts) is None and own_role(facts) is not None


def _all_signed(facts: Facts) -> Unmet | None:
    """That with the signature of the one who asks, each role that the policy asks for has signed."""
    left = [role for role in unsigned(facts) if role is not own_role(facts)]
    if not left:
        return None
    signed_already = any(user_id == facts[ACTOR] for user_id, _ in facts["approvals"])
    how = "; you have signed already, and each signs once" if signed_already else ""
    if own_role(facts) is not None:
        how = ": sign by approveRevision; whoever signs last moves it"
    return Unmet(ErrorCode.INVALID, f"It is not signed as {named(facts, left)} yet{how}.", None)


def _date_reached(facts: Facts) -> Unmet | None:
    since = facts["effective_from"]
    if since is None:
        return Unmet(ErrorCode.REQUIRED, "Say from when it shall be effective.", "effectiveFrom")
    if since > facts[NOW]:
        day = since.isoformat(timespec="seconds")
        return Unmet(ErrorCode.INVALID, f"It shall be effective from {day}, not before.", "effectiveFrom")
    return None


def _trained(facts: Facts) -> Unmet | None:
    """That training is where the policy wants it, or waived. Without the room of training nobody is to be trained."""
    if facts["training_waived"] is not None:
        return None
    cancelled = facts.get("training_cancelled", 0)
    again = f"The training of {cancelled} was cancelled who are to be trained all the same: assign it again, or"
    if not facts.get("training_assigned", True):
        said = f"{again} waive it with waiveTraining." if cancelled else "Its training is not assigned yet."
        return Unmet(ErrorCode.INVALID, said)
    # A share comes as a float: 7 of 10 are not less than the decimal 0.7.
    share, wanted = facts.get("training_share"), float(facts["training_share_asked"])
    if share is None or float(share) >= wanted:
        return None
    said = f"{share:.0%} of those to be trained have passed; the policy asks for {wanted:.0%}"
    return Unmet(ErrorCode.INVALID, f"{said}. {again if cancelled else 'Train them, or'} waive it with waiveTraining.")


def _changes_what_holds(facts: Facts) -> Unmet | None:
    """That what was approved is a change of what is effective now, not of something that was replaced meanwhile."""
    if facts["held_id"] is None or facts["held_id"] == facts["supersedes_id"]:
        return None
    # Who comes an instant earlier meets the lock on the document instead (``approving.replace``): the code is the same.
    why = f"It does not change {facts['held_number']}, which is effective: revise that one."
    return Unmet(ErrorCode.CONFLICT, why, "supersedes")


def changes_what_holds_or_will(facts: Facts) -> Unmet | None:
    """That nobody reads and signs a change of what was replaced meanwhile: it changes what is effective, or approved.

    There is a way on: as a draft it can name in ``supersedes`` what is effective now.
    """
    if facts["supersedes_status"] is Status.APPROVED or _changes_what_holds(facts) is None:
        return None
    why = f"It does not change {facts['held_number']}, which is effective: as a draft, name that one in supersedes."
    return Unmet(ErrorCode.CONFLICT, why, "supersedes")


def _in_order_of_time(facts: Facts) -> Unmet | None:
    """That time goes on, so that no two hold at the same instant: clocks of several machines differ.

    Of a revision that was overtaken just now that is said, and not this.
    """
    if facts["last_change"] is None or facts["last_change"] <= facts[NOW] or _changes_what_holds(facts) is not None:
        return None
    return Unmet(ErrorCode.INVALID, "By this clock, what holds is from the future; look at the clocks, or wait.")


def _attached(facts: Facts) -> Unmet | None:
    """That a file is attached, which says it: a fact of the room of files."""
    return None if facts.get("attached_files") else Unmet(ErrorCode.REQUIRED, "There is no file.", "files")


SUBMITTED = (
    needs("reason", "reason", "Say why it is changed."),
    either(
        needs("content", "content", "Give its content, a link to it, a file or characteristics."),
        needs("content_link", "contentLink", "There is no link to its content."),
        holds("characterised", "There are no characteristics.", "characteristics"),
        _attached,
    ),
    needs("document_owner_id", "document", "Its document needs an owner."),
    changes_what_holds_or_will,
)


def by_others(facts: Facts) -> Unmet | None:
    """That who approves it did not write it: neither its author, nor who changed what it says."""
    if facts[ACTOR] is not None and facts[ACTOR] == facts["author_id"]:
        return Unmet(ErrorCode.FORBIDDEN, "Somebody other than its author approves it.")
    if facts[ACTOR] in facts["writers"]:
        return Unmet(ErrorCode.FORBIDDEN, "You changed what it says: somebody else approves it.")
    return None


IN_FORCE = (_date_reached, _trained, _changes_what_holds, _in_order_of_time)

REVISION = Machine(
    start=Status.DRAFT,
    moves=(
        Move(Status.IN_REVIEW, (Status.DRAFT,), SUBMITTED),
        Move(Status.DRAFT, (Status.IN_REVIEW,), reason=True),
        Move(
            Status.APPROVED,
            (Status.IN_REVIEW,),
            (by_others, changes_what_holds_or_will, _all_signed),
            permission=APPROVE,
            signing=Signing(SignatureMeaning.APPROVED),
            stamps=("approved_at",),
        ),
        Move(Status.EFFECTIVE, (Status.APPROVED,), IN_FORCE, stamps=("effective_at",)),
        Move(
            Status.OBSOLETE,
            (Status.APPROVED, Status.EFFECTIVE),
            permission=APPROVE,
            signing=Signing(SignatureMeaning.WITHDRAWN, when=lambda facts: facts["status"] is Status.EFFECTIVE),
            reason=True,
            stamps=("obsolete_at",),
        ),
    ),
    permission=WRITE,
    settled=frozenset({Status.IN_REVIEW, Status.EFFECTIVE, Status.OBSOLETE}),
)
"""APPROVED → OBSOLETE is for what was approved and overtaken: else nobody could ever put it away.

What holds is withdrawn by signature, as it was approved by signatures; what replaces it needs no other than its own.
"""

ALWAYS_OPEN = frozenset({"effective_from"})
"""What may still be changed once it is approved."""
