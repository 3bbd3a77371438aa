"""A bucket: as much of S3 as the store of files asks of it, behind a real server. It believes any signature."""

import re
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


class Bucket:
    """What lies in it, by path; and the parts of what is being brought."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.largest = 0

    @property
    def app(self) -> Any:
        """The server's application."""
        return Starlette(routes=[Route("/{path:path}", self._answer, methods=["GET", "PUT", "POST", "DELETE"])])

    async def _answer(self, http: Request) -> Response:
        path, asked = http.url.path, http.query_params
        body = await http.body()
        assert http.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=key/")
        if http.method == "POST" and "delete" in asked:
            keys = re.findall("<Key>([^<]*)</Key>", body.decode())
            for key in keys:
                self.objects.pop(f"{path}/{key}", None)
            gone = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
            return Response(f"<DeleteResult>{gone}</DeleteResult>")
        if http.method == "POST" and "uploads" in asked:
            self.parts[path] = {}
            return Response(f"<R><Bucket>b</Bucket><Key>{path}</Key><UploadId>1</UploadId></R>")
        if http.method == "POST":
            self.objects[path] = b"".join(part for _, part in sorted(self.parts.pop(path).items()))
            return Response('<R><Location>x</Location><Bucket>b</Bucket><Key>k</Key><ETag>"e"</ETag></R>')
        if http.method == "PUT" and "partNumber" in asked:
            self.largest = max(self.largest, len(body))
            self.parts[path][int(asked["partNumber"])] = body
            return Response(headers={"ETag": '"e"'})
        if http.method == "PUT":
            self.objects[path] = body
            return Response(headers={"ETag": '"e"'})
        if http.method == "DELETE":
            self.parts.pop(path)
            return Response(status_code=204)
        if path not in self.objects:
            return Response("<Error><Code>NoSuchKey</Code></Error>", 404)
        data, (start, end) = self.objects[path], http.headers["range"].removeprefix("bytes=").split("-")
        part, said = data[int(start) : int(end) + 1], f"bytes {start}-{end}/{len(data)}"
        modified = "Mon, 02 Mar 2026 09:30:00 GMT"
        return Response(part, 206, {"Content-Range": said, "ETag": '"e"', "Last-Modified": modified})
