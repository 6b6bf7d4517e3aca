"""What was kept long enough goes at night, once, and somebody is told how much."""

import datetime

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from crm.audit import sealing
from crm.audit.models import AuditEntry
from crm.clock import now, today
from crm.imports import actions as imports
from crm.imports.models import ImportRun
from crm.jobs import runner
from customers.facts.actions import Origin, note_fact, read_fact
from customers.models import Customer, Erasure, Fact
from customers.privacy import retention
from customers.profile.actions import create_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(cast, regions, policy):
    return create_customer(by=cast.ada, code="P1", name="Shop", kind="franchisee", region=regions.jiangsu)


def known(shop, by, field="family", value="two sons", days=30):
    made = note_fact(
        customer=shop,
        field=field,
        value=value,
        by=by,
        origin=Origin(noted_on=today() - datetime.timedelta(days=days), purpose="greetings"),
    )
    return Fact.objects.get(pk=made.pk)


def idle(regions, code, **more):
    old = timezone.now() - datetime.timedelta(days=800)
    made = Customer.objects.create(code=code, name=code, kind="franchisee", region=regions.jiangsu, state="prospect")
    Customer.objects.filter(pk=made.pk).update(**{"updated_at": old, "created_at": old, **more})
    return made


def test_a_sensitive_fact_goes_on_its_day_and_no_other(shop, cast):
    over, stays = known(shop, cast.ada), known(shop, cast.ada, "annual_income", "300000")
    Fact.objects.filter(pk=over.pk).update(expires_on=today())
    Fact.objects.filter(pk=stays.pk).update(expires_on=today() + datetime.timedelta(days=1))
    assert retention.tonight()["facts"] == 1
    assert retention.run()["facts"] == 1
    over.refresh_from_db()
    stays.refresh_from_db()
    assert (over.value, over.purpose, over.is_current) == ("", "", True)
    assert over.erased_at is not None
    assert stays.text == "300000.00"
    entries = AuditEntry.objects.count()
    assert retention.run()["facts"] == 0
    assert AuditEntry.objects.count() == entries
    assert AuditEntry.objects.get(action="privacy.retain").changes == {"facts": 1}


def test_the_dry_run_changes_nothing(shop, cast, capsys):
    from django.core.management import call_command

    over = known(shop, cast.ada)
    Fact.objects.filter(pk=over.pk).update(expires_on=today())
    call_command("retain", "--dry-run")
    assert '"facts": 1' in capsys.readouterr().out
    over.refresh_from_db()
    assert over.text == "two sons"


def test_idle_prospects_are_proposed_and_erased_only_when_set_so(regions, cast, policy, settings):
    gone, fresh = idle(regions, "OLD"), idle(regions, "FRESH", updated_at=timezone.now())
    busy = idle(regions, "BUSY")
    known(busy, cast.ada)
    Customer.objects.filter(pk=busy.pk).update(updated_at=timezone.now() - datetime.timedelta(days=800))
    assert list(retention.idle_prospects()) == [gone]
    retention.run()
    assert not Erasure.objects.exists()
    settings.RETAIN_PROSPECTS = "erase"
    assert retention.run()["prospects"] == 1
    runner.drain()
    gone.refresh_from_db()
    fresh.refresh_from_db()
    assert gone.name == f"erased customer #{gone.pk}"
    assert fresh.name == "FRESH"
    assert retention.run()["prospects"] == 0
    assert Erasure.objects.get().ground == "retention"
    settings.RETAIN_PROSPECT_MONTHS = 0
    assert not retention.idle_prospects().exists()


def test_old_uploads_lose_their_files_and_keep_what_they_did(cast, regions, policy, settings):
    run = imports.upload(
        kind="customers",
        file=ContentFile(b"code,name,kind,region\nN1,New,franchisee,JIANGSU\n"),
        name="new.csv",
        by=cast.ada,
    )
    imports.start(run=run, by=cast.ada)
    runner.drain()
    name = ImportRun.objects.get().file.name
    assert retention.tonight()["uploads"] == 0
    ImportRun.objects.update(created_at=now() - datetime.timedelta(days=91))
    assert retention.run()["uploads"] == 1
    assert not default_storage.exists(name)
    kept = ImportRun.objects.get()
    assert (kept.file.name, kept.state, kept.created) == ("", "done", 1)
    assert retention.run()["uploads"] == 0


def test_old_readings_keep_who_and_what_and_the_seals_hold(shop, cast, settings):
    fact = known(shop, cast.ada)
    read_fact(fact=fact, by=cast.mei, why="before a visit")
    sealing.next_seal().save(force_insert=True)
    settings.RETAIN_READ_LOG_DAYS = 1
    entry = AuditEntry.objects.get(action="fact.read")
    assert not retention.old_readings().exists()
    tomorrow = now() + datetime.timedelta(days=2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retention, "now", lambda: tomorrow)
        assert retention.run()["readings"] == 1
        assert retention.run()["readings"] == 0
    entry.refresh_from_db()
    assert (entry.actor, entry.changes["field"], entry.reason, entry.object_name) == (cast.mei, "family", "", "")
    assert list(sealing.broken()) == []


def test_the_page_is_for_administrators(shop, cast, sign_in):
    assert sign_in(cast.mei).get("/customers/privacy/retention/").status_code == 403
    assert sign_in(cast.mei).post("/customers/privacy/retention/run/").status_code == 403
    assert sign_in(cast.ada).get("/customers/privacy/retention/").status_code == 200
    assert sign_in(cast.mei).get("/api/v1/retention/").status_code == 403
    found = sign_in(cast.ada).get("/api/v1/retention/").json()
    assert {one["code"]: one["tonight"] for one in found} == retention.tonight()
