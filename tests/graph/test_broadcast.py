"""Broadcasts: what is handed over together, and that nobody misses or repeats anything by it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress

import pytest

from qms_graphql.graph.running import live
from qms_graphql.graph.running.answers import Answer, Delivery
from qms_graphql.graph.running.live import Broadcast, Event, Gone


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, a turn does not end by time."""
    monkeypatch.setattr(live, "LONGEST_TURN", 3600.0)


class Listener:
    """Takes what it is handed, and leaves after so many answers."""

    def __init__(self, most: int, left: Callable[[], Awaitable[None]] | None = None) -> None:
        self.taken: list[list[bytes]] = []
        self.some = asyncio.Event()
        self._most = most
        self._left = left

    @property
    def flat(self) -> list[bytes]:
        return [body for bodies in self.taken for body in bodies]

    def take(self, delivery: Delivery) -> Awaitable[None] | None:
        self.taken.append(list(delivery.bodies))
        self.some.set()
        if len(self.flat) >= self._most:
            raise Gone
        return self._left() if self._left is not None else None

    async def listen(self, broadcast: Broadcast) -> None:
        with suppress(Gone):
            await broadcast.follow(broadcast.end, self.take)


def event(number: int, size: int = 1) -> Event:
    return Event(number, Answer(raw=b"%d" % number), size)


async def test_answers_of_one_moment_are_one_delivery_and_later_ones_another() -> None:
    later = asyncio.Event()

    async def events() -> AsyncGenerator[Event, None]:
        for number in range(3):
            yield event(number)
        await later.wait()
        yield event(3)
        later.clear()
        await later.wait()

    first, second = Listener(4), Listener(4)
    broadcast = Broadcast(events())
    listening = [asyncio.create_task(one.listen(broadcast)) for one in (first, second)]
    await first.some.wait()
    await second.some.wait()
    later.set()
    await asyncio.gather(*listening)
    assert first.taken == second.taken == [[b"0", b"1", b"2"], [b"3"]]
    await broadcast.stop()


async def test_a_delivery_ends_with_the_answer_that_makes_it_large() -> None:
    async def events() -> AsyncGenerator[Event, None]:
        for number in range(5):
            yield event(number, live.MOST_TOGETHER // 2)

    listener = Listener(5)
    broadcast = Broadcast(events())
    await listener.listen(broadcast)
    assert listener.taken == [[b"0", b"1"], [b"2", b"3"], [b"4"]]
    await broadcast.stop()


async def test_who_had_to_wait_gets_what_came_meanwhile_together_and_all_of_it_once() -> None:
    asked, free = asyncio.Event(), asyncio.Event()

    async def events() -> AsyncGenerator[Event, None]:
        yield event(0)
        await asked.wait()
        for number in range(1, 6):
            yield event(number, live.MOST_TOGETHER // 3)

    slow, quick = Listener(6, free.wait), Listener(6)
    broadcast = Broadcast(events())
    listening = [asyncio.create_task(one.listen(broadcast)) for one in (slow, quick)]
    await slow.some.wait()
    asked.set()
    await listening[1]
    assert slow.taken == [[b"0"]]
    free.set()
    await listening[0]
    assert slow.taken == [[b"0"], [b"1", b"2", b"3", b"4"], [b"5"]]
    assert quick.flat == slow.flat
    await broadcast.stop()


async def test_what_was_gathered_before_a_failure_is_handed_out_before_it_is_told() -> None:
    async def events() -> AsyncGenerator[Event, None]:
        yield event(0)
        yield event(1)
        raise ValueError("the reader broke")

    listener = Listener(3)
    broadcast = Broadcast(events())
    with pytest.raises(ValueError, match="the reader broke"):
        await listener.listen(broadcast)
    assert listener.taken == [[b"0", b"1"]]
    await broadcast.stop()
