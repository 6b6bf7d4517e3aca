"""The first story's promotion, both sides signed in: reckoned on one page that both look at, the dealer puts in their
own costs and signs, it is carried out, seen, judged, settled, and measured against comparable shops.
"""

from __future__ import annotations

import datetime
import re
from decimal import Decimal

import numpy as np
import pytest
from playwright.sync_api import expect

from crm.clock import today
from crm.jobs.runner import drain
from customers.people.actions import create_person
from customers.portal import links
from customers.portal.actions import invite
from customers.portal.reading import open_link
from customers.profile.actions import assign, create_customer
from customers.support.entitling import quarter_of

pytestmark = pytest.mark.browser
DAY = datetime.timedelta(days=1)
LENGTH, COMPARABLE = 14, 24
OVER = today() - 5 * DAY
"""Its last day, once it is put where the sales are."""
START = OVER - (LENGTH - 1) * DAY


@pytest.fixture
def shop(cast, regions):
    """A shop that sold a quarter more in the window, among two dozen like it, all with a hundred days of sales."""
    from crm.imports.models import ImportRun
    from customers.models import Customer, SaleLine

    made = create_customer(code="E1", name="杭州武林童装店", kind="franchisee", region=regions.jiangsu)
    assign(customers=[made], user=cast.tao, since=datetime.date(2026, 1, 1))
    role = {"role": "owner", "is_primary": True}
    create_person(name="王老板", phone="139 0000 1111", customer=made, role=role, by=cast.ada)
    others = [
        Customer(code=f"N{n:02}", name=f"店{n}", kind="franchisee", region=regions.jiangsu) for n in range(COMPARABLE)
    ]
    Customer.objects.bulk_create(others)
    rng, first = np.random.default_rng(11), START - 200 * DAY
    run, lines = ImportRun.objects.create(kind="sales", state=ImportRun.State.DONE), []
    week = np.array([1, 0.9, 0.9, 1, 1.2, 1.6, 1.5])
    for n, one in enumerate([made, *Customer.objects.filter(code__startswith="N").order_by("code")]):
        for day in (first + d * DAY for d in range((OVER - first).days + 1)):
            value = 1000 * (1 + n % 5) * week[day.weekday()] * float(np.exp(rng.normal(0, 0.03)))
            if n == 0 and day >= START:
                value *= 1.25
            lines.append(SaleLine(customer=one, sold_on=day, gross=Decimal(round(value)), run=run))
    SaleLine.objects.bulk_create(lines, batch_size=2000)
    return made


