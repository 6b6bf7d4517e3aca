"""A day in the field without a network: brought along, read, written, sent exactly once; conflicts; signing out."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image
from playwright.sync_api import expect

from crm.clock import today
from customers.models import Attachment, Commitment, Contact, Issue
from customers.profile.actions import assign, create_customer
from visits.models import PlannedVisit, VisitReport
from visits.plan.actions import call_off, plan_visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CACHES = "caches.keys().then((names) => names.filter((name) => name.startsWith('qiao-day-')))"
DATABASES = "indexedDB.databases().then((all) => all.map((one) => one.name))"
SINCE = datetime.date(2026, 1, 1)


@pytest.fixture
def shops(regions, cast):
    place = {"latitude": Decimal("32.04"), "longitude": Decimal("118.78")}
    made = [
        create_customer(code=f"E{n}", name=name, kind="franchisee", region=regions.jiangsu, **place)
        for n, name in enumerate(("南京一店", "苏州二店", "无锡三店"))
    ]
    assign(customers=made, user=cast.tao, since=SINCE)
    return made


@pytest.fixture
def visits(shops, cast):
    return [plan_visit(customer=one, visitor=cast.tao, day=today(), by=cast.tao, goals=["看库存"]) for one in shops]


def picture() -> dict:
    kept = io.BytesIO()
    Image.new("RGB", (60, 40), (90, 20, 20)).save(kept, "JPEG")
    return {"name": "门头.jpg", "mimeType": "image/jpeg", "buffer": kept.getvalue()}


def brought(page_for, who, count: int):
    """A phone with the day on it."""
    page = page_for(who, "/visits/phone/", phone=True, worker=True)
    expect(page.locator("[data-phone-state]")).to_have_text(
        f"{count} of {count} pages are on the phone.", timeout=20000
    )
    return page


def opened(page, address):
    page.goto(address)
    expect(page.locator("#quick[data-ready]")).to_be_attached()
    return page


def report(page, visit, *, listened: str, photo: bool = False):
    opened(page, f"/visits/{visit.pk}/report/new/")
    page.locator("[name=listened]").fill(listened)
    page.get_by_text("reached", exact=True).tap()
    if photo:
        page.locator("[name=photos]").set_input_files([picture()])
    page.get_by_role("button", name="Send the report").tap()
    expect(page.locator("[data-toast]").first).to_contain_text("Kept on this device")


def cards(page) -> list[tuple[str, str]]:
    return [
        (one.locator("[data-name]").inner_text(), one.locator("[data-state]").inner_text())
        for one in page.locator("[data-queue] > li").all()
    ]


def as_somebody(page, user) -> None:
    """From an empty page, with a client of its own: the session before goes on, for an answer still on its way to one
    that has ended would take the new cookie away.
    """
    origin = page.evaluate("location.origin")
    page.goto("about:blank")
    client = Client()
    client.force_login(user)
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
    page.context.add_cookies([cookie | {"url": origin}])


def nothing_is_there() -> bool:
    return not any(model.objects.exists() for model in (VisitReport, Contact, Issue, Commitment, Attachment))


def test_a_whole_day_without_a_network(page_for, audit, cast, shops, visits):
    # The page, the panel, the sheet twice, and of each visit itself, brief, form, and two for a contact.
    page = brought(page_for, cast.tao, 4 + 5 * len(visits))
    assert page.locator("[data-page-state]").count() == 3
    expect(page.locator("[data-page-state]").first).to_contain_text("on the phone, as of")
    audit(page)
    page.context.set_offline(True)

    # The app is opened without a network: what is there is shown, and said how old it is.
    page.goto("/")
    expect(page.locator("[data-kept-line]")).to_be_visible()
    expect(page.locator("[data-phone-missing]")).to_contain_text("not on the phone")
    for visit in visits:
        page.goto(f"/visits/{visit.pk}/brief/")
        expect(page.locator("#brief")).to_contain_text(visit.customer.name)
        expect(page.locator("[data-kept-at]")).to_be_visible()
    page.goto("/visits/sheet/")
    expect(page.locator("article.brief")).to_have_count(3)

    # Reports of all visits: one with everything, one with a photo, one in few words; and two contacts.
    opened(page, f"/visits/{visits[0].pk}/report/new/")
    page.locator("[name=listened]").fill("补货慢")
    page.locator("[name=found]").fill("门头灯坏了")
    page.get_by_text("Write down an issue we found").tap()
    page.locator("[name=found_title]").fill("换门头灯")
    page.locator("details.more summary", has_text="Promise").tap()
    page.locator("[name=ours]").fill("带画册")
    page.locator("[data-days]:visible").nth(1).get_by_text("in a week").tap()
    page.locator("label:has(input[name=mood_after][value='4'])").tap()
    page.get_by_role("button", name="Send the report").tap()
    expect(page.locator("[data-waits]")).to_be_visible()
    report(page, visits[1], listened="货架换了", photo=True)
    report(page, visits[2], listened="都好")
    for text in ("路上打的电话", "又打了一次"):
        opened(page, f"/contacts/new/?customer={shops[0].pk}")
        page.locator("[name=text]").fill(text)
        page.get_by_role("button", name="Save").tap()
        expect(page.locator("[data-toast]").first).to_contain_text("Kept on this device")
    opened(page, f"/visits/{visits[2].pk}/report/new/")
    expect(page.get_by_role("button", name="Send the report")).to_be_disabled()

    opened(page, "/visits/phone/")
    expect(page.locator("[data-outbox]")).to_contain_text("5 waiting to be sent")
    assert cards(page) == [
        ("Contact: 南京一店", "waiting"),
        ("Contact: 南京一店", "waiting"),
        ("Report: 无锡三店", "waiting"),
        ("Report: 苏州二店", "waiting"),
        ("Report: 南京一店", "waiting"),
    ]
    expect(page.locator("[data-report-state]:visible")).to_have_count(3)
    assert nothing_is_there()

    # Back: the answer to the first report is lost on its way, and everything is there once all the same.
    lost = []

    def lose(route):
        if lost:
            return route.continue_()
        lost.append(route.fetch().status)
        return route.abort()

    page.context.route(f"**/visits/{visits[0].pk}/report/new/", lose)
    page.context.set_offline(False)
    while not lost:
        page.wait_for_timeout(50)
    expect(page.locator("[data-queue] .badge.warn")).to_have_count(5)
    assert lost == [201] and VisitReport.objects.count() == 1
    page.locator("[data-retry-all]").tap()
    expect(page.locator("[data-queue] .badge.ok")).to_have_count(5, timeout=15000)
    expect(page.locator("[data-outbox]")).not_to_be_visible()
    expect(page.locator("[data-queue-none]")).to_be_visible()

    # The database holds what was written, and nothing twice.
    assert sorted(VisitReport.objects.values_list("visit_id", "contact__text", "found")) == [
        (visits[0].pk, "补货慢", "门头灯坏了"),
        (visits[1].pk, "货架换了", ""),
        (visits[2].pk, "都好", ""),
    ]
    assert set(PlannedVisit.objects.values_list("state", "is_reported")) == {("done", True)}
    said = Contact.objects.filter(link="").order_by("pk").values_list("customer", "text", "channel")
    assert list(said) == [(shops[0].pk, "路上打的电话", "call"), (shops[0].pk, "又打了一次", "call")]
    assert Contact.objects.count() == 5
    assert list(Issue.objects.values_list("customer", "title", "origin")) == [(shops[0].pk, "换门头灯", "found")]
    promise = Commitment.objects.get()
    assert (promise.text, promise.due_on) == ("带画册", today() + datetime.timedelta(days=7))
    photo = Attachment.objects.get()
    assert (photo.customer, photo.is_photo) == (shops[1], True)
    assert list(VisitReport.objects.get(visit=visits[1]).photos.all()) == [photo]
    assert VisitReport.objects.get(visit=visits[0]).contact.mood_after == 4
    assert sorted(goal.met for visit in visits for goal in visit.goals.all() if goal.met is not None) == [True, True]
    # Another look changes nothing.
    opened(page, "/visits/phone/")
    assert (VisitReport.objects.count(), Contact.objects.count(), Attachment.objects.count()) == (3, 5, 1)


def test_called_off_meanwhile_it_is_a_card_with_all_that_was_written(page_for, audit, cast, shops, visits):
    page = brought(page_for, cast.tao, 19)
    page.context.set_offline(True)
    report(page, visits[0], listened="他们不知道已取消", photo=True)
    call_off(visit=visits[0], reason="盘点", by=cast.tao)
    opened(page, "/visits/phone/")
    page.context.set_offline(False)
    card = page.locator("[data-queue] > li")
    expect(card.locator("[data-state]")).to_have_text("overtaken")
    expect(card.locator("[data-said]")).to_contain_text("他们不知道已取消")
    expect(card.locator("[data-said]")).to_contain_text("门头.jpg")
    expect(page.locator("[data-outbox-refused]")).to_contain_text("1 could not be saved as it was written")
    assert nothing_is_there()
    page.findings.clear()
    audit(page)
    # The way on keeps every word and the photo.
    card.get_by_role("link", name="Report it as a visit that nobody planned").tap()
    expect(page.locator("#quick[data-ready]")).to_be_attached()
    expect(page.locator("[name=listened]")).to_have_value("他们不知道已取消")
    assert page.evaluate("document.querySelector('[name=photos]').files[0].name") == "门头.jpg"
    page.get_by_role("button", name="Send the report").tap()
    page.wait_for_url("**/report/")
    one = VisitReport.objects.get()
    assert (one.contact.text, one.photos.count(), one.visit_id != visits[0].pk) == ("他们不知道已取消", 1, True)
    opened(page, "/visits/phone/")
    assert cards(page) == [("Report: 南京一店", "sent")]
    # The page that asks before signing out takes it off the phone as well.
    page.goto("/accounts/logout/")
    page.locator("form[data-sign-out] button").tap()
    page.wait_for_url("**/accounts/login/")
    assert page.evaluate(CACHES) == [] and page.evaluate(DATABASES) == []


def test_nothing_is_left_after_signing_out_or_for_another_person(page_for, cast, shops, visits):
    page = brought(page_for, cast.tao, 19)
    page.context.set_offline(True)
    report(page, visits[0], listened="还没发出去")
    assert len(page.evaluate(CACHES)) == 1
    # Somebody else's session on the same phone: neither pages nor what waits are shown, nor is anything sent as theirs.
    as_somebody(page, cast.mei)
    page.context.set_offline(False)
    page.goto("/visits/phone/")
    expect(page.locator("#quick[data-ready]")).to_be_attached()
    expect(page.locator("[data-outbox]")).not_to_be_visible()
    assert cards(page) == [] and nothing_is_there()
    expect(page.locator("[data-phone-state]")).to_contain_text("pages are on the phone", timeout=20000)
    assert [name.split("-")[2] for name in page.evaluate(CACHES)] == [str(cast.mei.pk)]
    # The first one again: what waited is sent; then something is refused, and signing out asks before it is lost.
    as_somebody(page, cast.tao)
    opened(page, "/visits/phone/")
    expect(page.locator("[data-queue] .badge.ok")).to_have_count(1)
    assert VisitReport.objects.get().contact.text == "还没发出去"
    page.context.route(
        "**/report/new/", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    report(page, visits[1], listened="发不出去")
    opened(page, "/visits/phone/")
    asked = []

    def answer(dialog):
        asked.append(dialog.message)
        dialog.accept() if len(asked) > 1 else dialog.dismiss()

    page.on("dialog", answer)
    leave = page.locator(".tabbar form[data-sign-out] button")
    page.locator(".tabbar summary").last.tap()
    leave.tap()
    expect(page.locator("[data-outbox]")).to_contain_text("1 waiting")
    for _n in range(40):  # asked once it knows that something waits
        page.wait_for_timeout(250)
        if asked:
            break
    assert len(asked) == 1 and len(page.evaluate(CACHES)) == 1
    leave.tap()
    page.wait_for_url("**/accounts/**")
    assert len(asked) == 2 and "is not sent yet" in asked[0]
    assert page.evaluate(CACHES) == []
    assert f"qiao-waiting-{cast.tao.pk}" not in page.evaluate(DATABASES)
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('qiao'))") == []
    # Without a network nothing of the day is shown any more.
    page.context.set_offline(True)
    page.goto(f"/visits/{visits[1].pk}/brief/")
    expect(page.locator("main")).to_contain_text("No connection")
