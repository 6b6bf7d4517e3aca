"""Insiders who look for more than is theirs: figures, names and files of customers out of reach."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from rest_framework.test import APIClient

from crm.accounts.actions import change_user, create_token, end_posting, post
from crm.accounts.models import User
from crm.audit.actions import record
from crm.audit.models import AuditEntry
from crm.clock import today
from crm.exports import actions as exports
from crm.imports import actions as imports
from crm.imports.models import ImportRun
from crm.jobs import runner
from crm.jobs.actions import enqueue
from crm.jobs.models import Job
from customers.models import Customer, SaleLine
from customers.profile.actions import assign, change_customer, create_customer

DAY = datetime.timedelta(days=1)


@pytest.fixture
def shops(cast, regions, policy):
    """E1 in East supplied by W1 in West, which Mei does not see."""
    west = create_customer(code="W1-SECRET", name="西店", kind="agent", region=regions.sichuan)
    east = create_customer(code="E1", name="东店", kind="franchisee", region=regions.jiangsu, upstream=west)
    return east, west


def program(user, scope="write") -> APIClient:
    client = APIClient()
    _token, text = create_token(user=user, scope=scope)
    client.credentials(HTTP_AUTHORIZATION=f"Token {text}")
    return client


def bring(cast, who, kind: str, text: str, name="file.csv") -> ImportRun:
    run = imports.upload(kind=kind, file=ContentFile(text.encode()), name=name, by=getattr(cast, who))
    imports.start(run=run, by=getattr(cast, who))
    runner.drain()
    run.refresh_from_db()
    return run


# --- jobs ---------------------------------------------------------------------------------------------------------


def test_what_a_refresh_counted_is_told_to_those_who_see_the_whole_brand(cast, shops, sign_in, settings):
    settings.ADMIN_MFA = False
    job = enqueue(kind="tiers.refresh", asked_by=cast.mei)
    runner.drain()
    told = program(cast.mei).get(f"/api/v1/jobs/{job.pk}/").json()
    assert (told["state"], told["result"]) == ("done", None)
    assert program(cast.ada).get(f"/api/v1/jobs/{job.pk}/").json()["result"]["A"] == 1
    assert "&quot;A&quot;" not in sign_in(cast.mei).get(f"/admin/crm/job/{job.pk}/change/").content.decode()
    assert "&quot;A&quot;" in sign_in(cast.ada).get(f"/admin/crm/job/{job.pk}/change/").content.decode()


def test_a_trace_is_told_to_administrators_alone(cast, sign_in, settings):
    settings.ADMIN_MFA = False
    trace = "Traceback (most recent call last):\n  Key (code)=(W1-SECRET) already exists."
    job = enqueue(kind="tiers.refresh", asked_by=cast.mei)
    Job.objects.filter(pk=job.pk).update(state="failed", error=trace)
    for answer in (
        program(cast.mei).get(f"/api/v1/jobs/{job.pk}/"),
        program(cast.mei).get("/api/v1/jobs/"),
        sign_in(cast.mei).get(f"/jobs/{job.pk}/"),
        sign_in(cast.mei).get(f"/jobs/{job.pk}/card/"),
        sign_in(cast.mei).get(f"/admin/crm/job/{job.pk}/change/"),
    ):
        assert answer.status_code == 200 and "SECRET" not in answer.content.decode()
    assert "SECRET" in sign_in(cast.ada).get(f"/admin/crm/job/{job.pk}/change/").content.decode()
    Job.objects.filter(pk=job.pk).update(error="2 rows are refused.")
    assert "2 rows are refused." in sign_in(cast.mei).get(f"/jobs/{job.pk}/").content.decode()


def test_a_fault_in_a_handler_leaves_what_is_taken_for_a_trace(cast, monkeypatch):
    from customers.tiers import actions

    def broken(**values):
        raise RuntimeError("SECRET")

    monkeypatch.setattr(actions, "refresh", broken)
    job = enqueue(kind="tiers.refresh", asked_by=cast.mei)
    Job.objects.filter(pk=job.pk).update(max_attempts=1)
    runner.drain()
    job.refresh_from_db()
    assert job.is_fault and "SECRET" in job.error_for(cast.ada) and "SECRET" not in job.error_for(cast.mei)


# --- files made before rights were taken away ----------------------------------------------------------------------


def fetched(sign_in, user, export) -> int:
    return sign_in(User.objects.get(pk=user.pk)).get(f"/exports/{export.pk}/file/").status_code


def made(by):
    export = exports.ask(kind="customers", format="csv", by=by)
    runner.drain()
    export.refresh_from_db()
    assert export.file
    return export


def test_a_file_is_closed_to_whoever_sees_less_than_when_it_was_made(cast, shops, regions, sign_in):
    export = made(cast.mei)
    assert fetched(sign_in, cast.mei, export) == 200
    post(user=cast.mei, region=regions.west, since=today())
    assert fetched(sign_in, cast.mei, export) == 200  # she sees more by now
    end_posting(posting=cast.mei.postings.get(region=regions.east), until=today())
    assert fetched(sign_in, cast.mei, export) == 403
    bare = APIClient()
    bare.force_authenticate(User.objects.get(pk=cast.mei.pk))
    assert bare.get(f"/api/v1/exports/{export.pk}/file/").status_code == 403
    assert AuditEntry.objects.filter(action="export.download").count() == 2


def test_a_managers_file_is_closed_when_a_customer_in_it_is_handed_over(cast, shops, sign_in):
    east, _west = shops
    assign(customers=[east], user=cast.tao, since=today() - 9 * DAY)
    export = made(cast.tao)
    assert export.rights["own"] == [east.pk]
    assert fetched(sign_in, cast.tao, export) == 200
    assign(customers=[east], user=cast.mei, since=today())
    assert fetched(sign_in, cast.tao, export) == 403


def test_a_file_of_the_whole_brand_is_closed_to_a_former_administrator(cast, shops, regions, sign_in):
    export = made(cast.ada)
    post(user=cast.ada, region=regions.west, since=today())
    change_user(user=cast.ada, role="head")
    assert fetched(sign_in, cast.ada, export) == 403


# --- who used to be a colleague, and who used to be in charge ------------------------------------------------------


def test_what_somebody_does_after_leaving_is_not_told_to_the_former_head(cast, regions, sign_in):
    sunny = post(user=cast.tao, region=regions.jiangsu, since=today() - 9 * DAY)
    record(action="test.before", actor=cast.tao)
    assert "test.before" in sign_in(cast.mei).get("/audit/").content.decode()
    assert program(cast.mei).get(f"/api/v1/people/{cast.tao.pk}/").status_code == 200
    end_posting(posting=sunny, until=today())
    record(action="test.after", actor=cast.tao)
    page = sign_in(User.objects.get(pk=cast.mei.pk)).get("/audit/").content.decode()
    assert "test.after" not in page and "test.before" not in page
    assert program(cast.mei).get(f"/api/v1/people/{cast.tao.pk}/").status_code == 404
    post(user=cast.tao, region=regions.zhejiang, since=today() + DAY)
    assert program(cast.mei).get(f"/api/v1/people/{cast.tao.pk}/").status_code == 200  # whoever is to come is known


def test_on_the_day_of_the_handover_the_former_manager_sees_nothing_any_more(cast, shops, sign_in):
    east, _west = shops
    assign(customers=[east], user=cast.tao, since=today() - 9 * DAY)
    client = sign_in(cast.tao)
    own = [f"/customers/{east.pk}/", f"/customers/{east.pk}/sales/", f"/customers/{east.pk}/edit/"]
    assert [client.get(url).status_code for url in own] == [200, 200, 200]
    assert "东店" in client.get("/customers/").content.decode()
    assign(customers=[east], user=cast.mei, since=today())
    assert [client.get(url).status_code for url in own] == [404, 404, 404]
    for url in ("/customers/", "/search/?q=E1", "/customers/choices/city/", "/", "/tiers/"):
        text = client.get(url, follow=True).content.decode()
        assert "东店" not in text, url
    api = program(cast.tao)
    for url in ("customers/", "customers/?code=E1", "tiers/standings/", "customers/?q=E1"):
        answer = api.get(f"/api/v1/{url}")
        assert answer.status_code in (200, 404) and "东店" not in answer.content.decode()
    assert api.patch(f"/api/v1/customers/{east.pk}/", {"city": "x"}, headers={"If-Match": "*"}).status_code == 404


# --- names of what lies beyond, told in passing --------------------------------------------------------------------


def test_the_form_does_not_tell_the_code_of_a_hidden_supplier_nor_lose_it(cast, shops, sign_in):
    east, west = shops
    client = sign_in(cast.mei)
    page = client.get(f"/customers/{east.pk}/edit/")
    assert "SECRET" not in page.content.decode()
    values = {name: value for name, value in page.context["form"].initial.items() if value not in (None, "")}
    assert client.post(f"/customers/{east.pk}/edit/", {**values, "city": "苏州"}).status_code == 302
    east.refresh_from_db()
    assert (east.city, east.upstream_id) == ("苏州", west.pk)
    guess = client.post(f"/customers/{east.pk}/edit/", {**values, "version": 2, "upstream": "W1-SECRET"})
    wrong = client.post(f"/customers/{east.pk}/edit/", {**values, "version": 2, "upstream": "NOBODY"})
    assert guess.status_code == wrong.status_code == 422
    assert guess.context["form"].errors == wrong.context["form"].errors
    assert program(cast.mei).get(f"/api/v1/customers/{east.pk}/").json()["upstream"] is None


def test_neither_card_nor_log_tell_the_supplier_that_an_import_named(cast, shops, regions, sign_in):
    create_customer(code="E2", name="东二店", kind="franchisee", region=regions.jiangsu)
    bring(cast, "ada", "customers", "code,name,kind,upstream\nE2,东二店,franchisee,W1-SECRET\n")
    two = Customer.objects.get(code="E2")
    assert two.upstream.code == "W1-SECRET"
    bring(cast, "mei", "customers", "code,upstream\nE2,E1\n")  # Mei's own deed: its old value is beyond her reach
    two.refresh_from_db()
    assert two.upstream.code == "E1"
    client = sign_in(cast.mei)
    card, log = client.get(f"/customers/{two.pk}/"), client.get("/audit/?model=customers.customer")
    assert "customer.change" in log.content.decode()
    for answer in (card, log):
        assert answer.status_code == 200 and "SECRET" not in answer.content.decode()
    assert "SECRET" in sign_in(cast.ada).get("/audit/?model=customers.customer").content.decode()


def test_the_card_names_who_an_import_put_in_charge(cast, shops, sign_in):
    bring(cast, "ada", "customers", "code,manager\nE1,tao\n")
    card = sign_in(cast.mei).get(f"/customers/{shops[0].pk}/")
    changes = next(panel for panel in card.context["panels"]["main"] if panel.template == "customers/_changes.html")
    assert [(line.old, line.new) for line in changes.context["entries"][0].lines] == [("", "Tao")]


def test_a_sale_of_a_foreign_customer_is_refused_like_one_of_nobodys(cast, shops):
    rows = "customer_code,date,amount\n{},2026-01-05,10\n"
    foreign = bring(cast, "mei", "sales", rows.format("W1-SECRET"))
    missing = bring(cast, "mei", "sales", rows.format("W1-NOTHING"))
    assert foreign.state == missing.state == "refused"
    assert [(e["code"], e["params"]) for e in foreign.errors] == [(e["code"], e["params"]) for e in missing.errors]
    assert not SaleLine.objects.exists()


@pytest.mark.parametrize("by_file", [False, True])
def test_a_code_taken_elsewhere_is_told_to_be_taken_and_nothing_more(cast, shops, by_file):
    """A unique code cannot be hidden wholly; the answer is the same sentence for all, and names no row."""
    if by_file:
        run = bring(cast, "mei", "customers", "code,name,kind,region\nW1-SECRET,mine,agent,JIANGSU\n")
        assert run.state == "refused"
        told = str(run.errors)
        assert [error["code"] for error in run.errors] == ["not_yours"]
    else:
        new = {"code": "W1-SECRET", "name": "mine", "kind": "agent", "region": "JIANGSU"}
        answer = program(cast.mei).post("/api/v1/customers/", new)
        assert (answer.status_code, list(answer.json())) == (400, ["code"])
        told = answer.content.decode()
    assert "西店" not in told and "四川" not in told and "SICHUAN" not in told
    assert Customer.objects.get(code="W1-SECRET").name == "西店"


# --- undoing beyond one's reach ------------------------------------------------------------------------------------


def test_an_import_cannot_be_undone_by_whoever_does_not_reach_its_customers_any_more(cast, shops, regions):
    east, _west = shops
    rows = bring(cast, "mei", "customers", "code,city\nE1,苏州\n")
    sales = bring(cast, "mei", "sales", "customer_code,date,amount\nE1,2026-01-05,10\n")
    assert (rows.state, sales.state) == ("done", "done")
    change_customer(customer=east, by=cast.ada, region=regions.sichuan)
    for run in (rows, sales):
        with pytest.raises(ValidationError, match="beyond your reach"):
            imports.undo(run=run, by=User.objects.get(pk=cast.mei.pk))
    east.refresh_from_db()
    assert east.city == "苏州" and SaleLine.objects.filter(live=True).count() == 1
    assert imports.undo(run=sales, by=cast.ada) == {"removed": 1, "restored": 0}
    assert imports.undo(run=rows, by=cast.ada) == {"removed": 0, "restored": 1}


def test_the_refusal_of_an_undo_does_not_name_other_peoples_files(cast, shops):
    first = bring(cast, "mei", "sales", "customer_code,date,amount\nE1,2026-01-05,10\n")
    bring(cast, "ada", "sales", "customer_code,date,amount\nE1,2026-01-05,20\n", name="ADAS-SECRET.csv")
    with pytest.raises(ValidationError) as refusal:
        imports.undo(run=first, by=cast.mei)
    told = " ".join(refusal.value.messages)
    assert "SECRET" not in told and "imports of others" in told
    with pytest.raises(ValidationError, match="ADAS-SECRET"):
        imports.undo(run=first, by=cast.ada)


# --- rights that change while work is queued -----------------------------------------------------------------------


def test_work_asked_for_is_judged_by_the_rights_of_the_moment_it_is_done(cast, shops, regions):
    """A queued import of somebody who was sent elsewhere, one of an analyst since, and one of a closed account."""
    rows = "code,city\nE1,苏州\n"

    def queued():
        run = imports.upload(kind="customers", file=ContentFile(rows.encode()), name="x.csv", by=cast.mei)
        imports.start(run=run, by=cast.mei)
        return run

    def ended(run) -> tuple:
        runner.drain()
        run.refresh_from_db()
        job = Job.objects.get(pk=run.job_id)
        return job.state, [error["code"] for error in run.errors], Customer.objects.get(code="E1").city

    run = queued()
    change_user(user=cast.mei, role="analyst")
    assert ended(run) == ("failed", [], "")
    change_user(user=cast.mei, role="head")
    run = queued()
    change_user(user=cast.mei, is_active=False)
    assert ended(run) == ("failed", [], "")
    change_user(user=cast.mei, is_active=True)
    run = queued()
    end_posting(posting=cast.mei.postings.get(), until=today())
    post(user=cast.mei, region=regions.west, since=today())
    assert ended(run) == ("done", ["not_yours"], "")
