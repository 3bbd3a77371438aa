"""People of two departments, for the tests of training."""

from dataclasses import dataclass
from typing import Any

from tests.conftest import Company
from tests.journeys.hidden import change, done
from tests.records import id_of, made


@dataclass(frozen=True)
class Staff:
    """The ids of departments and people: Mo heads the moulding, Ed and Ann work there; Sue sells."""

    moulding: str
    sales: str
    mo: str
    """The person with the token `department_head`."""
    ed: str
    """The person with the token `employee`."""
    ann: str
    sue: str


async def hired(company: Company) -> Staff:
    """Hire them."""
    moulding, sales = (
        await made(company, "Department", name="Moulding"),
        await made(company, "Department", name="Sales"),
    )
    people = {}
    for name, who in (("Mo", "department_head"), ("Ed", "employee")):
        people[name] = await id_of(company, who)
        await change(company, "User", people[name], name=name, department=moulding)
    works: dict[str, Any] = {"roles": ["EMPLOYEE"], "department": moulding}
    ann = await made(company, "User", name="Ann", **works)
    sue = await made(company, "User", name="Sue", **works | {"department": sales})
    return Staff(moulding, sales, people["Mo"], people["Ed"], ann, sue)


POLICY = "mutation ($input: SetDocumentPolicyInput!) { setDocumentPolicy(input: $input) { errors { code field } } }"
TRAINING = """
query ($revision: ID!) {
  trainingRecords(where: { revision: { id: { eq: $revision } } }, orderBy: [{ field: NUMBER }], first: 200) {
    nodes { id number status user { name } dueAt passed current }
  }
}
"""


async def policy(company: Company, kind: str, **given: Any) -> None:
    """Say what is asked of documents of a kind."""
    await done(company, POLICY, kind=kind, **given)


async def trained(company: Company, revision: str, who: str = "admin") -> list[tuple[str, str]]:
    """Who is or was to be trained in a revision, and how far it has come."""
    found = await company.data(TRAINING, {"revision": revision}, who=who)
    return sorted((node["user"]["name"], node["status"]) for node in found["trainingRecords"]["nodes"])


async def record_of(company: Company, revision: str, name: str) -> Any:
    """The latest training record of somebody in a revision."""
    found = await company.data(TRAINING, {"revision": revision})
    return [node for node in found["trainingRecords"]["nodes"] if node["user"]["name"] == name][-1]
