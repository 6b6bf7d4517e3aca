"""A file that the scanner refuses, or that no scanner could look at, is never kept."""

from __future__ import annotations

import socketserver
import sys
import threading

import pytest
from django.core.exceptions import ValidationError

from crm import scanning
from crm.audit.models import AuditEntry
from customers.files.models import Attachment
from tests.files import making
from tests.files.clamd import serving
from tests.files.test_content import code_of

pytestmark = pytest.mark.django_db


def test_a_virus_is_refused_by_name_and_written_down(shops, attach, media, clamd, cast):
    with pytest.raises(ValidationError) as refused:
        attach(shops.east, making.EICAR, "invoice.txt")
    assert code_of(refused.value) == "infected"
    assert refused.value.messages == ["The virus scanner refused this file: Win.Test.EICAR_HDB-1."]
    assert (Attachment.objects.count(), media()) == (0, [])
    entry = AuditEntry.objects.get(action="file.refuse")
    assert (entry.actor, entry.object_id, entry.reason) == (cast.mei, str(shops.east.pk), "Win.Test.EICAR_HDB-1")
    assert entry.changes == {"file": [None, "invoice.txt"]}


def test_the_scanner_sees_all_that_was_brought_before_it_is_drawn_anew(shops, attach, clamd):
    data = making.jpeg() + b"x" * 200_000 + making.EICAR
    with pytest.raises(ValidationError):
        attach(shops.east, data)
    assert clamd.seen == [data]


def test_what_is_clean_is_said_to_be_clean(shops, attach, clamd):
    assert attach(shops.east, making.jpeg()).scan == "clean"


def test_without_a_scanner_the_row_says_so(shops, attach):
    assert attach(shops.east, making.jpeg()).scan == "none"


@pytest.mark.parametrize("answer", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: OK but not quite\0"])
def test_a_scanner_that_does_not_say_ok_lets_nothing_through(shops, attach, media, clamd, answer):
    clamd.answer = answer
    with pytest.raises(ValidationError) as refused:
        attach(shops.east, making.jpeg())
    assert code_of(refused.value) == "unscanned"
    assert (Attachment.objects.count(), media()) == (0, [])


@pytest.mark.parametrize("address", ["127.0.0.1:1", "/nowhere/clamd.ctl", "nonsense", "127.0.0.1:x"])
def test_a_scanner_that_is_away_lets_nothing_through(shops, attach, media, settings, address):
    settings.VIRUS_SCANNER, settings.CLAMD_ADDRESS = "crm.scanning.clamd", address
    with pytest.raises(ValidationError) as refused:
        attach(shops.east, making.jpeg())
    assert code_of(refused.value) == "unscanned"
    assert (Attachment.objects.count(), media()) == (0, [])


def test_a_scanner_that_says_nothing_is_given_up(shops, attach, settings, monkeypatch):
    class Silent(socketserver.BaseRequestHandler):
        def handle(self):
            threading.Event().wait(2)

    monkeypatch.setattr(scanning, "SECONDS", 0.1)
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Silent)
    server.daemon_threads = True
    settings.VIRUS_SCANNER = "crm.scanning.clamd"
    settings.CLAMD_ADDRESS = f"127.0.0.1:{server.server_address[1]}"
    with serving(server), pytest.raises(ValidationError) as refused:
        attach(shops.east, making.jpeg())
    assert code_of(refused.value) == "unscanned"


COMMAND = """
import sys
data = sys.stdin.buffer.read()
if b"EICAR" in data: print("/dev/stdin: Eicar-Test FOUND"); sys.exit(1)
if b"%PDF" in data: print("cannot look", file=sys.stderr); sys.exit(2)
"""


def test_any_command_can_be_the_scanner(shops, attach, settings, tmp_path):
    script = tmp_path / "scan.py"
    script.write_text(COMMAND)
    settings.VIRUS_SCANNER, settings.VIRUS_COMMAND = "crm.scanning.command", f"{sys.executable} {script}"
    assert attach(shops.east, making.jpeg()).scan == "clean"
    for data, code, name in ((making.EICAR, "infected", "Eicar-Test"), (making.pdf(), "unscanned", None)):
        with pytest.raises(ValidationError) as refused:
            attach(shops.east, data, "a.txt")
        assert code_of(refused.value) == code
        assert name is None or name in refused.value.messages[0]
    settings.VIRUS_COMMAND = "/nowhere/scan"
    with pytest.raises(ValidationError) as refused:
        attach(shops.east, making.office())
    assert code_of(refused.value) == "unscanned"
    assert Attachment.objects.count() == 1


def broken(file):
    raise KeyError("oh")


def test_a_scanner_that_breaks_lets_nothing_through(shops, attach, settings):
    settings.VIRUS_SCANNER = "tests.files.test_scanning.broken"
    with pytest.raises(ValidationError) as refused:
        attach(shops.east, making.jpeg())
    assert code_of(refused.value) == "unscanned"
