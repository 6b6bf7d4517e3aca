"""Files over the API, by the same rules."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from customers.files.models import Attachment
from tests.files import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(cast):
    from crm.accounts.actions import create_token

    def client(who="bot", scope="write") -> APIClient:
        _token, text = create_token(user=getattr(cast, who), scope=scope)
        found = APIClient()
        found.credentials(HTTP_AUTHORIZATION=f"Token {text}")
        return found

    return client


def sent(data=None, name="门头.jpg"):
    return SimpleUploadedFile(name, data or making.camera_jpeg())


def test_a_file_is_brought_listed_fetched_changed_removed_and_brought_back(program, shops, cast):
    bot = program()
    address = f"/api/v1/customers/{shops.east.pk}/files/"
    made = bot.post(address, {"file": sent(), "category": "shop_front", "keep_position": True}, format="multipart")
    assert made.status_code == 201, made.content
    row = made.json()
    assert (row["title"], row["kind"], row["width"], row["taken_on"]) == ("门头", "photo", 640, "2026-03-05")
    assert (row["latitude"], row["longitude"], row["scan"]) == ("30.260000", "120.150000", "none")
    assert row["uploaded_by"]["id"] == cast.bot.pk
    listed = bot.get(address).json()["results"]
    assert [one["id"] for one in listed] == [row["id"]]
    assert bot.get(f"{address}?kind=document").json()["results"] == []
    got = bot.get(row["content_url"])
    assert (got["Content-Type"], len(b"".join(got.streaming_content))) == ("image/jpeg", row["size"])
    assert (got["Cache-Control"], got["X-Content-Type-Options"]) == ("private, no-store", "nosniff")
    assert bot.head(row["content_url"])["Content-Length"] == str(row["size"])
    assert bot.get(row["thumbnail_url"])["Content-Type"] == "image/webp"

    one = f"/api/v1/files/{row['id']}/"
    assert bot.patch(one, {"title": "x"}).status_code == 428
    changed = bot.patch(one, {"title": "新"}, headers={"If-Match": made["ETag"]})
    assert (changed.status_code, changed.json()["title"], changed.json()["version"]) == (200, "新", 2)
    assert bot.patch(one, {"title": "x"}, headers={"If-Match": made["ETag"]}).status_code == 412
    assert bot.patch(one, {"size": 1}, headers={"If-Match": "*"}).status_code == 400

    assert bot.post(f"{one}remove/").json()["removed_at"] is not None
    assert [bot.get(path).status_code for path in (one, row["content_url"], row["thumbnail_url"])] == [404, 404, 404]
    assert bot.get(address).json()["results"] == []
    assert bot.post(f"{one}restore/").json()["removed_at"] is None
    assert bot.get(one).status_code == 200


@pytest.mark.parametrize("name", ["page.jpg", "empty.jpg", "bomb.png", "macro.xlsm", "huge.txt"])
def test_what_may_not_be_kept_is_refused_under_its_field(program, shops, media, name):
    body = {"file": SimpleUploadedFile(name, making.HOSTILE[name][0])}
    answer = program().post(f"/api/v1/customers/{shops.east.pk}/files/", body, format="multipart")
    assert (answer.status_code, list(answer.json())) == (400, ["file"])
    assert (Attachment.objects.count(), media()) == (0, [])


def test_a_repeated_request_with_its_key_keeps_one(program, shops):
    bot, address = program(), f"/api/v1/customers/{shops.east.pk}/files/"
    answers = [
        bot.post(address, {"file": sent()}, format="multipart", headers={"Idempotency-Key": "k1"}) for _n in range(2)
    ]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert bot.post(address, {"file": sent()}, format="multipart").status_code == 400
    assert Attachment.objects.count() == 1


def test_foreign_files_are_not_there_and_readers_write_nothing(program, shops, attach):
    made = attach(shops.east, making.jpeg())
    lin = program("lin")
    for path in ("", "content/", "thumbnail/"):
        assert lin.get(f"/api/v1/files/{made.pk}/{path}").status_code == 404
    for path in ("remove/", "restore/"):
        assert lin.post(f"/api/v1/files/{made.pk}/{path}").status_code == 404
    assert lin.patch(f"/api/v1/files/{made.pk}/", {"title": "x"}, headers={"If-Match": "*"}).status_code == 404
    assert lin.get(f"/api/v1/customers/{shops.east.pk}/files/").status_code == 404
    assert (
        lin.post(f"/api/v1/customers/{shops.east.pk}/files/", {"file": sent()}, format="multipart").status_code == 404
    )
    reader = program("bot", "read")
    assert reader.get(f"/api/v1/files/{made.pk}/content/").status_code == 200
    assert reader.post(f"/api/v1/files/{made.pk}/remove/").status_code == 403
    body = {"file": sent()}
    assert reader.post(f"/api/v1/customers/{shops.east.pk}/files/", body, format="multipart").status_code == 403
    made.refresh_from_db()
    assert (made.version, Attachment.objects.count()) == (1, 1)


def test_the_admin_reads_the_facts_of_files_in_reach(sign_in, cast, shops, attach, settings):
    settings.ADMIN_MFA = False
    made = attach(shops.east, making.jpeg(), "东店门头.jpg")
    assert "东店门头" in sign_in(cast.mei).get("/admin/customers/attachment/").content.decode()
    assert "东店门头" not in sign_in(cast.lin).get("/admin/customers/attachment/").content.decode()
    client = sign_in(cast.ada)
    assert client.get(f"/admin/customers/attachment/{made.pk}/change/").status_code == 200
    assert client.get("/admin/customers/attachment/add/").status_code == 403
    assert client.post(f"/admin/customers/attachment/{made.pk}/change/", {"title": "x"}).status_code == 403
