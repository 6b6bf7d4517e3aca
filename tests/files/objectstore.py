"""A small server that speaks as much S3 as an upload needs: path-style PUT, GET, HEAD, DELETE and listing.

Whoever asks without a signature of the right key is refused, so that a public address would be noticed.
"""

from __future__ import annotations

import datetime
import hashlib
import threading
from contextlib import contextmanager
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

BUCKET, KEY = "uploads", "the-key"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    objects: dict[str, tuple[bytes, datetime.datetime]]
    asked: list[tuple[str, str]]
    failing = False

    def log_message(self, *words):
        pass

    def _begin(self):
        """(key, query) after the bucket; None where the answer has been given."""
        parts = urlsplit(self.path)
        bucket, _slash, key = unquote(parts.path).lstrip("/").partition("/")
        self.asked.append((self.command, key))
        body = self._body()
        if f"Credential={KEY}/" not in self.headers.get("Authorization", ""):
            self._answer(403, b"<Error><Code>AccessDenied</Code></Error>")
        elif self.server.state.failing:
            self._answer(500, b"<Error><Code>InternalError</Code></Error>")
        elif bucket != BUCKET:
            self._answer(404, b"<Error><Code>NoSuchBucket</Code></Error>")
        else:
            return key, parse_qs(parts.query, keep_blank_values=True), body
        return None

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _answer(self, status: int, body: bytes = b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_PUT(self):
        if found := self._begin():
            key, _query, body = found
            assert "aws-chunked" not in self.headers.get("Content-Encoding", "")
            self.objects[key] = (body, datetime.datetime.now(datetime.UTC))
            self._answer(200, ETag=f'"{hashlib.md5(body).hexdigest()}"')

    def do_GET(self):
        if found := self._begin():
            key, query, _body = found
            if not key:
                self._list(query)
            elif key not in self.objects:
                self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
            else:
                self._object(key)

    do_HEAD = do_GET

    def _object(self, key):
        body, at = self.objects[key]
        status, more = 200, {}
        if asked := self.headers.get("Range"):
            first, _dash, last = asked.removeprefix("bytes=").partition("-")
            end = min(int(last) if last else len(body) - 1, len(body) - 1)
            status, more = 206, {"Content_Range": f"bytes {first}-{end}/{len(body)}"}
            body = body[int(first) : end + 1]
        self._answer(
            status,
            body,
            ETag='"e"',
            Last_Modified=format_datetime(at, usegmt=True),
            Content_Type="binary/octet-stream",
            Content_Length=str(len(body)),
            **more,
        )

    def _list(self, query):
        """Two at a time, so that whoever lists has to turn the page."""
        prefix, delimiter = query.get("prefix", [""])[0], query.get("delimiter", [""])[0]
        after = query.get("continuation-token", query.get("marker", [""]))[0]
        names, folders = [], []
        for key in sorted(self.objects):
            if key.startswith(prefix):
                rest = key[len(prefix) :]
                if delimiter and delimiter in rest:
                    folders.append(prefix + rest.split(delimiter)[0] + delimiter)
                else:
                    names.append(key)
        everything = sorted({*names, *folders})
        page = [one for one in everything if one > after][:2]
        more = bool(page) and page[-1] != everything[-1]
        rows = "".join(
            f"<CommonPrefixes><Prefix>{escape(one)}</Prefix></CommonPrefixes>"
            if one in folders
            else f"<Contents><Key>{escape(one)}</Key><Size>{len(self.objects[one][0])}</Size>"
            f"<LastModified>{self.objects[one][1]:%Y-%m-%dT%H:%M:%S.000Z}</LastModified></Contents>"
            for one in page
        )
        turn = (
            f"<NextContinuationToken>{page[-1]}</NextContinuationToken><NextMarker>{page[-1]}</NextMarker>"
            if more
            else ""
        )
        self._answer(
            200,
            f"<ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated>{turn}{rows}</ListBucketResult>".encode(),
            Content_Type="application/xml",
        )

    def do_DELETE(self):
        if found := self._begin():
            self.objects.pop(found[0], None)
            self._answer(204)


@contextmanager
def running():
    """`address`, `objects` {key: (bytes, when)}, `asked` [(method, key)], `failing` to be switched on."""
    state = SimpleNamespace(objects={}, asked=[], failing=False)
    handler = type("Store", (Handler,), {"objects": state.objects, "asked": state.asked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.state = state
    state.address = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
