"""Customers and their interactions, made, linked both ways, and refused."""

from typing import Any

import pytest

from tests.conftest import Company
from tests.records import made, refused

CREATE = """
mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { customer { id } errors { code field } } }
"""
UPDATE = """
mutation ($input: UpdateCustomerInput!) {
  updateCustomer(input: $input) { customer { name email version } errors { code field } }
}
"""
INTERACT = """
mutation ($input: CreateInteractionInput!) {
  createInteraction(input: $input) { interaction { id } errors { code field } }
}
"""


async def test_links_are_there_from_both_ends(company: Company) -> None:
    account = await made(company, "Customer", name="Kettle Stores")
    person = await made(
        company, "Customer", name="Ann", kind="PERSON", parent=account, relations=[{"to": account, "role": "buyer"}]
    )
    product = await made(company, "Product", name="Kettle")
    await made(
        company, "Interaction", kind="PURCHASE", occurredAt="2026-02-01T10:00:00+01:00", quantity=2, amount="59.90",
        currency="EUR", lot="L7", serial="S1", customer=account, contact=person, product=product,
    )  # fmt: skip
    found = await company.data(
        """
        query ($account: ID!, $lot: String!) {
          customer(by: { id: $account }) {
            children { nodes { name relations { role to { name } } } }
            related { role }
            interactions { totalCount nodes { occurredAt quantity amount contact { name } product { name } } }
          }
          customers(where: { interactions: { some: { lot: { eq: $lot } } } }) { nodes { name } }
        }
        """,
        {"account": account, "lot": "L7"},
    )
    assert found == {
        "customer": {
            "children": {"nodes": [{"name": "Ann", "relations": [{"role": "buyer", "to": {"name": "Kettle Stores"}}]}]},
            "related": [{"role": "buyer"}],
            "interactions": {
                "totalCount": 1,
                "nodes": [
                    {
                        "occurredAt": "2026-02-01T09:00:00Z",
                        "quantity": "2",
                        "amount": "59.9",
                        "contact": {"name": "Ann"},
                        "product": {"name": "Kettle"},
                    }
                ],
            },
        },
        "customers": {"nodes": [{"name": "Kettle Stores"}]},
    }


async def test_an_update_keeps_what_is_absent_and_clears_what_is_null(company: Company) -> None:
    id_ = await made(company, "Customer", name="Ann", email="ann@example.org")
    kept = await company.data(UPDATE, {"input": {"id": id_, "version": 1, "name": "Anne"}})
    assert kept["updateCustomer"]["customer"] == {"name": "Anne", "email": "ann@example.org", "version": 2}
    cleared = await company.data(UPDATE, {"input": {"id": id_, "version": 2, "email": None}})
    assert cleared["updateCustomer"]["customer"] == {"name": "Anne", "email": None, "version": 3}
    await refused(company, UPDATE, {"id": id_, "version": 2, "name": "Too late"}, ("CONFLICT", ["version"]))


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"name": " "}, ("REQUIRED", ["name"])),
        ({"name": "x" * 301}, ("TOO_LONG", ["name"])),
        ({"name": "a", "country": "Germany"}, ("INVALID", ["country"])),
        ({"name": "a", "custom": [1]}, ("INVALID", ["custom"])),
        ({"name": "a", "parent": f"customer_{'0' * 32}"}, ("NOT_FOUND", ["parent"])),
        ({"name": "a", "parent": f"product_{'0' * 32}"}, ("INVALID", ["parent"])),
        ({"name": "a", "relations": [{"to": f"customer_{'0' * 32}"}]}, ("NOT_FOUND", ["relations", "0", "to"])),
        ({"name": "a\u0000b"}, ("INVALID", ["name"])),
    ],
)
async def test_what_a_customer_cannot_be(
    company: Company, fields: dict[str, Any], error: tuple[str, list[str]]
) -> None:
    await refused(company, CREATE, fields, error)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"quantity": -1}, ("OUT_OF_RANGE", ["quantity"])),
        ({"quantity": "1000000000000"}, ("OUT_OF_RANGE", ["quantity"])),
        ({"quantity": "0.0000001"}, ("INVALID", ["quantity"])),
        ({"amount": 5}, ("REQUIRED", ["currency"])),
        ({"amount": 5, "currency": "euro"}, ("INVALID", ["currency"])),
    ],
)
async def test_what_an_interaction_cannot_be(
    company: Company, fields: dict[str, Any], error: tuple[str, list[str]]
) -> None:
    await refused(company, INTERACT, {"kind": "PURCHASE", "occurredAt": "2026-02-01T10:00:00Z"} | fields, error)