def test_one_sheet_two_owners(cast, shop, page_for, audit):
    from promotions.budgets.models import BudgetUse
    from promotions.budgets.setting import set_budget
    from promotions.models import Participation, Promotion

    set_budget(region=shop.region, quarter=quarter_of(today()), amount=Decimal(5000), by=None)
    account = invite(customer=shop, name="王老板", phone="13900001111", by=cast.tao)

    # The manager, on a phone, reckons it; the sheets follow the keys.
    manager = page_for(cast.tao, f"/promotions/customers/{shop.pk}/", phone=True)
    manager.get_by_role("link", name="Reckon a promotion").first.click()
    for label, value in (
        ("What it is called", "换季联合促销"),
        ("Retail price of a unit", "10"),
        ("They buy a unit at", "6"),
        ("It costs us", "3.5"),
        ("Units they would sell anyway", "200"),
        ("You expect so many percent more", "150"),
        ("Off the price of a unit", "1.5"),
    ):
        manager.get_by_label(label).first.fill(value)
    result = manager.locator("#result")
    # 500 at 8.50, 0.75 of the cut paid back, bought at 6: 1,625 instead of 800.
    expect(result).to_contain_text("1,625.00")
    manager.get_by_role("button", name="Save the plan").click()
    expect(manager.get_by_text("Nobody but us sees it until you show it.")).to_be_visible()
    audit(manager)
    manager.get_by_role("button", name="Show it to the customer").click()
    expect(manager.get_by_text("Version 1, which both see")).to_be_visible()

    # The dealer sees it, puts in what it costs them, and says yes to the version that came of it.
    dealer = page_for(None, None, phone=True)
    dealer.goto(links.address(open_link(account), ""))
    dealer.get_by_role("button", name="Sign in as 王老板").click()
    dealer.get_by_role("link", name="换季联合促销").click()
    expect(dealer.get_by_text("1,625.00").first).to_be_visible()
    dealer.get_by_label(re.compile("staff", re.I)).first.fill("300")
    dealer.get_by_role("button", name="Put it in").click()
    expect(dealer.get_by_text("1,325.00").first).to_be_visible()
    expect(dealer.get_by_text("Version 2")).to_be_visible()
    audit(dealer)
    dealer.get_by_role("button", name=re.compile("^Yes to ")).click()
    expect(dealer.get_by_text("Our signature is still missing.")).to_be_visible()

    # The manager sees both; signing takes it of the budget, and it is agreed.
    manager.reload()
    signatures = manager.locator("#signatures")
    expect(signatures).to_contain_text("Version 2, which both see")
    expect(signatures).to_contain_text("王老板")
    signatures.get_by_role("button", name="Sign variant 1 for us").click()
    expect(manager.get_by_text(re.compile("^Agreed on .*variant 1 of version 2"))).to_be_visible()
    assert BudgetUse.objects.get().state == "committed"
    manager.get_by_role("link", name="Carry it out").click()
    manager.get_by_label("How it goes").fill("减一元五，端架两周。")
    manager.get_by_role("button", name="Carry it out").click()
    expect(manager.get_by_role("heading", level=1, name="换季联合促销")).to_be_visible()
    audit(manager)
    part = Participation.objects.get()
    assert (part.answer, part.plan.agreed_variant) == ("accepted", 0)

    # It runs: the dealer shows so, the manager looks and says how it was run.
    if part.promotion.starts_on > today():
        Promotion.objects.update(starts_on=today(), ends_on=today() + (LENGTH - 1) * DAY)
    dealer.goto("/portal/")
    dealer.get_by_role("link", name="换季联合促销").first.click()
    dealer.get_by_label("Price in the shop").fill("8.5")
    dealer.get_by_label("Note").fill("端架摆好了")
    dealer.get_by_role("button", name="Send it").first.click()
    expect(dealer.get_by_text("端架摆好了")).to_be_visible()
    manager.goto(f"/promotions/parts/{part.pk}/")
    expect(manager.get_by_text("端架摆好了")).to_be_visible()
    manager.get_by_label("as agreed").check(force=True)
    manager.get_by_role("button", name="That is how").click()
    manager.get_by_label("Settled", exact=True).fill("375")
    manager.get_by_role("button", name="Settled", exact=True).click()
    expect(manager.get_by_text("375.00").first).to_be_visible()
    audit(manager)
    assert (BudgetUse.objects.get().state, BudgetUse.objects.get().amount) == ("spent", Decimal("375.00"))

    # It is evidence of how they cooperate, where everybody who looks at the customer sees it.
    manager.goto(f"/customers/{shop.pk}/timeline/")
    expect(manager.get_by_text("换季联合促销").first).to_be_visible()

    # Two weeks later it is measured against the comparable shops.
    Promotion.objects.update(starts_on=START, ends_on=OVER, answer_by=START)
    manager.goto(f"/promotions/runs/{part.promotion_id}/result/")
    manager.get_by_role("button", name=re.compile("Measure")).click()
    expect(manager.get_by_text("It is being measured")).to_be_visible()
    drain()
    manager.reload()
    held = Promotion.objects.get()
    assert held.result["measurable"] and 0.2 < held.result["low"] < held.result["lift"] < 0.3
    assert held.result["compared"] == COMPARABLE
    expect(manager.get_by_text(f"{held.result['lift']:.1%}").first).to_be_visible()
    audit(manager)
