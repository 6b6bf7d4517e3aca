"""Asking for files, making them, fetching them, and their end."""

from __future__ import annotations

import datetime
import os
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from crm.accounts.actions import change_user
from crm.audit.models import AuditEntry
from crm.exports import actions, jobs
from crm.exports.models import Export
from crm.jobs.models import Job
from crm.jobs.runner import drain


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def made(cast, by=None, format="csv", query=""):
    export = actions.ask(kind="shops", format=format, query=query, by=by or cast.mei)
    drain()
    export.refresh_from_db()
    return export


def test_a_file_is_made_by_a_job_and_fetched_by_its_owner(cast, shops, sign_in):
    export = made(cast)
    assert (export.rows, export.job.state, export.job.result) == (3, "done", {"export": export.pk, "rows": 3})
    assert len(Path(export.file.name).name) == 32  # a random name
    response = sign_in(cast.mei).get(f"/exports/{export.pk}/file/")
    assert response["Content-Disposition"] == f'attachment; filename="{export.name}"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Cache-Control"] == "private, no-store"
    assert "张三鲜,-12.50" in body(response).decode("utf-8-sig")
    done = AuditEntry.objects.filter(action__startswith="export.").order_by("pk")
    assert list(done.values_list("action", "actor__username")) == [("export.ask", "mei"), ("export.download", "mei")]


def test_foreign_missing_unmade_and_expired_files_answer_404_alike(cast, shops, sign_in):
    done, waiting = made(cast), actions.ask(kind="shops", format="csv", by=cast.lin)
    client = sign_in(cast.lin)
    foreign = client.get(f"/exports/{done.pk}/file/")
    assert foreign.status_code == 404
    assert client.get(f"/exports/{waiting.pk}/file/").status_code == 404
    assert client.get("/exports/999999/file/").status_code == 404
    Export.objects.update(expires_at=timezone.now())
    assert sign_in(cast.mei).get(f"/exports/{done.pk}/file/").status_code == 404


@pytest.mark.parametrize(
    "wrong,field",
    [
        ({"kind": "nothing", "format": "csv"}, "kind"),
        ({"kind": "shops", "format": "exe"}, "format"),
        ({"kind": "shops", "format": "csv", "query": "q=" + "x" * 2000}, "query"),
        ({"kind": "shops", "format": "csv", "query": "q=\0"}, "query"),
    ],
)
def test_nonsense_is_refused_and_leaves_nothing(cast, shops, wrong, field):
    with pytest.raises(ValidationError) as refusal:
        actions.ask(**wrong, by=cast.mei)
    assert list(refusal.value.message_dict) == [field]
    assert not Export.objects.exists() and not Job.objects.exists()


def test_where_the_list_stood_is_no_part_of_the_file(cast, shops):
    export = actions.ask(kind="shops", format="csv", query="q=a&page=3&after=xyz&sort=-sales", by=cast.mei)
    assert export.query == "q=a&sort=-sales"


def test_rights_are_those_of_the_moment_the_file_is_made(cast, shops):
    before = made(cast, query="people=1")
    assert "bot," in before.file.read().decode("utf-8-sig")
    export = actions.ask(kind="shops", format="csv", query="people=1", by=cast.mei)
    cast.mei.postings.all().delete()
    drain()
    export.refresh_from_db()
    assert "bot," not in export.file.read().decode("utf-8-sig")


def test_a_person_without_account_gets_no_file(cast, shops):
    export = actions.ask(kind="shops", format="csv", by=cast.mei)
    change_user(user=cast.mei, is_active=False)
    drain()
    export.refresh_from_db()
    assert (bool(export.file), export.job.state) == (False, "failed")


def test_running_the_job_twice_changes_nothing(cast, shops):
    export = made(cast)
    before = export.file.name
    Job.objects.update(state="queued", attempts=0)
    drain()
    export.refresh_from_db()
    assert (export.file.name, export.job.state) == (before, "done")
    assert len(list(Path(export.file.path).parent.iterdir())) >= 1


def test_a_failing_list_leaves_no_file(cast, shops):
    shops.append(("too", "few"))
    export = actions.ask(kind="shops", format="xlsx", by=cast.mei)
    folder = Path(export.file.storage.location) / "exports"
    before = set(folder.glob("*")) if folder.exists() else set()
    drain()
    export.refresh_from_db()
    assert not export.file
    assert (set(folder.glob("*")) if folder.exists() else set()) == before


def test_files_go_after_a_day_and_so_do_those_a_crash_left(cast, shops):
    over, fresh = made(cast), made(cast)
    path = Path(over.file.path)
    Export.objects.filter(pk=over.pk).update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    orphan = path.parent / ("f" * 32)
    orphan.write_text("left behind")
    day_ago = timezone.now().timestamp() - 25 * 3600
    os.utime(orphan, (day_ago, day_ago))
    result = jobs.purge()
    assert result["purged"] == 1 and result["orphans"] >= 1
    assert not path.exists() and not orphan.exists() and Path(fresh.file.path).exists()
    assert list(Export.objects.all()) == [fresh]
    assert jobs.purge()["purged"] == 0


def test_the_page_lists_ones_own_files_only(cast, shops, sign_in):
    mine, theirs = made(cast), made(cast, by=cast.lin)
    Export.objects.filter(pk=theirs.pk).update(name="hers.csv")
    page = sign_in(cast.mei).get("/exports/").content.decode()
    assert mine.name in page and "hers.csv" not in page


def test_an_analyst_reads_and_so_may_export(cast, shops, sign_in):
    response = sign_in(cast.ana).post("/exports/ask/", {"kind": "shops", "format": "csv", "query": ""})
    assert (response.status_code, response["Location"]) == (302, "/exports/")
    assert Export.objects.get().asked_by == cast.ana


def test_a_refusal_is_said_on_the_page(cast, shops, sign_in):
    response = sign_in(cast.mei).post("/exports/ask/", {"kind": "nothing", "format": "csv"}, follow=True)
    assert "There is no such list to export." in response.content.decode()
    assert not Export.objects.exists()
