"""The pages of a customer's files: panel, gallery, adding, one file, its bytes, removing with undo."""

from __future__ import annotations

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.audit.models import AuditEntry
from customers.files.models import Attachment
from tests.files import making

pytestmark = pytest.mark.django_db


def sent(data=None, name="门头.jpg"):
    return SimpleUploadedFile(name, data or making.camera_jpeg(), content_type="text/html")


def told(client) -> list[str]:
    from django.contrib.messages import get_messages

    return [str(one) for one in get_messages(client.get("/customers/").wsgi_request)]


def test_several_files_are_added_at_once_and_each_refusal_is_told(sign_in, cast, shops):
    client = sign_in(cast.tao)
    files = [sent(), sent(making.pdf(), "合同.pdf"), sent(making.HOSTILE["page.jpg"][0], "evil.jpg")]
    body = {"files": files, "category": "shop_front", "keep_position": "on"}
    answer = client.post(f"/customers/{shops.east.pk}/files/add/", body)
    assert (answer.status_code, answer["Location"]) == (302, f"/customers/{shops.east.pk}/files/")
    page = client.get(answer["Location"]).content.decode()
    assert "2 files are added." in page
    assert "evil.jpg: Web pages, drawings in SVG and scripts are not kept." in page
    photo, document = Attachment.objects.order_by("pk")
    assert (photo.title, photo.category, photo.uploaded_by, str(photo.latitude)) == (
        "门头",
        "shop_front",
        cast.tao,
        "30.260000",
    )
    assert (document.title, document.kind, document.content_type) == ("合同", "document", "application/pdf")
    entries = AuditEntry.objects.filter(action="file.add").order_by("pk")
    assert [(e.object_id, e.changes["file"]) for e in entries] == [
        (str(shops.east.pk), [None, "门头"]),
        (str(shops.east.pk), [None, "合同"]),
    ]


def test_a_photo_from_the_camera_field_is_taken_too(sign_in, cast, shops):
    client = sign_in(cast.mei)
    page = client.get(f"/customers/{shops.east.pk}/files/add/").content.decode()
    assert 'capture="environment"' in page and 'name="photos"' in page
    body = {"photos": [sent()], "category": "shelf"}
    assert client.post(f"/customers/{shops.east.pk}/files/add/", body).status_code == 302
    assert Attachment.objects.get().category == "shelf"
    assert Attachment.objects.get().latitude is None


@pytest.mark.parametrize(
    "body,words",
    [
        ({"category": "shelf"}, "Choose a file, or take a photo."),
        ({"files": [(b"", "empty.jpg")], "category": "shelf"}, "empty.jpg: The file is empty."),
        ({"files": [(making.jpeg(), "a.jpg")], "category": "nonsense"}, "Select a valid choice."),
        ({"files": [(b"x", "a.txt")] * 21, "category": "shelf"}, "Choose 20 files at most."),
    ],
)
def test_nothing_to_keep_is_said_beside_the_field(sign_in, cast, shops, media, body, words):
    sendable = {**body, "files": [SimpleUploadedFile(name, data) for data, name in body.get("files", [])]}
    answer = sign_in(cast.mei).post(f"/customers/{shops.east.pk}/files/add/", sendable)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert (Attachment.objects.count(), media()) == (0, [])


def test_who_only_reads_adds_changes_and_removes_nothing(sign_in, cast, shops, attach):
    made = attach(shops.east, making.jpeg())
    client = sign_in(cast.ana)
    page = client.get(f"/customers/{shops.east.pk}/files/").content.decode()
    assert made.title in page and "/files/add/" not in page
    assert client.post(f"/customers/{shops.east.pk}/files/add/", {"files": [sent()]}).status_code == 403
    for deed in ("edit", "remove", "restore"):
        assert (
            client.post(f"/customers/files/{made.pk}/{deed}/", {"title": "x", "category": "shelf"}).status_code == 403
        )
    made.refresh_from_db()
    assert (made.version, made.removed_at, Attachment.objects.count()) == (1, None, 1)


def test_nobody_reaches_a_file_of_a_foreign_customer(sign_in, cast, shops, attach):
    made = attach(shops.east, making.jpeg(), "东店门头.jpg")
    client = sign_in(cast.lin)
    for path in ("", "content/", "thumbnail/", "edit/"):
        answer = client.get(f"/customers/files/{made.pk}/{path}")
        assert (answer.status_code, "东店" in answer.content.decode()) == (404, False), path
    for deed in ("edit", "remove", "restore"):
        assert client.post(f"/customers/files/{made.pk}/{deed}/").status_code == 404
    assert client.get(f"/customers/{shops.east.pk}/files/").status_code == 404
    assert client.post(f"/customers/{shops.east.pk}/files/add/", {"files": [sent()]}).status_code == 404
    assert Attachment.objects.get().version == 1


