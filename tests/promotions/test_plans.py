"""Reckoning with a customer: what is kept, shown, signed; and what is refused without changing anything."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from crm.audit.models import AuditEntry
from crm.clock import today
from customers.profile.models import Customer
from promotions.calculator.actions import (
    change_plan,
    checked,
    drop_plan,
    keep_version,
    put_own_costs,
    show_plan,
    sign,
    write_plan,
)
from promotions.calculator.economics import sheet
from promotions.calculator.kept import plan_of
from promotions.calculator.models import PlanSignature, PlanVersion, PromotionPlan
from promotions.calculator.showing import shown as shown_terms
from tests.promotions.conftest import DAY, VARIANT, terms

pytestmark = pytest.mark.django_db


def codes(flaw) -> set[tuple[str, str]]:
    return {(name, one.code) for name, errors in flaw.value.error_dict.items() for one in errors}


def test_kept_terms_are_the_worked_sheet_of_the_docs():
    """docs/economics.md, sheet 1: a cut of 15 % borne by halves, 300 units more."""
    found = sheet(plan_of(terms(), 0), 300)
    assert (found.customer.profit, found.customer.extra) == (Decimal("1057.00"), Decimal("257.00"))
    assert found.customer.break_even.units == 221
    assert found.customer.return_on_spend == Decimal("0.2725")


def test_a_guess_is_reckoned_and_without_one_nothing_more_is_sold():
    shown = shown_terms(terms())
    assert [(one.guess, one.sheet.extra) for one in shown.variants] == [(Decimal("1.5"), 300), (Decimal("0.4"), 80)]
    plain = shown_terms(terms(variants=[{**VARIANT, "guess": ""}]))
    assert [(one.guess, one.sheet.extra) for one in plain.variants] == [(None, 0)]
    assert plain.rows == []  # one variant stands beside nothing


def test_the_brands_side_is_left_out_where_it_is_not_told():
    shown = shown_terms(terms(), sides=("customer",))
    assert [[one.side for one in variant.sides] for variant in shown.variants] == [["customer"], ["customer"]]
    assert [of for of, _rows in shown.rows] == ["customer", "influence"]
    assert "3.50" not in str(shown.rows) and shown.variants[0].curve.brand == ""


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"goods": {"retail": "10", "wholesale": "6", "cost": "-1"}}, ("goods.cost", "negative")),
        ({"variants": [{"cut": "11"}]}, ("v1.cut", "above_price")),
        ({"variants": [{}, {"cut": "x"}]}, ("v2.cut", "not_a_number")),
        ({"variants": []}, ("variants", "too_few")),
        ({"variants": [{}] * 5}, ("variants", "too_many")),
        ({"variants": [{"guess": "9999"}]}, ("v1.guess", "too_large")),
        ({"variants": [{"cut": "1", "cut_brand": "120"}]}, ("v1.cut_shares.brand", "above_hundred")),
        ({"baseline": -1}, ("baseline", "negative")),
    ],
)
def test_what_cannot_be_reckoned_is_refused_by_field(shop, cast, change, code):
    with pytest.raises(ValidationError) as flaw:
        write_plan(customer=shop, title="x", kind="mixed", starts_on=today(), terms=terms(**change), by=cast.tao)
    assert code in codes(flaw)
    assert not PromotionPlan.objects.exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": " "}, ("title", "title")),
        ({"kind": "magic"}, ("kind", "kind")),
        ({"starts_on": today() - DAY}, ("starts_on", "past")),
        ({"starts_on": today() + 400 * DAY}, ("starts_on", "far")),
    ],
)
def test_a_plan_needs_a_name_a_kind_and_a_day(shop, cast, change, code):
    values = {"title": "x", "kind": "mixed", "starts_on": today(), **change}
    with pytest.raises(ValidationError) as flaw:
        write_plan(customer=shop, terms=terms(), by=cast.tao, **values)
    assert codes(flaw) == {code}


def test_a_closed_shop_plans_nothing(shop, cast):
    Customer.objects.filter(pk=shop.pk).update(state="closed")
    shop.refresh_from_db()
    with pytest.raises(ValidationError) as flaw:
        write_plan(customer=shop, title="x", kind="mixed", starts_on=today(), terms=terms(), by=cast.tao)
    assert codes(flaw) == {("customer", "closed")}


def test_two_who_change_it_at_once_are_told(plan, cast):
    change_plan(plan=plan, by=cast.tao, version=1, title="一")
    with pytest.raises(ValidationError) as flaw:
        change_plan(plan=plan, by=cast.mei, version=1, title="二")
    assert flaw.value.code == "conflict"
    plan.refresh_from_db()
    assert plan.title == "一"


def test_a_kept_version_is_not_what_the_customer_sees(shown, cast):
    change_plan(plan=shown, by=cast.tao, terms=terms(baseline=300))
    kept = keep_version(plan=shown, by=cast.tao, note="试算")
    shown.refresh_from_db()
    assert (kept.number, kept.terms["baseline"], shown.shown.number, shown.shown.terms["baseline"]) == (2, 300, 1, 200)


def test_agreed_is_what_both_sides_signed_alike(shown, cast):
    sign(plan=shown, variant=1, side="brand", seen=1, by=cast.tao)
    held = sign(plan=shown, variant=0, side="customer", seen=1, told_by="王")
    assert held.state == "shown"  # they have signed different ones
    held = sign(plan=shown, variant=1, side="customer", seen=1, told_by="王")
    assert (held.state, held.agreed_variant) == ("agreed", 1)
    assert PlanSignature.objects.count() == 2
    with pytest.raises(ValidationError) as flaw:
        change_plan(plan=shown, by=cast.tao, title="doch")
    assert flaw.value.code == "over"
    assert AuditEntry.objects.filter(action="promotion_plan.agree").count() == 1


def test_who_signs_must_have_seen_what_is_signed(shown, cast):
    show_plan(plan=shown, by=cast.tao)
    with pytest.raises(ValidationError) as flaw:
        sign(plan=shown, variant=0, side="customer", seen=1, told_by="王")
    assert flaw.value.code == "newer"
    with pytest.raises(ValidationError) as flaw:
        sign(plan=shown, variant=2, side="customer", seen=2, told_by="王")
    assert codes(flaw) == {("variant", "variant")}
    assert not PlanSignature.objects.exists()


def test_own_costs_make_a_version_of_their_own_and_signatures_begin_anew(shown, cast):
    sign(plan=shown, variant=0, side="brand", seen=1, by=cast.tao)
    before = shown_terms(shown.shown.terms).variants[0].sheet
    made = put_own_costs(plan=shown, staff="200.00", other="50.50", told_by="王", seen=1)
    after = shown_terms(made.terms).variants[0].sheet
    assert (made.number, made.told_by, made.by) == (2, "王", None)
    assert after.customer.extra == before.customer.extra - Decimal("250.50")
    assert after.brand.extra == before.brand.extra
    held = sign(plan=shown, variant=0, side="customer", seen=2, told_by="王")
    assert held.state == "shown"  # ours stands under version 1
    assert sign(plan=shown, variant=0, side="brand", seen=2, by=cast.tao).state == "agreed"


def test_own_costs_that_are_none_change_nothing(shown):
    with pytest.raises(ValidationError):
        put_own_costs(plan=shown, staff="-1", other="", told_by="王", seen=1)
    assert PlanVersion.objects.count() == 1


def test_a_dropped_plan_says_why_and_is_over(shown, cast):
    with pytest.raises(ValidationError) as flaw:
        drop_plan(plan=shown, why=" ", by=cast.tao)
    assert codes(flaw) == {("why", "why")}
    assert drop_plan(plan=shown, why="没有预算", by=cast.tao).state == "dropped"
    with pytest.raises(ValidationError) as flaw:
        sign(plan=shown, variant=0, side="customer", seen=1, told_by="王")
    assert flaw.value.code == "state"


def test_checking_leaves_what_was_given_alone():
    given = terms()
    checked(given)["variants"][0]["name"] = "other"
    assert given["variants"][0]["name"] == "减价"
