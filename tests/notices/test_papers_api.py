"""Papers of a notice brought over the API: judged as on the page, kept with the version being written."""

from __future__ import annotations

import io

import pytest
from django.core.files.storage import default_storage

from crm.audit.models import AuditEntry
from promotions.policies.actions import change_notice, withdraw_notice
from promotions.policies.models import NoticeFile, NoticeVersion
from promotions.policies.papers import add_paper
from tests.notices.conftest import TEXTS, at

pytestmark = pytest.mark.django_db
TEXT = "价格表 2026\n".encode()


def paper(name="prices.txt", data=TEXT) -> io.BytesIO:
    found = io.BytesIO(data)
    found.name = name
    return found


def bring(user, notice, *, headers=None, **values):
    return at(user).post(f"/api/v1/notices/{notice.pk}/papers/", values, headers=headers or {})


def state_of() -> tuple:
    papers = list(NoticeFile.objects.order_by("pk").values_list("version__number", "title", "sha256"))
    return papers, NoticeVersion.objects.count(), AuditEntry.objects.count()


def test_one_is_brought_read_and_dropped(draft, cast):
    made = bring(cast.mei, draft, file=paper(), title="价格表")
    assert made.status_code == 201
    one = made.json()
    assert (one["title"], one["name"], one["content_type"], one["size"]) == (
        "价格表",
        "prices.txt",
        "text/plain; charset=utf-8",
        len(TEXT),
    )
    kept = NoticeFile.objects.get()
    assert (kept.pk, kept.sha256, kept.added_by) == (one["id"], one["sha256"], cast.mei)
    assert [
        found["id"] for found in at(cast.mei).get(f"/api/v1/notices/{draft.pk}/").json()["versions"][0]["papers"]
    ] == [one["id"]]
    found = at(cast.mei).get(f"/api/v1/notice-papers/{one['id']}/content/")
    assert b"".join(found.streaming_content) == TEXT
    gone = at(cast.mei).post(f"/api/v1/notice-papers/{one['id']}/drop/")
    assert gone.status_code == 204 and not NoticeFile.objects.exists()


def test_without_a_title_it_is_called_after_its_file(draft, cast):
    assert bring(cast.mei, draft, file=paper("冬季.txt")).json()["title"] == "冬季"


def test_of_a_sent_notice_it_begins_the_next_version(sent, cast):
    made = bring(cast.mei, sent, file=paper())
    assert made.status_code == 201
    first, second = sent.versions.order_by("number")
    assert (first.published_at is None, first.files.count()) == (False, 0)
    assert (second.published_at, second.files.get().name) == (None, "prices.txt")


def test_what_may_not_be_kept_is_refused_and_nothing_changes(draft, cast):
    add_paper(notice=draft, file=paper(), name="prices.txt", by=cast.mei)
    before, files = state_of(), set(default_storage.listdir("")[0])
    for values, told in (
        ({"file": paper("again.txt")}, {"file": ["This file is there already."]}),
        ({}, {"file": ["No file was submitted."]}),
        ({"file": paper(), "titel": "x"}, {"titel": ["There is no such field."]}),
    ):
        answer = bring(cast.mei, draft, **values)
        assert (answer.status_code, answer.json()) == (400, told)
    for bad in (paper("x.exe", b"MZ\x90\x00\x03"), paper("empty.txt", b"")):
        answer = bring(cast.mei, draft, file=bad)
        assert (answer.status_code, list(answer.json())) == (400, ["file"])
    json = at(cast.mei).post(f"/api/v1/notices/{draft.pk}/papers/", {"file": "x"}, "application/json")
    assert json.status_code == 415
    assert state_of() == before and set(default_storage.listdir("")[0]) == files


def test_what_has_gone_out_keeps_its_papers(draft, cast):
    from promotions.policies.sending import send_notice

    kept = add_paper(notice=draft, file=paper(), name="prices.txt", by=cast.mei)
    send_notice(notice=draft, by=cast.mei)
    before = state_of()
    refused = at(cast.mei).post(f"/api/v1/notice-papers/{kept.pk}/drop/")
    assert (refused.status_code, refused.json()) == (
        400,
        {"non_field_errors": ["It has gone out: this stays as it is."]},
    )
    assert state_of() == before


def test_to_a_withdrawn_notice_nothing_is_brought(sent, cast):
    withdraw_notice(notice=sent, why="x", by=cast.mei)
    before = state_of()
    assert bring(cast.mei, sent, file=paper()).json() == {"non_field_errors": ["This notice was withdrawn."]}
    assert state_of() == before


def test_the_same_key_brings_one(draft, cast):
    first, again = (bring(cast.mei, draft, file=paper(), headers={"Idempotency-Key": "k1"}) for _n in range(2))
    assert (first.status_code, again.status_code) == (201, 201) and first.json() == again.json()
    assert NoticeFile.objects.count() == 1


def test_only_who_wrote_it_brings_and_drops(sent, cast):
    change_notice(notice=sent, by=cast.mei, texts=TEXTS)
    kept = add_paper(notice=sent, file=paper(), name="prices.txt", by=cast.mei)
    before = state_of()
    drop = f"/api/v1/notice-papers/{kept.pk}/drop/"
    # Lin sees nothing of it; Tao sees the notice, not what is being written; Ana reads it and changes nothing.
    for user, brings, drops in ((cast.lin, 404, 404), (cast.tao, 403, 404), (cast.ana, 403, 403)):
        assert bring(user, sent, file=paper("other.txt", b"other")).status_code == brings
        assert at(user).post(drop).status_code == drops
    assert state_of() == before
