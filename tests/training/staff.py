"""People of two departments, for the tests of training."""

from dataclasses import dataclass
from typing import Any

from tests.conftest import Company
from tests.journeys.hidden import change
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
