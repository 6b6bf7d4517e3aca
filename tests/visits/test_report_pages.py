"""Pages, API and portal of reports: who reads what, and as few statements for many as for few."""

from __future__ import annotations

import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from crm.clock import today
from crm.jobs import runner
from crm.models import AuditEntry
from customers.contacts import exporting
from customers.models import Attachment, Issue, Note
from customers.portal import actions as portal
from customers.portal import links
from customers.portal import reading as portals
from customers.privacy.actions import ask_erasure
from tests.visits.conftest import at
from visits.models import PlannedVisit, ReportAddition, VisitReport
from visits.report import actions

pytestmark = pytest.mark.django_db
API = "/api/v1/visit-reports/"
SENT = {"content_type": "application/json"}


@pytest.fixture
def due(visit):
    PlannedVisit.objects.filter(pk=visit.pk).update(day=today())
    visit.refresh_from_db()
    return visit


@pytest.fixture
def report(due, cast):
    return actions.file_report(
        visit=due, by=cast.tao, listened="补货慢", found="灯坏了", shared="灯已换好", private="SECRET part"
    )


def picture(shade: int = 90) -> SimpleUploadedFile:
    kept = io.BytesIO()
    Image.new("RGB", (40, 30), (shade, 20, 20)).save(kept, "JPEG")
    return SimpleUploadedFile("架子.jpg", kept.getvalue(), "image/jpeg")


def test_the_form_is_filled_in_from_the_plan_and_sent(due, cast):
    client = at(cast.tao)
    url = f"/visits/{due.pk}/report/new/"
    text = client.get(url).content.decode()
    assert 'value="45"' in text and "看库存" in text and "style=" not in text.partition("<main")[2]
    first = due.goals.all()[0]
    key = str(uuid.uuid4())
    form = {
        "minutes": "30",
        "listened": "补货慢",
        f"goal-{first.pk}": "yes",
        "found_title": "门头旧",
        "found_category": "other",
        "latitude": "32.0500000",
        "longitude": "118.7800000",
        "accuracy_m": "12",
        "age_s": "0",
        "client_key": key,
    }
    bad = client.post(url, {**form, "minutes": "1"}, headers={"Accept": "application/json"})
    assert (bad.status_code, list(bad.json()["errors"])) == (422, ["minutes"])
    assert client.post(url, {**form, "found_due_on": "2020-01-01"}).status_code == 422
    assert not VisitReport.objects.exists() and not Issue.objects.exists()
    answers = [client.post(url, form, headers={"Accept": "application/json"}) for _n in range(2)]
    assert [one.status_code for one in answers] == [201, 201] and answers[0].json() == answers[1].json()
    one = VisitReport.objects.get()
    assert (one.minutes, float(one.latitude), one.accuracy_m) == (30, 32.05, 12)
    assert (Issue.objects.get().origin, Issue.objects.get().title) == ("found", "门头旧")
    assert answers[0].json()["url"] == f"/visits/{due.pk}/report/"
    page = client.get(f"/visits/{due.pk}/report/").content.decode()
    assert all(word in page for word in ("补货慢", "门头旧", "reached", "± 12 m" if one.distance_m else "补货慢"))


def test_photos_are_drawn_anew_and_hung_on_once(report, due, cast):
    client = at(cast.tao)
    for _n in range(2):
        assert client.post(f"/visits/{due.pk}/report/photos/", {"photos": picture()}).status_code == 302
    assert report.photos.count() == Attachment.objects.count() == 1
    refused = client.post(
        f"/visits/{due.pk}/report/photos/",
        {"photos": SimpleUploadedFile("x.txt", b"words")},
        headers={"Accept": "application/json"},
    )
    assert refused.status_code == 422 and report.photos.count() == 1
    assert "/thumbnail/" in client.get(f"/visits/{due.pk}/report/").content.decode()


