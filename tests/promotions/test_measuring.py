"""What a promotion brought, from the ledger to the page and the command: a known lift is found, and none where there is
none; what cannot be measured is said.
"""

from __future__ import annotations

import datetime
import io
import json
from decimal import Decimal

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from crm.clock import today
from crm.imports.models import ImportRun
from crm.jobs import runner
from crm.jobs.actions import enqueue
from customers.profile.models import Customer
from customers.sales.models import SaleLine
from promotions.rollout.models import Participation, Promotion
from promotions.uplift.measuring import measure, measure_and_keep
from promotions.uplift.telling import sentence
from tests.promotions.conftest import DAY, at

pytestmark = pytest.mark.django_db
LENGTH = 14
OVER = today() - 40 * DAY
"""Its last day, so that its four weeks after are over as well."""


@pytest.fixture
def network(regions, cast):
    """Thirty shops of East with two years of daily sales; five of them sold 20 % more in the window."""

    def made(lift: float, shops: int = 30, ran: int = 5, past: int = 450) -> Promotion:
        rows = [
            Customer(code=f"N{n:02}", name=f"店{n}", kind="franchisee", region=regions.jiangsu) for n in range(shops)
        ]
        Customer.objects.bulk_create(rows)
        customers = list(Customer.objects.filter(code__startswith="N").order_by("code"))
        start = OVER - (LENGTH - 1) * DAY
        first = start - past * DAY
        days = past + LENGTH + 29
        rng = np.random.default_rng(7)
        run = ImportRun.objects.create(kind="sales", state=ImportRun.State.DONE)
        week = np.array([1, 0.9, 0.9, 1, 1.2, 1.6, 1.5])
        lines = []
        for n, one in enumerate(customers):
            level = 1000 * (1 + n % 5)
            for d in range(days):
                day = first + d * DAY
                value = level * week[day.weekday()] * float(np.exp(rng.normal(0, 0.08)))
                if n < ran and start <= day <= OVER:
                    value *= 1 + lift
                lines.append(SaleLine(customer=one, sold_on=day, gross=Decimal(round(value)), run=run))
        SaleLine.objects.bulk_create(lines, batch_size=2000)
        promotion = Promotion.objects.create(
            code="spring",
            title="春季",
            kind="display",
            mechanics="x",
            starts_on=start,
            ends_on=OVER,
            answer_by=start,
            state="open",
            made_by=cast.mei,
        )
        Participation.objects.bulk_create(
            [Participation(promotion=promotion, customer=one, answer="accepted") for one in customers[:ran]]
        )
        return promotion

    return made


def test_a_known_lift_is_found_and_a_plain_before_and_after_is_beside_it(network):
    found = measure(network(0.20))
    assert found["measurable"] and found["shops"] == 5
    assert 0.15 < found["lift"] < 0.25 and found["low"] < 0.20 < found["high"] and found["low"] > 0
    assert found["amount"] == pytest.approx(found["actual"] - found["expected"], abs=0.02)
    assert len(found["course"]["actual"]) == len(found["course"]["expected"]) == 56 + LENGTH
    assert found["left_out"] == {}


def test_where_nothing_was_brought_the_interval_holds_nought(network):
    found = measure(network(0.0))
    assert found["low"] < 0 < found["high"]
    assert "That may as well be nothing" in sentence(found)


def test_the_result_is_kept_and_shown_and_told_by_the_command(network, cast):
    promotion = network(0.20)
    out = io.StringIO()
    call_command("measure_uplift", "--promotion", "spring", "--json", stdout=out)
    told = json.loads(out.getvalue())
    promotion.refresh_from_db()
    assert told["lift"] == promotion.result["lift"] and told["promotion"] == "spring"
    assert promotion.result["after"]["measurable"] and abs(promotion.result["after"]["lift"]) < 0.1
    assert told["sentence"].startswith("The 5 shops sold ")
    page = at(cast.mei).get(f"/promotions/runs/{promotion.pk}/result/").text
    assert sentence(promotion.result) in page and "<polyline" in page
    again = measure_and_keep(promotion=promotion)
    promotion.refresh_from_db()
    assert again == promotion.result


def test_too_few_comparable_shops_is_said_plainly(network, cast):
    promotion = network(0.20, shops=12)
    found = measure_and_keep(promotion=promotion)
    assert (found["measurable"], found["reason"]) == (False, "few_comparable")
    assert "a before and after is no proof" in sentence(found)
    assert "Not measurable." in at(cast.mei).get(f"/promotions/runs/{promotion.pk}/result/").text


def test_too_short_a_history_is_said_plainly(network):
    found = measure(network(0.20, past=60))
    assert found["measurable"] is False
    assert found["reason"] in ("few_comparable", "short_history")


