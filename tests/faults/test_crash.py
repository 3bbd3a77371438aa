"""``kill -9`` of the server during a stream of mutations: nothing acknowledged is lost, nothing is told twice."""

import asyncio
import random
from contextlib import suppress
from typing import Any

import httpx
from websockets.exceptions import WebSocketException

from tests.live import LIVE, Place, Socket, opened, server_process

CREATE = """
mutation ($input: CreateProductInput!) { createProduct(input: $input) { product { id sku } errors { code } } }
"""
STATE = """
query ($after: String) {
  auditIntegrity { intact firstBroken entries }
  changes(after: $after, first: 1000, types: [PRODUCT]) { nodes { recordId } headCursor hasNextPage }
}
"""
ROUNDS = 3
BROKEN = (OSError, WebSocketException, TimeoutError)


class Client:
    """Writes through crashes: what was not acknowledged is sent again under the same key."""

    def __init__(self, address: str, token: str) -> None:
        self.address = address
        self.headers = {"Authorization": f"Bearer {token}"}
        self.acknowledged: dict[str, str] = {}
        self.repeated = 0
        self.done = asyncio.Event()

    async def ask(self, query: str, variables: Any = None) -> Any:
        """The data of an answer."""
        async with httpx.AsyncClient(timeout=20) as http:
            answer = await http.post(
                f"http://{self.address}/graphql", json={"query": query, "variables": variables}, headers=self.headers
            )
        assert "errors" not in answer.json(), answer.text
        return answer.json()["data"]

    async def write(self, writer: int) -> None:
        """Make products until told to stop."""
        number = 0
        while not self.done.is_set():
            sku = f"{writer}-{number}"
            try:
                made = await self.ask(CREATE, {"input": {"sku": sku, "name": sku, "idempotencyKey": sku}})
            except httpx.TransportError:
                self.repeated += 1
                await asyncio.sleep(0.02)
                continue
            assert made["createProduct"]["errors"] == []
            self.acknowledged[sku] = made["createProduct"]["product"]["id"]
            number += 1


class Listener:
    """Listens through crashes, each time from the cursor it has."""

    def __init__(self, address: str, token: str, cursor: str) -> None:
        self.address, self.token, self.cursor = address, token, cursor
        self.told: list[str] = []

    async def listen(self) -> None:
        """Until cancelled; checks the chain of cursors."""
        while True:
            with suppress(*BROKEN):
                async with opened(self.address) as socket:
                    await socket.init(self.token)
                    await self._follow(socket)
            await asyncio.sleep(0.02)

    async def _follow(self, socket: Socket) -> None:
        await socket.subscribe("1", LIVE, {"after": self.cursor, "types": ["PRODUCT"]})
        while True:
            message = await socket.receive()
            assert message["type"] == "next", message
            change = message["payload"]["data"]["changes"]
            assert change["previousCursor"] == self.cursor
            self.cursor = change["cursor"]
            if change["action"] != "HEARTBEAT":
                self.told.append(change["recordId"])


async def test_kill_9_loses_nothing_and_doubles_nothing(place: Place) -> None:
    async with server_process(place.settings) as server:
        client = Client(server.address, place.tokens["admin"])
        start = (await client.ask(STATE))["changes"]["headCursor"]
        listener = Listener(server.address, place.tokens["admin"], start)
        listening = asyncio.create_task(listener.listen())
        writing = [asyncio.create_task(client.write(writer)) for writer in range(4)]
        held: list[int] = []
        for _ in range(ROUNDS):
            enough = len(client.acknowledged) + random.randint(5, 25)
            while len(client.acknowledged) < enough:
                assert not any(task.done() for task in (listening, *writing))
                await asyncio.sleep(0.002)
            await server.kill()
            held.append(len(client.acknowledged))
            await server.start()
        await asyncio.sleep(0.3)
        client.done.set()
        await asyncio.gather(*writing)
        state = await client.ask(STATE, {"after": start})
        known = [change["recordId"] for change in state["changes"]["nodes"]]
        for _ in range(100):
            if len(listener.told) >= len(known):
                break
            assert not listening.done(), listening.result()
            await asyncio.sleep(0.05)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
    assert len(held) == ROUNDS
    assert client.repeated >= ROUNDS
    assert not state["changes"]["hasNextPage"]
    assert sorted(known) == sorted(client.acknowledged.values())
    assert len(set(known)) == len(known)
    assert listener.told == known
    assert state["auditIntegrity"]["intact"], state["auditIntegrity"]
