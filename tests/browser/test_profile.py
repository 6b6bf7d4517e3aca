"""A manager fills a profile on the phone: question after question, a field in its row, a secret shown and noted."""

from __future__ import annotations

import datetime
import re

import pytest
from playwright.sync_api import expect

from crm.audit.models import AuditEntry
from crm.clock import today
from customers.facts import reading

pytestmark = pytest.mark.browser


@pytest.fixture
def shop(cast, regions, policy):
    from customers.profile.actions import assign, create_customer

    made = create_customer(code="S1", name="张三鲜", kind="franchisee", region=regions.jiangsu, phone="13900001111")
    assign(customers=[made], user=cast.tao, since=datetime.date(2026, 1, 1))
    return made


def known(shop) -> dict[str, str]:
    return {key: one.text for key, one in reading.current(shop).items()}


def percent(page) -> int:
    return int(re.search(r"(\d+) %", page.locator("#complete .card-h").inner_text())[1])


def test_a_profile_is_filled_on_a_phone(cast, shop, page_for, audit):
    page = page_for(cast.tao, f"/customers/{shop.pk}/", phone=True, language="zh-hans")
    page.get_by_role("link", name="打开资料").click()
    page.wait_for_url(re.compile(r"/profile/$"))
    audit(page)
    began = percent(page)

    # Each question is one tap, or one answer and one tap; the next follows in its place, and the row below is filled.
    asked = page.locator("#ask")
    answers = 0
    for _n in range(30):
        question = asked.get_by_role("heading").inner_text()
        if question == "资金实力怎么样？":
            asked.get_by_role("button", name="尚可：够周转").click()
        elif question == "老板的性格怎么样？":
            asked.get_by_text("果断").click()
            asked.get_by_text("好面子").click()
            asked.get_by_role("button", name="保存").click()
        elif question == "一年租金多少？":
            asked.get_by_role("textbox").fill("很多")
            asked.get_by_role("button", name="保存").click()
            expect(asked.get_by_text("请输入数字。")).to_be_visible()
            page.findings.clear()  # the browser notes the refusal
            asked.get_by_role("textbox").fill("120,000")
            asked.get_by_role("button", name="保存").click()
        elif question == "他们答应的事有多可靠？":
            asked.get_by_role("button", name="4", exact=True).click()
        else:
            answers -= 1
            asked.get_by_role("link", name="暂不").click()
        answers += 1
        expect(asked.get_by_role("heading")).not_to_have_text(question)
        if answers == 4:
            break
    assert known(shop) == {
        "capital_strength": "sound",
        "personality": "decisive,proud",
        "rent_year": "120000.00",
        "keeps_word": "4",
    }
    assert percent(page) > began
    expect(page.locator("#fact-capital_strength")).to_contain_text("尚可：够周转")
    expect(page.locator("#fact-rent_year")).to_contain_text("¥120,000")

    # A field in its own row, with where it comes from.
    row = page.locator("#fact-staff")
    row.get_by_role("link", name="填写：员工人数").click()
    row.get_by_role("textbox").first.fill("5")
    row.get_by_text("信息来源").click()
    row.get_by_label("亲眼所见").check()
    row.get_by_role("button", name="保存").click()
    expect(page.locator("#fact-staff.editing")).to_have_count(0)
    expect(row).to_contain_text("亲眼所见")
    assert known(shop)["staff"] == "5"

    # What is sensitive is covered; showing it is noted.
    row = page.locator("#fact-personality")
    expect(row).to_contain_text("•••")
    row.get_by_role("button", name="显示：性格").click()
    expect(row).to_contain_text("果断")
    read = AuditEntry.objects.of(shop).get(action="fact.read")
    assert (read.actor, read.changes["field"]) == (cast.tao, "personality")
    audit(page)

    # Yesterday nothing of this was known.
    page.locator("#on").fill((today() - datetime.timedelta(days=1)).isoformat())
    page.get_by_role("button", name="查看当天").click()
    expect(page.get_by_text("当时系统中还没有这个客户。")).to_be_visible()
    expect(page.locator("#fact-staff")).not_to_contain_text("亲眼所见")
    audit(page)


def test_of_two_managers_the_second_sees_both_values(cast, shop, page_for, audit):
    mine = page_for(cast.tao, f"/customers/{shop.pk}/profile/", language="en")
    mine.locator("#fact-staff").get_by_role("link", name="Fill in: Staff").click()
    mine.locator("#fact-staff").get_by_role("textbox").first.fill("5")
    from customers.facts.actions import note_fact

    note_fact(customer=shop, field="staff", value="7", by=cast.mei)
    mine.locator("#fact-staff").get_by_role("button", name="Save").click()
    expect(mine.get_by_text("somebody else wrote this down")).to_be_visible()
    expect(mine.get_by_role("cell", name="7 美")).to_be_visible()
    assert known(shop) == {"staff": "7"}
    mine.get_by_role("button", name="Save mine over it").click()
    expect(mine.locator("#fact-staff.editing")).to_have_count(0)
    expect(mine.locator("#fact-staff .fv")).to_have_text("5")
    assert known(shop) == {"staff": "5"}
