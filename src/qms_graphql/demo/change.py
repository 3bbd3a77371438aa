"""The controlled change of the story: the lid's wall grows from 1.8 to 2.2 mm, because customers said that lids crack.

What customers expect becomes a requirement; a revision of the specification satisfies it, is approved by somebody else
than its author, is trained, and takes effect at its date.
"""

from typing import Any

from qms_graphql.demo.play import HEAD, MANAGER, PIN, Play

ADMIN, EMPLOYEE = "admin", "employee"
MOULDING = "Moulding"


async def lay_down(play: Play) -> None:
    """The specification as it was, and who is trained in specifications."""
    moulding = await moulding_shop(play)
    await play.sign_with(MANAGER)
    policy = {
        "kind": "SPECIFICATION",
        "approverRoles": ["QUALITY_MANAGER"],
        "trainingShare": 1,
        "trainingDays": 10,
        "trainingRoles": [],
        "trainingDepartments": [],
        "trainingOwnDepartment": True,
        "acknowledgement": False,
    }
    await play.do(MANAGER, "setDocumentPolicy", policy, "")
    head = await play.id_of(HEAD)
    about = {"department": moulding, "product": play.ids["product"], "owner": head}
    await play.make(MANAGER, "Document", "specification", title="Lid of the Osprey", kind="SPECIFICATION", **about)
    await play.make(
        HEAD,
        "Revision",
        "revision A",
        document=play.ids["specification"],
        label="A",
        reason="As it was drawn when the Osprey was new.",
        effectiveFrom="2026-02-02T09:00:00Z",
        characteristics=_characteristics(wall=(1.8, 1.6, 2.0), cooling=12),
    )
    await _submit_and_approve(play, "revision A")
    await _train(play, "revision A", "2026-02-02T09:00:00Z")
    await play.move(MANAGER, "revision A", "EFFECTIVE")


async def draft(play: Play) -> None:
    """What customers expect, and the revision that shall satisfy it."""
    await play.make(
        MANAGER,
        "Requirement",
        "expectation",
        source="CUSTOMER",
        statement="The lid stays whole for five years of daily use.",
        importance=5,
        evidence=[play.ids["feedback"]],
        theme=play.ids["theme"],
        product=play.ids["product"],
    )
    await play.move(MANAGER, "expectation", "ACTIVE")
    await play.make(
        HEAD,
        "Revision",
        "revision B",
        document=play.ids["specification"],
        label="B",
        reason="Lids crack at the hinge: a thicker wall, cooled for longer, is under less stress.",
        effectiveFrom="2026-03-01T00:00:00Z",
        characteristics=_characteristics(wall=(2.2, 2.0, 2.4), cooling=18),
        causedBy=[play.ids["corrective"]],
        satisfies=[play.ids["expectation"]],
    )


async def approve(play: Play) -> None:
    """The author submits it, the quality manager approves it; those concerned are assigned their training."""
    await _submit_and_approve(play, "revision B")


async def train(play: Play) -> None:
    """The people of the moulding shop are trained."""
    await _train(play, "revision B", "2026-02-25T15:00:00Z")


async def take_effect(play: Play) -> None:
    """Its date is reached: it takes the place of the one before."""
    await play.move(MANAGER, "revision B", "EFFECTIVE")


def _characteristics(wall: tuple[float, float, float], cooling: float) -> list[dict[str, Any]]:
    target, lower, upper = wall
    return [
        {"name": "Lid wall", "target": target, "lower": lower, "upper": upper, "unit": "mm", "critical": True},
        {"name": "Cooling time", "target": cooling, "unit": "s", "critical": False},
    ]


async def _submit_and_approve(play: Play, revision: str) -> None:
    await play.move(HEAD, revision, "IN_REVIEW")
    await play.move(MANAGER, revision, "APPROVED", signature={"pin": PIN})


async def _train(play: Play, revision: str, at: str) -> None:
    """Everybody who was assigned passes, judged by the quality manager."""
    text = "query ($id: ID!) { me { id } revision(by: { id: $id }) { training { id } } }"
    found = await play.stage.ask(MANAGER, text, {"id": play.ids[revision]})
    for number, record in enumerate(found["revision"]["training"]):
        called = f"training {number} in {revision}"
        play.ids[called] = record["id"]
        await play.move(
            MANAGER, called, "PASSED", "trainingRecord", {"assessor": found["me"]["id"], "completedAt": at, "score": 90}
        )


async def moulding_shop(play: Play) -> str:
    """The moulding shop; where a company has none yet, it is made, of the story's head and employee."""
    text = "query ($name: String!) { departments(where: { name: { eq: $name } }) { nodes { id } } }"
    found = (await play.stage.ask(MANAGER, text, {"name": MOULDING}))["departments"]["nodes"]
    if found:
        id_: str = found[0]["id"]
        return id_
    id_ = await play.make(ADMIN, "Department", "moulding", name=MOULDING)
    for who in (HEAD, EMPLOYEE):
        me = (await play.stage.ask(who, "{ me { id version } }", {}))["me"]
        await play.do(ADMIN, "updateUser", me | {"department": id_}, "")
    return id_
