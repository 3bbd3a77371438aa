"""Complaints in every state, made through the API."""

from typing import Any

from tests.conftest import Company
from tests.records import made, moved

ASSESSMENT = {"severity": "MINOR", "safetyRelated": False, "reportable": False}
PIN = "246810"
WAY: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {
    "RECEIVED": (),
    "ACKNOWLEDGED": (("ACKNOWLEDGED", {}),),
    "ASSESSED": (("ASSESSED", ASSESSMENT),),
    "INVESTIGATING": (("ASSESSED", ASSESSMENT), ("INVESTIGATING", {})),
    "RESPONDED": (
        ("ASSESSED", ASSESSMENT),
        ("INVESTIGATING", {}),
        ("RESPONDED", {"response": "A new lid is on its way."}),
    ),
    "CLOSED": (
        ("ASSESSED", ASSESSMENT),
        ("INVESTIGATING", {}),
        ("RESPONDED", {"response": "A new lid is on its way."}),
        ("CLOSED", {"accepted": True}),
    ),
}
"""How a complaint comes to a state, with what is set in each step."""


async def complaint(company: Company, status: str = "RECEIVED", /, **fields: Any) -> str:
    """The id of a new complaint in a state."""
    id_: str = await made(company, "Complaint", **({"nature": "The lid cracked."} | fields))
    if status == "WITHDRAWN":
        await moved(company, id_, "WITHDRAWN", reason="Found the fault.", changes={"complaint": {"reportable": False}})
    for to, changes in WAY.get(status, ()):
        await moved(company, id_, to, **({"changes": {"complaint": changes}} if changes else {}))
    return id_


async def signer(company: Company, who: str = "admin") -> dict[str, str]:
    """The signature of a person, who has a PIN now."""
    text = "mutation ($input: SetSigningPinInput!) { setSigningPin(input: $input) { errors { code } } }"
    answer = await company.data(text, {"input": {"pin": PIN}}, who=who)
    assert answer["setSigningPin"]["errors"] == []
    return {"pin": PIN}


async def shown(company: Company, id_: str, fields: str, who: str = "admin") -> Any:
    """Some fields of a complaint."""
    text = f"query ($id: ID!) {{ complaint(by: {{ id: $id }}) {{ {fields} }} }}"
    return (await company.data(text, {"id": id_}, who=who))["complaint"]


UPDATE = """
mutation ($input: UpdateComplaintInput!) { updateComplaint(input: $input) { complaint { id } errors { code field } } }
"""


async def change(company: Company, id_: str, **fields: Any) -> None:
    """Set fields of a complaint."""
    version = (await shown(company, id_, "version"))["version"]
    answer = await company.data(UPDATE, {"input": {"id": id_, "version": version} | fields})
    assert answer["updateComplaint"]["errors"] == []
