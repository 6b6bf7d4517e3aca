"""Logging a contact on a phone and by keyboard: few taps, drafts that stay, and nothing twice or lost offline."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from customers.models import Commitment, Contact
from customers.profile.actions import create_customer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop(regions, cast):
    return create_customer(code="E1", name="南京一店", kind="franchisee", region=regions.jiangsu)


@pytest.fixture
def other(regions, cast):
    return create_customer(code="E2", name="苏州二店", kind="franchisee", region=regions.jiangsu)


OUTBOX = """async () => {
  const { queue } = await import(document.querySelector("[data-offline-kit]").dataset.queue);
  return (await queue.waiting()).length;
}"""


class Taps:
    """Taps, and counts them."""

    def __init__(self):
        self.count, self.begun = 0, time.monotonic()

    def __call__(self, locator) -> None:
        locator.tap()
        self.count += 1


def panel(page):
    expect(page.locator("#quick [data-contact-form]")).to_be_visible()
    return page.locator("#quick")


def kept(page, part: str) -> list[str]:
    return page.evaluate("(part) => Object.keys(localStorage).filter((key) => key.includes(`:${part}:`))", part)


def waiting(page) -> int:
    return page.evaluate(OUTBOX)


def test_four_taps_from_a_customers_page(page_for, audit, cast, shop):
    page = page_for(cast.mei, f"/customers/{shop.pk}/", phone=True)
    tap = Taps()
    tap(page.locator(".tabbar .fab"))
    tap(page.locator(".sheet").get_by_text("Log a contact"))
    tap(panel(page).locator("label:has(input[name=mood_after][value='4'])"))
    audit(page)
    tap(panel(page).get_by_role("button", name="Save"))
    expect(page.locator("[data-toast]").first).to_contain_text("南京一店")
    assert tap.count == 4 and time.monotonic() - tap.begun < 15
    made = Contact.objects.get()
    assert (made.customer, made.by, made.channel, made.mood_after) == (shop, cast.mei, "call", 4)
    expect(page.locator("#contacts")).to_contain_text("call")


def test_from_anywhere_by_keyboard(page_for, cast, shop, other):
    page = page_for(cast.mei, "/visits/")
    ready(page)
    page.keyboard.press("l")
    field = page.locator("#quick input[type=search]")
    expect(field).to_be_focused()
    field.press_sequentially("二店")
    page.locator("#who-hits a").first.click()
    expect(panel(page).locator("h2")).to_have_text("苏州二店")
    page.locator("#quick textarea").fill("一句话")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-toast]").first).to_contain_text("苏州二店")
    assert (Contact.objects.get().customer, Contact.objects.get().text) == (other, "一句话")
    expect(page.locator("#quick")).not_to_be_visible()


def test_escape_keeps_the_draft_and_somebody_else_takes_it_along(page_for, cast, shop, other):
    page = ready(page_for(cast.mei, f"/customers/{shop.pk}/"))
    page.keyboard.press("l")
    panel(page).locator("textarea").fill("还没写完")
    page.keyboard.press("Escape")
    expect(page.locator("#quick")).not_to_be_visible()
    page.reload()
    ready(page)
    page.keyboard.press("l")
    expect(panel(page).locator("textarea")).to_have_value("还没写完")
    expect(page.locator("#quick [data-draft]")).to_be_visible()
    page.locator("#quick").get_by_text("Somebody else").click()
    page.locator("#quick input[type=search]").press_sequentially("二店")
    page.locator("#who-hits a").first.click()
    expect(page.locator("#quick h2")).to_have_text("苏州二店")
    expect(panel(page).locator("textarea")).to_have_value("还没写完")
    page.locator("#quick [data-draft-drop]").evaluate("(one) => one.closest('[data-draft]').hidden = false")
    page.locator("#quick [data-draft-drop]").click()
    expect(panel(page).locator("textarea")).to_have_value("")
    assert kept(page, "draft") == [] and not Contact.objects.exists()


def ready(page):
    expect(page.locator("#quick[data-ready]")).to_be_attached()
    return page


def test_without_connection_it_waits_and_is_sent_once(page_for, cast, shop):
    page = ready(page_for(cast.mei, f"/customers/{shop.pk}/", phone=True))
    page.locator("#contacts").get_by_text("Log a contact").tap()
    panel(page).locator("textarea").fill("地下车库里写的")
    page.locator("#quick details").nth(1).locator("summary").tap()
    page.locator("#quick [name=ours]").fill("补断码")
    page.locator("#quick [data-days]:visible").first.get_by_text("in a week").tap()
    page.context.set_offline(True)
    page.locator("#quick").get_by_role("button", name="Save").tap()
    expect(page.locator("[data-toast]").first).to_contain_text("Kept on this device")
    expect(page.locator("[data-outbox]")).to_contain_text("1 waiting to be sent")
    assert waiting(page) == 1 and not Contact.objects.exists()
    # The server takes nothing while the page is opened again.
    page.context.route("**/contacts/new/**", lambda route: route.abort())
    page.context.set_offline(False)
    page.reload()
    ready(page)
    assert waiting(page) == 1 and not Contact.objects.exists()
    page.context.unroute("**/contacts/new/**")
    page.reload()
    ready(page)
    expect(page.locator("[data-outbox]")).not_to_be_visible()
    page.reload()
    ready(page)
    assert (Contact.objects.count(), Commitment.objects.count()) == (1, 1)
    assert Contact.objects.get().text == "地下车库里写的"


def test_an_answer_that_was_lost_makes_no_second_one(page_for, cast, shop):
    """The server made it, the phone never heard of it."""
    page = ready(page_for(cast.mei, f"/customers/{shop.pk}/"))
    lost = []

    def lose(route):
        if not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.context.route("**/contacts/new/**", lose)
    page.keyboard.press("l")
    panel(page).locator("textarea").fill("信号断了")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-outbox]")).to_be_visible()
    assert lost == [201]
    page.locator("[data-outbox-send]").click()
    expect(page.locator("[data-outbox]")).not_to_be_visible()
    assert Contact.objects.count() == 1


def test_what_the_server_could_not_take_is_kept(page_for, cast, shop):
    page = ready(page_for(cast.mei, "/promises/"))
    page.context.route("**/contacts/new/**", lambda route: route.fulfill(status=500, body="oops"))
    page.keyboard.press("l")
    page.locator("#quick input[type=search]").press_sequentially("一店")
    page.locator("#who-hits a").first.click()
    panel(page).locator("textarea").fill("服务器忙")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-outbox]")).to_be_visible()
    page.context.unroute("**/contacts/new/**")
    page.locator("[data-outbox-send]").click()
    expect(page.locator("[data-outbox]")).not_to_be_visible()
    assert Contact.objects.get().text == "服务器忙"


def test_what_is_refused_is_said_in_the_panel(page_for, cast, shop):
    page = ready(page_for(cast.mei, f"/customers/{shop.pk}/"))
    page.keyboard.press("l")
    panel(page)
    page.locator("#quick details").nth(1).locator("summary").click()
    page.locator("#quick [name=ours]").fill("没有日期")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#quick [data-flaws]")).to_contain_text("Until when?")
    assert not Contact.objects.exists() and len(kept(page, "draft")) == 1


def test_signed_out_meanwhile_it_is_sent_after_signing_in_again(page_for, client, cast, shop):
    from django.conf import settings
    from django.contrib.sessions.models import Session

    page = ready(page_for(cast.mei, f"/customers/{shop.pk}/"))
    page.keyboard.press("l")
    panel(page).locator("textarea").fill("会话过期")
    Session.objects.all().delete()
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-toast]").first).to_contain_text("You are signed out")
    page.goto("/")
    assert "/accounts/login/" in page.url and not Contact.objects.exists()
    client.force_login(cast.mei)
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
    page.context.add_cookies([cookie | {"url": page.evaluate("location.origin")}])
    page.goto("/")
    ready(page)
    expect(page.locator("[data-outbox]")).not_to_be_visible()
    page.wait_for_timeout(500)
    assert Contact.objects.get().text == "会话过期"


def test_nothing_is_left_for_another_person(page_for, client, cast, shop):
    from django.conf import settings

    page = ready(page_for(cast.mei, f"/customers/{shop.pk}/"))
    page.keyboard.press("l")
    panel(page).locator("textarea").fill("只给美")
    page.keyboard.press("Escape")
    assert len(kept(page, "draft")) == 1
    client.force_login(cast.lin)
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
    page.context.add_cookies([cookie | {"url": page.evaluate("location.origin")}])
    page.goto("/")
    ready(page)
    assert kept(page, "draft") == []


def test_signing_out_clears_what_was_written(page_for, cast, shop):
    page = ready(page_for(cast.mei, f"/customers/{shop.pk}/"))
    page.keyboard.press("l")
    panel(page).locator("textarea").fill("草稿")
    page.keyboard.press("Escape")
    assert len(kept(page, "draft")) == 1
    page.locator(".side-foot summary").last.click()
    page.locator(".side-foot form[data-sign-out] button").click()
    page.wait_for_url("**/accounts/**")
    assert kept(page, "draft") == []
