"""Imports over REST."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from crm.accounts.actions import create_token
from crm.imports.models import ImportRun
from customers.models import Customer

State = ImportRun.State


@pytest.fixture
def api(db):
    """api(user, scope) -> a client with that user's token."""

    def make(user, scope="write"):
        _token, text = create_token(user=user, scope=scope)
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Token {text}")
        return client

    return make


@pytest.fixture
def send(an_upload):
    def post(client, rows, header=("code", "name", "kind"), **more):
        data = {"kind": "customers", "file": an_upload(rows, list(header)), **more}
        return client.post("/api/v1/imports/", data, format="multipart")

    return post


def test_a_file_is_imported_by_one_call(api, send, cast, regions, jobs):
    client = api(cast.bot)
    answer = send(client, [["1", "One", "agent"], ["2", "Two", "agent"]])
    assert answer.status_code == 202
    assert answer.data["state"] == "running" and answer.data["job"]
    jobs()
    found = client.get(f"/api/v1/imports/{answer.data['id']}/").json()
    assert {k: found[k] for k in ("state", "rows", "created", "rejected", "via", "errors", "problem")} == {
        "state": "done",
        "rows": 2,
        "created": 2,
        "rejected": 0,
        "via": "api",
        "errors": [],
        "problem": None,
    }
    assert found["mapping"] == {"code": 0, "name": 1, "kind": 2}
    assert set(Customer.objects.values_list("region__code", flat=True)) == {"EAST"}
    answer = client.post(f"/api/v1/imports/{found['id']}/undo/")
    assert answer.status_code == 202
    jobs()
    assert client.get(f"/api/v1/imports/{found['id']}/").json()["state"] == "undone"
    assert not Customer.objects.exists()


def test_refused_rows_stand_in_the_answer_and_in_a_file(api, send, cast, jobs):
    client = api(cast.bot)
    pk = send(client, [["1", "One", "agent"], ["2", "Two", "boss"]]).data["id"]
    jobs()
    found = client.get(f"/api/v1/imports/{pk}/").json()
    assert found["state"] == "refused"
    assert found["errors"] == [
        {"row": 3, "column": "kind", "value": "boss", "reason": "This is none of: agent, franchisee."}
    ]
    assert found["rejected_url"] == f"/api/v1/imports/{pk}/rejected/"
    lines = b"".join(client.get(found["rejected_url"]).streaming_content).decode().splitlines()
    assert lines[1] == '"kind: This is none of: agent, franchisee.",3,2,Two,boss'
    assert not Customer.objects.exists()
    answer = client.post(f"/api/v1/imports/{pk}/start/", {})
    assert answer.status_code == 400
    assert answer.json() == {"non_field_errors": ["1 row is refused. Mend it, or import the good rows only."]}
    assert client.post(f"/api/v1/imports/{pk}/start/", {"partial": True}).status_code == 202
    jobs()
    assert list(Customer.objects.values_list("code", flat=True)) == ["1"]


def test_a_dry_run_waits_for_start(api, send, cast, jobs):
    client = api(cast.bot)
    pk = send(client, [["1", "One", "agent"]], dry_run=True).data["id"]
    jobs()
    assert client.get(f"/api/v1/imports/{pk}/").json()["state"] == "checked"
    assert not Customer.objects.exists()
    client.post(f"/api/v1/imports/{pk}/start/")
    jobs()
    assert Customer.objects.count() == 1


def test_unknown_columns_are_named_over_the_api(api, send, cast, jobs):
    client = api(cast.bot)
    pk = send(client, [["1", "One", "agent"]], ["No.", "Wort", "Art"]).data["id"]
    jobs()
    found = client.get(f"/api/v1/imports/{pk}/").json()
    assert (found["state"], found["header"]) == ("mapping", ["No.", "Wort", "Art"])
    answer = client.post(f"/api/v1/imports/{pk}/mapping/", {"mapping": {"code": 0, "name": 9}})
    assert answer.status_code == 400 and answer.json() == {"name": ["Choose a column of the file."]}
    answer = client.post(f"/api/v1/imports/{pk}/mapping/", {"mapping": {"code": 0, "name": 1, "kind": 2}})
    assert answer.status_code == 202
    jobs()
    assert client.get(f"/api/v1/imports/{pk}/").json()["state"] == "checked"


def test_wrong_questions_are_answered_400(api, send, cast, an_upload, settings):
    client = api(cast.bot)
    rows = [["1", "One", "agent"]]
    assert client.post("/api/v1/imports/", {"kind": "customers"}, format="multipart").json() == {
        "file": ["No file was submitted."]
    }
    data = {"kind": "weather", "file": an_upload(rows)}
    assert client.post("/api/v1/imports/", data, format="multipart").json() == {"kind": ["Choose what the file holds."]}
    assert send(client, rows, date_order="xyz").status_code == 400
    settings.IMPORT_MAX_BYTES = 5
    assert "file" in send(client, rows).json()
    assert not ImportRun.objects.exists()


def test_the_same_key_sends_a_file_once(api, cast, an_upload):
    client = api(cast.bot)
    for _time in range(2):
        data = {"kind": "customers", "file": an_upload([["1", "One", "agent"]])}
        answer = client.post("/api/v1/imports/", data, format="multipart", HTTP_IDEMPOTENCY_KEY="k1")
        assert answer.status_code == 202
    assert ImportRun.objects.count() == 1


def test_readers_bring_nothing_in_and_foreign_imports_are_not_there(api, send, cast, jobs):
    pk = send(api(cast.bot), [["1", "One", "agent"], ["2", "", ""]]).data["id"]
    jobs()
    for client in (api(cast.ana), api(cast.bot, scope="read")):
        assert send(client, [["1", "One", "agent"]]).status_code == 403
    lin = api(cast.lin)
    assert lin.get("/api/v1/imports/").json()["results"] == []
    for path in ("", "rejected/"):
        assert lin.get(f"/api/v1/imports/{pk}/{path}").status_code == 404
    for path in ("start/", "undo/", "mapping/"):
        assert lin.post(f"/api/v1/imports/{pk}/{path}", {}).status_code == 404
    assert APIClient().get("/api/v1/imports/").status_code == 401
    assert [row["id"] for row in api(cast.ada).get("/api/v1/imports/").json()["results"]] == [pk]
    assert ImportRun.objects.get().state == State.REFUSED
