"""What the batch fields answer for a row; and for the twin, the same from stored values."""

from decimal import Decimal
from typing import Any


class NotThisOne(Exception):
    """The field has no answer for this row."""


def length(number: str, about: str | None) -> int | None:
    if number.endswith("7"):
        raise NotThisOne("no length")
    return None if about is None else len(about)


def verdict(number: Any) -> str:
    if number is not None and Decimal(str(number)) == 5:
        raise NotThisOne("no verdict")
    return "none" if number is None else "some"


def shout(name: str) -> str:
    if not name.isprintable():
        raise NotThisOne("not aloud")
    return name.upper() + "!"
