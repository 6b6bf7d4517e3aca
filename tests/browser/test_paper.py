"""A promotion's sheet where there is little room: one page of paper for each side, in each language; a hand."""

from __future__ import annotations

import datetime
import re

import pytest

from crm.clock import today
from customers.profile.actions import create_customer
from promotions.calculator.actions import show_plan, write_plan
from tests.browser import looking
from tests.browser.promoting import PLANNED

pytestmark = pytest.mark.browser


@pytest.fixture
def shop(cast, regions, policy):
    return create_customer(code="E1", name="杭州武林童装店", kind="franchisee", region=regions.jiangsu, by=cast.ada)


def a_plan(customer, by, n: int):
    """With so many variants, shown to the customer."""
    variants = [PLANNED["variants"][k % 2] | {"name": f"方案{k + 1}"} for k in range(n)]
    plan = write_plan(
        customer=customer,
        title="春节联合促销",
        kind="mixed",
        starts_on=today() + datetime.timedelta(days=20),
        terms=PLANNED | {"variants": variants},
        by=by,
    )
    show_plan(plan=plan, by=by)
    return plan


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_a_sheet_is_one_page(cast, shop, page_for, n):
    plan = a_plan(shop, cast.mei, n)
    page, pages = page_for(cast.mei, None), {}
    for side in ("customer", "brand"):
        for language in ("en", "zh-hans", "zh-hant"):
            page.goto(f"/promotions/{plan.pk}/versions/1/paper/{side}/?language={language}")
            assert page.locator("html").get_attribute("lang") == language
            kept = page.pdf(format="A4", prefer_css_page_size=True)
            pages[side, language] = len(re.findall(rb"/Type\s*/Page\b", kept))
    assert set(pages.values()) == {1}, pages


def test_in_a_hand_four_variants_are_not_cut_off(cast, shop, page_for, audit):
    page = page_for(cast.mei, f"/promotions/{a_plan(shop, cast.mei, 4).pk}/", phone=True)
    assert looking.cut_off(page) == []
    audit(page)
