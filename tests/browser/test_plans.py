"""Plans in the browser: places follow who goes and for how long; overviews and trips on desk and phone, by axe too."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from crm.clock import today
from crm.workdays import next_working_day
from customers.models import TierStanding
from customers.profile.actions import assign, create_customer
from visits.models import WorkingDay
from visits.plan.actions import plan_visit
from visits.plan.busy import add_busy
from visits.planning.trips import mark_trip

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop(regions, cast):
    made = create_customer(
        code="E1",
        name="南京一店",
        kind="franchisee",
        region=regions.jiangsu,
        latitude=Decimal("32.04"),
        longitude=Decimal("118.78"),
    )
    TierStanding.objects.update_or_create(
        customer=made, defaults={"tier": "A", "kind": made.kind, "region": regions.jiangsu}
    )
    assign(customers=[made], user=cast.tao, since=datetime.date(2026, 1, 1))
    WorkingDay.objects.create(user=cast.tao, latitude=32.0, longitude=118.7)
    return made


def test_places_follow_who_goes_and_for_how_long(page_for, cast, shop):
    page = page_for(cast.mei, f"/visits/plan/?customer={shop.pk}")
    places = page.locator("#places")
    expect(places).to_contain_text("into the days of Tao")
    page.locator("#id_visitor").select_option(str(cast.mei.pk))
    expect(places).to_contain_text("into the days of 美")
    page.locator("#id_minutes").fill("600")
    page.locator("#id_minutes").blur()
    expect(places).to_contain_text("No day of the next two weeks has room.")


@pytest.mark.parametrize("phone", [False, True])
def test_overviews_hold(sweep, cast, shop, phone):
    day = next_working_day(today())
    plan_visit(customer=shop, visitor=cast.tao, day=day, by=cast.tao)
    add_busy(person=cast.tao, first=day, last=day, kind="leave", by=cast.tao)
    mark_trip(
        person=cast.tao,
        first=day,
        last=next_working_day(day),
        place="玄武湖客栈",
        latitude=32.07,
        longitude=118.79,
        by=cast.tao,
    )
    paths = ("quarter/", "team/?span=month", "lost-days/", "trips/", f"day/{day}/", "month/")
    sweep(cast.mei, [f"/visits/{one}{'&' if '?' in one else '?'}person={cast.tao.pk}" for one in paths], phone=phone)
