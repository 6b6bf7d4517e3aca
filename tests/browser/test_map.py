"""The customers' map in a browser: marks appear, a cluster opens, filters stay, nothing breaks the policy."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import findings

pytestmark = pytest.mark.browser
SLOW = 15_000


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "hand"])
def test_marks_appear_and_a_cluster_opens(house, phone):
    page = house.open("admin", theme="dark" if phone else "light", phone=phone)
    page.goto("/customers/map/")
    expect(page.locator(".map[data-ready]")).to_be_visible(timeout=SLOW)
    cluster = page.locator(".m-cluster").first
    expect(cluster).to_be_visible()
    assert findings(page) == []
    said = page.locator("[data-map-said]")
    before = said.inner_text()
    assert re.fullmatch(r"\d+ customers in view", before)
    scale = page.locator(".leaflet-control-scale-line").inner_text()
    cluster.focus()
    page.keyboard.press("Enter")  # the keyboard does what a click does
    expect(page.locator(".leaflet-control-scale-line")).not_to_have_text(scale, timeout=SLOW)
    expect(said).not_to_have_text(before, timeout=SLOW)
    page.context.close()


def test_filters_stay_and_the_map_starts_again(house):
    page = house.open("admin")
    page.goto("/customers/map/")
    expect(page.locator(".m-cluster, .m-point").first).to_be_visible(timeout=SLOW)
    page.locator("nav.seg a", has=page.locator(".tier-c")).first.click()
    page.wait_for_url("**/customers/map/?tier=C")
    expect(page.locator(".map[data-ready]")).to_have_attribute("data-query", "tier=C", timeout=SLOW)
    expect(page.locator(".m-cluster, .m-point").first).to_be_visible(timeout=SLOW)
    page.locator("#list-tools nav a").first.click()
    page.wait_for_url("**/customers/?tier=C")
    page.context.close()


def test_the_palette_marks_what_matched_and_remembers(house):
    page = house.open("admin")
    page.goto("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("kunming")
    hit = page.locator("[data-hit]", has_text="昆明潜在客户")
    expect(hit.locator("mark")).to_have_text("昆明", timeout=SLOW)
    hit.click()
    page.wait_for_url(re.compile(r"/customers/\d+/"))
    page.keyboard.press("Control+k")
    expect(page.locator("[data-recent] [role=option]").first).to_contain_text("昆明潜在客户")
    page.context.close()
