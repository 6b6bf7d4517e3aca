"""Notes: written by one, changed within a day, removed and brought back; private ones are their author's alone."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from crm.clock import now
from crm.models import AuditEntry
from customers.care import notes
from customers.models import Note

pytestmark = pytest.mark.django_db


def at(client_user) -> Client:
    client = Client()
    client.force_login(client_user)
    return client


def test_a_note_is_written_with_one_tap_for_the_mood(shops, cast):
    shop = shops[0]
    answer = at(cast.tao).post(
        f"/customers/{shop.pk}/notes/", {"text": " wants more colours \r\nin May", "mood": "4", "next": "detail"}
    )
    assert answer["Location"] == f"/customers/{shop.pk}/#notes"
    note = Note.objects.get()
    assert (note.text, note.mood, note.is_private, note.written_by) == (
        "wants more colours \nin May",
        4,
        False,
        cast.tao,
    )
    page = at(cast.mei).get(f"/customers/{shop.pk}/").content.decode()
    assert "wants more colours" in page and "content" in page
    entry = AuditEntry.objects.of(shop).get(action="note.write")
    assert entry.changes["mood"] == [None, 4]


def test_a_private_note_is_its_authors_alone_everywhere(shops, cast):
    shop = shops[0]
    note = notes.write_note(customer=shop, text="SECRET", is_private=True, by=cast.tao)
    paths = [
        f"/customers/{shop.pk}/",
        f"/customers/{shop.pk}/notes/",
        f"/customers/{shop.pk}/handover/",
        f"/api/v1/customers/{shop.pk}/notes/",
        f"/api/v1/customers/{shop.pk}/brief/",
        "/admin/customers/note/",
        "/audit/",
        "/search/?q=SECRET",
    ]
    for person in (cast.mei, cast.ada, cast.ana):
        client = at(person)
        for path in paths:
            answer = client.get(path)
            text = answer.content.decode().replace("q=SECRET", "").replace('value="SECRET"', "").replace("“SECRET”", "")
            assert "SECRET" not in text, (person, path)
        assert client.get(f"/api/v1/notes/{note.pk}/").status_code == 404
        assert client.get(f"/customers/notes/{note.pk}/edit/").status_code == 404
        assert client.post(f"/customers/notes/{note.pk}/remove/").status_code == 404
        assert client.get(f"/admin/customers/note/{note.pk}/change/").status_code in (302, 403, 404)
    assert "SECRET" in at(cast.tao).get(f"/customers/{shop.pk}/notes/").content.decode()
    # Neither does the customer's own history tell that there is one.
    assert not AuditEntry.objects.of(shop).filter(action__startswith="note.").exists()
    assert AuditEntry.objects.filter(action="note.write", changes__icontains="SECRET").count() == 0
    note.refresh_from_db()
    assert note.removed_at is None


def test_only_its_author_changes_a_note_and_only_for_a_day(shops, cast):
    note = notes.write_note(customer=shops[0], text="first", by=cast.tao)
    changed = notes.change_note(note=note, text="second", mood=2, by=cast.tao, version=1)
    assert (changed.text, changed.mood, changed.version) == ("second", 2, 2)
    with pytest.raises(ValidationError) as refusal:
        notes.change_note(note=note, text="third", by=cast.tao, version=1)
    assert refusal.value.code == "conflict"
    with pytest.raises(ValidationError) as refusal:
        notes.change_note(note=note, text="third", by=cast.mei)
    assert refusal.value.code == "late"
    Note.objects.update(at=now() - datetime.timedelta(hours=24))
    with pytest.raises(ValidationError):
        notes.change_note(note=note, text="third", by=cast.tao)
    assert at(cast.tao).get(f"/customers/notes/{note.pk}/edit/").status_code == 403
    note.refresh_from_db()
    assert (note.text, note.version) == ("second", 2)


def test_what_all_could_read_is_not_made_private_but_the_other_way_round(shops, cast):
    public = notes.write_note(customer=shops[0], text="open", by=cast.tao)
    with pytest.raises(ValidationError) as refusal:
        notes.change_note(note=public, text="open", is_private=True, by=cast.tao)
    assert "is_private" in refusal.value.error_dict
    private = notes.write_note(customer=shops[0], text="mine", is_private=True, by=cast.tao)
    notes.change_note(note=private, text="for all", by=cast.tao)
    assert set(Note.objects.open().values_list("text", flat=True)) == {"open", "for all"}


@pytest.mark.parametrize("values", [{"text": "  "}, {"text": "x" * 2001}, {"text": "x", "mood": 6}])
def test_what_is_no_note_is_refused(shops, cast, values):
    with pytest.raises(ValidationError):
        notes.write_note(customer=shops[0], by=cast.tao, **values)
    answer = at(cast.tao).post(f"/customers/{shops[0].pk}/notes/", values)
    assert answer.status_code == 422
    assert not Note.objects.exists()


def test_a_note_is_removed_and_brought_back(shops, cast):
    note = notes.write_note(customer=shops[0], text="to go", by=cast.tao)
    client = at(cast.tao)
    answer = client.post(f"/customers/notes/{note.pk}/remove/", follow=True)
    assert f"/customers/notes/{note.pk}/restore/" in answer.content.decode()
    assert "to go" not in client.get(f"/customers/{shops[0].pk}/notes/").content.decode()
    assert client.get(f"/api/v1/notes/{note.pk}/").status_code == 404
    client.post(f"/customers/notes/{note.pk}/restore/")
    assert "to go" in client.get(f"/customers/{shops[0].pk}/notes/").content.decode()
    assert Note.objects.get().version == 3


def test_west_and_readers_write_nothing(shops, cast):
    shop = shops[0]
    note = notes.write_note(customer=shop, text="there", by=cast.tao)
    for path in (f"/customers/{shop.pk}/notes/", f"/customers/notes/{note.pk}/remove/"):
        assert at(cast.lin).post(path, {"text": "x"}).status_code == 404
        assert at(cast.ana).post(path, {"text": "x"}).status_code == 403
    assert at(cast.lin).get(f"/customers/{shop.pk}/notes/").status_code == 404
    assert list(Note.objects.values_list("text", "removed_at")) == [("there", None)]


def test_notes_over_the_api(shops, cast):
    client = at(cast.tao)
    url = f"/api/v1/customers/{shops[0].pk}/notes/"
    made = client.post(url, {"text": "called", "mood": 5}, content_type="application/json")
    assert made.status_code == 201 and made["ETag"]
    one = f"/api/v1/notes/{made.json()['id']}/"
    patch = {"content_type": "application/json", "headers": {"If-Match": made["ETag"]}}
    assert client.patch(one, {"text": "called twice"}, **patch).json()["mood"] == 5
    assert client.patch(one, {"text": "x"}, **patch).status_code == 412
    assert client.patch(one, {"text": "x"}, content_type="application/json").status_code == 428
    assert client.get(url).json()["results"][0]["text"] == "called twice"
    assert at(cast.lin).get(url).status_code == 404
    assert at(cast.ana).post(url, {"text": "x"}, content_type="application/json").status_code == 403
    assert Note.objects.count() == 1


def test_many_notes_take_no_more_statements(shops, cast, django_assert_num_queries, sign_in):
    client = sign_in(cast.tao)
    url = f"/customers/{shops[0].pk}/notes/"
    client.get(url)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for _round in range(2):
        for n in range(30):
            notes.write_note(customer=shops[0], text=f"n{n}", by=cast.mei)
        with CaptureQueriesContext(connection) as asked:
            client.get(url)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 8
    older = client.get(url).context["more"]
    page = client.get(f"{url}?before={older}").context["notes"]
    assert len(page) == 10
