"""What the frame does in a browser: palette, keys, themes, toasts, jobs that move, sessions that end."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from crm.clock import now
from crm.jobs.models import Job

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _debug_only_pages(settings):
    settings.DEBUG = True


@pytest.fixture
def running(cast):
    return Job.objects.create(
        kind="sample",
        title="Import sales.xlsx",
        asked_by=cast.mei,
        run_after=now(),
        state="running",
        started_at=now(),
        done_units=25,
        total_units=100,
    )


def test_palette_opens_filters_and_goes(cast, page_for, audit):
    page = page_for(cast.mei, "/")
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Search everything")
    expect(field).to_be_focused()
    expect(page.get_by_role("option", name=re.compile("Today"))).to_have_attribute("aria-selected", "true")
    audit(page)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", name=re.compile("Customers"))).to_have_attribute("aria-selected", "true")
    page.keyboard.type("jobs")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/jobs/")


def test_palette_closes_by_escape_and_says_when_nothing_fits(cast, page_for):
    page = page_for(cast.mei, "/")
    page.keyboard.press("Control+k")
    page.keyboard.type("zzzzzz")
    expect(page.get_by_text("Nothing found.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("combobox")).to_be_hidden()


def test_letters_go_places_but_not_while_typing(cast, page_for):
    page = page_for(cast.mei, "/search/")
    page.keyboard.press("/")
    expect(page.locator("[data-list-search]")).to_be_focused()
    page.keyboard.type("gj")
    assert page.url.endswith("/search/")
    page.locator("[data-list-search]").blur()
    page.keyboard.press("g")
    page.keyboard.press("j")
    page.wait_for_url("**/jobs/")


def test_the_question_mark_shows_the_keys(cast, page_for, audit):
    page = page_for(cast.mei, "/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    audit(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_rows_are_walked_selected_and_counted(cast, page_for):
    page = page_for(cast.mei, "/design/")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("table[data-rows] tr.cursor")).to_contain_text("苏州观前街优品")
    page.keyboard.press("x")
    expect(page.locator("[data-selected-count]")).to_have_text("1")
    expect(page.locator(".bulk")).to_be_visible()
    page.get_by_label("Select all").check()
    expect(page.locator("[data-selected-count]")).to_have_text("4")
    page.get_by_role("button", name="Clear the selection").click()
    expect(page.locator(".bulk")).to_be_hidden()


def test_shift_selects_a_range(cast, page_for):
    page = page_for(cast.mei, "/design/")
    boxes = page.locator("tbody .sel input")
    boxes.nth(0).click()
    boxes.nth(2).click(modifiers=["Shift"])
    expect(page.locator("[data-selected-count]")).to_have_text("3")


def test_the_theme_changes_at_once_and_stays(cast, page_for):
    page = page_for(cast.mei, "/")
    page.locator(".side summary", has_text="Theme").click()
    with page.expect_response("**/preferences/"):
        page.locator(".side").get_by_role("button", name="Dark").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(17, 18, 20)"


def test_the_language_changes_with_a_click(cast, page_for):
    page = page_for(cast.mei, "/jobs/")
    page.locator(".side summary", has_text="Language").click()
    page.locator(".side").get_by_role("button", name="繁體中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-hant")
    assert page.url.endswith("/jobs/")


def test_menus_close_by_escape_and_by_a_click_outside(cast, page_for):
    page = page_for(cast.mei, "/")
    menu = page.locator(".side details", has_text="Theme")
    menu.locator("summary").click()
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()
    menu.locator("summary").click()
    page.locator("h1").click()
    expect(menu).not_to_have_attribute("open", "")


def test_toasts_say_offer_undo_and_go(cast, page_for):
    page = page_for(cast.mei, "/design/?toast=1")
    toasts = page.locator("[data-toasts] [data-toast]")
    expect(toasts).to_have_count(3)
    expect(page.locator("[data-toasts]")).to_have_attribute("role", "status")
    expect(toasts.first.get_by_role("button", name="Undo")).to_be_visible()
    toasts.nth(2).get_by_role("button", name="Close").click()
    expect(toasts).to_have_count(2)
    expect(page.get_by_text("Moved to Thursday.")).to_have_count(0, timeout=9000)


def test_a_job_moves_before_one_s_eyes_and_stops_asking(cast, page_for, running):
    page = page_for(cast.mei, f"/jobs/{running.pk}/")
    card = page.locator(f"#job-{running.pk}")
    expect(card.get_by_role("progressbar")).to_have_attribute("value", "25")
    Job.objects.filter(pk=running.pk).update(done_units=60)
    expect(card.get_by_role("progressbar")).to_have_attribute("value", "60", timeout=4000)
    Job.objects.filter(pk=running.pk).update(state="done", finished_at=now())
    expect(card).to_contain_text("Done on", timeout=4000)
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/card/" in request.url else None)
    page.wait_for_timeout(1600)
    assert asked == []


def test_the_bell_tells_on_another_page_and_then_is_quiet(cast, page_for, running):
    page = page_for(cast.mei, "/profile/")
    expect(page.locator("#bell-count")).to_contain_text("1")
    Job.objects.filter(pk=running.pk).update(state="done", finished_at=now())
    expect(page.get_by_text("Done: Import sales.xlsx")).to_be_visible(timeout=6000)
    expect(page.locator("#bell-count")).to_be_hidden()
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/bell/" in request.url else None)
    page.goto("/search/")
    page.wait_for_timeout(800)
    assert asked == []


def test_a_session_that_ended_leads_to_the_sign_in_page_and_back(cast, page_for, running):
    page = page_for(cast.mei, f"/jobs/{running.pk}/")
    page.context.clear_cookies()
    page.wait_for_url("**/accounts/login/?next=*", timeout=5000)
    page.get_by_label("User name or e-mail").fill("mei")
    page.get_by_label("Password", exact=True).fill("correct-horse-7")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**/jobs/{running.pk}/")


def test_what_the_server_refuses_is_said(cast, page_for, running):
    page = page_for(cast.mei, f"/jobs/{running.pk}/")
    page.route("**/stop/", lambda route: route.fulfill(status=403, body="no"))
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("You are not allowed to do this.")).to_be_visible()
    page.route("**/stop/", lambda route: route.abort())
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("The server cannot be reached.")).to_be_visible()


def test_being_offline_is_shown(cast, page_for):
    page = page_for(cast.mei, "/")
    page.context.set_offline(True)
    expect(page.get_by_text("You are offline.")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("You are offline.")).to_be_hidden()


def test_errors_take_the_focus_and_lead_to_their_fields(db, page_for, audit):
    page = page_for(None, "/accounts/login/")
    page.get_by_role("button", name="Sign in").click()
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    audit(page)
    summary.get_by_role("link").first.click()
    expect(page.get_by_label("User name or e-mail")).to_be_focused()


def test_charts_tell_what_is_under_the_pointer(cast, page_for):
    page = page_for(cast.mei, "/design/")
    page.locator("#charts [data-tip]").nth(1).locator(".bar").hover()
    expect(page.locator(".chart-tip")).to_contain_text("2026-02")
    expect(page.locator(".chart-tip")).to_contain_text("¥8,720,000.00")
    page.locator("#charts [data-series]").first.hover()
    expect(page.locator(".chart-tip")).to_contain_text("2026-07-02")
    page.keyboard.press("Escape")
    expect(page.locator(".chart-tip")).to_have_count(0)


def test_the_phone_reaches_everything_from_the_bar(cast, page_for, audit):
    page = page_for(cast.ada, "/", phone=True)
    expect(page.locator(".side")).to_be_hidden()
    page.locator(".tabbar summary", has_text="More").click()
    audit(page)
    for name in ("Jobs", "Administration", "Profile"):
        expect(page.locator(".tabbar").get_by_role("link", name=name)).to_be_visible()
    page.locator(".tabbar").get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")


def test_pages_work_without_scripts(cast, chromium, live_server, client):
    client.force_login(cast.mei)
    context = chromium.new_context(java_script_enabled=False, base_url=live_server.url)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    page.goto("/")
    page.locator(".side").get_by_role("link", name="Search").click()
    assert page.url.endswith("/search/")
    page.locator(".side summary", has_text="Theme").click()
    page.locator(".side").get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.locator(".side details:has(.who) summary").click()
    page.locator(".side").get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")
    context.close()


def test_signing_out_leaves_nothing_on_the_device(cast, page_for):
    page = page_for(cast.mei, "/")
    page.evaluate("localStorage.setItem('qiao.recent.1', '[]')")
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('qiao.'))") == []
