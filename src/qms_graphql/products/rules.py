"""Vocabulary of products."""

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
