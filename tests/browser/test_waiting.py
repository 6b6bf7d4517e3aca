"""What waits on a device when things go wrong: no room, a server that breaks over one of many, two windows."""

from __future__ import annotations

import datetime
import json
import time

import pytest
from playwright.sync_api import expect

from crm.clock import now, today
from customers.models import Contact
from customers.profile.actions import assign, create_customer
from tests.browser.test_offline import CACHES, DATABASES, as_somebody, brought, cards, opened, picture
from visits.models import PlannedVisit, VisitReport
from visits.plan.actions import plan_visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOUR = datetime.timedelta(hours=1)
QUEUE = 'const { queue } = await import(document.querySelector("[data-offline-kit]").dataset.queue);'
KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('qiao:contacts:'))"
NO_ROOM = """
IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
"""


@pytest.fixture
def shops(regions, cast):
    made = [
        create_customer(code=f"E{n}", name=name, kind="franchisee", region=regions.jiangsu)
        for n, name in enumerate(("南京一店", "苏州二店", "无锡三店"))
    ]
    assign(customers=made, user=cast.tao, since=datetime.date(2026, 1, 1))
    return made


@pytest.fixture
def visit(shops, cast):
    return plan_visit(customer=shops[0], visitor=cast.tao, day=today(), by=cast.tao)


def contact(page, shop, text: str):
    opened(page, f"/contacts/new/?customer={shop.pk}")
    page.locator("[name=text]").fill(text)
    page.get_by_role("button", name="Save").tap()
    return page


def held(page) -> list[dict]:
    return page.evaluate(f"async () => {{ {QUEUE} return await queue.all(); }}")


def test_what_waited_before_there_was_a_queue_is_sent_by_its_author(page_for, cast, shops, regions):
    west = create_customer(code="W1", name="成都一店", kind="franchisee", region=regions.sichuan)
    page = page_for(cast.tao, "/offline/", phone=True)
    origin, written = page.evaluate("location.origin"), now() - 3 * HOUR

    def old(key: str, shop, text: str) -> list[dict]:
        fields = {"channel": "call", "text": text, "client_key": key, "written_at": f"{written:%Y-%m-%dT%H:%M:%S.000Z}"}
        action = f"{origin}/contacts/new/?customer={shop.pk}"
        return [{"action": action, "customer": str(shop.pk), "fields": list(fields.items())}]

    mine = old("7d9f4a52-3c1e-4b60-9a77-000000000001", shops[0], "升级前写的")
    hers = old("7d9f4a52-3c1e-4b60-9a77-000000000002", west, "琳写的")
    for who, items in ((cast.tao, mine), (cast.lin, hers)):
        name, text = f"qiao:contacts:outbox:{who.pk}", json.dumps(items)
        page.evaluate("([name, text]) => localStorage.setItem(name, text)", [name, text])
    page.context.route("**/contacts/new/**", lambda route: route.abort())
    opened(page, "/visits/phone/")
    expect(page.locator("[data-outbox]")).to_contain_text("1 waiting to be sent")
    expect(page.locator("[data-queue] .badge.warn")).to_have_count(1)
    assert cards(page) == [("Contact", "waiting")] and page.evaluate(KEPT) == []
    assert {f"qiao-waiting-{who.pk}" for who in (cast.tao, cast.lin)} <= set(page.evaluate(DATABASES))
    page.context.unroute("**/contacts/new/**")
    page.locator("[data-retry-all]").tap()
    expect(page.locator("[data-queue] .badge.ok")).to_have_count(1)
    one = Contact.objects.get()
    assert (one.text, one.by, one.customer) == ("升级前写的", cast.tao, shops[0])
    assert one.written_at is not None and abs(one.written_at - written) < datetime.timedelta(seconds=30)
    as_somebody(page, cast.lin)
    opened(page, "/visits/phone/")
    expect(page.locator("[data-queue] .badge.ok")).to_have_count(1)
    assert list(Contact.objects.order_by("pk").values_list("text", "by")) == [
        ("升级前写的", cast.tao.pk),
        ("琳写的", cast.lin.pk),
    ]


