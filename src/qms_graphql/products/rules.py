"""Vocabulary of products, and what makes the figures of an inspection agree."""

from enum import Enum


class ProductKind(Enum):
    """What sort of product it is.

    GOOD: A thing.
    SERVICE: Work done for a customer.
    SOFTWARE: A program or an online offer.
    """

    GOOD = "GOOD"
    SERVICE = "SERVICE"
    SOFTWARE = "SOFTWARE"


def inspection_problem(
    inspected: int, defective: int, defects: int | None, opportunities: int
) -> tuple[str, str] | None:
    """Which figure of an inspection cannot be, and why; or None.

    A defective unit has a defect at least; a unit can have no more defects than it has opportunities for one. So the
    share of defectives and the defects per opportunity stay within 0 and 1.
    """
    if defective > inspected:
        return "defective", "No more units can be defective than were inspected."
    if defects is None:
        return None
    if defects < defective:
        return "defects", "Each defective unit has a defect at least."
    if defects > inspected * opportunities:
        return "defects", "There cannot be more defects than opportunities for one."
    return None
