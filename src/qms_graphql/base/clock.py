"""Time comes from here, so that tests and the demonstration can set it."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time, aware and in UTC."""

    def now(self) -> datetime:
        """The present moment."""
        ...


class SystemClock:
    """The computer's clock."""

    def now(self) -> datetime:
        """The present moment."""
        return datetime.now(UTC)


class SetClock:
    """A clock that stands until it is moved."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """The moment it was set to."""
        return self._at

    def set(self, at: datetime) -> None:
        """Put the clock to ``at``, which must be aware."""
        self._at = at.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Move the clock forward."""
        self._at += by
