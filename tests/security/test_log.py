# ruff: noqa: E501 - the deeds are a table
"""The audit log: nobody bends it unseen, and every way of writing leaves who, when, by which way, old and new."""

from __future__ import annotations

import datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from rest_framework.test import APIClient

from crm.accounts.actions import create_token, post
from crm.appendonly import lifted
from crm.audit import sealing
from crm.audit.actions import record
from crm.audit.models import AuditEntry, AuditSeal
from crm.clock import now, today
from crm.imports.actions import import_file
from crm.jobs import runner
from crm.jobs.actions import enqueue
from customers.models import Customer, TierPolicy
from customers.profile.actions import create_customer


def sql(statement: str, *params) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.rowcount


def sealed() -> AuditSeal:
    job = enqueue(kind="audit.seal")
    runner.drain()
    job.refresh_from_db()
    assert job.state == "done", job.error
    return AuditSeal.objects.first()


@pytest.fixture
def log(cast):
    """Some entries under two seals, and one under none yet. Returns the numbers of those sealed."""
    for n in range(5):
        record(action="test.one", actor=cast.mei, changes={"n": [None, n], "名": ["é", None]}, reason=f"r{n}")
    first = sealed()
    record(action="test.two", actor=cast.lin)
    second = sealed()
    record(action="test.three")
    assert (first.number, second.number, second.since, second.entries) == (1, 2, first.upto + 1, 1)
    assert list(sealing.broken()) == []
    return [*AuditEntry.objects.filter(pk__lte=second.upto).order_by("pk").values_list("pk", flat=True)]


class opened:
    """What the owner of a database can do: switch the triggers off, and on again."""

    def __enter__(self):
        if connection.vendor == "sqlite":
            self.lifted = lifted(connection)
            self.lifted.__enter__()
        else:
            sql("SET CONSTRAINTS ALL IMMEDIATE")
            for table in ("crm_auditentry", "crm_auditseal"):
                sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")

    def __exit__(self, *error):
        if connection.vendor == "sqlite":
            self.lifted.__exit__(*error)
        else:
            for table in ("crm_auditentry", "crm_auditseal"):
                sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.mark.parametrize(
    "table", ["crm_auditentry", "crm_auditseal", "customers_observation", "customers_tierdecision"]
)
def test_the_database_itself_refuses(cast, regions, policy, log, table):
    shop = create_customer(code="E1", name="e", kind="agent", region=regions.jiangsu, by=cast.mei)
    from customers.relationship.actions import observe

    observe(customer=shop, trait="loyalty", score=5, seen_on=datetime.date(2026, 1, 6), note="n", seen_by=cast.mei)
    runner.drain()
    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError), transaction.atomic():
            sql(statement)


@pytest.mark.parametrize(
    "bend",
    [
        "UPDATE crm_auditentry SET reason = 'else' WHERE id = %s",
        "UPDATE crm_auditentry SET actor_id = NULL WHERE id = %s",
        "UPDATE crm_auditentry SET actor_name = 'Eve' WHERE id = %s",
        "UPDATE crm_auditentry SET changes = '{}' WHERE id = %s",
        "UPDATE crm_auditentry SET address = '6.6.6.6' WHERE id = %s",
        "UPDATE crm_auditentry SET at = '2020-01-01 00:00:00' WHERE id = %s",
        "DELETE FROM crm_auditentry WHERE id = %s",
    ],
)
def test_whatever_is_bent_by_hand_is_found(log, bend):
    number = AuditEntry.objects.get(reason="r3").pk
    with opened():
        assert sql(bend, number) == 1
    first = AuditSeal.objects.get(number=1)
    assert list(sealing.broken()) == [f"seal 1: entries {first.since} to {first.upto} are not as they were"]


def test_a_seal_taken_away_or_made_anew_is_found(log):
    with opened():
        sql("DELETE FROM crm_auditseal WHERE number = 1")
    assert next(iter(sealing.broken())) == "seal 2: the one before it is missing"


