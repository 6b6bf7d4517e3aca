"""The quarter's actions on influence, profit and cost: which are outdone, which cannot be placed, on page and API."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.clock import today
from customers.support.entitling import next_quarter, quarter_of
from promotions.calculator.actions import show_plan, sign, write_plan
from promotions.calculator.models import PromotionPlan
from promotions.learning.quarter import picture
from promotions.rollout.actions import carry_out, judge, settle
from promotions.rollout.models import Participation, Promotion
from tests.promotions.conftest import at, terms

pytestmark = pytest.mark.django_db
D = Decimal
QUARTER = quarter_of(today())
API = "/api/v1/promotion-quarter/"
# 200 units anyway, half as many more: 100 × (wholesale 6 − cost 3.50) = 250 for us, less what we spend.
PLAIN = {"name": "x", "guess": "50"}


def agreed(customer, by, title, **variant) -> PromotionPlan:
    """A plan of today that both have signed."""
    made = write_plan(
        customer=customer,
        title=title,
        kind="event",
        starts_on=today(),
        terms=terms(variants=[{**PLAIN, **variant}]),
        by=by,
    )
    show_plan(plan=made, by=by)
    sign(plan=made, variant=0, side="brand", seen=1, by=by)
    return sign(plan=made, variant=0, side="customer", seen=1, told_by="王")


def spend(amount: int) -> dict:
    return {"costs": {"publicity": {"amount": f"{amount}.00", "brand": "100"}}}


def seen(user, **asked):
    return picture(user, QUARTER, **{"measure": "reach", "side": "brand", "basis": "planned", **asked})


@pytest.fixture
def four(shop, cast):
    """Two on the front, one outdone, one whose influence nobody put down."""
    return [
        agreed(shop, cast.tao, "试吃", reach=900, new_customers=5, **spend(50)),
        agreed(shop, cast.tao, "广告", reach=2000, new_customers=40, **spend(120)),
        agreed(shop, cast.tao, "赠品", reach=800, new_customers=5, **spend(60)),
        agreed(shop, cast.tao, "路演", **spend(10)),
    ]


# --- which are outdone --------------------------------------------------------------------------------------------


def test_the_front_the_outdone_and_what_cannot_be_placed(four, cast):
    found = seen(cast.tao)
    assert [(one.title, one.influence, one.profit, one.cost) for one in found.front] == [
        ("试吃", 900, D("200.00"), D("50.00")),
        ("广告", 2000, D("130.00"), D("120.00")),
    ]
    assert [(one.title, by.title) for one, by in found.outdone] == [("赠品", "试吃")]
    assert [(one.title, one.why, one.profit, one.cost) for one in found.unplaced] == [
        ("路演", "influence", D("240.00"), D("10.00"))
    ]


def test_one_measure_at_a_time(four, cast):
    found = seen(cast.tao, measure="new_customers")
    assert [(one.title, one.influence) for one in found.front] == [("试吃", 5), ("广告", 40)]
    assert [one.title for one in seen(cast.tao, measure="share_of_voice").unplaced] == ["试吃", "广告", "赠品", "路演"]


def test_the_customers_profit_and_still_our_cost(four, cast):
    # The customer earns 10 − 6 = 4 on each of 100 more and bears nothing of the publicity.
    found = seen(cast.tao, side="customer")
    assert [(one.profit, one.cost) for one in found.front] == [(D("400.00"), D("50.00")), (D("400.00"), D("120.00"))]


def test_without_a_guess_there_is_no_profit(shop, cast):
    agreed(shop, cast.tao, "没估", guess=None, reach=900)
    [one] = seen(cast.tao).unplaced
    assert (one.why, one.profit, one.cost) == ("no_guess", None, None)


def test_only_what_is_agreed_and_of_the_quarter(four, shop, cast):
    write_plan(customer=shop, title="草稿", kind="event", starts_on=today(), terms=terms(), by=cast.tao)
    PromotionPlan.objects.filter(pk=four[0].pk).update(starts_on=QUARTER - datetime.timedelta(days=1))
    PromotionPlan.objects.filter(pk=four[1].pk).update(starts_on=next_quarter(QUARTER))
    found = seen(cast.tao)
    assert [one.title for one in found.front] == ["赠品"] and [one.title for one in found.unplaced] == ["路演"]
    assert [one.title for one in picture(
        cast.tao, next_quarter(QUARTER), measure="reach", side="brand", basis="planned"
    ).front] == ["广告"]  # fmt: skip


# --- carried out --------------------------------------------------------------------------------------------------


@pytest.fixture
def carried(four, cast):
    """The first is carried out."""
    return carry_out(plan=four[0], code="taste", mechanics="周末试吃。", by=cast.tao)


def measured(promotion, lift: float | None) -> None:
    result = {"measurable": True, "lift": lift, "low": 0.0, "high": 0.5, "shops": 1, "expected": 10.0}
    lost = {"measurable": False, "reason": "few_comparable", "shops": 0}
    Promotion.objects.filter(pk=promotion.pk).update(result=result if lift is not None else lost)


def test_what_is_carried_out_stands_once(carried, four, cast):
    found = seen(cast.tao)
    assert {one.key for one in found.front} == {f"promotion-{carried.pk}", f"plan-{four[1].pk}"}
    assert {one.title for one in found.front} == {"试吃", "广告"}


def test_measured_figures_are_the_plan_at_the_uplift_measured(carried, cast):
    measured(carried, 0.20)
    # 40 more instead of 100: 40 × 2.50 − 50.
    one = next(one for one in seen(cast.tao, basis="measured").front if one.promotion)
    assert (one.profit, one.cost, one.measured) == (D("50.00"), D("50.00"), True)
    one = next(one for one in seen(cast.tao).front if one.promotion)
    assert (one.profit, one.measured) == (D("200.00"), False)
    page = at(cast.tao).get("/promotions/quarter/?basis=measured").text
    assert page.count(">measured<") == 1 and page.count(">planned<") == 3


def test_what_was_settled_stands_beside_the_cost_and_is_not_mixed_in(carried, regions, cast):
    part = judge(participation=carried.participations.get(), compliance="agreed", by=cast.tao)
    settle(participation=part, amount=D("35.50"), own_costs=D("8.00"), on=today(), by=cast.tao)
    one = next(one for one in seen(cast.tao).front if one.promotion)
    assert (one.cost, one.settled, one.settled_shops, one.of) == (D("50.00"), D("43.50"), 1, 1)
    assert "settled so far: ¥43.50, 1 of 1 shops" in at(cast.tao).get("/promotions/quarter/").text
    told = at(cast.tao).get(API).json()["actions"]
    assert [(row["settled"], row["settled_shops"]) for row in told if row["promotion"]] == [("43.50", 1)]


def test_not_measurable_stands_as_planned_and_says_why(carried, cast):
    measured(carried, None)
    one = next(one for one in seen(cast.tao, basis="measured").front if one.promotion)
    assert (one.profit, one.measured, one.unmeasured) == (D("200.00"), False, "few_comparable")
    page = at(cast.tao).get("/promotions/quarter/?basis=measured").text
    assert "It is over and not measurable (too few comparable shops)" in page


def test_what_not_every_shop_has_a_plan_for_is_not_placed(carried, regions, cast):
    from customers.profile.actions import assign, create_customer
    from tests.promotions.conftest import SINCE

    more = create_customer(code="E2", name="二店", kind="franchisee", region=regions.jiangsu)
    assign(customers=[more], user=cast.tao, since=SINCE)
    Participation.objects.create(promotion=carried, customer=more, answer="accepted")
    one = next(one for one in seen(cast.tao).unplaced if one.promotion)
    assert (one.why, one.shops, one.of, one.profit) == ("no_plan", 1, 2, None)


# --- page and API -------------------------------------------------------------------------------------------------


def test_the_page_draws_and_tells_the_same(four, cast):
    page = at(cast.tao).get("/promotions/quarter/").text
    assert page.count('class="p-at front"') == 2
    assert page.count('class="p-at outdone"') == 1
    assert page.count('class="p-at unknown"') == 1
    assert "No. 1, 试吃, has at least as much influence" in page
    assert "Its influence was not put down in the plan." in page
    assert "2 outdone by none, 1 outdone, 1 of unknown influence" in page
    assert "试吃: profit ¥200.00, cost ¥50.00; People reached: 900" in page


def test_an_empty_quarter_says_so_and_nonsense_is_the_present(four, cast):
    assert "Nothing was agreed or carried out" in at(cast.tao).get("/promotions/quarter/?quarter=2020-02-02").text
    for nonsense in ("quarter=x", "quarter=0001-01-01", "influence=x&side=y&basis=z"):
        assert "试吃" in at(cast.tao).get(f"/promotions/quarter/?{nonsense}").text


def test_others_see_none_of_it(four, cast):
    assert "试吃" not in at(cast.lin).get("/promotions/quarter/").text
    assert at(cast.lin).get(API).json()["actions"] == []
    assert [one.title for one in seen(cast.mei).front] == ["试吃", "广告"]


def test_the_api_tells_the_same(four, cast):
    told = at(cast.tao).get(API, {"quarter": str(today())}).json()
    assert {name: told[name] for name in ("quarter", "influence", "side", "basis", "more")} == {
        "quarter": str(QUARTER), "influence": "reach", "side": "brand", "basis": "planned", "more": False,
    }  # fmt: skip
    assert told["actions"][2] == {
        "key": f"plan-{four[2].pk}",
        "promotion": None,
        "plan": four[2].pk,
        "title": "赠品",
        "starts_on": str(today()),
        "shops": 1,
        "of": 1,
        "influence": "800",
        "profit": "190.00",
        "cost": "60.00",
        "settled": "0.00",
        "settled_shops": 0,
        "measured": False,
        "stands": "outdone",
        "outdone_by": f"plan-{four[0].pk}",
        "why": "",
        "unmeasured": "",
    }
    assert [one["stands"] for one in told["actions"]] == ["front", "front", "outdone", "unplaced"]


@pytest.mark.parametrize(
    "asked", [{"quarter": "soon"}, {"influence": "love"}, {"side": "x"}, {"basis": "x"}, {"a": "b"}]
)
def test_the_api_refuses_nonsense_by_name(cast, asked):
    answer = at(cast.tao).get(API, asked)
    assert answer.status_code == 400 and list(answer.json()) == list(asked)


def test_more_plans_take_no_more_statements(carried, shop, cast):
    def count():
        client = at(cast.tao)
        with CaptureQueriesContext(connection) as found:
            assert client.get("/promotions/quarter/").status_code == 200
        return len(found)

    few = count()
    for n in range(4):
        plan = agreed(shop, cast.tao, f"更多{n}", reach=n)
        if n % 2:
            carry_out(plan=plan, code=f"more{n}", mechanics="x", by=cast.tao)
    assert count() == few
