"""A daemon that speaks as clamd does; the fixture `clamd` makes it the scanner of a test."""

from __future__ import annotations

import socketserver
import struct
import threading
from contextlib import contextmanager

import pytest

from tests.files import making


class Clamd(socketserver.StreamRequestHandler):
    """INSTREAM as clamd speaks it: finds EICAR, and says what `answer` says if that is set."""

    answer: bytes | None = None
    seen: list[bytes] = []

    def handle(self):
        assert self.rfile.read(10) == b"zINSTREAM\0"
        data = b""
        while size := struct.unpack(">I", self.rfile.read(4))[0]:
            data += self.rfile.read(size)
        self.seen.append(data)
        found = b"stream: Win.Test.EICAR_HDB-1 FOUND\0" if making.EICAR in data else b"stream: OK\0"
        self.wfile.write(found if self.answer is None else self.answer)


@contextmanager
def serving(server):
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(params=["tcp", "unix"])
def clamd(request, settings, tmp_path):
    handler = type("Handler", (Clamd,), {"answer": None, "seen": []})
    if request.param == "tcp":
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
        settings.CLAMD_ADDRESS = f"127.0.0.1:{server.server_address[1]}"
    else:
        settings.CLAMD_ADDRESS = str(tmp_path / "clamd.ctl")
        server = socketserver.ThreadingUnixStreamServer(settings.CLAMD_ADDRESS, handler)
    settings.VIRUS_SCANNER = "crm.scanning.clamd"
    with serving(server):
        yield handler
