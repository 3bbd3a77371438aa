"""Many WebSocket clients in one process, as cheap as can be: they count frames by their headers and read nothing else.

`python -m bench.live_listeners PORT PATH COUNT < messages`: the first line of the input is a JSON list of the texts
that each socket sends after the handshake (the first is connection_init, and is acknowledged). Then, line by line: a
number of frames to expect on each socket. It says `counting`, and when all have come, one line of JSON: the monotonic
time at which the first socket had all of its frames, and the last.
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
    """One socket: how many text frames it has got, and where in the stream of bytes it is."""

    def __init__(self, port: int, path: str, texts: list[str]) -> None:
        self.frames = 0
        self._skip = 0
        self._held = b""
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n".encode()
        )
        self._texts = texts

    def begin(self) -> None:
        """Finish the handshake and subscribe."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.socket.recv(1)
        if not head.startswith(b"HTTP/1.1 101"):
            raise SystemExit(f"no WebSocket: {head[:200]!r}")
        if self._texts:
            self.socket.sendall(masked(TEXT, self._texts[0].encode()))
            self.read()
            for text in self._texts[1:]:
                self.socket.sendall(masked(TEXT, text.encode()))
        self.socket.setblocking(False)

    def read(self) -> None:
        """Take what has come, and count the frames in it."""
        data = self._held + self.socket.recv(262_144)
        if not data:
            raise SystemExit("the server closed a socket")
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
                self.frames += 1
            elif opcode == PING:
                self.socket.sendall(masked(PONG, data[at + header : at + header + size]))
            elif opcode == CLOSE:
                raise SystemExit(f"the server closed a socket: {data[at : at + 100]!r}")
            at += header + size
        # What is left of a payload is skipped; what is left of a header is kept.
        self._skip, self._held = (at - end, b"") if at >= end else (0, data[at:])


def opened(port: int, path: str, texts: list[str], count: int) -> list[Listener]:
    """Listeners that have sent what they had to say."""
    listeners: list[Listener] = []
    while len(listeners) < count:
        some = [Listener(port, path, texts) for _ in range(min(AT_ONCE, count - len(listeners)))]
        for listener in some:
            listener.begin()
        listeners += some
    return listeners


def tell(**said: object) -> None:
    print(json.dumps(said), flush=True)


def main() -> None:
    port, path, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    listeners = opened(port, path, json.loads(sys.stdin.readline()), count)
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
                    listener.frames = 0
                tell(counting=expected)
                continue
            listener = by_file[file]
            before = listener.frames
            listener.read()
            if before < expected <= listener.frames:
                if missing == count:
                    first = time.monotonic()
                missing -= 1
                if not missing:
                    tell(first=first, last=time.monotonic())


if __name__ == "__main__":
    main()
