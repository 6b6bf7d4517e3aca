"""Rhythms, what counts and the year as people meet them: overrides, rows of rules, days off, pages, API, Today."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.audit.models import AuditEntry
from crm.clock import start_of, today
from customers.contacts.models import Contact
from customers.models import TierStanding
from customers.profile.actions import assign, create_customer
from tests.visits.conftest import SINCE, ahead, at
from visits.models import BusyDay, CadenceOverride, CadenceWindow, CountingRule, PlannedVisit
from visits.plan import busy, rhythms, slipping, waiting
from visits.plan.actions import plan_visit
from visits.plan.yearly import year_of

A_DAY = datetime.timedelta(days=1)


def stand(customer, tier, w0="36500", opened=None):
    TierStanding.objects.update_or_create(
        customer=customer,
        defaults={"kind": "franchisee", "region": customer.region, "tier": tier, "reason": "agent", "w0": Decimal(w0)},
    )
    customer.opened_on = opened
    customer.save(update_fields=["opened_on"])


@pytest.fixture
def tiered(shops):
    for shop, tier in zip(shops, "ABCA", strict=True):
        stand(shop, tier)
    return shops


def made(customer, visitor, ago, purpose="routine"):
    visit = plan_visit(customer=customer, visitor=visitor, day=ahead(90 + ago), by=None, purpose=purpose)
    PlannedVisit.objects.filter(pk=visit.pk).update(
        state="done", day=today() - ago * A_DAY, ended_at=start_of(today() - ago * A_DAY)
    )
    return visit


def called(customer, by, ago, channel="call"):
    return Contact.objects.create(
        customer=customer, by=by, channel=channel, happened_at=start_of(today() - ago * A_DAY), direction="out"
    )


def standing(customer):
    (found,) = slipping.judged([type(customer).objects.select_related("standing").get(pk=customer.pk)], today())
    return found.due.state, found.due.late


def late_ones(*shops):
    rows = type(shops[0]).objects.filter(pk__in=[one.pk for one in shops])
    return [one.customer.pk for one in slipping.slipping(rows, today(), stage="late")]


@pytest.mark.parametrize(
    ("ago", "expected"), [(3, ("not_due", 0)), (4, ("due", 0)), (10, ("due", 0)), (12, ("late", 2))]
)
def test_a_visit_restarts_the_clock_of_an_a_customer(tiered, cast, ago, expected):
    made(tiered[0], cast.tao, ago)
    assert standing(tiered[0]) == expected
    assert (tiered[0].pk in late_ones(tiered[0])) == (expected[0] == "late")


def test_a_call_counts_where_the_row_is_switched_on_and_only_for_c(tiered, cast):
    for shop in tiered[1:3]:
        made(shop, cast.tao, 60)
        called(shop, cast.tao, 2)
    assert standing(tiered[1]) == ("late", 41) and standing(tiered[2]) == ("late", 21)
    assert set(late_ones(*tiered[1:3])) == {tiered[1].pk, tiered[2].pk}
    row = CountingRule.objects.get(source="contact", kind="call")
    rhythms.change_rule(rule=row, by=cast.ada, is_active=True)
    assert standing(tiered[1]) == ("late", 41) and standing(tiered[2]) == ("not_due", 0)
    assert late_ones(*tiered[1:3]) == [tiered[1].pk]
    assert AuditEntry.objects.filter(action="cadence.rule").get().changes == {"is_active": [False, True]}


def test_a_private_contact_counts_for_nothing(tiered, cast):
    one = called(tiered[0], cast.tao, 1, "visit")
    assert standing(tiered[0]) == ("not_due", 0)
    Contact.objects.filter(pk=one.pk).update(is_private=True)
    assert standing(tiered[0])[0] == "never"


def test_something_has_to_count(cast):
    CountingRule.objects.exclude(source="visit").update(is_active=False)
    row = CountingRule.objects.get(source="visit")
    with pytest.raises(ValidationError) as refused:
        rhythms.change_rule(rule=row, by=cast.ada, is_active=False)
    assert refused.value.code == "last"
    row.refresh_from_db()
    assert row.is_active


def test_a_rhythm_of_its_own_from_until_with_its_reason(tiered, cast):
    shop, day = tiered[2], today()
    made(shop, cast.tao, 12)
    assert standing(shop) == ("not_due", 0)
    word = rhythms.set_cadence(customer=shop, days=7, reason="新店", until=day + 30 * A_DAY, by=cast.mei)
    assert (word.least_days, word.most_days, word.since) == (4, 10, day)
    assert standing(shop) == ("late", 2) and late_ones(shop) == [shop.pk]
    later = rhythms.set_cadence(customer=shop, days=20, reason="走上正轨", since=day + 10 * A_DAY, by=cast.mei)
    word.refresh_from_db()
    assert (word.until, later.until) == (day + 10 * A_DAY, None)  # the later word ends the earlier one
    entry = AuditEntry.objects.filter(action="cadence.set").earliest("pk")
    assert (
        entry.actor == cast.mei and entry.changes["cadence_days"] == [None, 7] and entry.changes["reason"][1] == "新店"
    )
    rhythms.end_cadence(override=word, by=cast.mei)
    assert standing(shop) == ("not_due", 0)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"days": 0}, "days"),
        ({"least_days": 9}, "least_days"),
        ({"most_days": 6}, "most_days"),
        ({"since": datetime.date(2020, 1, 1)}, "since"),
        ({"until": datetime.date(2020, 1, 1)}, "until"),
    ],
)
def test_what_no_rhythm_can_be_is_refused(tiered, cast, wrong, field):
    with pytest.raises(ValidationError) as refused:
        rhythms.set_cadence(**{"customer": tiered[0], "days": 7, "reason": "x", "by": cast.mei} | wrong)
    assert field in refused.value.error_dict and not CadenceOverride.objects.exists()


def test_calls_keep_the_rhythm_of_those_moved_to_calls(tiered, cast):
    for shop in tiered[:3]:
        made(shop, cast.tao, 60)
    called(tiered[2], cast.tao, 1, "wechat")
    rhythms.keep_by_calls(customers=tiered[1:3], days=30, reason="排不下", by=cast.mei)
    assert standing(tiered[2]) == ("not_due", 0) and standing(tiered[1]) == ("late", 21)
    assert late_ones(*tiered[:3]) == [tiered[1].pk, tiered[0].pk]  # 30 days of sales are more than 7


def test_the_most_at_stake_and_the_latest_come_first(tiered, cast):
    stand(tiered[0], "A", "365000")
    for shop, ago in zip(tiered[:3], (11, 30, 100), strict=True):
        made(shop, cast.tao, ago)
    rows = type(tiered[0]).objects.filter(pk__in=[one.pk for one in tiered[:3]])
    found = slipping.slipping(rows, today())
    # 7,000 × 8/7 = 8,000; 1,400 × 18/7 = 3,600; 3,000 × 35/7 = 15,000
    assert [(one.customer.pk, one.due.late, one.weight) for one in found] == [
        (tiered[2].pk, 61, Decimal(15000)),
        (tiered[0].pk, 1, Decimal(8000)),
        (tiered[1].pk, 11, Decimal(3600)),
    ]
    plan_visit(customer=tiered[2], visitor=cast.tao, day=ahead(3), by=cast.tao)
    assert [one.customer.pk for one in slipping.slipping(rows, today())] == [tiered[0].pk, tiered[1].pk]


def test_today_says_whose_visits_slip(tiered, cast):
    made(tiered[0], cast.tao, 12)
    made(tiered[1], cast.tao, 5)
    found = [
        one for one in waiting.slipping_tasks(cast.tao, today()) if one.customer_id in (tiered[0].pk, tiered[1].pk)
    ]
    assert [(one.customer_id, one.late, one.action.url) for one in found] == [
        (tiered[0].pk, 2, f"/visits/plan/?customer={tiered[0].pk}")
    ]
    assert found[0].reason == "No visit is planned, and it slips: 2 days late (a visit every 7 days)."
    assert all(one.customer_id != tiered[0].pk for one in waiting.slipping_tasks(cast.lin, today()))


# --- the year ---------------------------------------------------------------------------------------------------------


def test_a_year_adds_up(tiered, cast):
    busy.set_pace(person=cast.tao, there=60, travel=45, day=420, by=cast.tao)
    busy.add_busy(
        person=cast.tao, first=datetime.date(2026, 2, 12), last=datetime.date(2026, 3, 1), kind="leave", by=cast.tao
    )
    found = year_of(cast.tao, cast.tao, 2026, datetime.date(2026, 1, 1))
    # A 52, B 26, C 12; 90 visits at four a day; 248 working days less the 8 worked ones around Spring Festival.
    assert found.visits == 90 and found.cuts.needs == Decimal("22.5") and found.cuts.has == Decimal(240)
    assert found.confirmed and [one.days.free for one in found.lines][1] == Decimal(8)
    assert sum(one.target for one in found.lines) == 90 and found.lines[1].target == 3  # 90 × 8/240
    assert found.cuts.fits and len(found.cells) == 12 and [len(one) for one in found.cells][1] == 28
    rhythms.keep_by_calls(customers=[tiered[0]], days=30, reason="x", since=today(), by=cast.tao)
    assert not year_of(cast.tao, cast.tao, 2028, datetime.date(2026, 1, 1)).confirmed


def test_a_year_that_does_not_fit_says_what_to_cut(tiered, cast):
    busy.set_pace(person=cast.tao, there=600, travel=600, day=60, by=cast.tao)
    text = at(cast.tao).get("/visits/year/").content.decode()
    assert "Needs " in text and "calls do not suffice" not in text
    assert "too much" in text


def test_days_that_are_nobodys_to_write_down_are_refused(cast, shops):
    with pytest.raises(ValidationError) as refused:
        busy.add_busy(person=cast.tao, first=today(), last=today(), kind="leave", by=cast.lin)
    assert "person" in refused.value.error_dict and not BusyDay.objects.exists()
    busy.add_busy(person=cast.tao, first=today(), last=today(), kind="leave", note="回家", by=cast.tao)
    assert not BusyDay.objects.visible_to(cast.lin).exists() and BusyDay.objects.visible_to(cast.tao).count() == 1


# --- doors ------------------------------------------------------------------------------------------------------------


def test_lin_sees_none_of_east(tiered, cast):
    word = rhythms.set_cadence(customer=tiered[0], days=9, reason="秘密", by=cast.mei)
    client = at(cast.lin)
    assert client.get(f"/visits/customers/{tiered[0].pk}/cadence/").status_code == 404
    assert client.post(f"/visits/cadences/{word.pk}/end/").status_code == 404
    assert client.get(f"/api/v1/customers/{tiered[0].pk}/cadence/").status_code == 404
    listed = [one["customer"] for one in client.get("/api/v1/visits/due/").json()]
    assert tiered[3].pk in listed and tiered[0].pk not in listed
    for path in ("/visits/due/", "/visits/year/"):
        assert "店0" not in client.get(path).content.decode()
        assert client.get(f"{path}?person={cast.tao.pk}").status_code == 404
        assert at(cast.tao).get(f"{path}?person={cast.mei.pk}").status_code == 404
    word.refresh_from_db()
    assert word.until is None


def test_the_page_sets_ends_and_tells(tiered, cast):
    client, path = at(cast.tao), f"/visits/customers/{tiered[2].pk}/cadence/"
    assert "never visited" in client.get(path).content.decode()
    refused = client.post(path, {"days": 7, "since": today(), "reason": ""})
    assert refused.status_code == 422 and not CadenceOverride.objects.exists()
    kept = client.post(path, {"days": 9, "since": today(), "last_day": today() + 6 * A_DAY, "reason": "开业"})
    assert kept.status_code == 302
    word = CadenceOverride.objects.get()
    assert (word.days, word.until, word.made_by) == (9, today() + 7 * A_DAY, cast.tao)
    assert "a visit every 9 days" in client.get(f"/customers/{tiered[2].pk}/").content.decode()
    assert client.post(f"/visits/cadences/{word.pk}/end/").status_code == 302
    word.refresh_from_db()
    assert word.until == today()


def test_rules_are_set_by_administrators_alone(cast, shops):
    row, room = CountingRule.objects.get(source="contact", kind="call"), CadenceWindow.objects.get(tier="A")
    for path in (f"/visits/rules/{row.pk}/", "/visits/rules/new/", f"/visits/windows/{room.pk}/"):
        assert at(cast.mei).post(path, {}).status_code == 403
    client = at(cast.ada)
    assert client.post(f"/visits/windows/{room.pk}/", {"least_percent": 50, "most_percent": 200}).status_code == 302
    assert client.post("/visits/rules/new/", {"source": "visit", "kind": "call"}).status_code == 422
    assert client.post("/visits/rules/new/", {"source": "visit", "kind": "money", "tier": "A"}).status_code == 302
    room.refresh_from_db()
    assert (room.least_percent, room.most_percent) == (50, 200)
    assert CountingRule.objects.filter(source="visit", kind="money", tier="A").count() == 1
    assert slipping.scheme().of("A") == slipping.Rhythm(7, 3, 14)


def test_calls_instead_are_set_for_those_ticked(tiered, cast):
    client = at(cast.tao)
    foreign = tiered[3].pk
    sent = client.post("/visits/year/calls/", {"ids": [tiered[2].pk, foreign], "days": 30, "reason": "排不下"})
    assert sent.status_code == 302
    assert list(CadenceOverride.objects.values_list("customer_id", "by_call")) == [(tiered[2].pk, True)]
    assert client.post("/visits/year/calls/", {"ids": [], "days": 30, "reason": "x"}).status_code == 422


def test_the_api_reads_sets_ends_and_lists(tiered, cast):
    made(tiered[0], cast.tao, 12)
    client, path = at(cast.tao), f"/api/v1/customers/{tiered[0].pk}/cadence/"
    found = client.get(path).json()
    assert (found["state"], found["late"], found["days"], found["override"]) == ("late", 2, 7, None)
    sent = client.post(path, {"days": 20, "reason": "稳定"}, content_type="application/json")
    assert sent.status_code == 201 and sent.json()["state"] == "not_due" and sent.json()["override"]["days"] == 20
    refused = client.post(path, {"days": 7}, content_type="application/json")
    assert refused.status_code == 400 and CadenceOverride.objects.count() == 1
    assert client.post(f"{path}end/").json()["override"] is None
    assert client.get("/api/v1/visits/due/?stage=late").json()[0]["customer"] in {one.pk for one in tiered[:3]}
    assert client.get("/api/v1/visits/due/?stage=soon").status_code == 400


def test_the_list_of_customers_is_narrowed_to_those_late(tiered, cast):
    made(tiered[0], cast.tao, 12)
    made(tiered[1], cast.tao, 12)
    for shop in tiered[2:]:
        made(shop, cast.tao if shop != tiered[3] else cast.lin, 1)
    found = at(cast.tao).get("/api/v1/customers/?visit=late").json()
    assert [one["code"] for one in found["results"]] == ["E0"]


@pytest.mark.parametrize("path", ["/visits/due/", "/visits/year/", "/visits/", "/visits/rules/", "/api/v1/visits/due/"])
def test_as_few_statements_for_many_customers_as_for_few(tiered, cast, regions, path):
    client = at(cast.tao)

    def asked() -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as found:
            assert client.get(path).status_code == 200
        return len(found)

    rhythms.set_cadence(customer=tiered[0], days=9, reason="x", by=None)
    few = asked()
    more = [create_customer(code=f"M{n}", name=f"多{n}", kind="franchisee", region=regions.jiangsu) for n in range(9)]
    assign(customers=more, user=cast.tao, since=SINCE)
    for shop in more:
        stand(shop, "C")
        rhythms.set_cadence(customer=shop, days=9, reason="x", by=None)
        busy.add_busy(person=cast.tao, first=today(), last=today(), kind="meeting", by=None)
    assert asked() == few <= 24


@pytest.mark.parametrize("name", ["since", "last_day"])
def test_a_day_beyond_all_calendars_is_refused(tiered, cast, name):
    sent = {"days": 30, "since": str(today()), "reason": "so", name: "9999-12-31"}
    answer = at(cast.tao).post(f"/visits/customers/{tiered[0].pk}/cadence/", sent)
    assert answer.status_code == 422 and not CadenceOverride.objects.exists()
