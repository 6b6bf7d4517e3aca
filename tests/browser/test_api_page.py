"""The API's page: Swagger UI under our policy, from our own files, with the session of whoever looks."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_it_draws_itself_and_asks_within_the_policy(house):
    page = house.open("admin")
    hosts = set()
    page.on("request", lambda request: hosts.add(re.sub(r"^(data:|[a-z]+://[^/]+).*", r"\1", request.url)))
    page.goto("/api/docs/")
    expect(page.get_by_role("heading", level=1, name="The API")).to_be_visible()
    operations = page.locator(".opblock")
    expect(operations.first).to_be_visible(timeout=60_000)
    me = page.locator(".opblock", has_text="/api/v1/people/me/")
    # Of a long document only those that one comes near are drawn.
    for _n in range(60):
        if me.count():
            break
        page.evaluate("scrollBy(0, 1500)")
        page.wait_for_timeout(250)
    expect(me.first).to_be_visible()
    me.locator(".opblock-summary-control").click()
    me.get_by_role("button", name="Try it out").click()
    me.get_by_role("button", name="Execute").click()
    expect(me.locator(".live-responses-table .response-col_status").last).to_contain_text("200", timeout=15_000)
    expect(me.locator(".live-responses-table")).to_contain_text('"admin"')
    assert page.evaluate("window.__policy") == []
    assert page.findings == []
    assert {host for host in hosts if host != "data:"} == {page.url.split("/api/")[0]}
    page.get_by_role("link", name="Qiao").first.click()
    expect(page.get_by_role("heading", level=1, name="Today")).to_be_visible()
    page.context.close()


def test_it_fits_a_phone(house):
    page = house.open("admin", phone=True, language="zh-hans")
    page.goto("/api/docs/")
    expect(page.locator(".opblock").first).to_be_visible(timeout=20_000)
    wide, room = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= room
    page.context.close()


def test_strangers_are_sent_to_sign_in(house):
    page = house.open(None)
    page.goto("/api/docs/")
    page.wait_for_url("**/accounts/login/?next=**")
    page.context.close()
