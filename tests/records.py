"""Short ways to make records through the API, and to say that something is refused."""

from typing import Any

from tests.conftest import Company


async def made(company: Company, kind: str, /, *, show: str = "id", **fields: Any) -> Any:
    """What `createX` answers: the id of the new record, or an object of all that is to `show`."""
    key = kind[0].lower() + kind[1:]
    selection = f"{key} {{ {show} }} errors {{ code field }}"
    text = f"mutation ($input: Create{kind}Input!) {{ create{kind}(input: $input) {{ {selection} }} }}"
    answer = (await company.data(text, {"input": fields}))[f"create{kind}"]
    assert answer["errors"] == []
    return answer[key]["id"] if show == "id" else answer[key]


MOVE = """
mutation ($input: TransitionInput!) {
  transition(input: $input) { record { id state version } errors { code message field } }
}
"""

PIN = "tea-and-scones"
"""What the people of the tests sign with."""


async def moved(company: Company, id_: str, to: str, *, who: str = "admin", **more: Any) -> dict[str, Any]:
    """Move a record from the version it has to another state: what the record is then."""
    now = await company.data("query ($id: ID!) { node(id: $id) { ... on Record { version } } }", {"id": id_})
    given = {"id": id_, "to": to, "version": now["node"]["version"]} | more
    answer = (await company.data(MOVE, {"input": given}, who=who))["transition"]
    assert answer["errors"] == []
    record: dict[str, Any] = answer["record"]
    return record


async def unmoved(company: Company, id_: str, to: str, *errors: tuple[str, list[str]], **more: Any) -> None:
    """The move is refused for these reasons alone, and nothing is written."""
    now = await company.data("query ($id: ID!) { node(id: $id) { ... on Record { version } } }", {"id": id_})
    who, given = more.pop("who", "admin"), {"id": id_, "to": to, "version": now["node"]["version"]} | more
    events = await company.event_count()
    answer = (await company.data(MOVE, {"input": given}, who=who))["transition"]
    assert [(error["code"], error["field"]) for error in answer["errors"]] == list(errors)
    assert answer["record"] is None
    assert await company.event_count() == events


async def refused(company: Company, mutation: str, input_: dict[str, Any], *errors: tuple[str, list[str]]) -> None:
    """The mutation, which asks for one record and `errors { code field }`, is refused for these reasons alone.

    Nothing is written: no event, and so no record.
    """
    events = await company.event_count()
    (answer,) = (await company.data(mutation, {"input": input_})).values()
    assert answer.pop("errors") == [{"code": code, "field": field} for code, field in errors]
    assert list(answer.values()) == [None]
    assert await company.event_count() == events


async def walked(company: Company, id_: str, *states: str, **more: Any) -> dict[str, Any]:
    """Move a record through these states; what is given beside goes with the last step."""
    for to in states[:-1]:
        await moved(company, id_, to)
    return await moved(company, id_, states[-1], **more)


async def version_of(company: Company, id_: str) -> int:
    """The version that a record is at."""
    kinds = " ".join(f"... on {kind} {{ version }}" for kind in ("Record", "Cause", "User", "Competence", "Document"))
    text = f"query ($id: ID!) {{ node(id: $id) {{ {kinds} }} }}"
    return (await company.data(text, {"id": id_}))["node"]["version"]


async def signature_of(company: Company, who: str) -> dict[str, str]:
    """What somebody signs with; gives the person a signing PIN first, unless there is one."""
    text = "mutation ($input: SetSigningPinInput!) { setSigningPin(input: $input) { errors { code } } }"
    done = (await company.data(text, {"input": {"pin": PIN}}, who=who))["setSigningPin"]["errors"]
    assert done in ([], [{"code": "REQUIRED"}])
    return {"pin": PIN}


async def id_of(company: Company, who: str) -> str:
    """The id of the person that a token of the tests belongs to."""
    await company.token(who)
    text = "query ($name: String!) { users(where: { name: { eq: $name } }) { nodes { id } } }"
    return (await company.data(text, {"name": who}))["users"]["nodes"][0]["id"]
