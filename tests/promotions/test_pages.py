"""The calculator's pages, for us and for the dealer; the first story's promotion with both sides signed in."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.clock import today
from promotions.calculator.actions import show_plan, write_plan
from promotions.calculator.models import PromotionPlan
from tests.promotions.conftest import DAY, at, terms

pytestmark = pytest.mark.django_db


def typed(**changes) -> dict:
    return {
        "title": "节日减价",
        "kind": "price",
        "starts_on": str(today() + 10 * DAY),
        "days": "14",
        "retail": "10",
        "wholesale": "6",
        "cost": "3.5",
        "baseline": "200",
        "variants": "1",
        "v1-cut": "1.5",
        "v1-cut_brand": "50",
        "v1-guess": "150",
        "v1-staff": "300",
        "v1-staff_brand": "0",
        **changes,
    }


def test_reckoned_live_and_then_kept(shop, cast):
    tao = at(cast.tao)
    assert tao.get(f"/promotions/customers/{shop.pk}/new/").status_code == 200
    live = tao.post(f"/promotions/customers/{shop.pk}/reckon/", typed())
    assert live.status_code == 200 and "¥525.00" in live.text  # 500 × 3.25 − 300 − 200 × 4
    assert not PromotionPlan.objects.exists()
    answer = tao.post(f"/promotions/customers/{shop.pk}/new/", typed())
    made = PromotionPlan.objects.get()
    assert answer["Location"] == f"/promotions/{made.pk}/"
    assert (made.customer, made.made_by, made.terms["baseline"]) == (shop, cast.tao, 200)
    assert made.terms["variants"][0]["cut"] == "1.5"
    assert "¥525.00" in tao.get(f"/promotions/{made.pk}/").text


def test_numbers_that_are_none_show_no_sheet_and_save_nothing(shop, cast):
    tao = at(cast.tao)
    live = tao.post(f"/promotions/customers/{shop.pk}/reckon/", typed(retail="viel"))
    assert live.status_code == 200 and "the sheet appears here" in live.text
    answer = tao.post(f"/promotions/customers/{shop.pk}/new/", typed(**{"v1-cut": "11"}))
    assert answer.status_code == 422 and "More than the price itself." in answer.text
    assert not PromotionPlan.objects.exists()


def test_one_more_variant_begins_as_the_last_and_saves_nothing(shop, cast):
    answer = at(cast.tao).post(f"/promotions/customers/{shop.pk}/new/", typed(add="1"))
    assert answer.status_code == 200
    assert 'name="v2-cut" value="1.5"' in answer.text and 'name="variants" value="2"' in answer.text
    less = at(cast.tao).post(f"/promotions/customers/{shop.pk}/new/", typed(variants="2", less="1"))
    assert 'name="variants" value="1"' in less.text
    assert not PromotionPlan.objects.exists()


def test_a_stale_form_overwrites_nobody(plan, cast):
    answer = at(cast.tao).post(f"/promotions/{plan.pk}/", typed(version="0"))
    assert answer.status_code == 422
    plan.refresh_from_db()
    assert plan.title == "春节联合促销"


def test_both_sides_come_to_an_agreement_each_at_their_own_door(plan, shop, cast, dealer):
    tao = at(cast.tao)
    assert "春节联合促销" not in dealer.get("/portal/").text
    assert dealer.get(f"/portal/promotions/{plan.pk}/").status_code == 404
    tao.post(f"/promotions/{plan.pk}/show/")
    assert "春节联合促销" in dealer.get("/portal/").text
    page = dealer.get(f"/portal/promotions/{plan.pk}/").text
    assert "买十送一" in page and "We, the brand" not in page and "3.50" not in page
    dealer.post(f"/portal/promotions/{plan.pk}/costs/", {"seen": 1, "staff": "120", "note": "要加一个人"})
    plan.refresh_from_db()
    assert (plan.shown.number, plan.shown.told_by, plan.terms["own"]["staff"]) == (2, "王", "120")
    late = dealer.post(f"/portal/promotions/{plan.pk}/sign/", {"seen": 1, "variant": 0})
    assert late.status_code == 422 and "There is a later version by now" in late.text
    dealer.post(f"/portal/promotions/{plan.pk}/sign/", {"seen": 2, "variant": 1})
    tao.post(f"/promotions/{plan.pk}/sign/", {"seen": 2, "variant": 1})
    plan.refresh_from_db()
    assert (plan.state, plan.agreed_variant) == ("agreed", 1)
    assert "Agreed on" in dealer.get(f"/portal/promotions/{plan.pk}/").text
    assert "Agreed on" in tao.get(f"/promotions/{plan.pk}/").text


def test_what_is_shown_to_them_of_our_side_is_our_choice(plan, cast, dealer):
    PromotionPlan.objects.filter(pk=plan.pk).update(shows_brand=True)
    show_plan(plan=plan, by=cast.tao)
    assert "We, the brand" in dealer.get(f"/portal/promotions/{plan.pk}/").text


def test_a_dealer_sees_plans_of_their_own_shop_only(west, cast, dealer):
    other = write_plan(customer=west, title="西", kind="mixed", starts_on=today(), terms=terms(), by=cast.lin)
    show_plan(plan=other, by=cast.lin)
    assert dealer.get(f"/portal/promotions/{other.pk}/").status_code == 404
    assert dealer.post(f"/portal/promotions/{other.pk}/sign/", {"seen": 1, "variant": 0}).status_code == 404
    assert dealer.post(f"/portal/promotions/{other.pk}/drop/", {"why": "x"}).status_code == 404
    other.refresh_from_db()
    assert other.state == "shown" and not other.shown.signatures.exists()
    assert Client().get(f"/portal/promotions/{other.pk}/").status_code == 302


def test_lin_sees_nothing_of_east_and_readers_change_nothing(shown, cast):
    lin, ana = at(cast.lin), at(cast.ana)
    for path in ("", "versions/1/", "versions/1/paper/brand/"):
        assert lin.get(f"/promotions/{shown.pk}/{path}").status_code == 404
        assert ana.get(f"/promotions/{shown.pk}/{path}").status_code == 200
    for path, data in (("sign/", {"seen": 1, "variant": 0}), ("drop/", {"why": "x"}), ("show/", {}), ("keep/", {})):
        assert lin.post(f"/promotions/{shown.pk}/{path}", data).status_code == 404
        assert ana.post(f"/promotions/{shown.pk}/{path}", data).status_code == 403
    shown.refresh_from_db()
    assert (shown.state, shown.versions.count()) == ("shown", 1)


def test_a_page_for_each_side_in_its_language(shown, cast):
    tao = at(cast.tao)
    theirs = tao.get(f"/promotions/{shown.pk}/versions/1/paper/customer/?language=zh-hans").text
    assert 'lang="zh-hans"' in theirs and "客户签字" in theirs and "我方（品牌）" not in theirs
    ours = tao.get(f"/promotions/{shown.pk}/versions/1/paper/brand/?language=en").text
    assert "We, the brand" in ours
    assert tao.get(f"/promotions/{shown.pk}/versions/1/paper/nobody/").status_code == 404


def test_an_earlier_version_is_gone_on_from(shown, cast):
    tao = at(cast.tao)
    tao.post(f"/promotions/{shown.pk}/", typed(version=str(shown.version)))
    shown.refresh_from_db()
    assert len(shown.terms["variants"]) == 1
    tao.post(f"/promotions/{shown.pk}/versions/1/take/")
    shown.refresh_from_db()
    assert shown.terms == shown.shown.terms


def test_lists_take_the_same_statements_however_long(plan, shop, cast):
    tao = at(cast.tao)
    paths = ["/promotions/", f"/promotions/customers/{shop.pk}/"]

    def statements() -> list[int]:
        found = []
        for path in paths:
            tao.get(path)
            with CaptureQueriesContext(connection) as seen:
                assert tao.get(path).status_code == 200
            found.append(len(seen))
        return found

    before = statements()
    for n in range(12):
        write_plan(customer=shop, title=f"{n}", kind="gift", starts_on=today(), terms=terms(), by=cast.tao)
    assert statements() == before
