"""Regions, people, jobs and exports over the API."""

from __future__ import annotations

import pytest

from crm.audit.models import AuditEntry
from crm.exports.models import Export
from crm.jobs.actions import enqueue
from crm.jobs.models import Job
from crm.jobs.runner import drain


def names(response, field):
    assert response.status_code == 200, response.content
    return [row[field] for row in response.json()["results"]]


def test_regions_in_reach(bot, api, cast, regions):
    assert names(bot.get("/api/v1/regions/"), "code") == ["EAST", "JIANGSU", "ZHEJIANG"]
    assert names(api("tao", "read").get("/api/v1/regions/"), "code") == []
    assert len(names(api("ana", "read").get("/api/v1/regions/"), "code")) == 6
    row = bot.get(f"/api/v1/regions/{regions.jiangsu.pk}/").json()
    assert row == {"id": regions.jiangsu.pk, "code": "JIANGSU", "name": "江苏", "parent": "EAST", "depth": 2}
    foreign, missing = bot.get(f"/api/v1/regions/{regions.west.pk}/"), bot.get("/api/v1/regions/99999/")
    assert (foreign.status_code, foreign.json()) == (404, missing.json())


def test_people_in_reach_and_no_secret(bot, api, cast):
    assert names(bot.get("/api/v1/people/"), "username") == ["bot", "mei"]
    assert names(api("ada", "read").get("/api/v1/people/?role=head"), "username") == ["lin", "mei"]
    row = bot.get(f"/api/v1/people/{cast.mei.pk}/").json()
    assert list(row) == ["id", "username", "name", "role", "email", "phone", "is_active"]
    assert bot.get(f"/api/v1/people/{cast.lin.pk}/").status_code == 404
    assert api("tao", "read").get("/api/v1/people/me/").json()["username"] == "tao"
    assert bot.get("/api/v1/people/?password__startswith=md5").status_code == 400


def test_jobs_of_ones_own(bot, api, cast):
    mine = enqueue(kind="api.purge_keys", asked_by=cast.bot)
    theirs = enqueue(kind="api.purge_keys", asked_by=cast.lin)
    assert names(bot.get("/api/v1/jobs/?state=queued"), "id") == [mine.pk]
    foreign, missing = bot.get(f"/api/v1/jobs/{theirs.pk}/"), bot.get("/api/v1/jobs/99999/")
    assert (foreign.status_code, foreign.json()) == (404, missing.json())
    assert bot.post(f"/api/v1/jobs/{theirs.pk}/stop/").status_code == 404
    assert api("bot", "read").post(f"/api/v1/jobs/{mine.pk}/stop/").status_code == 403
    assert bot.post(f"/api/v1/jobs/{mine.pk}/retry/").status_code == 400
    assert set(Job.objects.values_list("state", flat=True)) == {"queued"}
    assert bot.post(f"/api/v1/jobs/{mine.pk}/stop/").json()["state"] == "stopped"
    again = bot.post(f"/api/v1/jobs/{mine.pk}/stop/")
    assert (again.status_code, again.json()) == (400, {"non_field_errors": ["This job has ended already."]})
    assert bot.post(f"/api/v1/jobs/{mine.pk}/retry/").json()["state"] == "queued"
    drain()
    job = bot.get(f"/api/v1/jobs/{mine.pk}/").json()
    assert (job["state"], job["percent"], job["result"]) == ("done", 100, {"purged": 0})


def test_a_file_is_asked_for_and_fetched(bot, api, cast, shops):
    answer = bot.post("/api/v1/exports/", {"kind": "customers", "format": "csv", "query": "city=南京"})
    assert answer.status_code == 202, answer.content
    url = f"/api/v1/exports/{answer.json()['id']}/"
    assert (answer.json()["ready"], bot.get(f"{url}file/").status_code) == (False, 404)
    drain()
    assert (bot.get(url).json()["ready"], bot.get(url).json()["rows"]) == (True, 1)
    response = bot.get(f"{url}file/")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert response["Content-Disposition"].startswith('attachment; filename="customers-')
    assert "E1" in text and "E2" not in text and "CANARY" not in text
    assert api("lin", "read").get(url).status_code == 404
    assert api("lin", "read").get(f"{url}file/").status_code == 404
    assert AuditEntry.objects.filter(action="export.download", via="api", actor=cast.bot).count() == 1


def test_the_file_holds_no_more_than_ones_reach(api, shops):
    for who, expected in (("mei", {"E1", "E2"}), ("lin", {"W1-SECRET"}), ("ada", {"E1", "E2", "W1-SECRET"})):
        client = api(who)
        asked = client.post("/api/v1/exports/", {"kind": "customers", "format": "csv", "query": ""}).json()
        drain()
        text = b"".join(client.get(f"/api/v1/exports/{asked['id']}/file/").streaming_content).decode("utf-8-sig")
        assert {line.split(",")[0] for line in text.splitlines()[1:]} == expected


@pytest.mark.parametrize(
    "body,field",
    [
        ({"kind": "nothing", "format": "csv"}, "kind"),
        ({"kind": "customers", "format": "pdf"}, "format"),
        ({"kind": "customers"}, "format"),
        ({"kind": "customers", "format": "csv", "query": "x" * 2001}, "query"),
    ],
)
def test_files_that_cannot_be(bot, body, field):
    answer = bot.post("/api/v1/exports/", body)
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert not Export.objects.exists()


def test_a_read_token_asks_for_nothing(api):
    body = {"kind": "customers", "format": "csv"}
    assert api("bot", "read").post("/api/v1/exports/", body).status_code == 403
    assert not Export.objects.exists()