def test_where_the_device_has_no_room_it_is_sent_at_once_or_stays_on_the_page(page_for, cast, shops, visit):
    page = page_for(cast.tao, None, phone=True)
    page.context.add_init_script(NO_ROOM)
    opened(page, f"/visits/{visit.pk}/report/new/")
    page.locator("[name=listened]").fill("没地方存")
    page.locator("[name=photos]").set_input_files([picture()])
    page.context.set_offline(True)
    page.get_by_role("button", name="Send the report").tap()
    expect(page.locator("[data-flaws]")).to_contain_text("this device has no room to keep what you wrote")
    expect(page.locator("[name=listened]")).to_have_value("没地方存")
    assert page.evaluate("document.querySelector('[name=photos]').files.length") == 1
    assert not VisitReport.objects.exists() and held(page) == []
    # The words arrive, the photo does not: it is said, and nothing is left behind with the page.
    page.context.set_offline(False)
    page.context.route("**/report/photos/", lambda route: route.abort())
    page.get_by_role("button", name="Send the report").tap()
    expect(page.locator("[data-flaws]")).to_contain_text("the photos are not all sent yet")
    assert [one.photos.count() for one in VisitReport.objects.all()] == [0]
    page.context.unroute("**/report/photos/")
    page.get_by_role("button", name="Send the report").tap()
    page.wait_for_url(f"**/visits/{visit.pk}/report/")
    one = VisitReport.objects.get()
    assert (one.contact.text, one.photos.count(), Contact.objects.count()) == ("没地方存", 1, 1)
    assert page.evaluate(KEPT) == []


def test_one_that_the_server_breaks_over_holds_up_no_other(page_for, cast, shops):
    page = page_for(cast.tao, None, phone=True)
    page.context.route("**/contacts/new/**", lambda route: _only_get(route, None))
    for shop, text in zip(shops, ("一", "二", "三"), strict=True):
        contact(page, shop, text)
        expect(page.locator("[data-toast]").first).to_contain_text("Kept on this device")
    # A server that is away is away for all of them.
    asked = []
    page.context.unroute("**/contacts/new/**")
    page.context.route("**/contacts/new/**", lambda route: _only_get(route, 503, asked))
    opened(page, "/visits/phone/")
    expect(page.locator("[data-queue] .badge.warn")).to_have_count(3)
    page.wait_for_timeout(300)
    assert len(asked) == 1 and {url.partition("?")[2] for url in asked} == {f"customer={shops[0].pk}"}
    page.context.unroute("**/contacts/new/**")
    page.context.route(f"**/contacts/new/?customer={shops[0].pk}", lambda route: _only_get(route, 500))
    page.locator("[data-retry-all]").tap()
    expect(page.locator("[data-queue] .badge.ok")).to_have_count(2)
    states = {"无锡三店": "sent", "苏州二店": "sent", "南京一店": "not taken"}
    assert cards(page) == [(f"Contact: {name}", state) for name, state in states.items()]
    assert sorted(Contact.objects.values_list("text", flat=True)) == ["三", "二"]
    card = page.locator("[data-queue] > li").last
    expect(card.locator("[data-why]")).to_have_text("The server could not take this. (500)")
    expect(page.locator("[data-outbox-refused]")).to_contain_text("1 could not be saved as it was written")
    expect(card.get_by_role("button", name="Copy")).to_be_visible()
    # It is tried again, or thrown away.
    page.on("dialog", lambda dialog: dialog.accept())
    card.get_by_role("button", name="Throw away").tap()
    expect(page.locator("[data-queue] > li")).to_have_count(2)
    expect(page.locator("[data-outbox]")).not_to_be_visible()
    assert Contact.objects.count() == 2


def _only_get(route, status: int | None, asked: list | None = None) -> None:
    """Answers a POST with this status; None: nothing comes back."""
    if route.request.method != "POST":
        return route.continue_()
    if asked is not None:
        asked.append(route.request.url)
    return route.abort() if status is None else route.fulfill(status=status, body="oops")


