"""The page docs/walkthrough.md as something to be played: its people, and its steps in order."""

import json
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.house.places import ROOT

PAGE = ROOT / "docs" / "walkthrough.md"
_PERSON = re.compile(r'qms token create .*--role (\w+) --user "([^"]+)"')
_STEP = re.compile(r"^## \d+\. (\w+): .*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"```(graphql|json answer|json)\n(.*?)```", re.DOTALL)
_KEPT = re.compile(r"^\| `(<[\w ]+>)` \| `([\w.]+)` \|$", re.MULTILINE)

Ask = Callable[[str, str, dict[str, Any]], Awaitable[Any]]
"""Who asks what with which variables; gives the data."""


@dataclass(frozen=True)
class Step:
    """Somebody asks something, is shown an answer, and keeps ids out of it."""

    who: str
    query: str
    variables: str
    shown: Any
    kept: Mapping[str, str]


def people() -> dict[str, str]:
    """The role of each person of the page, by the whole name."""
    return {name: role for role, name in _PERSON.findall(PAGE.read_text())}


def steps() -> Iterator[Step]:
    """What the page has people ask, in order."""
    for section in _STEP.finditer(PAGE.read_text()):
        blocks = dict(_BLOCK.findall(section[0]))
        yield Step(
            next(name for name in people() if name.startswith(section[1])),
            blocks["graphql"],
            blocks.get("json", "{}"),
            json.loads(blocks["json answer"]),
            dict(_KEPT.findall(section[0])),
        )


async def play(ask: Ask) -> dict[str, str]:
    """Go through the page as somebody who copies ids; each answer has what the page shows. The ids that were kept."""
    kept: dict[str, str] = {}
    for step in steps():
        variables = _put(json.loads(step.variables), kept)
        data = await ask(step.who, step.query, variables)
        found = _like(step.shown, data)
        assert found == step.shown, (step.query, data)
        kept |= {name: _at(data, path.split(".")) for name, path in step.kept.items()}
    return kept


def _put(value: Any, kept: Mapping[str, str]) -> Any:
    """A value, with the ids in place of the names under which they were kept."""
    if isinstance(value, dict):
        return {name: _put(item, kept) for name, item in value.items()}
    if isinstance(value, list):
        return [_put(item, kept) for item in value]
    return kept.get(value, value) if isinstance(value, str) else value


def _like(shown: Any, found: Any) -> Any:
    """What was found, as far as it is shown."""
    if isinstance(shown, dict) and isinstance(found, dict):
        return {name: _like(shown[name], found.get(name)) for name in shown}
    if isinstance(shown, list) and isinstance(found, list) and len(shown) <= len(found):
        return [_like(one, other) for one, other in zip(shown, found, strict=False)]
    return found


def _at(data: Any, path: list[str]) -> str:
    for part in path:
        data = data[int(part)] if part.isdigit() else data[part]
    return str(data)
