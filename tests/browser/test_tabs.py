"""A customer's pages have more tabs than a phone is wide: the open one is in sight, and the page does not move."""

from __future__ import annotations

import datetime

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def shop(cast, regions, policy):
    from customers.profile.actions import assign, create_customer

    made = create_customer(code="S1", name="张三鲜", kind="franchisee", region=regions.jiangsu)
    assign(customers=[made], user=cast.tao, since=datetime.date(2026, 1, 1))
    return made


def where(page) -> dict:
    return page.evaluate(
        """() => {
            const strip = document.querySelector(".tabs"), tab = strip.querySelector("[aria-current]");
            const [outer, inner] = [strip.getBoundingClientRect(), tab.getBoundingClientRect()];
            return {inside: inner.left >= outer.left - 1 && inner.right <= outer.right + 1, moved: strip.scrollLeft,
                    wider: strip.scrollWidth > strip.clientWidth, page: [scrollX, scrollY], width: innerWidth};
        }"""
    )


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_open_tab_is_in_sight_on_a_phone(cast, shop, page_for, audit, language):
    page = page_for(cast.mei, f"/customers/{shop.pk}/privacy/", phone=True, language=language)
    page.evaluate("document.fonts.ready")
    found = where(page)
    assert (found["width"], found["wider"], found["inside"], found["page"]) == (390, True, True, [0, 0])
    assert found["moved"] > 0
    audit(page)
    page.goto(f"/customers/{shop.pk}/")
    page.evaluate("document.fonts.ready")
    found = where(page)
    assert (found["inside"], found["moved"]) == (True, 0)