def test_another_promotion_at_the_same_time_takes_a_shop_out(network, cast):
    promotion = network(0.20)
    other = Promotion.objects.create(
        code="other",
        title="同期",
        kind="gift",
        mechanics="x",
        starts_on=promotion.starts_on,
        ends_on=promotion.ends_on,
        answer_by=promotion.starts_on,
        state="open",
    )
    shop = promotion.participations.order_by("pk").first().customer
    Participation.objects.create(promotion=other, customer=shop, answer="accepted")
    found = measure(promotion)
    assert found["shops"] == 4 and found["left_out"] == {shop.code: "other_promotion"}


def test_names_of_shops_left_out_are_for_who_sees_them(network, regions, cast):
    promotion = network(0.20)
    west = Customer.objects.create(code="W1", name="西店", kind="franchisee", region=regions.sichuan)
    Participation.objects.create(promotion=promotion, customer=west, answer="accepted")
    found = measure_and_keep(promotion=promotion)
    assert found["left_out"] == {"W1": "short_history"}
    path = f"/promotions/runs/{promotion.pk}/result/"
    assert "W1" in at(cast.ada).get(path).text and "W1" not in at(cast.mei).get(path).text


def test_who_did_not_run_it_does_not_count(network):
    promotion = network(0.20)
    first = promotion.participations.order_by("pk").first()
    Participation.objects.filter(pk=first.pk).update(compliance="not_run", credit=0)
    assert measure(promotion)["shops"] == 4


def test_what_nobody_ran_brought_nothing_to_measure(network):
    promotion = network(0.20)
    promotion.participations.update(answer="declined")
    assert measure(promotion)["reason"] == "nobody"


def test_a_promotion_that_runs_is_not_measured(network):
    promotion = network(0.20)
    Promotion.objects.filter(pk=promotion.pk).update(ends_on=today() + datetime.timedelta(days=3))
    promotion.refresh_from_db()
    with pytest.raises(ValidationError) as flaw:
        measure(promotion)
    assert flaw.value.code == "running"


def test_the_night_measures_what_is_over_once(network):
    promotion = network(0.20)
    job = runner.run_here(enqueue(kind="promotions.measure_due"))
    assert job.result == {"measured": 1}
    promotion.refresh_from_db()
    assert promotion.result["measurable"]
    assert runner.run_here(enqueue(kind="promotions.measure_due")).result == {"measured": 0}


def test_each_shop_keeps_what_it_brought_there(network, monkeypatch):
    promotion = network(0.20)
    first = promotion.participations.order_by("pk").first()
    Participation.objects.filter(pk=first.pk).update(compliance="not_run", credit=0)
    measure_and_keep(promotion=promotion)
    rows = list(promotion.participations.order_by("pk"))
    assert (rows[0].measured, rows[0].example) == (None, False)
    for one in rows[1:]:
        assert set(one.measured) == {"lift", "low", "high", "actual", "expected"} and one.example
        assert 0.1 < one.measured["lift"] < 0.3 and one.measured["low"] < 0.2 < one.measured["high"]
        assert one.measured["actual"] == pytest.approx(one.measured["expected"] * (1 + one.measured["lift"]), rel=1e-3)
    monkeypatch.setattr("promotions.uplift.measuring.EXAMPLES", 2)
    measure_and_keep(promotion=promotion)
    assert [one.example for one in promotion.participations.order_by("pk")] == [False, True, False, True, False]


def test_what_cannot_be_measured_says_so_at_each_shop(network):
    promotion = network(0.20)
    measure_and_keep(promotion=promotion)
    Participation.objects.filter(promotion=promotion).update(compliance="not_run", credit=0)
    measure_and_keep(promotion=promotion)
    assert not promotion.participations.filter(measured__isnull=False).exists()
    assert not promotion.participations.filter(example=True).exists()


def test_too_few_to_compare_with_is_no_example(network):
    promotion = network(0.20, shops=12)
    measure_and_keep(promotion=promotion)
    assert {str(one.measured) for one in promotion.participations.all()} == {"{'reason': 'few_comparable'}"}
    assert not promotion.participations.filter(example=True).exists()


def test_the_night_measures_again_what_was_not_kept_shop_by_shop(network):
    promotion = network(0.20)
    measure_and_keep(promotion=promotion)
    promotion.participations.update(measured=None, example=False)
    assert runner.run_here(enqueue(kind="promotions.measure_due")).result == {"measured": 1}
    assert promotion.participations.filter(example=True).count() == 5


def test_an_unknown_code_is_told(db):
    err = io.StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("measure_uplift", "--promotion", "none", stderr=err)
    assert left.value.code == 2 and "none" in err.getvalue()
