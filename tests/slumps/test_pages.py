"""Actions, pages and API of slumps, by the cast: Tao has East's shops, Lin West's, Ana reads, Ada administers."""

from __future__ import annotations

import datetime
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.accounts.models import User
from crm.audit.models import AuditEntry
from crm.clock import today
from crm.jobs.models import Job
from customers.slumps import actions, reading
from customers.slumps.causes import write_cause
from customers.slumps.models import SlumpAlert, SlumpCause, SlumpSetting, State
from tests.slumps.conftest import at, tell
from visits.models import PlannedVisit

pytestmark = pytest.mark.django_db


def made(customer, lost=100, **fields) -> SlumpAlert:
    day = today() - datetime.timedelta(days=3)
    values = {
        "first_day": day, "third_day": day + datetime.timedelta(days=2), "last_day": day + datetime.timedelta(days=2),
        "days": 3, "depth": Decimal("0.34"), "expected": Decimal(37_200), "got": Decimal(24_600),
        "lost": Decimal(lost), "swing": Decimal("0.09"), "smallest": Decimal("0.2"), "peers": Decimal("-0.02"),
        "rule_version": 1, "as_of": day,
    } | fields  # fmt: skip
    return SlumpAlert.objects.create(customer=customer, **values)


@pytest.fixture
def slump(shops):
    return made(shops[0])


@pytest.fixture
def cause(db):
    return SlumpCause.objects.get(code="out_of_stock")


def codes() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").filter(action__startswith="slump").values_list("action", flat=True))


def test_the_play_in_its_order(slump, cause, cast):
    actions.mark_called(alert=slump, by=cast.tao)
    slump.refresh_from_db()
    assert (slump.state, slump.called_by) == (State.CALLED, cast.tao)
    actions.diagnose(alert=slump, cause=cause, note="断码", by=cast.mei)
    slump.refresh_from_db()
    assert (slump.state, slump.cause, slump.note, slump.called_by) == (State.DIAGNOSED, cause, "断码", cast.tao)
    actions.mark_planned(alert=slump, by=cast.tao)
    slump.refresh_from_db()
    assert (slump.state, slump.version) == (State.PLANNED, 4)
    assert codes() == ["slump.call", "slump.diagnose", "slump.plan"]


def test_the_first_call_counts(slump, cast):
    actions.mark_called(alert=slump, by=cast.tao)
    first = SlumpAlert.objects.get().called_at
    actions.mark_called(alert=slump, by=cast.mei)
    assert (SlumpAlert.objects.get().called_at, codes()) == (first, ["slump.call"])


def test_who_knows_the_cause_has_called(slump, cause, cast):
    actions.diagnose(alert=slump, cause=cause, by=cast.tao)
    assert SlumpAlert.objects.get().called_by == cast.tao


def test_dismissed_for_a_reason_and_opened_again(slump, cause, cast):
    with pytest.raises(ValidationError) as refusal:
        actions.dismiss(alert=slump, reason=" ", by=cast.tao)
    assert list(refusal.value.error_dict) == ["reason"]
    assert SlumpAlert.objects.get().state == State.OPEN
    actions.dismiss(alert=slump, reason="盘点", by=cast.tao)
    with pytest.raises(ValidationError):
        actions.diagnose(alert=slump, cause=cause, by=cast.tao)
    actions.reopen(alert=slump, by=cast.mei)
    slump.refresh_from_db()
    assert (slump.state, slump.dismissed_for, slump.dismissed_by, slump.cause) == (State.OPEN, "", None, None)
    with pytest.raises(ValidationError):
        actions.reopen(alert=slump, by=cast.mei)


def test_somebody_elses_change_is_not_written_over(slump, cause, cast):
    actions.mark_called(alert=slump, by=cast.mei)
    with pytest.raises(ValidationError) as refusal:
        actions.diagnose(alert=slump, cause=cause, by=cast.tao, version=1)
    assert refusal.value.code == "conflict"
    assert SlumpAlert.objects.get().cause is None


