"""How far a requirement is met: the one rule for clauses of standards, laws and expectations of customers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

from qms_graphql.standards.rules import RequirementStatus


class Coverage(Enum):
    """How far a requirement is met, from the worst to the best. Computed, never typed in.

    GAP: Looked at, but nothing effective satisfies it; or a MAJOR finding or a nonconformity of its own is open on it.
    NOT_ASSESSED: Nothing was ever laid down for it, found or reviewed.
    PARTLY: It is satisfied, but a MINOR finding is open on it; or only a part of what stands under it is met.
    MET: An effective revision satisfies it and nothing is open on it; of a chapter: all that stands under it is met.
    NOT_APPLICABLE: It does not apply to the organization, for the reason given (ISO 9001, 4.3).
    """

    GAP = "GAP"
    NOT_ASSESSED = "NOT_ASSESSED"
    PARTLY = "PARTLY"
    MET = "MET"
    NOT_APPLICABLE = "NOT_APPLICABLE"


def counts(status: RequirementStatus, above: RequirementStatus | None, *, excused: bool) -> bool:
    """Whether a requirement counts for the one that it stands right under, whose status is ``above``.

    No reason is given why it does not apply, and it is not RETIRED. A DRAFT counts where the one above is a DRAFT too:
    what is still being worded takes nothing from what must be met already.
    """
    worded = status is not RequirementStatus.DRAFT or above is RequirementStatus.DRAFT
    return worded and not excused and status is not RequirementStatus.RETIRED


@dataclass(frozen=True, slots=True)
class Clause:
    """What is known of a requirement, and the requirements right under it."""

    applies: bool = True
    """Whether it counts for what it stands under: see ``counts``."""
    blocked: bool = False
    """A MAJOR finding on it is open, or a nonconformity about it that came of no MINOR one."""
    minor: bool = False
    """A MINOR finding on it is open. A finding is open until the nonconformity that came of it is CLOSED."""
    satisfied: bool = False
    """An EFFECTIVE revision satisfies it."""
    looked_at: bool = False
    """A revision that was approved satisfies it, a finding or nonconformity is about it, or a held review names it."""
    children: Sequence["Clause"] = field(default=())

    def applying(self) -> Iterator["Clause"]:
        """It, and all under it that applies; nothing under what does not."""
        yield self
        for child in self.children:
            if child.applies:
                yield from child.applying()

    @property
    def is_chapter(self) -> bool:
        """Whether something that applies stands under it: then that is what has to be met."""
        return any(child.applies for child in self.children)

    @property
    def seen(self) -> bool:
        """Whether anything at all is known of it."""
        return self.blocked or self.minor or self.satisfied or self.looked_at

    @property
    def sound(self) -> bool:
        """Whether nothing speaks against its chapter being MET: nothing is open, and what has no parts is satisfied."""
        return not (self.blocked or self.minor) and (self.satisfied or self.is_chapter)


def coverage(clause: Clause, *, excused: bool = False) -> Coverage:
    """How far a requirement is met. ``excused``: a reason is given why it does not apply.

    One that was RETIRED is judged as if it were not; it only counts no more for what it stood under.
    """
    if excused:
        return Coverage.NOT_APPLICABLE
    if clause.blocked:
        return Coverage.GAP
    under = list(clause.applying())
    if all(part.sound for part in under):
        return Coverage.MET
    if any(part.satisfied and not part.blocked for part in under):
        return Coverage.PARTLY
    return Coverage.GAP if any(part.seen for part in under) else Coverage.NOT_ASSESSED
