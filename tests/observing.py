"""What an observation would say of an action, for tests of what rests on it: its description is the verdict.

The machine of actions decides on two facts that the room of effects contributes. The tests contribute them once more,
after it, so that a test can say what was observed without observing anything.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from sqlalchemy import ColumnElement

from qms_graphql.actions.model import Action
from qms_graphql.base import facts


def check_planned(action: Any) -> ColumnElement[bool]:
    """Whether it was said what would be measured."""
    return action.description.is_not(None)


async def verdicts(_reader: Any, actions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What was observed."""
    return [{"verdict": action["description"]} for action in actions]


@pytest.fixture
def observing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within the test, an action's description is what was observed of it."""
    known, gathered = facts._EXPRESSIONS[Action], facts._GATHERED[Action]
    monkeypatch.setattr(facts, "_SELECTS", {})
    monkeypatch.setitem(facts._EXPRESSIONS, Action, known | {"check_planned": check_planned})
    monkeypatch.setitem(facts._GATHERED, Action, [*gathered, verdicts])
