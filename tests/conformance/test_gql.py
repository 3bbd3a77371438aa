"""The Python client gql, over httpx and over a WebSocket."""

from collections.abc import AsyncIterator

import pytest
from gql import Client, GraphQLRequest, gql
from gql.client import AsyncClientSession
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport

CREATE = gql(
    """
    mutation Create($input: CreateCustomerInput!) {
      createCustomer(input: $input) { customer { id name } errors { code field } }
    }
    """
)
CUSTOMERS = gql("query Customers($where: CustomerFilter) { customers(where: $where) { nodes { id name } } }")
CHANGES = gql(
    """
    subscription Changes($after: String) {
      changes(after: $after, types: [CUSTOMER]) { cursor record { id ... on Customer { name } } }
    }
    """
)
HEAD = gql("{ changes(first: 1) { headCursor } }")


def create(name: str) -> GraphQLRequest:
    """A request that makes a customer."""
    return GraphQLRequest(CREATE, variable_values={"input": {"name": name}})


@pytest.fixture
async def http(served: dict[str, str]) -> AsyncIterator[AsyncClientSession]:
    """A session that fetched the schema, and validates against it."""
    headers = {"Authorization": f"Bearer {served['CONFORMANCE_TOKEN']}"}
    transport = HTTPXAsyncTransport(url=served["CONFORMANCE_URL"], headers=headers)
    async with Client(transport=transport, fetch_schema_from_transport=True) as session:
        yield session


@pytest.fixture
async def socket(served: dict[str, str]) -> AsyncIterator[AsyncClientSession]:
    """A session over a WebSocket."""
    transport = WebsocketsTransport(
        url=served["CONFORMANCE_URL"].replace("http", "ws", 1),
        init_payload={"Authorization": f"Bearer {served['CONFORMANCE_TOKEN']}"},
    )
    async with Client(transport=transport) as session:
        yield session


@pytest.mark.parametrize("way", ["http", "socket"])
async def test_a_mutation_and_a_query(way: str, http: AsyncClientSession, socket: AsyncClientSession) -> None:
    session, name = {"http": http, "socket": socket}[way], f"gql by {way}"
    made = (await session.execute(create(name)))["createCustomer"]
    assert made == {"customer": {"id": made["customer"]["id"], "name": name}, "errors": []}
    found = await session.execute(GraphQLRequest(CUSTOMERS, variable_values={"where": {"name": {"eq": name}}}))
    assert found["customers"]["nodes"] == [made["customer"]]
    refused = await session.execute(create(""))
    assert refused["createCustomer"] == {"customer": None, "errors": [{"code": "REQUIRED", "field": ["name"]}]}


async def test_an_error_of_the_request_is_told_with_its_code(
    served: dict[str, str], socket: AsyncClientSession
) -> None:
    headers = {"Authorization": f"Bearer {served['CONFORMANCE_TOKEN']}"}
    async with Client(transport=HTTPXAsyncTransport(url=served["CONFORMANCE_URL"], headers=headers)) as unchecked:
        for session in (unchecked, socket):
            with pytest.raises(TransportQueryError) as caught:
                await session.execute(gql("{ nothing }"))
            assert caught.value.errors is not None
            assert caught.value.errors[0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_without_a_token_it_is_unauthenticated(served: dict[str, str]) -> None:
    async with Client(transport=HTTPXAsyncTransport(url=served["CONFORMANCE_URL"])) as session:
        with pytest.raises(TransportQueryError) as caught:
            await session.execute(gql("{ __typename }"))
    assert [error["extensions"]["code"] for error in caught.value.errors or ()] == ["UNAUTHENTICATED"]


async def test_a_subscription(http: AsyncClientSession, socket: AsyncClientSession) -> None:
    after = (await http.execute(HEAD))["changes"]["headCursor"]
    made = (await http.execute(create("gql live")))["createCustomer"]["customer"]
    async for answer in socket.subscribe(GraphQLRequest(CHANGES, variable_values={"after": after})):
        if answer["changes"]["record"] is not None:
            assert answer["changes"]["record"] == made
            break