def test_the_list_is_in_order_of_money_lost_times_tier(shops, cast, policy):
    from customers.tiers.actions import refresh
    from customers.tiers.models import TierStanding

    few, most, weighty = (made(shops[n], lost) for n, lost in ((0, 100), (1, 190), (2, 120)))
    refresh(full=True)
    TierStanding.objects.update(tier="C")
    assert TierStanding.objects.filter(customer=shops[2]).update(tier="A") == 1
    page = at(cast.tao).get("/slumps/")
    assert [one.pk for one in page.context["alerts"]] == [weighty.pk, most.pk, few.pk]


def test_each_sees_their_own(shops, cast):
    east, west = made(shops[0]), made(shops[11])
    assert [one.pk for one in at(cast.tao).get("/slumps/").context["alerts"]] == [east.pk]
    assert [one.pk for one in at(cast.lin).get("/slumps/").context["alerts"]] == [west.pk]
    assert {one.pk for one in at(cast.ana).get("/slumps/").context["alerts"]} == {east.pk, west.pk}
    for path in ("", "call/", "diagnose/", "dismiss/", "reopen/"):
        address = f"/slumps/{west.pk}/{path}"
        page = at(cast.tao).get(address) if path in ("", "diagnose/", "dismiss/") else at(cast.tao).post(address)
        assert page.status_code == 404
    assert not codes()


def test_readers_change_nothing(slump, cast):
    client = at(cast.ana)
    assert client.get(f"/slumps/{slump.pk}/").status_code == 200
    for path in ("call/", "diagnose/", "dismiss/", "reopen/"):
        assert client.post(f"/slumps/{slump.pk}/{path}", {"reason": "x"}).status_code == 403
    assert SlumpAlert.objects.get().version == 1


def test_pages_say_what_to_do_and_take_it(slump, cause, cast):
    client = at(cast.tao)
    page = client.get(f"/slumps/{slump.pk}/").content.decode()
    assert 'href="tel:02512345678"' in page
    assert "34%" in page
    assert client.post(f"/slumps/{slump.pk}/call/").status_code == 302
    assert client.post(f"/slumps/{slump.pk}/diagnose/", {"note": "x"}).status_code == 422
    sent = client.post(f"/slumps/{slump.pk}/diagnose/", {"cause": cause.pk, "note": "断码两周"})
    assert sent.status_code == 302
    assert "断码两周" in client.get(f"/slumps/{slump.pk}/").content.decode()
    assert client.get(f"/slumps/{slump.pk}/dismiss/").status_code == 200
    assert client.post(f"/slumps/{slump.pk}/dismiss/", {"reason": "盘点"}).status_code == 302
    assert not client.get("/slumps/").context["alerts"]
    assert [one.pk for one in client.get("/slumps/?show=over").context["alerts"]] == [slump.pk]
    client.post(f"/slumps/{slump.pk}/reopen/")
    assert SlumpAlert.objects.get().state == State.DIAGNOSED


def test_the_visit_is_planned_with_purpose_and_goals(slump, cast):
    client = at(cast.tao)
    url = client.get(f"/slumps/{slump.pk}/").context["visit_url"]
    form = client.get(url).context["form"]
    assert form.initial["purpose"] == "problem"
    assert len(form.initial["goals"].splitlines()) == 2
    assert SlumpAlert.objects.get().planned_at is None
    values = {
        "visitor": cast.tao.pk, "day": form.initial["day"].isoformat(), "minutes": 45, "purpose": "problem",
        "goals": form.initial["goals"],
    }  # fmt: skip
    assert client.post(url, values).status_code == 302
    assert PlannedVisit.objects.get().goals.count() == 2
    assert SlumpAlert.objects.get().state == State.PLANNED


def test_a_visits_form_tells_no_others_slump(shops, cast):
    west = made(shops[11])
    url = f"{reverse('visits:plan')}?customer={shops[0].pk}&slump={west.pk}&purpose=nonsense"
    page = at(cast.tao).get(url)
    assert "purpose" not in page.context["form"].initial
    day = page.context["form"].initial["day"].isoformat()
    values = {"visitor": cast.tao.pk, "day": day, "minutes": 45, "purpose": "routine"}
    assert at(cast.tao).post(url, values).status_code == 302
    assert SlumpAlert.objects.get().planned_at is None