def test_put_right_it_was_still_written_when_it_was_written(page_for, cast, shops, visit):
    page = page_for(cast.tao, None, phone=True)
    page.context.route("**/report/new/", lambda route: _only_get(route, None))
    opened(page, f"/visits/{visit.pk}/report/new/")
    page.locator("[name=listened]").fill("三小时前")
    page.locator("[name=minutes]").fill("1")
    page.get_by_role("button", name="Send the report").tap()
    expect(page.locator("[data-toast]").first).to_contain_text("Kept on this device")
    page.evaluate(f"""async () => {{ {QUEUE}
      const [item] = await queue.all();
      await queue.add({{ ...item, written: item.written - 3 * 3600e3, fresh: false }});
    }}""")
    page.context.unroute("**/report/new/")
    opened(page, "/visits/phone/")
    expect(page.locator("[data-queue] [data-state]")).to_have_text("refused")
    page.get_by_role("link", name="Put right").tap()
    expect(page.locator("#quick[data-ready]")).to_be_attached()
    expect(page.locator("[name=listened]")).to_have_value("三小时前")
    page.locator("[name=minutes]").fill("30")
    page.get_by_role("button", name="Send the report").tap()
    page.wait_for_url(f"**/visits/{visit.pk}/report/")
    one = VisitReport.objects.get()
    assert one.written_at is not None
    assert 3 * HOUR < one.filed_at - one.written_at < 3 * HOUR + datetime.timedelta(minutes=2)


def test_two_windows_with_one_draft_are_two_contacts(page_for, cast, shops):
    page = page_for(cast.tao, None, phone=True)
    opened(page, f"/contacts/new/?customer={shops[0].pk}")
    page.locator("[name=text]").fill("第一个窗口")
    other = page.context.new_page()
    opened(other, f"/contacts/new/?customer={shops[0].pk}")
    expect(other.locator("[name=text]")).to_have_value("第一个窗口")
    other.locator("[name=text]").fill("第二个窗口")
    for one in (page, other):
        one.get_by_role("button", name="Save").tap()
        one.wait_for_url(f"**/contacts/customers/{shops[0].pk}/")
    assert sorted(Contact.objects.values_list("text", flat=True)) == ["第一个窗口", "第二个窗口"]


def test_signing_out_where_the_queue_cannot_be_had_leaves_nothing(page_for, cast, shops):
    page = page_for(cast.tao, None, phone=True)
    page.context.route("**/contacts/new/**", lambda route: _only_get(route, None))
    contact(page, shops[0], "还没发出去")
    expect(page.locator("[data-toast]").first).to_contain_text("Kept on this device")
    assert f"qiao-waiting-{cast.tao.pk}" in page.evaluate(DATABASES)
    page.context.route("**/offline/queue*.js", lambda route: route.abort())
    asked = []

    def answer(dialog):
        asked.append(dialog.message)
        dialog.accept() if len(asked) > 1 else dialog.dismiss()

    page.on("dialog", answer)
    page.goto("/accounts/logout/")
    leave = page.locator("form[data-sign-out] button")
    leave.tap()
    _until(lambda: len(asked) == 1, page)
    assert f"qiao-waiting-{cast.tao.pk}" in page.evaluate(DATABASES)
    leave.tap()
    page.wait_for_url("**/accounts/login/")
    assert len(asked) == 2 and "is not sent yet" in asked[1]
    assert page.evaluate(DATABASES) == [] and not Contact.objects.exists()


def _until(true, page) -> None:
    end = time.monotonic() + 10
    while not true() and time.monotonic() < end:
        page.wait_for_timeout(50)
    assert true()


def answered(status: int):
    return lambda route: route.fulfill(status=status, body="oops")


def test_what_is_on_the_phone_stays_while_the_server_is_broken_and_the_spare_page_is_nobodys(page_for, cast, visit):
    page = brought(page_for, cast.tao, 9)
    spare = page.evaluate("caches.match('/offline/', { ignoreVary: true }).then((found) => found.text())")
    assert "No connection" in spare and 'data-user=""' in spare
    (name,) = page.evaluate(CACHES)
    count = "async (name) => (await (await caches.open(name)).keys()).length"
    there = page.evaluate(count, name)
    for status in (500, 502, 503):
        page.context.route("**/brief/", answered(status))
        page.locator("[data-bring]").tap()
        expect(page.locator("[data-toast]").first).to_be_visible()
        expect(page.locator("[data-bring]")).to_be_enabled()
        assert page.evaluate(count, name) == there
        page.context.unroute("**/brief/")
    # What is no longer there for its reader goes.
    page.context.route("**/brief/", answered(404))
    page.locator("[data-bring]").tap()
    expect(page.locator("[data-bring]")).to_be_enabled()
    _until(lambda: page.evaluate(count, name) == there - 1, page)
    assert PlannedVisit.objects.filter(is_reported=True).count() == 0