def test_a_report_with_photos_in_one_form_without_script(due, cast):
    made = at(cast.tao).post(
        f"/visits/{due.pk}/report/new/",
        {"minutes": "45", "client_key": uuid.uuid4(), "photos": [picture(), picture(10)]},
    )
    assert made.status_code == 302 and VisitReport.objects.get().photos.count() == 2


def test_others_do_not_see_it_and_readers_write_nothing(report, due, shops, cast):
    paths = [f"/visits/{due.pk}/report/{part}" for part in ("", "new/", "edit/")]
    for path in (*paths, f"/visits/customers/{shops[0].pk}/reports/", f"{API}{report.pk}/"):
        assert at(cast.lin).get(path).status_code == 404, path
    assert at(cast.lin).get(f"/visits/report/new/?customer={shops[0].pk}").status_code == 404
    for part in ("add/", "photos/", "edit/"):
        url = f"/visits/{due.pk}/report/{part}"
        assert at(cast.lin).post(url, {"text": "x"}).status_code == 404
        assert at(cast.ana).post(url, {"text": "x"}).status_code == 403
    assert at(cast.ana).get(f"/visits/{due.pk}/report/").status_code == 200
    assert at(cast.ana).post(API, {"visit": due.pk}, **SENT).status_code == 403
    assert at(cast.mei).get(f"/visits/{due.pk}/report/edit/").status_code == 403
    assert at(cast.lin).get(API).json()["results"] == []
    assert not ReportAddition.objects.exists()


def test_the_private_part_is_its_authors_alone_everywhere(report, due, shops, cast):
    paths = [
        f"/visits/{due.pk}/report/",
        f"/visits/customers/{shops[0].pk}/reports/",
        f"/customers/{shops[0].pk}/",
        f"/customers/{shops[0].pk}/timeline/",
        f"/customers/{shops[0].pk}/notes/",
        API,
        f"{API}{report.pk}/",
        f"/api/v1/customers/{shops[0].pk}/brief/",
        "/search/?q=SECRET",
        "/api/v1/search/?q=SECRET",
        "/audit/",
        f"/admin/visits/visitreport/{report.pk}/change/",
    ]
    for person in (cast.mei, cast.ada, cast.ana, cast.lin):
        client = at(person)
        for path in paths:
            assert "SECRET part" not in client.get(path).content.decode(), (person, path)
        assert "SECRET" not in str(list(exporting.rows(person, {})))
    assert at(cast.mei).get(f"{API}{report.pk}/").json()["private"] is None
    tao = at(cast.tao)
    assert "SECRET part" in tao.get(paths[0]).content.decode()
    assert tao.get(f"{API}{report.pk}/").json()["private"] == "SECRET part"
    assert "SECRET" not in str(AuditEntry.objects.values_list("changes", flat=True))


def test_the_dealer_reads_the_shared_part_and_nothing_else(report, shops, cast):
    account = portal.invite(customer=shops[0], name="王老板", phone="13900001111", by=cast.tao)
    client = Client()
    client.post(links.address(portals.open_link(account), ""))
    actions.file_report(customer=shops[1], by=cast.tao, shared="别家的")
    page = client.get("/portal/").content.decode()
    part = page[page.index('id="visit-reports"') :].partition("</section>")[0]
    assert "灯已换好" in part and "Tao" in part and part.count("<li>") == 1
    for words in ("补货慢", "灯坏了", "SECRET", "别家的", "看库存"):
        assert words not in page
    actions.change_report(report=report, by=cast.tao, shared="")
    assert 'id="visit-reports"' not in client.get("/portal/").content.decode()


