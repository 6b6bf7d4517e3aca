"""A file for an import that the scanner refuses, or that no scanner could look at, is never kept."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.audit.models import AuditEntry
from crm.imports import actions
from crm.imports.models import ImportRun
from crm.jobs.models import Job
from tests.files import making

pytestmark = pytest.mark.django_db
REFUSED = "The virus scanner refused this file: Win.Test.EICAR_HDB-1."
AWAY = "The virus scanner cannot be reached just now. Nothing was kept; try again later."


def bad(name="customers.csv"):
    return SimpleUploadedFile(name, b"code,name\nS1," + making.EICAR + b"\n")


@pytest.fixture
def kept(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return lambda: [one for one in (tmp_path / "media").rglob("*") if one.is_file()]


def nothing(kept) -> bool:
    return not (ImportRun.objects.exists() or Job.objects.exists() or kept())


def test_a_virus_is_refused_by_name_and_written_down(cast, clamd, kept):
    with pytest.raises(ValidationError) as refused:
        actions.upload(kind="customers", file=bad("路\\customers.csv"), name="路\\customers.csv", by=cast.mei)
    assert refused.value.message_dict == {"file": [REFUSED]} and nothing(kept)
    entry = AuditEntry.objects.get(action="import.refuse")
    assert (entry.actor, entry.reason) == (cast.mei, "Win.Test.EICAR_HDB-1")
    assert entry.changes == {"file": [None, "customers.csv"]}
    assert not AuditEntry.objects.filter(action="import.upload").exists()


def test_the_page_says_so_and_the_log_in_words(cast, sign_in, clamd, kept):
    answer = sign_in(cast.mei).post("/imports/new/", {"kind": "customers", "file": bad()})
    assert answer.status_code == 422 and REFUSED in answer.content.decode() and nothing(kept)
    page = sign_in(cast.ada).get("/audit/").content.decode()
    assert "File refused by the virus scanner" in page


@pytest.mark.parametrize("dry_run", ["true", "false"])
def test_the_api_answers_400_and_the_log_keeps_it(cast, sign_in, clamd, kept, dry_run):
    client = sign_in(cast.mei)
    answer = client.post("/api/v1/imports/", {"kind": "customers", "file": bad(), "dry_run": dry_run})
    assert answer.status_code == 400 and REFUSED in str(answer.json()) and nothing(kept)
    assert AuditEntry.objects.filter(action="import.refuse").count() == 1


@pytest.mark.parametrize("answer", [b"", b"INSTREAM size limit exceeded. ERROR\0"])
def test_a_scanner_that_does_not_say_ok_lets_nothing_through(cast, clamd, kept, an_upload, answer):
    clamd.answer = answer
    with pytest.raises(ValidationError) as refused:
        actions.upload(kind="customers", file=an_upload([]), name="c.csv", by=cast.mei)
    assert refused.value.message_dict == {"file": [AWAY]} and nothing(kept)


def test_what_is_clean_is_seen_whole_and_kept_whole(cast, clamd, kept, an_upload):
    data = an_upload([["S1", "甲", "franchisee"]]).read()
    run = actions.upload(kind="customers", file=SimpleUploadedFile("c.csv", data), name="c.csv", by=cast.mei)
    assert clamd.seen == [data] and run.file.read() == data and len(kept()) == 1


def test_without_a_scanner_nobody_looks(cast, kept):
    assert actions.upload(kind="customers", file=bad(), name="c.csv", by=cast.mei).pk and len(kept()) == 1
