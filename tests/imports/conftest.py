"""Files made on the spot, and the jobs run in place."""

from __future__ import annotations

import csv
import io
import json
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

HEADER = ["code", "name", "kind"]


def text_of(rows, header=HEADER, delimiter=",") -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([header, *rows])
    return out.getvalue()


@pytest.fixture
def a_file(tmp_path):
    """a_file(rows, header, name=, encoding=) -> its path."""

    def make(rows, header=HEADER, name="file.csv", encoding="utf-8", delimiter=","):
        path = tmp_path / name
        path.write_bytes(text_of(rows, header, delimiter).encode(encoding))
        return path

    return make


@pytest.fixture
def an_upload():
    def make(rows, header=HEADER, name="customers.csv", encoding="utf-8"):
        return SimpleUploadedFile(name, text_of(rows, header).encode(encoding))

    return make


@pytest.fixture
def command(capsys):
    """command(name, *args) -> exit code, what stood on both outputs, and the JSON if it was one."""

    def run(name, *args):
        capsys.readouterr()
        code = 0
        try:
            call_command(name, *[str(arg) for arg in args])
        except SystemExit as end:
            code = end.code or 0
        out, err = capsys.readouterr()
        answer = None
        if "--json" in args:
            answer = json.loads(out)
        return SimpleNamespace(code=code, out=out, err=err, json=answer)

    return run


@pytest.fixture
def jobs(db, django_capture_on_commit_callbacks):
    """jobs() runs every waiting job in place."""
    from crm.jobs.runner import drain

    return drain