def test_over_the_api(due, shops, cast):
    client = at(cast.tao)
    goal = due.goals.all()[0]
    key = str(uuid.uuid4())
    body = {
        "visit": due.pk,
        "listened": "补货慢",
        "mood_after": 4,
        "check_in": {"latitude": 32.05, "longitude": 118.78, "accuracy_m": 9},
        "goals": [{"id": goal.pk, "met": False, "why": "店长不在"}],
        "issues": [{"title": "门头旧", "category": "other", "owner": cast.tao.pk}],
        "client_key": key,
    }
    for change, field in (
        ({"visit": None}, "visit"),
        ({"customer": shops[0].pk}, "visit"),
        ({"visit": 999_999}, "visit"),
        ({"photos": [999_999]}, "photos"),
        ({"cooperation": 60}, "cooperation"),
        ({"check_in": {"latitude": 95, "longitude": 0}}, "check_in"),
        ({"unheard": 1}, "unheard"),
    ):
        answer = client.post(API, {**body, **change}, **SENT)
        assert (answer.status_code, list(answer.json())) == (400, [field]), change
    assert not VisitReport.objects.exists()
    first, second = (client.post(API, body, **SENT) for _n in range(2))
    assert (first.status_code, second.status_code) == (201, 201) and first.json() == second.json()
    row = first.json()
    assert (row["visit"], row["customer"], row["listened"], row["mood_after"], row["private"]) == (
        due.pk,
        shops[0].pk,
        "补货慢",
        4,
        "",
    )
    assert (row["goals"][0]["met"], row["goals"][0]["why"]) == (False, "店长不在")
    assert row["check_in"]["place"] == "unknown" and row["issues"] == [Issue.objects.get().pk]
    url = f"{API}{row['id']}/"
    tag = client.get(url)["ETag"]
    assert client.patch(url, {"found": "灯坏了"}, **SENT).status_code == 428
    changed = client.patch(url, {"found": "灯坏了"}, headers={"If-Match": tag}, **SENT)
    assert (changed.status_code, changed.json()["found"], changed.json()["listened"]) == (200, "灯坏了", "补货慢")
    assert client.patch(url, {"found": "x"}, headers={"If-Match": tag}, **SENT).status_code == 412
    added = client.post(f"{url}additions/", {"text": "更正"}, **SENT)
    assert (added.status_code, added.json()["additions"][0]["text"]) == (201, "更正")
    for query, count in (
        (f"?customer={shops[0].pk}", 1),
        (f"?customer={shops[1].pk}", 0),
        (f"?visit={due.pk}&by={cast.tao.pk}", 1),
        (f"?day_from={today()}&day_to={today()}", 1),
        ("?day_to=2020-01-01", 0),
    ):
        assert len(client.get(API + query).json()["results"]) == count, query


def test_an_erasure_takes_the_words(report, shops, cast, policy):
    actions.add_to(report=report, text="KANARIENVOGEL again", by=cast.tao)
    ask_erasure(row=shops[0], typed=shops[0].code, by=cast.ada, reason="来函")
    runner.drain()
    report.refresh_from_db()
    assert (report.found, report.shared, report.contact.text) == ("", "", "")
    assert ReportAddition.objects.get().text == f"#{ReportAddition.objects.get().pk}"
    assert "SECRET" not in Note.objects.get().text


@pytest.mark.parametrize("path", ["reports", "api", "one", "new"])
def test_as_few_statements_for_many_as_for_few(report, due, shops, cast, path):
    client = at(cast.tao)
    paths = {"reports": f"/visits/customers/{shops[0].pk}/reports/", "api": API, "one": f"/visits/{due.pk}/report/"}
    url = paths.get(path, f"/visits/report/new/?customer={shops[0].pk}")

    def more(count: int) -> None:
        for n in range(count):
            issue = {"title": f"事{n}", "category": "supply"}
            made = actions.file_report(customer=shops[0], by=cast.tao, listened="x", private="y", issues=[issue])
            actions.add_to(report=made, text="z", by=cast.tao)
            actions.add_to(report=report, text="z", by=cast.tao)

    def asked() -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as found:
            assert client.get(url).status_code == 200
        return len(found)

    more(2)
    few = asked()
    more(9)
    assert asked() == few <= 24
