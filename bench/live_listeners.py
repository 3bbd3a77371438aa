"""Many clients in one process, as cheap as can be: they count what they are sent and read nothing else of it.

`python -m bench.live_listeners WIRE PORT PATH COUNT < messages`: WIRE is `socket` (WebSockets) or `stream` (server-sent
events). The first line of the input is a JSON list of texts. A WebSocket sends them after the handshake (the first is
connection_init, and is acknowledged); for a stream the only one is the request's body. Then, line by line: a number of
messages to expect on each socket. It says `counting`, and when all have come, one line of JSON: the monotonic time at
which the first socket had all of them, and the last.
"""

import base64
import json
import os
import select
import socket
import struct
import sys
import time

KEY = base64.b64encode(b"a key for tests!").decode()
PING, PONG, TEXT, CLOSE = 0x9, 0xA, 0x1, 0x8
EVENT = b"event: next\n"
PATIENCE = 120.0
REST = 0.005
"""Seconds between looks at the sockets. Woken by each message, the listeners would be paid for by whoever sends it: a
wake-up costs the sender as much as the message, and how many there are depends on who is faster."""
AT_ONCE = 100
"""Sockets that are being opened at the same time."""


def masked(opcode: int, payload: bytes) -> bytes:
    """A frame of a client. A mask of zeros leaves the payload as it is."""
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack("!H", size)
    return bytes([0x80 | opcode]) + length + bytes(4) + payload


class Listener:
    """One connection, and how many messages it has got."""

    status = b""
    """The one that says that the request is accepted."""

    def __init__(self, port: int, request: bytes) -> None:
        self.messages = 0
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.sendall(request)

    def begin(self) -> None:
        """Wait until the request is accepted."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.socket.recv(1)
        if not head.startswith(b"HTTP/1.1 " + self.status):
            raise SystemExit(f"not accepted: {head[:200]!r}")

    def receive(self) -> bytes:
        """What has come."""
        data = self.socket.recv(262_144)
        if not data:
            raise SystemExit("the server closed a socket")
        return data

    def read(self) -> None:
        """Take what has come, and count the messages in it."""
        raise NotImplementedError


class EventStream(Listener):
    """Server-sent events; the texts are a token and the request's body."""

    status = b"200"

    def __init__(self, port: int, path: str, texts: list[str]) -> None:
        token, body = texts
        super().__init__(
            port,
            f"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\nAccept: text/event-stream\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode(),
        )
        self._held = b""

    def begin(self) -> None:
        """Wait until the stream begins."""
        super().begin()
        self.socket.setblocking(False)

    def read(self) -> None:
        """Count by the line that each message begins with; what may be the first half of one is kept."""
        data = self._held + self.receive()
        self.messages += data.count(EVENT)
        self._held = data[1 - len(EVENT) :]


class WebSocket(Listener):
    """A WebSocket, and where in its stream of bytes it is."""

    status = b"101"

    def __init__(self, port: int, path: str, texts: list[str]) -> None:
        super().__init__(
            port,
            f"GET {path} HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n".encode(),
        )
        self._skip = 0
        self._held = b""
        self._texts = texts

    def begin(self) -> None:
        """Finish the handshake and subscribe."""
        super().begin()
        if self._texts:
            self.socket.sendall(masked(TEXT, self._texts[0].encode()))
            self.read()
            for text in self._texts[1:]:
                self.socket.sendall(masked(TEXT, text.encode()))
        self.socket.setblocking(False)

    def read(self) -> None:
        """Count the frames of texts by their headers."""
        data = self._held + self.receive()
        at, end = self._skip, len(data)
        while at + 2 <= end:
            size, header = data[at + 1], 2
            if size == 126:
                if at + 4 > end:
                    break
                size, header = data[at + 2] << 8 | data[at + 3], 4
            elif size == 127:
                if at + 10 > end:
                    break
                size, header = int.from_bytes(data[at + 2 : at + 10], "big"), 10
            opcode = data[at] & 0x0F
            if opcode == TEXT:
                self.messages += 1
            elif opcode == PING:
                self.socket.sendall(masked(PONG, data[at + header : at + header + size]))
            elif opcode == CLOSE:
                raise SystemExit(f"the server closed a socket: {data[at : at + 100]!r}")
            at += header + size
        # What is left of a payload is skipped; what is left of a header is kept.
        self._skip, self._held = (at - end, b"") if at >= end else (0, data[at:])


WIRES: dict[str, type[EventStream | WebSocket]] = {"socket": WebSocket, "stream": EventStream}


def opened(kind: type[EventStream | WebSocket], port: int, path: str, texts: list[str], count: int) -> list[Listener]:
    """Listeners that have sent what they had to say."""
    listeners: list[Listener] = []
    while len(listeners) < count:
        some = [kind(port, path, texts) for _ in range(min(AT_ONCE, count - len(listeners)))]
        for listener in some:
            listener.begin()
        listeners += some
    return listeners


def tell(**said: object) -> None:
    print(json.dumps(said), flush=True)


def main() -> None:
    wire, path, port, count = sys.argv[1], sys.argv[3], int(sys.argv[2]), int(sys.argv[4])
    listeners = opened(WIRES[wire], port, path, json.loads(sys.stdin.readline()), count)
    by_file = {listener.socket.fileno(): listener for listener in listeners}
    waiting = select.epoll()
    commands = sys.stdin.fileno()
    waiting.register(commands, select.EPOLLIN)
    for file in by_file:
        waiting.register(file, select.EPOLLIN)
    tell(opened=count)
    expected, missing, first = 0, 0, 0.0
    while True:
        time.sleep(REST)
        for file, _ in waiting.poll():
            if file == commands:
                line = os.read(commands, 100)
                if not line:
                    return
                expected, missing = int(line), count
                for listener in listeners:
                    listener.messages = 0
                tell(counting=expected)
                continue
            listener = by_file[file]
            before = listener.messages
            listener.read()
            if before < expected <= listener.messages:
                if missing == count:
                    first = time.monotonic()
                missing -= 1
                if not missing:
                    tell(first=first, last=time.monotonic())


if __name__ == "__main__":
    main()