def test_an_entry_that_commits_late_is_sealed_with_the_next_and_one_put_in_is_found(cast, log):
    """A number given out before a seal may come after it; two days later it may not."""
    gone = AuditEntry.objects.latest("pk").pk + 1
    entry = {"action": "test.late", "at": now(), "via": "job", "changes": {}}
    AuditEntry.objects.create(pk=gone + 3, **entry)
    third = sealed()
    assert third.gaps == [[gone, gone + 2]]
    AuditEntry.objects.create(pk=gone + 1, **entry)
    assert list(sealing.broken()) == []
    fourth = sealed()
    assert (fourth.late, fourth.entries, list(sealing.broken())) == ([gone + 1], 1, [])
    assert sealed().number == fourth.number  # nothing new, no seal
    AuditEntry.objects.create(pk=gone + 2, **entry)
    with opened():
        sql("UPDATE crm_auditseal SET at = %s", now() - sealing.LATE - datetime.timedelta(hours=1))
    assert list(sealing.broken()) == [f"entry {gone + 2} was put in later"]
    assert sealing.next_seal() is None


def test_the_check_tells_of_it_and_names_the_last_seal(log):
    import json
    from io import StringIO

    from django.core.management import call_command

    def seals():
        out = StringIO()
        with pytest.raises(SystemExit):
            call_command("check_integrity", "--json", stdout=out)
        return next(one for one in json.loads(out.getvalue())["checks"] if one["check"] == "seals")

    whole = seals()
    assert whole["wrong"] == 0 and AuditSeal.objects.first().digest in whole["notes"][0]
    with opened():
        sql("UPDATE crm_auditentry SET reason = 'else' WHERE id = %s", AuditEntry.objects.get(reason="r3").pk)
    assert seals()["wrong"] == 1


def test_seals_and_log_are_no_admins_to_write(cast, log, settings):
    settings.ADMIN_MFA = False
    client = Client()
    client.force_login(cast.ada)
    number = log[0]
    for address in (f"{number}/delete/", "add/"):
        assert client.post(f"/admin/crm/auditentry/{address}", {"post": "yes"}).status_code == 403
    change = client.post(f"/admin/crm/auditentry/{number}/change/", {"reason": "else"})
    assert change.status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [number], "post": "yes"}
    client.post("/admin/crm/auditentry/", chosen)
    assert AuditEntry.objects.filter(pk=number).exclude(reason="else").exists()


# --- every way of writing -----------------------------------------------------------------------------------------


@pytest.fixture
def shop(cast, regions, policy):
    return create_customer(code="E1", name="东店", kind="franchisee", region=regions.jiangsu)


def last(action: str) -> AuditEntry:
    return AuditEntry.objects.filter(action=action).latest("pk")


def by_page(cast, shop):
    client = Client(REMOTE_ADDR="10.7.7.7")
    client.force_login(cast.mei)
    values = client.get(f"/customers/{shop.pk}/edit/").context["form"].initial
    data = {name: value for name, value in values.items() if value not in (None, "")}
    client.post(f"/customers/{shop.pk}/edit/", {**data, "city": "苏州"}, headers={"X-Request-ID": "request-0001"})
    return "mei", "page", "10.7.7.7", "request-0001"


def by_api(cast, shop):
    _token, text = create_token(user=cast.bot, scope="write")
    headers = {"Authorization": f"Token {text}", "If-Match": "*", "X-Request-ID": "request-0002"}
    APIClient(REMOTE_ADDR="10.7.7.8").patch(f"/api/v1/customers/{shop.pk}/", {"city": "苏州"}, headers=headers)
    return "bot", "api", "10.7.7.8", "request-0002"


def by_admin(cast, shop):
    from django.conf import settings

    settings.ADMIN_MFA = False
    client = Client(REMOTE_ADDR="10.7.7.9")
    client.force_login(cast.ada)
    page = client.get(f"/admin/customers/customer/{shop.pk}/change/")
    form = page.context["adminform"].form
    data = {name: form.initial.get(name) for name in form.fields if form.initial.get(name) not in (None, "")}
    client.post(
        f"/admin/customers/customer/{shop.pk}/change/",
        {**data, "city": "苏州"},
        headers={"X-Request-ID": "request-0003"},
    )
    return "ada", "admin", "10.7.7.9", "request-0003"


