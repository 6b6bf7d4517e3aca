"""The virus scanner's hook: settings.VIRUS_SCANNER names a callable `(file) -> None`, or is empty.

The callable reads a binary file from its beginning. It raises `Infected` for what must not be kept, and anything else
where it could not look: then the file is not kept either. Two are here: clamd over its socket, and any command.
"""

from __future__ import annotations

import logging
import shlex
import socket
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy

logger = logging.getLogger(__name__)
SECONDS = 30  # for each step of the talk with a scanner
ALTOGETHER = 120  # for one file
REFUSALS = {
    "infected": gettext_lazy("The virus scanner refused this file: %(name)s."),
    "unscanned": gettext_lazy("The virus scanner cannot be reached just now. Nothing was kept; try again later."),
}
"""What is said to who brought a file that is not kept, wherever it was brought."""
_CHUNK = 1 << 16


@dataclass
class Infected(Exception):
    """name: what the scanner calls it."""

    name: str


class Unreachable(Exception):
    """The scanner could not look; nothing is known of the file."""


def is_set() -> bool:
    return bool(settings.VIRUS_SCANNER)


def scan(file: IO[bytes]) -> bool:
    """Whether a scanner looked and found nothing; False where none is set. Raises Infected and Unreachable."""
    if not settings.VIRUS_SCANNER:
        return False
    file.seek(0)
    try:
        import_string(settings.VIRUS_SCANNER)(file)
    except (Infected, Unreachable):
        raise
    except Exception as error:  # whatever goes wrong with it, a file that nobody looked at is not let through
        logger.exception("the virus scanner failed")
        raise Unreachable(str(error)) from error
    finally:
        file.seek(0)
    return True


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


def clamd(file: IO[bytes]) -> None:
    """ClamAV's daemon at settings.CLAMD_ADDRESS (`host:port`, or the path of its socket), by its INSTREAM command.

    https://docs.clamav.net/manual/Usage/Scanning.html: each chunk behind its length (four bytes, the highest first),
    a length of zero at the end; the answer is `stream: OK`, `stream: NAME FOUND` or an error.
    """
    began = time.monotonic()
    try:
        with _clamd_socket() as link:
            link.sendall(b"zINSTREAM\0")
            for chunk in _chunks(file):
                link.sendall(struct.pack(">I", len(chunk)) + chunk)
                if time.monotonic() - began > ALTOGETHER:
                    raise Unreachable("it takes too long")
            link.sendall(struct.pack(">I", 0))
            answer = b""
            while not answer.endswith(b"\0") and len(answer) < 4096 and (more := link.recv(4096)):
                answer += more
    except OSError as error:
        raise Unreachable(str(error)) from error
    text = answer.rstrip(b"\0\n").decode("utf-8", "replace").removeprefix("stream:").strip()
    if text.endswith(" FOUND"):
        raise Infected(text.removesuffix(" FOUND")[:100])
    if text != "OK":
        raise Unreachable(text or "no answer")


def _clamd_socket() -> socket.socket:
    address = settings.CLAMD_ADDRESS
    if address.startswith("/"):
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        link.settimeout(SECONDS)
        try:
            link.connect(address)
        except OSError:
            link.close()
            raise
        return link
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS)


def command(file: IO[bytes]) -> None:
    """settings.VIRUS_COMMAND, given the file on standard input; exit 0: clean, 1: infected (its last line says by
    what), as clamscan, clamdscan and their like do. Anything else: it could not look."""
    with tempfile.TemporaryFile() as copy:
        for chunk in _chunks(file):
            copy.write(chunk)
        copy.seek(0)
        try:
            done = subprocess.run(  # noqa: S603 - the operator's own words, no shell
                shlex.split(settings.VIRUS_COMMAND), stdin=copy, capture_output=True, timeout=ALTOGETHER, check=False
            )
        except (OSError, ValueError, IndexError, subprocess.TimeoutExpired) as error:
            raise Unreachable(str(error)) from error
    if done.returncode == 1:
        lines = done.stdout.decode("utf-8", "replace").strip().splitlines() or ["?"]
        raise Infected(lines[-1].removesuffix(" FOUND").rpartition(": ")[2][:100])
    if done.returncode:
        raise Unreachable(done.stderr.decode("utf-8", "replace").strip()[-300:] or f"exit {done.returncode}")
