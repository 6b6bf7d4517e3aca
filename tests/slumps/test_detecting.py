"""The nightly run over the ledger: one alert a slump, nightly or replayed the same, late reports and corrections."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from io import StringIO

import numpy as np
import pytest
from django.core.management import call_command
from django.test.utils import CaptureQueriesContext

from crm.imports.models import ImportRun
from customers.relationship.branddays import BrandDay
from customers.sales.models import SaleLine
from customers.slumps import actions, keeping, watching
from customers.slumps.detecting import detect
from customers.slumps.models import SlumpAlert, SlumpState, State
from tests.slumps.conftest import DAYS, LAST, day, tell, usual

pytestmark = pytest.mark.django_db
FACTS = (
    "customer__code", "kind", "first_day", "third_day", "last_day", "closed_on", "settled", "days", "depth", "expected",
    "got", "lost", "swing", "smallest", "peers", "back", "learning",
)  # fmt: skip


def facts() -> list[tuple]:
    return list(SlumpAlert.objects.standing().order_by("customer__code", "first_day").values_list(*FACTS))


def test_an_empty_company_has_none():
    found = detect(as_of=LAST)
    assert (found.examined, found.opened, found.open, found.alerts) == (0, 0, 0, [])


def test_both_slumps_are_found_with_what_they_cost(ledger, shops, sales):
    found = detect(as_of=LAST)
    assert (found.examined, found.opened, found.open, found.silent) == (12, 1, 1, 0)
    past, now = SlumpAlert.objects.order_by("third_day")
    assert (past.customer_id, past.first_day, past.third_day, past.last_day) == (
        shops[1].pk, day(180), day(182), day(184),
    )  # fmt: skip
    assert (past.closed_on, past.state, past.days) == (day(187), State.RECOVERED, 5)
    assert past.got == Decimal(f"{sales[1, 180:185].sum():.2f}")
    assert abs(past.depth - Decimal("0.4")) < Decimal("0.05")
    assert past.lost == past.expected - past.got
    assert (now.customer_id, now.state, now.closed_on) == (shops[11].pk, State.OPEN, None)
    assert now.as_of == LAST
    assert len(now.evidence) == 28 + 1
    assert now.evidence[-1][0] == LAST.isoformat()


def test_nightly_and_replayed_are_the_same(shops, sales):
    for shop, values in zip(shops, sales, strict=True):
        tell(shop, values[:175])
    detect(as_of=day(174))
    for n in range(175, DAYS):
        run = ImportRun.objects.create(kind="sales", name="day.csv", size=1, state=ImportRun.State.DONE)
        for shop, values in zip(shops, sales, strict=True):
            tell(shop, values[n : n + 1], n, run)
        found = detect(as_of=day(n))
        assert found.since > day(150)  # from the saved state, not from the first day
    nightly, points = facts(), list(SlumpAlert.objects.order_by("pk").values_list("evidence", flat=True))
    SlumpAlert.objects.all().delete()
    keeping.forget()
    detect(as_of=LAST, full=True)
    assert facts() == nightly
    again = list(SlumpAlert.objects.order_by("first_day").values_list("evidence", flat=True))
    assert again == sorted(points, key=lambda one: one[-1][0])


def test_one_that_closed_and_comes_again_is_the_same_nightly_too(shops, sales):
    sales[5, 165:169] *= 0.5
    sales[5, 177:181] *= 0.5
    for shop, values in zip(shops, sales, strict=True):
        tell(shop, values[:176])
    detect(as_of=day(175))
    assert SlumpAlert.objects.get(customer=shops[5]).closed_on == day(171)
    for shop, values in zip(shops, sales, strict=True):
        tell(shop, values[176:], 176)
    for n in (184, 187, 190, 199):  # the saved state passes the day on which it closed first
        detect(as_of=day(n))
    nightly = facts()
    assert SlumpAlert.objects.filter(customer=shops[5]).count() == 1
    detect(as_of=LAST, full=True)
    assert facts() == nightly


def test_a_second_run_writes_nothing(ledger):
    detect(as_of=LAST)
    before = list(SlumpAlert.objects.order_by("pk").values())
    state = list(SlumpState.objects.values_list("pk", "as_of", "made_at"))
    found = detect(as_of=LAST)
    assert (found.opened, found.closed, found.changed, found.withdrawn) == (0, 0, 0, 0)
    after = list(SlumpAlert.objects.order_by("pk").values())
    changed = [[(k, a[k], b[k]) for k in a if a[k] != b[k]] for a, b in zip(before, after, strict=False)]
    assert (len(after), changed) == (len(before), [[] for _one in before])
    assert list(SlumpState.objects.values_list("pk", "as_of", "made_at")) == state


def test_late_reports_within_two_weeks_are_judged(shops, sales):
    for n, (shop, values) in enumerate(zip(shops, sales, strict=True)):
        tell(shop, values[:190] if n != 1 else values[:180])
    detect(as_of=day(189))
    silent = SlumpAlert.objects.get()
    assert (silent.kind, silent.first_day, silent.customer) == ("silent", day(180), shops[1])
    tell(shops[1], sales[1, 180:190], 180)
    detect(as_of=day(189))
    assert list(SlumpAlert.objects.values_list("kind", "first_day")) == [("slump", day(180))]


def test_an_old_correction_has_all_learned_anew(ledger, shops, sales):
    detect(as_of=LAST)
    assert detect(as_of=LAST).since > day(180)
    tell(shops[3], sales[3, 100:105] * 0.4, 100)
    found = detect(as_of=LAST)
    assert found.since < day(10)
    assert SlumpAlert.objects.filter(customer=shops[3], first_day=day(100)).exists()


def test_an_import_taken_back_has_all_learned_anew(ledger, shops, sales):
    from crm.clock import now

    run = ImportRun.objects.create(kind="sales", name="bad.csv", size=1, state=ImportRun.State.DONE)
    tell(shops[3], sales[3, 100:105] * 0.4, 100, run)
    detect(as_of=LAST)
    assert SlumpAlert.objects.filter(customer=shops[3]).count() == 1
    lines = SaleLine.objects.filter(run=run).order_by("pk")
    before = list(lines.values_list("replaces", flat=True))
    run.first_line, run.last_line = lines.first().pk, lines.last().pk
    run.state, run.undone_at = ImportRun.State.UNDONE, now()
    run.save()
    lines.update(live=False)
    SaleLine.objects.filter(pk__in=before).update(live=True)
    detect(as_of=LAST)
    assert not SlumpAlert.objects.filter(customer=shops[3]).exists()


def test_corrected_figures_withdraw_what_somebody_worked_on(ledger, shops, cast):
    detect(as_of=LAST)
    alert = SlumpAlert.objects.get(customer=shops[11])
    actions.mark_called(alert=alert, by=cast.lin)
    tell(shops[11], usual(12)[11, 196:], 196)
    found = detect(as_of=LAST)
    alert.refresh_from_db()
    assert (found.withdrawn, alert.withdrawn, alert.called_by) == (1, True, cast.lin)
    assert not SlumpAlert.objects.on().exists()


def test_the_alert_goes_on_as_one_and_closes(ledger, shops, cast):
    detect(as_of=LAST)
    alert = SlumpAlert.objects.get(customer=shops[11])
    actions.mark_called(alert=alert, by=cast.lin)
    later = usual(12, DAYS + 10, seed=9)[:, DAYS:]
    later[11, :2] *= 0.5
    for shop, values in zip(shops, later, strict=True):
        tell(shop, values, DAYS)
    detect(as_of=day(DAYS + 1))
    alert.refresh_from_db()
    assert (alert.days, alert.state, alert.closed_on) == (6, State.CALLED, None)
    found = detect(as_of=day(DAYS + 9))
    alert.refresh_from_db()
    assert (found.closed, alert.state, alert.closed_on) == (1, State.RECOVERED, day(DAYS + 4))
    assert alert.called_by == cast.lin
    assert SlumpAlert.objects.filter(customer=shops[11]).count() == 1


def test_a_dismissed_slump_stays_dismissed(ledger, shops, cast):
    detect(as_of=LAST)
    alert = SlumpAlert.objects.get(customer=shops[11])
    actions.dismiss(alert=alert, reason="盘点", by=cast.lin)
    later = usual(12, DAYS + 3, seed=9)[:, DAYS:]
    later[11] *= 0.5
    for shop, values in zip(shops, later, strict=True):
        tell(shop, values, DAYS)
    detect(as_of=day(DAYS + 2))
    alert.refresh_from_db()
    assert (alert.state, alert.days, alert.is_on) == (State.DISMISSED, 7, False)
    assert not SlumpAlert.objects.on().exists()


def test_a_past_day_is_told_and_not_written(ledger, shops):
    detect(as_of=LAST)
    before = list(SlumpAlert.objects.order_by("pk").values())
    found = detect(as_of=day(182))
    assert not found.written
    assert [(one.customer, one.third_day, one.days) for one in found.alerts] == [(shops[1], day(182), 3)]
    after = list(SlumpAlert.objects.order_by("pk").values())
    changed = [[(k, a[k], b[k]) for k in a if a[k] != b[k]] for a, b in zip(before, after, strict=False)]
    assert (len(after), changed) == (len(before), [[] for _one in before])


def test_a_closed_day_of_the_brand_is_no_bad_day(shops, sales, cast):
    sales[11, 196:] = usual(12)[11, 196:]
    sales[:, 190:194] = np.nan
    for shop, values in zip(shops, sales, strict=True):
        tell(shop, values)
    for n in range(190, 194):
        watching.write_day(day=day(n), kind=BrandDay.Kind.CLOSED, by=cast.ada, name="盘点")
    detect(as_of=LAST)
    assert not SlumpAlert.objects.on().exists()


def test_reported_noughts_of_an_open_shop_are_bad_days(ledger, shops):
    tell(shops[2], [0.0] * 3, 197, is_open=True)
    tell(shops[4], [0.0] * 3, 197, is_open=False)
    detect(as_of=LAST)
    alert = SlumpAlert.objects.get(customer=shops[2])
    assert (alert.first_day, alert.days) == (day(197), 3)
    assert alert.depth > Decimal("0.99")
    assert not SlumpAlert.objects.filter(customer=shops[4]).exists()


def test_a_customer_that_closed_for_good_has_no_alert_on(ledger, shops):
    shops[11].state, shops[11].closed_on = "closed", LAST
    shops[11].save()
    detect(as_of=LAST)
    before = list(SlumpAlert.objects.order_by("pk").values())
    assert SlumpAlert.objects.get(customer=shops[11]).closed_on == LAST
    later = usual(12, DAYS + 40, seed=9)[:, DAYS:]
    for shop, values in zip(shops[:11], later[:11], strict=True):
        tell(shop, values, DAYS)
    for n in (DAYS + 10, DAYS + 20, DAYS + 30, DAYS + 39):
        detect(as_of=day(n))
    after = list(SlumpAlert.objects.order_by("pk").values())
    changed = [[(k, a[k], b[k]) for k in a if a[k] != b[k]] for a, b in zip(before, after, strict=False)]
    assert (len(after), changed) == (len(before), [[] for _one in before])


def test_as_many_statements_for_many_as_for_few(ledger, shops):
    from django.db import connection

    detect(as_of=LAST)
    with CaptureQueriesContext(connection) as few:
        detect(as_of=LAST)
    later = usual(12, DAYS + 1, seed=9)[:, DAYS:]
    for shop, values in zip(shops, later, strict=True):
        tell(shop, values, DAYS)
    with CaptureQueriesContext(connection) as more:
        detect(as_of=day(DAYS))
    assert len(more) <= len(few) + 8


def test_the_command_tells_what_is_on(ledger, shops):
    out = StringIO()
    call_command("detect_slumps", "--as-of", LAST.isoformat(), "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert {name: told[name] for name in ("as_of", "examined", "opened", "closed", "open", "silent")} == {
        "as_of": LAST.isoformat(), "examined": 12, "opened": 1, "closed": 0, "open": 1, "silent": 0,
    }  # fmt: skip
    (one,) = told["alerts"]
    assert one["customer"] == "W1"
    assert (one["first_day"], one["third_day"], one["days"]) == (day(196).isoformat(), day(198).isoformat(), 4)
    assert one["depth"] == pytest.approx(0.5, abs=0.05)
    assert Decimal(one["lost"]) == Decimal(one["expected"]) - Decimal(one["got"])
    assert "4" in one["sentence"]


def test_the_command_refuses_what_is_no_day():
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("detect_slumps", "--as-of", "yesterday", "--json", stdout=out, stderr=err)
    assert left.value.code == 2
    assert json.loads(out.getvalue())["alerts"] == []


def test_days_of_the_calendar_are_one_each(cast):
    watching.write_day(day=datetime.date(2026, 5, 5), kind="holiday", by=cast.ada, name="店庆")
    watching.write_day(day=datetime.date(2026, 5, 5), kind="plain", by=cast.ada)
    assert list(BrandDay.objects.values_list("kind", "name")) == [("plain", "")]
