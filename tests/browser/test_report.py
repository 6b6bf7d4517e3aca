"""Reporting a visit on a phone: check in, listen, find with an issue, goals, send; also without a connection."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from crm.clock import today
from customers.models import Contact, Issue
from customers.profile.actions import assign, create_customer
from visits.models import PlannedVisit, VisitReport
from visits.plan.actions import plan_visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def visit(regions, cast):
    shop = create_customer(
        code="E1",
        name="南京一店",
        kind="franchisee",
        region=regions.jiangsu,
        latitude=Decimal("32.04"),
        longitude=Decimal("118.78"),
    )
    assign(customers=[shop], user=cast.tao, since=datetime.date(2026, 1, 1))
    return plan_visit(customer=shop, visitor=cast.tao, day=today(), by=cast.tao, goals=["看库存"])


def opened(page_for, cast, visit):
    page = page_for(cast.tao, None, phone=True)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 32.0405, "longitude": 118.78, "accuracy": 15})
    page.goto(f"/visits/{visit.pk}/report/new/")
    expect(page.locator("#quick[data-ready]")).to_be_attached()
    return page


def written(page):
    page.get_by_role("button", name="Check in here").tap()
    expect(page.locator("[data-checkin-said]")).to_contain_text("about 56 m from the shop, ± 15 m")
    page.locator("[name=listened]").fill("补货慢")
    page.locator("[name=found]").fill("门头灯坏了")
    page.get_by_text("Write down an issue we found").tap()
    page.locator("[name=found_title]").fill("换门头灯")
    page.get_by_text("reached", exact=True).tap()
    page.locator("label:has(input[name=mood_after][value='4'])").tap()


def test_a_report_on_a_phone(page_for, audit, cast, visit):
    page = opened(page_for, cast, visit)
    audit(page)
    written(page)
    page.get_by_role("button", name="Send the report").tap()
    page.wait_for_url(f"**/visits/{visit.pk}/report/")
    expect(page.locator("main")).to_contain_text("换门头灯")
    audit(page)
    one = VisitReport.objects.get()
    assert (one.distance_m, one.accuracy_m, str(one.place), one.found) == (56, 15, "near", "门头灯坏了")
    assert (one.contact.text, one.contact.mood_after, one.visit.goals.get().met) == ("补货慢", 4, True)
    assert (Issue.objects.get().title, Issue.objects.get().origin) == ("换门头灯", "found")


def test_without_connection_the_draft_stays_and_is_sent_once(page_for, cast, visit):
    page = opened(page_for, cast, visit)
    written(page)
    page.reload()
    expect(page.locator("#quick[data-ready]")).to_be_attached()
    expect(page.locator("[name=listened]")).to_have_value("补货慢")
    expect(page.locator("[data-checkin-said]")).to_contain_text("± 15 m")
    page.context.set_offline(True)
    page.get_by_role("button", name="Send the report").tap()
    expect(page.locator("[data-outbox]")).to_contain_text("1 waiting to be sent")
    assert not VisitReport.objects.exists()
    page.context.set_offline(False)
    page.goto("/")
    expect(page.locator("#quick[data-ready]")).to_be_attached()
    expect(page.locator("[data-outbox]")).not_to_be_visible()
    assert (VisitReport.objects.count(), Contact.objects.count(), Issue.objects.count()) == (1, 1, 1)
    assert (PlannedVisit.objects.get().state, VisitReport.objects.get().distance_m) == ("done", 56)
