"""The limit of the measurement of subscriptions: a bare ASGI application that sends a ready text to all its sockets.

`POST /emit?COUNT` sends the text in the body COUNT times.
"""

from typing import Any

senders: set[Any] = set()


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Sockets at any path; `/health` and `/emit` by HTTP."""
    if scope["type"] == "websocket":
        await _socket(receive, send)
    elif scope["type"] == "http":
        if scope["method"] == "POST":
            text = (await receive())["body"].decode()
            for _ in range(int(scope["query_string"])):
                message = {"type": "websocket.send", "text": text}
                for sender in senders:
                    await sender(message)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})


async def _socket(receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept", "subprotocol": "graphql-transport-ws"})
    senders.add(send)
    try:
        while (await receive())["type"] != "websocket.disconnect":
            pass
    finally:
        senders.discard(send)
