"""What is removed goes after 30 days, bytes without a row after one; the check names what does not belong together."""

from __future__ import annotations

import datetime
import os

import pytest
from django.conf import settings as live
from django.core.exceptions import ValidationError

from crm.audit.models import AuditEntry
from crm.clock import now
from crm.integrity import Found
from crm.jobs import runner
from crm.jobs.actions import enqueue
from customers.files import actions
from customers.files.integrity import CHECKS
from customers.files.models import Attachment
from tests.files import making

pytestmark = pytest.mark.django_db


def aged(name: str, hours: int) -> None:
    moment = now().timestamp() - hours * 3600
    os.utime(f"{live.MEDIA_ROOT}/{name}", (moment, moment))


def lost(name: str, hours: int) -> str:
    path = f"{live.MEDIA_ROOT}/files/{name}"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as handle:
        handle.write(b"x")
    aged(f"files/{name}", hours)
    return f"files/{name}"


def found() -> Found:
    result = Found()
    CHECKS[0].find(None, result)
    return result


def test_the_night_takes_what_is_over_and_nothing_else(shops, attach, media, cast):
    over, young, live_one = (attach(shops.east, making.jpeg((50 + n, 50)), f"p{n}.jpg") for n in range(3))
    for one, ago in ((over, datetime.timedelta(days=30, minutes=1)), (young, datetime.timedelta(days=29))):
        actions.remove(attachment=one, by=cast.mei)
        Attachment.objects.filter(pk=one.pk).update(removed_at=now() - ago)
    lost("a" * 32, 25)
    fresh = lost("b" * 32, 23)
    job = runner.run_here(enqueue(kind="files.purge"))
    assert (job.state, job.result) == ("done", {"purged": 1, "orphans": 1})
    assert set(Attachment.objects.values_list("pk", flat=True)) == {young.pk, live_one.pk}
    names = [name for one in (young, live_one) for name in (one.file.name, one.thumbnail.name)]
    assert media() == sorted([*names, fresh])
    entry = AuditEntry.objects.get(action="file.purge")
    assert (entry.object_id, entry.changes) == (str(shops.east.pk), {"file": ["p0", None]})
    with pytest.raises(Attachment.DoesNotExist):
        actions.restore(attachment=over, by=cast.mei)


def test_the_check_names_rows_without_bytes_and_bytes_without_rows(shops, attach, media):
    one, other = attach(shops.east, making.jpeg()), attach(shops.east, making.pdf(), "a.pdf")
    assert found().count == 0
    os.unlink(f"{live.MEDIA_ROOT}/{one.thumbnail.name}")
    name = lost("c" * 32, 25)
    lost("d" * 32, 1)  # perhaps an upload under way
    result = found()
    assert result.count == 2
    assert result.examples == [
        f"file {one.pk} has lost its bytes {one.thumbnail.name}",
        f"bytes that belong to no file {name}",
    ]
    assert other.file.name in media()


def test_with_no_folder_at_all_everything_holds(db, media):
    assert (found().count, media()) == (0, [])


def test_a_removed_file_is_not_changed_and_bringing_back_what_is_there_changes_nothing(shops, attach, cast):
    made = attach(shops.east, making.jpeg())
    assert actions.restore(attachment=made, by=cast.mei).version == 1
    actions.remove(attachment=made, by=cast.mei)
    assert actions.remove(attachment=made, by=cast.mei).version == 2
    with pytest.raises(ValidationError):
        actions.change(attachment=made, by=cast.mei, title="x")
    deeds = AuditEntry.objects.filter(action__startswith="file.").values_list("action", flat=True)
    assert sorted(deeds) == ["file.add", "file.remove"]
