"""What past promotions make likely, plan against actual, and how estimates came out: on pages and over the API, for
whoever may know it.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.accounts.models import User
from crm.audit.models import AuditEntry
from crm.clock import now, today
from crm.periods import shift_month
from customers.profile.actions import assign, create_customer
from customers.profile.models import Responsibility
from customers.sales.models import MonthlySales
from promotions.calculator.actions import show_plan, sign, write_plan
from promotions.calculator.expected import Offer, TrackRecord
from promotions.calculator.models import PromotionPlan
from promotions.rollout import actions as rollout
from promotions.rollout.models import Participation, Promotion
from promotions.uplift.learning import past_of, pasts
from promotions.uplift.records import record_of
from tests.promotions.conftest import DAY, VARIANT, at, terms
from tests.promotions.test_pages import typed

pytestmark = pytest.mark.django_db
D = Decimal
LIFT = {"lift": 0.02, "low": -0.01, "high": 0.05, "actual": 51000.0, "expected": 50000.0}


@pytest.fixture
def others(regions):
    """Shops of West: what the whole brand learned counts, whoever asks."""
    return [
        create_customer(code=f"O{n:02}", name=f"别店{n}", kind="franchisee", region=regions.sichuan) for n in range(5)
    ]


def measured(customers, *, number: int, lift: float = 0.02, kind: str = "price", **more) -> Promotion:
    """A promotion that is over, measured at each of these shops, as a measurement writes it."""
    ended = today() - (40 + number) * DAY
    made = Promotion.objects.create(
        code=f"past-{number}",
        title=f"往期{number}",
        kind=kind,
        mechanics="x",
        starts_on=ended - 9 * DAY,
        ends_on=ended,
        answer_by=ended - 20 * DAY,
        state="closed",
        measured_at=now(),
        result={"measurable": False, "reason": "few_comparable"},
    )
    values = {"answer": "accepted", "measured": {**LIFT, "lift": lift}, "example": True, **more}
    Participation.objects.bulk_create([Participation(promotion=made, customer=one, **values) for one in customers])
    return made


def sells(customer, units: int = 1000, price: int = 5) -> None:
    """So many units a month for three years: of everything, 1,000 units at ¥5."""
    first = shift_month(today().replace(day=1), -36)
    MonthlySales.objects.bulk_create(
        MonthlySales(
            customer=customer,
            month=shift_month(first, n),
            gross=units * price,
            returns=0,
            net=units * price,
            units=units,
            days=28,
        )
        for n in range(36)
    )


def carried_out(
    customer, by, *, ended: int = 40, told: dict | None = None, guess: str = "150", brand_only=False, n: int = 0, **part
) -> Participation:
    """Sheet 1 of the docs, agreed, carried out and over so many days ago; told: what was measured in the shop."""
    plan = write_plan(
        customer=customer,
        title=f"联合促销{n}",
        kind="price",
        starts_on=today(),
        terms=terms(variants=[{**VARIANT, "guess": guess}]),
        by=by,
    )
    show_plan(plan=plan, by=by)
    sign(plan=plan, variant=0, side="brand", seen=1, by=by)
    sign(plan=plan, variant=0, side="customer", seen=1, told_by="王")
    made = rollout.carry_out(plan=plan, code=f"own-{customer.pk}-{n}", mechanics="减价", by=by)
    over = today() - ended * DAY
    Promotion.objects.filter(pk=made.pk).update(starts_on=over - 13 * DAY, ends_on=over, measured_at=now())
    Participation.objects.filter(promotion=made).update(measured=told, **part)
    return made.participations.get()


CAME = {"lift": 0.027, "low": 0.018, "high": 0.0375, "actual": 41080.0, "expected": 40000.0}
"""41,080 were sold where 40,000 would have been: ¥1,080.00 more, which are 180 units at ¥6."""


# --- what past ones teach -----------------------------------------------------------------------------------------


def test_results_of_the_whole_brand_are_learned_from(others, shop):
    for number in range(4):
        measured(others, number=number)
    measured([*others[:2], shop], number=4, kind="gift")
    found = past_of(shop.pk, [Offer(shop.pk, "price")])
    [effect] = found.effects
    assert (found.results, found.promotions) == (23, 5)
    assert (effect.n, effect.promotions, effect.alike, effect.own) == (23, 5, 20, 1)
    assert (effect.low, effect.expected, effect.high) == (D("0.020"), D("0.020"), D("0.020"))


def test_what_cannot_teach_is_left_out(others, shop):
    measured(others, number=0)
    measured(others[:1], number=1, compliance="changed", credit=50)
    measured(others[:1], number=2, compliance="not_run", credit=0)
    measured(others[:1], number=3, set_aside=True)
    measured(others[:1], number=4, example=False)
    measured([shop], number=5, example=False)
    Participation.objects.filter(promotion__code="past-0", customer=others[0]).update(measured={"reason": "closed"})
    assert [(one.promotion is not None, one.offer.customer) for one in pasts(shop.pk)] == [
        *[(True, one.pk) for one in others[1:]],
        (True, shop.pk),  # one's own, though it is no example
    ]
    assert past_of(others[1].pk, [Offer(others[1].pk, "price")]).results == 4


def test_a_price_that_nobody_reckoned_counts_as_usual_in_its_kind(others, shop, cast):
    part = carried_out(shop, cast.tao, told=CAME)
    Participation.objects.filter(pk=part.pk).update(example=True)
    measured(others[:1], number=0, kind="price")
    measured(others[:1], number=1, kind="gift")
    found = {one.offer.kind + str(one.offer.customer == shop.pk): one.offer.price_ratio for one in pasts(shop.pk)}
    assert found == {"priceTrue": 0.85, "priceFalse": 0.85, "giftFalse": 1.0}


def test_with_too_few_the_page_says_how_many_there_are_and_how_many_it_takes(plan, others, shop, cast):
    measured(others, number=0)
    measured(others[:4], number=1)
    page = at(cast.tao).get(f"/promotions/{plan.pk}/").text
    assert (
        "Nothing is forecast: of the 20 measured results at shops that it takes, from at least 5 promotions, there "
        "are 9, from 2."
    ) in page
    assert "Take over" not in page and "What is likely" not in page
    assert "by how much more is sold, and how much of it is only borrowed" in page
    # Sheet 1 with a quarter borrowed, at +150 %: 225 of 300 count, 257 − 75 × 3.25.
    assert "¥13.25" in page


@pytest.fixture
def enough(others, shop):
    """25 results of 5 promotions, each 2 % more; the shop would sell some ¥2,300 in two weeks, the goods ¥1,200."""
    sells(shop)
    for number in range(5):
        measured(others, number=number)


def test_low_expected_and_high_with_what_they_rest_on(plan, enough, cast):
    answer = at(cast.tao).get(f"/api/v1/promotion-plans/{plan.pk}/estimate/")
    assert answer.status_code == 200
    told = answer.json()
    assert (told["results"], told["needed"], told["promotions"], told["needed_promotions"]) == (25, 20, 5, 5)
    usual = D(told["usual"])
    one = told["variants"][0]
    assert one["told"] == (
        "From 25 results at shops of 5 promotions, 0 of this kind, 0 of this customer's own. Eight in ten come between "
        "low and high."
    )
    # Halfway towards none for a kind never seen is still the common mean: 2 % of the whole shop, as these goods.
    assert one["whole_shop"]["expected"] == "0.020"
    uplift = (D("0.02") * usual / 1200).quantize(D("0.001"))
    assert D(one["uplift"]["expected"]) == uplift
    extra = int(200 * uplift + D("0.5"))
    assert D(one["customer"]["expected"]) == D("257.00") + (extra - 300) * D("3.25")
    assert D(one["brand"]["expected"]) == D("-87.00") + (extra - 300) * D("1.75")
    page = at(cast.tao).get(f"/promotions/{plan.pk}/").text
    assert one["told"] in page.replace("&#x27;", "'")
    assert f'name="take" value="1:{(uplift * 100).normalize():f}"' in page


def test_one_tap_takes_it_over_and_saves_nothing(plan, enough, cast):
    before = (plan.terms, plan.version, AuditEntry.objects.count())
    answer = at(cast.tao).post(f"/promotions/{plan.pk}/", typed(version=str(plan.version), take="1:3.8"))
    assert answer.status_code == 200
    assert 'name="v1-guess" value="3.8"' in answer.text and "thought of: 4%" in answer.text
    plan.refresh_from_db()
    assert (plan.terms, plan.version, AuditEntry.objects.count()) == before
    odd = at(cast.tao).post(f"/promotions/{plan.pk}/", typed(version=str(plan.version), take="9:x"))
    assert odd.status_code == 200


def test_live_it_is_told_as_well(shop, enough, cast):
    live = at(cast.tao).post(f"/promotions/customers/{shop.pk}/reckon/", typed())
    assert "Learned from 25 results at shops, of 5 promotions." in live.text
    assert "25 of this kind, 0 of this customer" in live.text


def test_where_the_shop_is_not_known_nothing_is_said_of_these_goods(plan, others, cast):
    for number in range(5):
        measured(others, number=number)
    told = at(cast.tao).get(f"/api/v1/promotion-plans/{plan.pk}/estimate/").json()
    one = told["variants"][0]
    assert told["usual"] is None and one["uplift"] is None and one["customer"] is None
    assert one["whole_shop"]["expected"] == "0.020"
    assert one["why"] == "What the whole shop would sell is not known, so that nothing can be said of these goods."


def test_reckoning_over_the_api_tells_it_where_a_customer_is_named(shop, west, enough, cast):
    client = at(cast.tao)
    body = {"terms": terms(), "kind": "price"}
    here = "/api/v1/promotion-plans/reckon/"
    assert client.post(here, body, "application/json").json()["estimate"] is None
    told = client.post(here, {**body, "customer": shop.pk}, "application/json").json()["estimate"]
    assert told["variants"][0]["alike"] == 25
    assert client.post(here, {**body, "customer": west.pk}, "application/json").status_code == 400


def test_dealers_are_shown_what_was_agreed_and_not_what_we_make_of_it(shown, enough, dealer):
    page = dealer.get(f"/portal/promotions/{shown.pk}/").text
    assert "What moves the profit" in page and "What is likely" not in page and "Learned from" not in page
    assert "What it costs us" not in page


# --- what moves the profit ----------------------------------------------------------------------------------------


def test_what_weighs_most_stands_first_and_the_killing_share_is_told(plan, cast):
    body = {"terms": terms(variants=[{**VARIANT, "borrowed": "10"}])}
    told = at(cast.tao).post("/api/v1/promotion-plans/reckon/", body, "application/json").json()["variants"][0]
    first = told["swings"][0]
    # A tenth off ¥6.00 a unit, on the 300 more that are not borrowed and the 200 as well: 0.60 × (470 − 200) = 162.
    assert first["driver"] == "wholesale"
    assert (first["less"]["customer"], first["more"]["customer"]) == ("321.50", "-2.50")
    # 30 borrowed units at 1.50 off, by halves.
    assert told["cut_on_borrowed"] == {"customer": "22.50", "brand": "22.50"}
    page = at(cast.tao).get(f"/promotions/{plan.pk}/").text
    assert "What moves the profit" in page and "It pays as long as no more than 26.4% of what is sold more" in page


def test_the_page_to_print_stays_one_page(shown, cast):
    page = at(cast.tao).get(f"/promotions/{shown.pk}/versions/1/paper/brand/").text
    assert "Who bears what" in page and "What moves the profit" not in page


# --- plan against actual ------------------------------------------------------------------------------------------


def test_the_worked_sheet_on_both_pages(shop, cast):
    part = carried_out(
        shop, cast.tao, told=CAME, compliance="agreed", credit=100, claim=D(400), settled=D(375), settled_on=today()
    )
    for address in (f"/promotions/{part.plan_id}/", f"/promotions/runs/{part.promotion_id}/result/"):
        page = at(cast.tao).get(address).text
        for text in ("Planned against what came", "150.0% more, 300 units", "90.0% more, 180 units", "60%"):
            assert text in page, (address, text)
        # Both sides: extra profit planned, and as it came; the brand's materials cost it their list price here.
        for text in ("¥257.00", "−¥133.00", "−¥87.00", "−¥297.00", "¥400.00", "¥375.00"):
            assert text in page, (address, text)
    told = at(cast.tao).get(f"/api/v1/promotion-plans/{part.plan_id}/outcome/").json()
    [one] = told
    assert (one["guess"], one["uplift"], one["reached"], one["extra_planned"], one["extra"]) == (
        "1.5",
        "0.9000",
        "0.6000",
        300,
        180,
    )
    extra = {row["code"]: row for row in one["customer"]}["extra"]
    assert (extra["planned"], extra["actual"]) == ("257.00", "-133.00")
    assert (one["claimed"], one["settled"], one["why"]) == ("400.00", "375.00", "")


@pytest.mark.parametrize(
    ("told", "more", "why"),
    [
        ({"reason": "short_history"}, {}, "Too little is known of their sales before it"),
        (CAME, {"compliance": "not_run", "credit": 0, "how": "没到货"}, "It was not run: 没到货"),
    ],
)
def test_where_it_was_not_measurable_only_the_money_is_told(shop, cast, told, more, why):
    part = carried_out(shop, cast.tao, told=told, claim=D(400), **more)
    page = at(cast.tao).get(f"/promotions/{part.plan_id}/").text
    assert "Not measurable." in page and why in page and "¥400.00" in page
    assert "As it came" not in page and "The estimate came true at" not in page
    [one] = at(cast.tao).get(f"/api/v1/promotion-plans/{part.plan_id}/outcome/").json()
    assert (one["uplift"], one["extra"], one["reached"]) == (None, None, None)
    assert why in one["why"]


def test_what_is_not_over_has_come_to_nothing_yet(shop, cast):
    part = carried_out(shop, cast.tao, told=CAME)
    Promotion.objects.filter(pk=part.promotion_id).update(ends_on=today())
    assert "Planned against what came" not in at(cast.tao).get(f"/promotions/{part.plan_id}/").text
    assert at(cast.tao).get(f"/api/v1/promotion-plans/{part.plan_id}/outcome/").json() == []


def test_others_see_none_of_it(shop, cast):
    part = carried_out(shop, cast.tao, told=CAME)
    for address in (
        f"/api/v1/promotion-plans/{part.plan_id}/outcome/",
        f"/api/v1/promotion-plans/{part.plan_id}/estimate/",
    ):
        assert at(cast.lin).get(address).status_code == 404
    assert "联合促销" not in at(cast.lin).get("/promotions/estimates/").text
    assert at(cast.lin).get("/api/v1/promotion-estimates/").json() == []


# --- how estimates came out ---------------------------------------------------------------------------------------


@pytest.fixture
def record(regions, shop, cast):
    """Tao expected 150 % each time; 90 %, 45 % and 135 % came: at 60 %, 30 % and 90 %."""
    for n, amount in enumerate((1080, 540, 1620)):
        lift = amount / 40000
        told = {"lift": lift, "low": lift, "high": lift, "actual": 40000.0 + amount, "expected": 40000.0}
        carried_out(shop, cast.tao, told=told, ended=40 + n, n=n)
    carried_out(shop, cast.tao, told=CAME, ended=50, n=3, compliance="changed", credit=50, how="只摆了一个端架")
    carried_out(shop, cast.tao, told={"reason": "closed"}, ended=51, n=4)
    carried_out(shop, cast.tao, told=CAME, ended=52, n=5, guess="")


def test_the_middle_of_ones_own_estimates(record, cast):
    assert record_of(cast.tao) == TrackRecord(3, D("0.6000"))
    assert record_of(cast.mei) is None
    page = at(cast.tao).get("/promotions/estimates/").text
    assert "Your last 3 estimates came true at 60%, the middle of them." in page
    for text in (
        "not counted: It was run otherwise than agreed.",
        "not counted: The shops were closed, or reported nothing, while it ran.",
        "not counted: Nobody said what they expected.",
    ):
        assert text in page


def test_heads_see_their_peoples_and_managers_their_own(record, plan, cast):
    assert "The last 3 estimates of " in at(cast.mei).get("/promotions/estimates/").text
    [one] = at(cast.mei).get("/api/v1/promotion-estimates/").json()
    assert (one["person"]["id"], one["record"], len(one["estimates"]), one["hidden"]) == (
        cast.tao.pk,
        {"n": 3, "reached": "0.6000"},
        6,
        0,
    )
    assert one["estimates"][0] | {"plan": 0, "promotion": 0, "customer": 0, "ended_on": ""} == {
        "plan": 0,
        "promotion": 0,
        "customer": 0,
        "ended_on": "",
        "guess": "1.5",
        "uplift": "0.9000",
        "reached": "0.6000",
        "counts": True,
        "why_not": "",
    }
    assert "estimates of" in at(cast.mei).get(f"/promotions/{plan.pk}/").text


def test_a_colleague_who_sees_the_plan_sees_no_record_of_its_author(record, plan, shop, cast):
    colleague = User.objects.create(username="xu", name="徐", role="manager", email="xu@qiao.test")
    plan.refresh_from_db()
    assign(customers=[shop], user=colleague, since=today())
    assert at(colleague).get(f"/promotions/{plan.pk}/").status_code == 200
    told = at(colleague).get(f"/api/v1/promotion-plans/{plan.pk}/estimate/").json()
    assert (told["record"], told["record_told"], told["variants"][0]["corrected"]) == (None, "", None)
    assert at(colleague).get("/api/v1/promotion-estimates/").json() == []
    # Their own next estimate goes by their own record, of which there is none.
    assert "estimates came true" not in at(colleague).post(f"/promotions/customers/{shop.pk}/reckon/", typed()).text


def test_what_is_at_customers_one_no_longer_sees_counts_and_is_not_named(record, shop, cast):
    Responsibility.objects.filter(customer=shop).update(until=today())
    [one] = at(cast.tao).get("/api/v1/promotion-estimates/").json()
    assert (one["record"], one["estimates"], one["hidden"]) == ({"n": 3, "reached": "0.6000"}, [], 6)
    page = at(cast.tao).get("/promotions/estimates/").text
    assert "6 more, at customers that you do not see, count as well." in page and "联合促销" not in page


def test_the_record_stands_beside_the_estimate_and_changes_nothing_by_itself(record, plan, cast):
    told = at(cast.tao).get(f"/api/v1/promotion-plans/{plan.pk}/estimate/").json()
    assert told["record_told"] == "Your last 3 estimates came true at 60%, the middle of them."
    # 150 % × 0.6 = 90 %, 180 units: −133.00 for the customer by hand, and −87 − 120 × 1.75 for us.
    assert told["variants"][0]["corrected"] == {"uplift": "0.900", "customer": "-133.00", "brand": "-297.00"}
    assert told["variants"][0]["guess"] == "1.5"
    page = at(cast.tao).get(f"/promotions/{plan.pk}/").text
    assert "an estimate of 150.0% would come to 90.0%" in page and 'value="1:90"' in page
    assert 'name="v1-guess" value="150"' in page
    plan.refresh_from_db()
    assert plan.terms["variants"][0]["guess"] == "150"


def test_two_estimates_are_told_and_correct_nothing(plan, shop, cast):
    for n in range(2):
        carried_out(shop, cast.tao, told=CAME, ended=40 + n, n=n)
    told = at(cast.tao).get(f"/api/v1/promotion-plans/{plan.pk}/estimate/").json()
    assert told["record"] == {"n": 2, "reached": "0.6000"} and told["variants"][0]["corrected"] is None


def test_only_the_latest_twenty_count(shop, cast):
    first = carried_out(shop, cast.tao, told={**CAME, "lift": 0.0, "actual": 40000.0}, ended=90)
    rows = []
    for n in range(20):
        made = Promotion.objects.create(
            code=f"more-{n}",
            title="x",
            kind="price",
            mechanics="x",
            starts_on=today() - 60 * DAY,
            ends_on=today() - (40 + n) * DAY,
            answer_by=today() - 60 * DAY,
            state="open",
            measured_at=now(),
        )
        rows.append(
            Participation(
                promotion=made, customer=shop, plan=first.plan, answer="accepted", measured=CAME, set_aside=False
            )
        )
    Participation.objects.bulk_create(rows)
    assert record_of(cast.tao) == TrackRecord(20, D("0.6000"))


# --- cost ---------------------------------------------------------------------------------------------------------


def _statements(user, address) -> int:
    client = at(user)
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_pages_take_no_more_statements_as_rows_grow(plan, others, shop, cast):
    sells(shop)
    carried_out(shop, cast.tao, told=CAME, n=0)
    addresses = [f"/promotions/{plan.pk}/", "/promotions/estimates/", "/api/v1/promotion-estimates/"]
    before = [_statements(cast.mei, one) for one in addresses]
    for n in range(1, 6):
        carried_out(shop, cast.tao, told=CAME, ended=40 + n, n=n)
        measured(others, number=n)
    assert PromotionPlan.objects.count() == 7
    assert [_statements(cast.mei, one) for one in addresses] == before