def test_a_picture_is_shown_and_a_document_only_downloaded(sign_in, cast, shops, attach):
    photo = attach(shops.east, making.jpeg(), "门头.jpg")
    document = attach(shops.east, making.pdf(), '合同".pdf.exe')
    client = sign_in(cast.tao)
    shown = client.get(f"/customers/files/{photo.pk}/content/")
    assert (shown["Content-Type"], shown["Content-Disposition"][:6]) == ("image/jpeg", "inline")
    assert client.get(f"/customers/files/{photo.pk}/content/?download")["Content-Disposition"].startswith("attachment")
    small = client.get(f"/customers/files/{photo.pk}/thumbnail/")
    assert small["Content-Type"] == "image/webp"
    got = client.get(f"/customers/files/{document.pk}/content/")
    assert got["Content-Type"] == "application/pdf"
    assert got["Content-Disposition"] == "attachment; filename*=utf-8''%E5%90%88%E5%90%8C%22.pdf.exe.pdf"
    assert b"".join(got.streaming_content) == making.pdf()
    for answer in (shown, small, got):
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["Cache-Control"] == "private, no-store"
    assert client.get(f"/customers/files/{document.pk}/thumbnail/").status_code == 404
    for path, size in ((f"{photo.pk}/content", photo.size), (f"{document.pk}/content", document.size)):
        head = client.head(f"/customers/files/{path}/")
        assert (head.status_code, head["Content-Length"], head.content) == (200, str(size), b"")
        assert head["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert client.head(f"/customers/files/{photo.pk}/thumbnail/").status_code == 200


def test_title_category_and_note_are_changed_and_a_stale_form_is_refused(sign_in, cast, shops, attach):
    made = attach(shops.east, making.jpeg(), "a.jpg")
    client = sign_in(cast.tao)
    body = {"title": "新门头", "category": "shelf", "note": "换了招牌", "version": 1}
    assert client.post(f"/customers/files/{made.pk}/edit/", body).status_code == 302
    made.refresh_from_db()
    assert (made.title, made.category, made.note, made.version) == ("新门头", "shelf", "换了招牌", 2)
    assert AuditEntry.objects.get(action="file.change").changes == {
        "file": "a",
        "title": ["a", "新门头"],
        "shows": ["other", "shelf"],
        "file_note": ["", "换了招牌"],
    }
    late = client.post(f"/customers/files/{made.pk}/edit/", {**body, "title": "又一个"})
    assert late.status_code == 422 and "Somebody else has changed this file" in late.content.decode()
    card = client.get(f"/customers/{shops.east.pk}/").content.decode()
    assert "File described anew" in card and "shelf and display" in card


def test_removing_can_be_undone_from_the_toast(sign_in, cast, shops, attach):
    made = attach(shops.east, making.jpeg(), "门头.jpg")
    client = sign_in(cast.mei)
    answer = client.post(f"/customers/files/{made.pk}/remove/")
    page = client.get(answer["Location"]).content.decode()
    assert f'action="/customers/files/{made.pk}/restore/"' in page and "“门头” is removed." in page
    assert "thumbnail" not in page
    for path in ("", "content/", "thumbnail/", "edit/"):
        assert client.get(f"/customers/files/{made.pk}/{path}").status_code == 404
    later = client.get(f"/customers/{shops.east.pk}/files/?show=removed").content.decode()
    assert f'action="/customers/files/{made.pk}/restore/"' in later and "by 美" in later
    reader = sign_in(cast.ana).get(f"/customers/{shops.east.pk}/files/?show=removed").content.decode()
    assert "门头" not in reader and "restore" not in reader
    client = sign_in(cast.mei)
    assert client.post(f"/customers/files/{made.pk}/restore/").status_code == 302
    assert client.get(f"/customers/files/{made.pk}/content/").status_code == 200
    made.refresh_from_db()
    assert (made.removed_at, made.removed_by, made.version) == (None, None, 3)
    deeds = AuditEntry.objects.filter(action__startswith="file.").order_by("pk").values_list("action", flat=True)
    assert list(deeds) == ["file.add", "file.remove", "file.restore"]


def test_the_same_file_added_anew_after_a_removal_is_not_doubled_by_the_undo(sign_in, cast, shops, attach):
    made = attach(shops.east, making.camera_jpeg(), "门头.jpg")
    client = sign_in(cast.mei)
    client.post(f"/customers/files/{made.pk}/remove/")
    again = attach(shops.east, making.camera_jpeg(), "再来.jpg")
    answer = client.post(f"/customers/files/{made.pk}/restore/", follow=True)
    assert "This file is there already: “再来”." in answer.content.decode()
    assert list(Attachment.objects.live()) == [again]


def test_the_panel_shows_the_newest_and_how_many_there_are(sign_in, cast, shops, attach):
    for n in range(8):
        attach(shops.east, making.jpeg((100 + n, 100)), f"photo-{n}.jpg")
    attach(shops.east, making.pdf(), "the-contract.pdf")
    page = sign_in(cast.tao).get(f"/customers/{shops.east.pk}/").content.decode()
    panel = page.split('id="files"')[1].split("</section>")[0]
    assert panel.count("/thumbnail/") == 6
    assert "photo-7" in panel and "photo-2" in panel and "photo-1" not in panel
    assert "The newest 6 of 8 photos." in panel and "All 9 files" in panel and "the-contract" in panel


def test_an_empty_panel_says_what_to_do(sign_in, cast, shops):
    page = sign_in(cast.tao).get(f"/customers/{shops.east.pk}/").content.decode()
    assert "Start with the shop front" in page
    gallery = sign_in(cast.tao).get(f"/customers/{shops.east.pk}/files/").content.decode()
    assert "No photo or document yet" in gallery and f"/customers/{shops.east.pk}/files/add/" in gallery


def test_the_gallery_counts_and_narrows(sign_in, cast, shops, attach):
    attach(shops.east, making.jpeg((90, 90)), "front.jpg", category="shop_front")
    attach(shops.east, making.jpeg((91, 90)), "inside.jpg", category="shelf")
    attach(shops.east, making.pdf(), "paper.pdf", category="contract")
    client = sign_in(cast.mei)
    address = f"/customers/{shops.east.pk}/files/"
    expected = {
        "": "front inside paper",
        "photo": "front inside",
        "document": "paper",
        "shelf": "inside",
        "x": "front inside paper",
    }
    for show, titles in expected.items():
        page = client.get(f"{address}?show={show}").content.decode()
        assert {one for one in ("front", "inside", "paper") if f">{one}<" in page or f'alt="{one}"' in page} == set(
            titles.split()
        )
    assert "Nothing of this kind" in client.get(f"{address}?show=licence").content.decode()


def test_pages_ask_no_more_the_more_files_there_are(sign_in, cast, shops):
    def make(count):
        start = Attachment.objects.count()
        moment = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)
        Attachment.objects.bulk_create(
            Attachment(
                customer=shops.east, kind="photo" if n % 2 else "document", title=f"t{n}", name="n",
                content_type="image/jpeg" if n % 2 else "application/pdf", size=1, sha256=f"{start + n:064}",
                kept_sha256=f"{start + n:064}", file=f"files/{start + n}", thumbnail=f"files/t{start + n}",
                uploaded_at=moment, uploaded_by=cast.mei,
            )
            for n in range(count)
        )  # fmt: skip

    client = sign_in(cast.mei)
    counts = {}
    for count in (5, 50):
        make(count)
        for path in (f"/customers/{shops.east.pk}/files/", f"/customers/{shops.east.pk}/"):
            client.get(path)
            with CaptureQueriesContext(connection) as asked:
                assert client.get(path).status_code == 200
            counts.setdefault(path, []).append(len(asked))
    assert [len(set(found)) for found in counts.values()] == [1, 1], counts
    assert counts[f"/customers/{shops.east.pk}/files/"][0] <= 8


def test_long_galleries_are_paged(sign_in, cast, shops, monkeypatch, attach):
    from customers.files import views

    monkeypatch.setattr(views, "PAGE", 2)
    for n in range(3):
        attach(shops.east, making.jpeg((80 + n, 80)), f"photo-{n}.jpg")
    client = sign_in(cast.mei)
    first = client.get(f"/customers/{shops.east.pk}/files/").content.decode()
    second = client.get(f"/customers/{shops.east.pk}/files/?page=2").content.decode()
    assert ("photo-2" in first, "photo-0" in first, "page=2" in first) == (True, False, True)
    assert ("photo-2" in second, "photo-0" in second) == (False, True)
    for odd in ("0", "-1", "x", "9" * 30, "１"):
        assert client.get(f"/customers/{shops.east.pk}/files/?page={odd}").status_code == 200