def by_job(cast, shop):
    from django.core.files.base import ContentFile

    from crm.imports import actions as imports

    run = imports.upload(kind="customers", file=ContentFile("code,city\nE1,苏州\n".encode()), name="x.csv", by=cast.mei)
    imports.start(run=run, by=cast.mei)
    runner.drain()
    run.refresh_from_db()
    return "mei", "job", "", f"job-{run.job_id}"


def by_command(cast, shop, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("code,city\nE1,苏州\n", encoding="utf-8")
    import_file(kind="customers", path=path)
    return None, "command", "", ""


@pytest.mark.parametrize("way", [by_page, by_api, by_admin, by_job, by_command])
def test_a_change_tells_who_when_whence_old_and_new(cast, shop, way, tmp_path):
    before = now()
    who, via, address, request = way(cast, shop, tmp_path) if way is by_command else way(cast, shop)
    assert Customer.objects.get(pk=shop.pk).city == "苏州"
    entry = last("customer.change")
    told = (entry.actor and entry.actor.username, entry.via, entry.address, entry.request_id)
    assert told == (who, via, address, request)
    assert entry.changes == {"city": ["", "苏州"]}
    assert (entry.model, entry.object_id, entry.object_name) == ("customers.customer", str(shop.pk), "东店")
    assert before <= entry.at <= now()


def test_nothing_that_people_write_goes_without_an_entry(cast, regions, shop, settings):
    """Each deed of page, API and admin, and the entry it must leave."""
    settings.ADMIN_MFA = False
    ada = Client()
    ada.force_login(cast.ada)
    api = APIClient()
    _token, text = create_token(user=cast.ada, scope="write")
    api.credentials(HTTP_AUTHORIZATION=f"Token {text}")
    posting = post(user=cast.tao, region=regions.west, since=today())
    version = {"code": "new", "top_share": "0.25"}
    deeds = [
        ("user.create", lambda: ada.post("/admin/crm/user/add/", {"username": "eve", "role": "manager"})),
        ("region.create", lambda: ada.post("/admin/crm/region/add/", {"code": "N", "name": "n", "parent": regions.east.pk})),
        ("region.move", lambda: ada.post(f"/admin/crm/region/{regions.zhejiang.pk}/change/", {"code": "ZHEJIANG", "name": "浙江", "parent": regions.west.pk})),
        ("posting.create", lambda: ada.post("/admin/crm/posting/add/", {"user": cast.tao.pk, "region": regions.east.pk, "since": today()})),
        ("posting.change", lambda: ada.post(f"/admin/crm/posting/{posting.pk}/change/", {"until": today()})),
        ("customer.assign", lambda: ada.post("/admin/customers/responsibility/add/", {"customer": shop.pk, "user": cast.tao.pk, "since": today()})),
        ("customer.observe", lambda: ada.post(f"/customers/{shop.pk}/observe/", {"trait": "loyalty", "score": 5, "seen_on": "2026-01-05", "note": "n"})),
        ("view.save", lambda: ada.post("/views/save/", {"page": "customers", "name": "v"})),
        ("export.ask", lambda: ada.post("/exports/ask/", {"kind": "customers", "format": "csv"})),
        ("tier_policy.create", lambda: api.post("/api/v1/tiers/policies/", version)),
        ("tier_policy.adopt", lambda: api.post(f"/api/v1/tiers/policies/{TierPolicy.objects.latest('pk').pk}/adopt/")),
        ("tier_run.ask", lambda: api.post("/api/v1/tiers/runs/", {})),
        ("customer.create", lambda: api.post("/api/v1/customers/bulk/", [{"code": "N1", "name": "n", "kind": "agent"}])),
        ("customer.change", lambda: api.post(f"/api/v1/customers/{shop.pk}/close/", {"closed_on": "2026-02-01"})),
    ]  # fmt: skip
    for action, deed in deeds:
        before = AuditEntry.objects.filter(action=action).count()
        answer = deed()
        entries = AuditEntry.objects.filter(action=action)
        assert entries.count() == before + 1, (action, answer.status_code, answer.content[:300])
        assert entries.latest("pk").actor == cast.ada, action
