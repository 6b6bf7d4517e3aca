"""The customers' map in a browser: marks appear, a cluster opens, filters stay, nothing breaks the policy."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("phone", [False, True])
def test_marks_appear_and_a_cluster_opens(house, page_for, audit, phone):
    page = page_for(house.people["admin"], "/customers/map/", phone=phone)
    expect(page.locator("[data-module][data-ready]")).to_be_visible()
    cluster = page.locator(".m-cluster").first
    expect(cluster).to_be_visible()
    audit(page)
    in_view = page.locator("[data-map-said]")
    before = in_view.inner_text()
    assert re.match(r"\d+ customers in view", before)
    cluster.focus()
    page.keyboard.press("Enter")  # the keyboard does what a click does
    expect(in_view).not_to_have_text(before)
    point = page.locator(".m-point").first
    while not point.is_visible() and page.locator(".m-cluster").count():
        text = page.locator(".m-cluster").first.get_attribute("title")
        page.locator(".m-cluster").first.click()
        expect(page.locator(f".m-cluster[title='{text}']").first).to_be_hidden()


def test_filters_stay_and_the_map_starts_again(house, page_for):
    page = page_for(house.people["admin"], "/customers/map/")
    expect(page.locator(".m-cluster, .m-point").first).to_be_visible()
    page.locator(".seg a", has=page.locator(".tier-b")).first.click()
    page.wait_for_url("**/customers/map/?tier=B")
    expect(page.locator("[data-module][data-ready]")).to_have_attribute("data-query", "tier=B")
    expect(page.locator(".m-cluster, .m-point").first).to_be_visible()
    page.locator("#list-tools a").first.click()
    page.wait_for_url("**/customers/?tier=B")


def test_the_palette_marks_what_matched(house, page_for):
    page = page_for(house.people["admin"], "/")
    page.keyboard.press("Control+k")
    page.keyboard.type("kunming")
    hit = page.locator("[data-hit]", has_text="云南昆明潜在客户")
    expect(hit.locator("mark")).to_have_text("昆明")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/customers/\d+/"))
    page.keyboard.press("Control+k")
    expect(page.locator("[data-recent] [role=option]").first).to_contain_text("云南昆明潜在客户")
