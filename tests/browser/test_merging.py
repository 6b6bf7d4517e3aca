"""Two customers with sales merged and taken apart again through the pages, equal by checksum of every table."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from customers.models import Customer, DuplicatePair, Merge, SaleLine
from tests.duplicates.company import build, checksums

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_two_customers_are_merged_and_taken_apart_again(cast, regions, policy, page_for, audit, phone):
    stays, goes, _below = build(cast, regions)
    pair = DuplicatePair.objects.get(first=stays, second=goes)
    page = page_for(cast.mei, "/customers/duplicates/", phone=phone)
    before, lines = checksums(), SaleLine.objects.filter(customer__in=[stays, goes]).count()
    audit(page)
    page.get_by_role("link", name=re.compile("张三鲜母婴用品店")).click()
    expect(page).to_have_url(re.compile(rf"/customers/duplicates/{pair.pk}/$"))
    audit(page)
    page.get_by_label("this one stays").nth(0).check()
    page.locator("input[name=keep_address][value=second]").check()
    page.locator("input[name=keep_code][value=first]").check()
    page.get_by_label("Reason").fill("同一家店，登记了两次")
    page.get_by_role("button", name="Merge the two").click()
    expect(page).to_have_url(re.compile(r"/customers/duplicates/merges/\d+/$"))
    expect(page.get_by_text("张三鲜母婴用品店 is now part of", exact=False)).to_be_visible()
    audit(page)
    made = Merge.objects.get()
    assert made.state == "done" and made.done_by == cast.mei
    stays.refresh_from_db()
    assert stays.address == "中山路1号"
    assert SaleLine.objects.filter(customer=stays).count() > lines  # sums of common days came to them
    changed = {label for label, digest in checksums().items() if digest != before[label]}
    assert {"customers.Customer", "customers.SaleLine", "customers.MonthlySales", "customers.Observation"} <= changed
    # The old address leads to the one that stayed, and its page tells of both.
    page.goto(f"/customers/{goes.pk}/")
    expect(page).to_have_url(re.compile(rf"/customers/{stays.pk}/$"))
    page.goto(f"/customers/duplicates/merges/{made.pk}/")
    page.get_by_role("button", name="Undo the merge").click()
    expect(page.get_by_text("The two are apart again, each as it was.")).to_be_visible()
    audit(page)
    after = checksums()
    assert {label for label in before if before[label] != after[label]} == set()
    assert Customer.objects.get(pk=goes.pk).name == "张三鲜母婴用品店"


def test_the_hint_comes_while_a_customer_is_entered(cast, regions, policy, page_for, audit):
    build(cast, regions, days=5)
    page = page_for(cast.mei, "/customers/new/", phone=True)
    page.locator("#id_name").fill("张三鲜母婴")
    page.locator("#id_city").fill("南京")
    page.locator("#id_phone").fill("0571 8888 1234")
    page.locator("#id_address").focus()
    expect(page.get_by_text("Is this customer here already?")).to_be_visible()
    expect(page.get_by_role("link", name="张三鲜母婴", exact=True)).to_be_visible()
    audit(page)
    page.locator("#id_code").fill("N1")
    page.locator("#id_kind").select_option("franchisee")
    page.locator("#id_region").select_option(str(regions.jiangsu.pk))
    page.get_by_role("button", name="Add the customer").click()
    page.get_by_role("button", name="It is another one: add all the same").click()
    expect(page).to_have_url(re.compile(r"/customers/\d+/$"))
    assert Customer.objects.filter(code="N1").exists()
