"""The load: a process of its own that sends prepared HTTP requests over a few kept connections.

It reads lines of JSON, `[port, concurrency, [request, …]]`, each request as text, and answers each by one line: seconds
in all, and the median and 99th percentile of the latencies in milliseconds; or what went wrong.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvloop

Send = Callable[[int, int, list[str]], dict[str, float]]


@contextmanager
def sending() -> Iterator[Send]:
    """Start the process; gives a function that has it send requests to a port, so many at a time."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.load"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin
    assert process.stdout

    def send(port: int, concurrency: int, requests: list[str]) -> dict[str, float]:
        print(json.dumps([port, concurrency, requests]), file=process.stdin, flush=True)
        found = json.loads(process.stdout.readline() or '"the load ended"')
        if not isinstance(found, dict):
            raise SystemExit(f"port {port}: {found}")
        return found

    try:
        yield send
    finally:
        process.stdin.close()
        process.wait(10)


async def send_all(port: int, concurrency: int, requests: list[bytes]) -> dict[str, float]:
    """Send all requests, ``concurrency`` at a time."""
    latencies: list[float] = []
    waiting = iter(requests)
    connections = [await asyncio.open_connection("127.0.0.1", port) for _ in range(concurrency)]
    start = time.perf_counter()
    await asyncio.gather(*(_send(reader, writer, waiting, latencies) for reader, writer in connections))
    seconds = time.perf_counter() - start
    for _, writer in connections:
        writer.close()
    return {
        "seconds": seconds,
        "p50": statistics.median(latencies) * 1e3,
        "p99": statistics.quantiles(latencies, n=100)[98] * 1e3,
    }


async def _send(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, waiting: Iterator[bytes], latencies: list[float]
) -> None:
    for request in waiting:
        start = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        body = await reader.readexactly(length)
        latencies.append(time.perf_counter() - start)
        if not head.startswith(b"HTTP/1.1 200") or b'"errors"' in body[-300:] or b'"errors"' in body[:20]:
            raise ValueError(f"unexpected answer: {head[:60]!r} {body[:500]!r}")


def main() -> None:
    for line in sys.stdin:
        port, concurrency, requests = json.loads(line)
        try:
            found: object = uvloop.run(send_all(port, concurrency, [text.encode() for text in requests]))
        except (ValueError, OSError, EOFError) as error:
            found = str(error)
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