def test_as_many_statements_for_many_as_for_few(shops, cast):
    def asked(address):
        client = at(cast.mei)
        client.get(address)
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    made(shops[0])
    few = [asked(address) for address in ("/slumps/", "/slumps/?show=over", "/")]
    for n in range(1, 11):
        made(shops[n])
        made(shops[n], first_day=today() - datetime.timedelta(days=60), closed_on=today(), state=State.RECOVERED)
    assert [asked(address) for address in ("/slumps/", "/slumps/?show=over", "/")] == few


def test_today_and_the_customers_page_show_it(slump, shops, cast):
    client = at(cast.tao)
    address = f"/slumps/{slump.pk}/"
    assert address in client.get("/").content.decode()
    assert address in client.get(f"/customers/{shops[0].pk}/").content.decode()
    assert address not in client.get(f"/customers/{shops[1].pk}/").content.decode()
    assert address not in at(cast.lin).get("/").content.decode()


def test_who_orders_now_and_then_is_told_to_be_silent(shops, cast):
    from customers.sales.models import SaleLine
    from tests.slumps import conftest

    orders = [None] * 200
    for n in range(0, 90, 9):
        orders[n] = 5_000.0
    tell(shops[2], orders)
    assert SaleLine.objects.count() == 10
    found = reading.order_silence(shops[2], conftest.day(81 + 19))
    assert (found.since, found.usual, found.light) == (19, 9, "red")
    assert 'id="silence"' in at(cast.tao).get(f"/customers/{shops[2].pk}/").content.decode()


def test_hours_to_the_first_call(slump):
    zone = ZoneInfo("Asia/Shanghai")
    slump.called_at = datetime.datetime.combine(slump.third_day, datetime.time(21, 30), zone)
    uncalled = SimpleNamespace(pk=0, called_at=None, third_day=slump.third_day, customer_id=0)
    assert reading.hours_to_call([slump, uncalled]) == {slump.pk: 3.5}  # shops close at 18:00


def test_settings_are_the_administrators(cast):
    page, keen = "/slumps/settings/", {"what": "rule", "sensitivity": "keen", "silent_after": 4}
    assert at(cast.mei).get(page).status_code == 200
    assert at(cast.mei).post(page, keen).status_code == 403
    assert at(cast.ada).post(page, {**keen, "sensitivity": "wild"}).status_code == 422
    assert at(cast.ada).post(page, keen).status_code == 302
    setting = SlumpSetting.objects.get()
    assert (setting.sensitivity, setting.silent_after) == ("keen", 4)
    assert Job.objects.filter(kind="slumps.detect", input={"full": True}).count() == 1
    sent = at(cast.ada).post(page, {"what": "day", "day": "2026-05-05", "kind": "closed", "name": "盘点"})
    assert sent.status_code == 302


def test_the_tree_of_causes_has_two_floors(cast, cause):
    assert SlumpCause.objects.filter(parent=None).count() == 10
    with pytest.raises(ValidationError):
        write_cause(cause=None, code="deep", name="Deep", parent=cause, by=cast.ada)
    made_one = write_cause(cause=None, code="pandemic", name="Pandemic", parent=cause.parent, by=cast.ada)
    write_cause(cause=made_one, name_zh_hans="疫情", by=cast.ada)
    assert codes() == ["slump_cause.write", "slump_cause.write"]


