"""The load: a process of its own that sends prepared HTTP requests over a few kept connections.

`python -m bench.load PORT CONCURRENCY < requests.json` where the input is a list of requests as text; prints one line
of JSON: seconds in all, and the median and 99th percentile of the latencies in milliseconds.
"""

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Iterator

import uvloop


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
            raise SystemExit(f"unexpected answer: {body[:500]!r}")


def main() -> None:
    port, concurrency = int(sys.argv[1]), int(sys.argv[2])
    requests = [text.encode() for text in json.load(sys.stdin)]
    print(json.dumps(uvloop.run(send_all(port, concurrency, requests))))


if __name__ == "__main__":
    main()
