"""What an observation would say of an action, for tests of what rests on it: its description is the verdict.

The machine of actions decides on two facts that a room above contributes. These are contributed by the tests in the
same way, so that a test can say what was observed without observing anything.
"""

from typing import Any

import pytest
from sqlalchemy import ColumnElement

from qms_graphql.actions.model import Action
from qms_graphql.base import facts


def check_planned(action: Any) -> ColumnElement[bool]:
    """Whether it was said what would be measured."""
    return action.description.is_not(None)


def verdict(action: Any) -> ColumnElement[str]:
    """What was observed."""
    return action.description


@pytest.fixture
def observing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within the test, an action's description is what was observed of it."""
    known = facts._EXPRESSIONS.get(Action, {})
    contributed = {"check_planned": check_planned, "verdict": verdict}
    monkeypatch.setitem(facts._EXPRESSIONS, Action, known | contributed)
