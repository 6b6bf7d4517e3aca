"""A dealer is invited, comes in by the link on a phone, sees the shop's figures and leaves; the link is spent then."""

from __future__ import annotations

import datetime
import re

import pytest
from playwright.sync_api import expect

from crm.clock import today
from customers.issues.actions import open_issue, solve
from customers.models import MonthlySales, OpenItem
from customers.people.actions import create_person
from customers.portal import links
from customers.portal.actions import invite
from customers.portal.reading import open_link
from customers.profile.actions import assign, create_customer
from customers.surveys.actions import begin_survey, write_template
from customers.tiers.actions import refresh
from tests.browser import looking
from tests.browser.conftest import findings
from tests.browser.promoting import notices_of, promotions_of, rollouts_of

pytestmark = pytest.mark.browser


@pytest.fixture
def shop(cast, regions, policy):
    made = create_customer(code="E1", name="杭州武林童装店", kind="franchisee", region=regions.jiangsu)
    assign(customers=[made], user=cast.tao, since=datetime.date(2026, 1, 1))
    create_person(
        name="王老板", phone="139 0000 1111", customer=made, role={"role": "owner", "is_primary": True}, by=cast.ada
    )
    day = today()
    for month, net in ((day.replace(month=1, day=1), 54321), (day.replace(year=day.year - 1, month=1, day=1), 43210)):
        MonthlySales.objects.create(customer=made, month=month, gross=net, returns=0, net=net, days=1)
    OpenItem.objects.create(customer=made, number="R-1", issued_on=day, due_on=day, amount=1234, open_amount=1234)
    refresh(full=True)
    return made


def check(page, *, ignore_status: bool = False) -> None:
    wrong = looking.cut_off(page) + findings(page, ignore_status=ignore_status)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    wrong += [f"dark: {text}" for text in findings(page, ignore_status=ignore_status, rules=["color-contrast"])]
    assert wrong == [], f"{page.url}\n" + "\n".join(wrong)


def test_a_dealer_is_let_in_once(cast, shop, page_for):
    manager = page_for(cast.tao, f"/customers/{shop.pk}/portal/", phone=True)
    manager.get_by_label("One of its people").select_option(label="王老板")
    manager.get_by_role("button", name="Invite", exact=True).click()
    expect(manager).to_have_url(re.compile(r"/customers/portal/accounts/\d+/link/$"))
    expect(manager.get_by_role("img", name="The link as a QR code")).to_be_visible()
    check(manager)
    address = manager.get_by_label("Link", exact=True).input_value()

    dealer = page_for(None, None, phone=True)
    dealer.goto(address)
    expect(dealer.get_by_text("This link opens the figures of 杭州武林童装店.")).to_be_visible()
    check(dealer)
    dealer.get_by_role("button", name="Sign in as 王老板 of 杭州武林童装店").click()
    expect(dealer).to_have_url(re.compile(r"/portal/$"))
    expect(dealer.get_by_role("heading", level=1, name="杭州武林童装店")).to_be_visible()
    expect(dealer.locator("#sales")).to_contain_text("¥54,321.00")
    expect(dealer.locator("#owed")).to_contain_text("R-1")
    expect(dealer.locator("#call")).to_contain_text("Tao")
    check(dealer)
    dealer.get_by_role("button", name="简体中文").click()
    expect(dealer.locator("html")).to_have_attribute("lang", "zh-hans")
    dealer.get_by_role("button", name="English").click()
    dealer.get_by_role("button", name="Sign out").click()
    expect(dealer.get_by_role("button", name="Send me a link")).to_be_visible()
    check(dealer)

    for other in (dealer, page_for(None, None, phone=True)):
        other.goto(address)
        expect(other.get_by_role("heading", name="This link does not work any more")).to_be_visible()
        check(other, ignore_status=True)
    manager.goto(f"/customers/{shop.pk}/portal/")
    expect(manager.get_by_text("has come in")).to_be_visible()
    check(manager)


def test_a_dealer_tells_what_is_wrong_and_answers_a_survey(cast, shop, page_for):
    account = invite(customer=shop, name="王老板", phone="13900001111", by=cast.tao)
    issue = open_issue(customer=shop, title="到货少了两箱", category="supply", by=cast.tao)
    solve(issue=issue, answer="当天补发。", by=cast.tao)
    template = write_template(name="满意度", by=cast.ada)
    begin_survey(template=template, name="秋季", opens_on=today(), closes_on=today(), customers=[shop], by=cast.ada)
    dealer = page_for(None, None, phone=True)
    dealer.goto(links.address(open_link(account), ""))
    dealer.get_by_role("button", name="Sign in as 王老板").click()
    check(dealer)
    dealer.get_by_role("link", name="到货少了两箱").click()
    check(dealer)
    dealer.get_by_label("4").check()
    dealer.get_by_role("button", name="Yes, it is solved").click()
    expect(dealer.get_by_text("confirmed by the customer")).to_be_visible()
    check(dealer)
    dealer.get_by_role("link", name="What you told us").click()
    check(dealer)
    dealer.get_by_role("link", name="Something is wrong").click()
    dealer.get_by_label("What is wrong").fill("海报没到")
    check(dealer)
    dealer.get_by_role("button", name="Tell us").click()
    expect(dealer.get_by_role("heading", level=1, name="海报没到")).to_be_visible()
    dealer.goto("/portal/")
    dealer.get_by_role("link", name="Answer", exact=True).click()
    check(dealer)
    dealer.get_by_role("button", name="Send my answers").click()
    expect(dealer.get_by_text("Some questions have no answer yet.")).to_be_visible()
    check(dealer, ignore_status=True)
    for group in dealer.locator("fieldset.taps:visible").all():
        group.get_by_role("radio").last.check(force=True)
    dealer.get_by_role("button", name="Send my answers").click()
    expect(dealer.get_by_text("Your answers are here.")).to_be_visible()
    check(dealer)


def test_a_dealer_answers_a_notice_and_signs_a_promotion(cast, shop, page_for):
    account = invite(customer=shop, name="王老板", phone="13900001111", by=cast.tao)
    (told, _draft), (planned, _agreed) = notices_of(shop, cast.mei, cast.tao), promotions_of(shop, cast.tao)
    carried, _measured = rollouts_of(shop, cast.mei)
    dealer = page_for(None, None, phone=True)
    dealer.goto(links.address(open_link(account), ""))
    dealer.get_by_role("button", name="Sign in as 王老板").click()
    expect(dealer.get_by_role("link", name="春节联合促销")).to_be_visible()
    run = f"promotions/runs/{carried['participation']}/"
    for path in ("notices/", f"notices/{told['noticedelivery']}/", f"promotions/{planned['promotionplan']}/", run):
        assert dealer.goto(f"/portal/{path}").status == 200
        check(dealer)
