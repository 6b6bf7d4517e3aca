"""The way through the pages: upload, columns, check, start, result, undo."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from crm.audit.models import AuditEntry
from crm.imports.models import ColumnMapping, ImportRun
from customers.models import Customer

State = ImportRun.State


def counts() -> dict[str, int]:
    told = {"crm.ImportRun", "crm.AuditEntry", "crm.Job", "sessions.Session"}
    return {m._meta.label: m._default_manager.count() for m in apps.get_models() if m._meta.label not in told}


def page(run) -> str:
    return reverse("crm:import-detail", args=[run.pk])


@pytest.fixture
def uploaded(sign_in, cast, an_upload, jobs):
    """uploaded(rows, header) -> (client of Ada, run after its check)."""

    def go(rows, header=("code", "name", "kind"), kind="customers", by=None):
        client = sign_in(by or cast.ada)
        answer = client.post(reverse("crm:import-new"), {"kind": kind, "file": an_upload(rows, list(header))})
        run = ImportRun.objects.get()
        assert answer.status_code == 302 and answer.url == page(run)
        jobs()
        run.refresh_from_db()
        return client, run

    return go


def test_from_the_file_to_the_customers_and_back(uploaded, jobs):
    client, run = uploaded([["1", "One", "agent"], ["2", "Two", "franchisee"]])
    assert (run.state, run.rows, run.created, run.via) == (State.CHECKED, 2, 2, "page")
    assert not Customer.objects.exists()
    text = client.get(page(run)).content.decode()
    assert "Every row is right. Nothing is written yet." in text
    assert "Import 2 rows" in text
    assert '<td class="nowrap">Two</td>' in text
    assert client.post(reverse("crm:import-start", args=[run.pk])).url == page(run)
    assert 'hx-trigger="job-ended from:body"' in client.get(page(run)).content.decode()
    jobs()
    run.refresh_from_db()
    assert (run.state, run.created) == (State.DONE, 2)
    assert Customer.objects.count() == 2
    text = client.get(page(run)).content.decode()
    assert "Undo the import" in text and reverse("customers:list") in text
    client.post(reverse("crm:import-undo", args=[run.pk]))
    assert AuditEntry.objects.get(action="import.ask_undo").object_id == str(run.pk)
    jobs()
    run.refresh_from_db()
    assert run.state == State.UNDONE and run.undone_by.username == "ada"
    assert not Customer.objects.exists()
    assert "everything is as it was before" in client.get(page(run)).content.decode()


def test_a_check_writes_no_row_of_any_table(uploaded, a_file, jobs):
    from crm.imports.actions import import_file

    import_file(kind="customers", path=a_file([["1", "One", "agent"]]))
    jobs()
    ImportRun.objects.all().delete()
    before, names = counts(), list(Customer.objects.values())
    _client, run = uploaded([["1", "Uno", "agent"], ["2", "Two", "agent"], ["3", "", ""]])
    assert (run.state, run.created, run.updated, run.rejected) == (State.CHECKED, 1, 1, 1)
    assert counts() == before
    assert list(Customer.objects.values()) == names


def test_columns_are_named_once_and_remembered(uploaded, client, cast, an_upload, jobs):
    header = ["No.", "Bezeichnung", "Art"]
    client, run = uploaded([["1", "One", "agent"], ["2", "Two", "agent"]], header)
    assert run.state == State.MAPPING
    text = client.get(page(run)).content.decode()
    assert "Which column is which?" in text
    assert "Bezeichnung (for example One, Two)" in text
    where = reverse("crm:import-map", args=[run.pk])
    answer = client.post(where, {"column-name": "1"})
    assert answer.status_code == 422 and "This field is required." in answer.content.decode()
    answer = client.post(where, {"column-code": "0", "column-name": "0"})
    assert answer.status_code == 422 and "This column is taken already" in answer.content.decode()
    answer = client.post(where, {"column-code": "99"})
    assert answer.status_code == 422
    named = AuditEntry.objects.filter(action="import.map")
    assert not named.exists()
    assert client.post(where, {"column-code": "0", "column-name": "1", "column-kind": "2"}).status_code == 302
    assert named.get().object_id == str(run.pk)
    assert named.get().changes == {"mapping": ["", "code = No.; name = Bezeichnung; kind = Art"]}
    jobs()
    run.refresh_from_db()
    assert (run.state, run.created) == (State.CHECKED, 2)
    client.post(reverse("crm:import-start", args=[run.pk]))
    jobs()
    assert Customer.objects.count() == 2
    assert ColumnMapping.objects.get().mapping == {"code": 0, "name": 1, "kind": 2}
    client.post(reverse("crm:import-new"), {"kind": "customers", "file": an_upload([["3", "C", "agent"]], header)})
    jobs()
    assert ImportRun.objects.latest("pk").state == State.CHECKED


def test_what_somebody_else_remembered_does_not_decide_unseen(uploaded, cast, sign_in, an_upload, jobs):
    header = ["No.", "Bezeichnung", "Art"]
    client, run = uploaded([["1", "One", "agent"]], header)
    client.post(reverse("crm:import-map", args=[run.pk]), {"column-code": "0", "column-name": "1", "column-kind": "2"})
    jobs()
    client.post(reverse("crm:import-start", args=[run.pk]))
    jobs()
    client = sign_in(cast.mei)
    client.post(reverse("crm:import-new"), {"kind": "customers", "file": an_upload([["2", "B", "agent"]], header)})
    jobs()
    assert ImportRun.objects.latest("pk").state == State.MAPPING


def test_the_order_of_dates_is_asked_when_it_cannot_be_told(uploaded, jobs):
    header = ["code", "name", "kind", "opened_on"]
    client, run = uploaded([["1", "One", "agent", "03/04/2020"], ["2", "Two", "agent", "05/06/2020"]], header)
    assert run.state == State.MAPPING
    text = client.get(page(run)).content.decode()
    assert "The dates can be read in two ways (03/04/2020, 05/06/2020)." in text
    columns = {f"column-{name}": str(index) for index, name in enumerate(header)}
    where = reverse("crm:import-map", args=[run.pk])
    assert client.post(where, columns).status_code == 422
    assert client.post(where, {**columns, "date_order": "mdy"}).status_code == 302
    jobs()
    client.post(reverse("crm:import-start", args=[run.pk]))
    jobs()
    assert [str(c.opened_on) for c in Customer.objects.order_by("code")] == ["2020-03-04", "2020-05-06"]


def test_two_columns_of_one_name_are_asked_about(uploaded):
    client, run = uploaded([["1", "One", "agent", "x"]], ["code", "name", "kind", "客户名称"])
    assert run.state == State.MAPPING
    assert run.mapping == {"code": 0, "kind": 2}
    assert client.get(page(run)).status_code == 200


def test_refused_rows_are_shown_and_fetched_in_the_readers_language(uploaded, cast, jobs):
    client, run = uploaded([["1", "One", "agent"], ["2", "=1+1", "boss"], ["", "", ""], ["3", "", "agent"]])
    assert (run.state, run.rows, run.rejected) == (State.CHECKED, 3, 2)
    text = client.get(page(run)).content.decode()
    assert "2 rows are refused." in text
    assert "Import the good row only" in text
    assert "This is none of: agent, franchisee." in text
    answer = client.get(reverse("crm:import-rejected", args=[run.pk]))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="customers-{run.pk}-rejected.csv"'
    assert b"".join(answer.streaming_content).decode() == (
        "\ufeffReason,Row,code,name,kind\r\n"
        '"kind: This is none of: agent, franchisee.",3,2,\'=1+1,boss\r\n'
        "name: A new customer needs a value here.,5,3,,agent\r\n"
    )
    answer = client.post(reverse("crm:import-start", args=[run.pk]), follow=True)
    assert "2 rows are refused. Mend them, or import the good rows only." in answer.content.decode()
    jobs()
    assert not Customer.objects.exists()
    client.post(reverse("crm:import-start", args=[run.pk]), {"partial": "1"})
    jobs()
    assert list(Customer.objects.values_list("code", flat=True)) == ["1"]
    run.refresh_from_db()
    assert (run.state, run.created, run.rejected, run.partial) == (State.DONE, 1, 2, True)


HOSTILE = {
    "formula.csv": b'code,name,kind\r\n1,"<script>alert(1)</script>",boss\r\n',
    "../../etc/passwd": b"code,name,kind\r\n1,One,agent\r\n",
    "bomb.xlsx": b"PK\x03\x04" + b"\x00" * 64,
    "zero.csv": b"code,name,kind\r\n1,a\x00b,agent\r\n",
    "header.csv": b"code,name,kind\r\n",
    "text.csv": b"just some words",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_uploads_end_with_a_word_and_no_customer(sign_in, cast, jobs, name):
    client = sign_in(cast.ada)
    client.post(reverse("crm:import-new"), {"kind": "customers", "file": SimpleUploadedFile(name, HOSTILE[name])})
    jobs()
    run = ImportRun.objects.get()
    assert run.state in (State.CHECKED, State.UNUSABLE, State.MAPPING)
    text = client.get(page(run)).content.decode()
    assert "<script>alert" not in text
    assert "/" not in run.name and name.rsplit("/", 1)[-1] == run.name
    assert run.file.name.startswith("imports/") and len(run.file.name) == len("imports/") + 32
    assert not Customer.objects.exists()


def test_empty_and_too_large_files_are_refused_at_the_door(sign_in, cast, settings):
    client = sign_in(cast.ada)
    answer = client.post(reverse("crm:import-new"), {"kind": "customers", "file": SimpleUploadedFile("a.csv", b"")})
    assert answer.status_code == 422 and "The file is empty." in answer.content.decode()
    settings.IMPORT_MAX_BYTES = 10
    answer = client.post(
        reverse("crm:import-new"), {"kind": "customers", "file": SimpleUploadedFile("a.csv", b"x" * 11)}
    )
    assert answer.status_code == 422 and "The file is larger than 10" in answer.content.decode()
    answer = client.post(reverse("crm:import-new"), {"kind": "weather", "file": SimpleUploadedFile("a.csv", b"x")})
    assert answer.status_code == 422
    assert not ImportRun.objects.exists()


def test_the_empty_file_has_the_headers_of_the_language(sign_in, cast):
    client = sign_in(cast.tao)
    answer = client.get(reverse("crm:import-template", args=["sales"]))
    assert answer.content.decode().startswith("\ufeffCustomer code,Date,Amount")
    assert client.get(reverse("crm:import-template", args=["weather"])).status_code == 404


PAGES = ["crm:import-detail", "crm:import-rejected"]
POSTS = ["crm:import-map", "crm:import-check", "crm:import-start", "crm:import-undo"]


def test_an_import_of_others_is_not_there(uploaded, cast, sign_in):
    _client, run = uploaded([["1", "One", "agent"], ["2", "", ""]], by=cast.mei)
    for person in (cast.lin, cast.tao, cast.ana):
        client = sign_in(person)
        for name in PAGES:
            assert client.get(reverse(name, args=[run.pk])).status_code == 404
        for name in POSTS:
            assert client.post(reverse(name, args=[run.pk])).status_code == 404
        assert run.name not in client.get(reverse("crm:imports")).content.decode()
    for person in (cast.mei, cast.ada):
        assert sign_in(person).get(page(run)).status_code == 200
    run.refresh_from_db()
    assert run.state == State.CHECKED


def test_an_analyst_brings_nothing_in(sign_in, cast, an_upload):
    client = sign_in(cast.ana)
    assert client.get(reverse("crm:imports")).status_code == 200
    assert reverse("crm:import-new") not in client.get(reverse("crm:imports")).content.decode()
    assert client.get(reverse("crm:import-new")).status_code == 403
    answer = client.post(reverse("crm:import-new"), {"kind": "customers", "file": an_upload([["1", "A", "agent"]])})
    assert answer.status_code == 403
    assert not ImportRun.objects.exists()


def test_rights_lost_between_asking_and_doing_count(uploaded, cast, jobs):
    client, run = uploaded([["1", "One", "agent"]], by=cast.mei)
    client.post(reverse("crm:import-start", args=[run.pk]))
    cast.mei.role = "analyst"
    cast.mei.save()
    jobs()
    run.refresh_from_db()
    assert run.job.state == "failed"
    assert not Customer.objects.exists()


def test_the_list_costs_the_same_however_many_there_are(sign_in, cast, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = sign_in(cast.ada)
    seen = []
    for size in (1, 30):
        ImportRun.objects.bulk_create(
            ImportRun(kind="customers", name=f"f{n}", sha256="0" * 64, asked_by=cast.ada) for n in range(size)
        )
        client.get(reverse("crm:imports"))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("crm:imports")).status_code == 200
        seen.append(len(captured))
    assert seen[0] == seen[1]