def test_the_tree_of_causes_is_read_by_all_and_written_by_administrators(slump, cause, cast):
    actions.diagnose(alert=slump, cause=cause, by=cast.tao)
    page = at(cast.tao).get("/slumps/causes/")
    leaves = {leaf.pk: n for branch in page.context["tree"] for leaf, n in branch.leaves}
    assert (leaves[cause.pk], sum(leaves.values())) == (1, 1)
    assert "/slumps/causes/add/" not in page.content.decode()
    assert at(cast.tao).get("/slumps/causes/add/").status_code == 403
    assert at(cast.tao).post(f"/slumps/causes/{cause.pk}/", {"name": "X"}).status_code == 403
    sent = {"code": "rumour", "name": "A rumour", "name_zh_hans": "谣言", "parent": cause.parent_id, "position": 5}
    assert at(cast.ada).post("/slumps/causes/add/", {**sent, "parent": cause.pk}).status_code == 422
    assert at(cast.ada).post("/slumps/causes/add/", {**sent, "code": cause.code}).status_code == 422
    assert not SlumpCause.objects.filter(code="rumour").exists()
    assert at(cast.ada).post("/slumps/causes/add/", {**sent, "active": "on"}).status_code == 302
    made_one = SlumpCause.objects.get(code="rumour")
    assert (made_one.parent_id, made_one.name_zh_hans, made_one.active) == (cause.parent_id, "谣言", True)
    changed = {**sent, "name": "Rumours", "active": ""}
    assert at(cast.ada).post(f"/slumps/causes/{made_one.pk}/", changed).status_code == 302
    made_one.refresh_from_db()
    assert (made_one.code, made_one.name, made_one.active) == ("rumour", "Rumours", False)


def test_the_tree_of_causes_costs_two_statements(slump, cause, cast, django_assert_num_queries):
    for n in range(8):
        write_cause(cause=None, code=f"more{n}", name=f"More {n}", parent=cause.parent, by=cast.ada)
    tao = User.objects.get(pk=cast.tao.pk)
    reading.tree_with_counts(tao)
    with django_assert_num_queries(2):
        reading.tree_with_counts(tao)


def test_a_cause_no_longer_offered_is_refused(slump, cause, cast):
    write_cause(cause=cause, active=False, by=cast.ada)
    cause.refresh_from_db()
    with pytest.raises(ValidationError) as refusal:
        actions.diagnose(alert=slump, cause=cause, by=cast.tao)
    assert list(refusal.value.error_dict) == ["cause"]


# --- the API ------------------------------------------------------------------------------------------------------


def test_api_lists_and_takes(shops, cause, cast):
    east, west = made(shops[0]), made(shops[11])
    client = at(cast.tao)
    listed = client.get("/api/v1/slumps/?on=true&state=open").json()["results"]
    assert [one["id"] for one in listed] == [east.pk]
    assert (listed[0]["lost"], listed[0]["depth"], listed[0]["customer"]) == ("100.00", "0.3400", shops[0].pk)
    assert client.get(f"/api/v1/slumps/{west.pk}/").status_code == 404
    sent = {"cause": cause.pk, "note": "断码"}
    assert client.post(f"/api/v1/slumps/{west.pk}/diagnose/", sent, "application/json").status_code == 404
    told = client.post(f"/api/v1/slumps/{east.pk}/diagnose/", sent, "application/json")
    assert (told.status_code, told.json()["state"], told.json()["cause"]) == (200, "diagnosed", cause.pk)
    assert told.headers["ETag"]
    refused = client.post(f"/api/v1/slumps/{east.pk}/dismiss/", {"reason": ""}, "application/json")
    assert refused.status_code == 400
    told = client.post(f"/api/v1/slumps/{east.pk}/dismiss/", {"reason": "盘点"}, "application/json")
    assert told.json()["state"] == "dismissed"
    assert client.post(f"/api/v1/slumps/{east.pk}/reopen/").json()["state"] == "diagnosed"
    causes = client.get("/api/v1/slumps/causes/?page_size=100").json()["results"]
    assert {one["code"] for one in causes} >= {"goods", "out_of_stock"}


def test_api_readers_write_nothing(shops, cast):
    east = made(shops[0])
    assert at(cast.ana).post(f"/api/v1/slumps/{east.pk}/call/").status_code in (403, 404)
    assert SlumpAlert.objects.get().called_at is None
