"""The limit of the measurement of subscriptions: a bare ASGI application that sends a ready text to all who listen.

`POST /emit?COUNT` sends the text in the body COUNT times, to WebSockets at any path and to event streams at `/stream`.
"""

from typing import Any

sockets: set[Any] = set()
streams: set[Any] = set()


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Sockets at any path; `/stream`, `/health` and `/emit` by HTTP."""
    if scope["type"] == "websocket":
        await _socket(receive, send)
    elif scope["type"] == "http" and scope["path"] == "/stream":
        await _stream(receive, send)
    elif scope["type"] == "http":
        if scope["method"] == "POST":
            body = (await receive())["body"]
            text = body.decode()
            for _ in range(int(scope["query_string"])):
                message: dict[str, Any] = {"type": "websocket.send", "text": text}
                for sender in sockets:
                    await sender(message)
                message = {"type": "http.response.body", "body": body, "more_body": True}
                for sender in streams:
                    await sender(message)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})


async def _socket(receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept", "subprotocol": "graphql-transport-ws"})
    await _keep(sockets, receive, send)


async def _stream(receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
    await _keep(streams, receive, send)


async def _keep(senders: set[Any], receive: Any, send: Any) -> None:
    """Send to it until it is gone."""
    senders.add(send)
    try:
        while not (await receive())["type"].endswith(".disconnect"):
            pass
    finally:
        senders.discard(send)
