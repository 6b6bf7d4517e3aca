"""Pages that answer to what is sent: people to choose from, a form with errors, a customer changed by two at once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import looking
from tests.browser.conftest import findings

pytestmark = pytest.mark.browser


def check(page) -> None:
    wrong = looking.cut_off(page) + findings(page, ignore_status=True)
    assert wrong == [], f"{page.url}\n" + "\n".join(wrong)


@pytest.mark.parametrize("what", ["customers/assign", "customers/tag", "customers/invite", "visits/plan/many"])
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "hand"])
def test_what_is_done_with_the_chosen_customers(house, phone, what):
    page = house.open("admin", theme="dark" if phone else "light", phone=phone)
    page.goto("/customers/")
    page.locator("tbody .sel input").nth(0).evaluate("(box) => box.click()")
    page.locator("tbody .sel input").nth(1).evaluate("(box) => box.click()")
    page.locator(f'.bulk [formaction$="/{what}/"]').first.evaluate("(button) => button.click()")
    page.wait_for_url(f"**/{what}/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    check(page)
    page.context.close()


def test_a_form_with_errors(house):
    page = house.open("admin", language="zh-hans")
    page.goto("/customers/new/")
    page.evaluate("document.querySelector('main form.form, main form').noValidate = true")
    page.get_by_role("main").locator("form button[type=submit]").last.click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    assert looking.untranslated(page, "zh-hans", ("Qiao", "admin")) == []
    check(page)
    page.context.close()


def test_an_upload_without_a_file(house):
    page = house.open("admin", phone=True)
    page.goto("/imports/new/")
    page.evaluate("document.querySelector('main form').noValidate = true")
    page.get_by_role("button", name="Upload and check").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    check(page)
    page.context.close()


def test_a_customer_that_somebody_else_has_changed(house):
    from customers.models import Customer
    from customers.profile.actions import change_customer

    page = house.open("admin")
    page.goto(f"/customers/{house.known['lone']}/edit/")
    lone = Customer.objects.get(pk=house.known["lone"])
    change_customer(customer=lone, phone="0871-1234567", by=house.people["head"])
    page.locator("#id_address").fill("滇池路 1 号")
    page.get_by_role("main").locator("form button[type=submit]").last.click()
    expect(page.get_by_role("heading", level=1, name="Changed by somebody else")).to_be_visible()
    expect(page.get_by_role("row", name="Phone")).to_contain_text("0871-1234567")
    check(page)
    page.context.close()
