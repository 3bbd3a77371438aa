"""The server: everything is constructed here, and the graph is put on HTTP, WebSocket and server-sent events."""
