"""What somebody does about a slump, on a phone: the call, the cause, the visit with brief and report, and after."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from crm.clock import today
from crm.workdays import next_working_day
from customers.contacts.actions import log_contact
from customers.models import Commitment, Contact
from customers.profile.actions import assign, create_customer
from customers.promises.actions import make_commitment
from customers.slumps.actions import diagnose, mark_planned
from customers.slumps.models import SlumpAlert, SlumpCause, State
from customers.slumps.standard import ship
from tests.slumps.test_pages import made
from visits.models import PlannedVisit, VisitReport
from visits.plan.actions import plan_visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
A_DAY = datetime.timedelta(days=1)


@pytest.fixture
def slump(regions, cast) -> SlumpAlert:
    shop = create_customer(code="E1", name="南京一店", kind="franchisee", region=regions.jiangsu, phone="025 1234 5678")
    assign(customers=[shop], user=cast.tao, since=today() - 40 * A_DAY)
    return made(shop, 37_800)


@pytest.fixture
def causes(db):
    """A transactional test before this one has emptied the table."""
    ship(SlumpCause.objects)
    return {one.code: one for one in SlumpCause.objects.all()}


def test_from_today_to_the_visit(page_for, audit, cast, slump, causes):
    page = page_for(cast.tao, "/", phone=True)
    line = page.locator("main li", has_text="together 34% below normal")
    expect(line).to_be_visible()
    line.locator("a.name").tap()
    page.wait_for_url(f"**/slumps/{slump.pk}/")
    expect(page.locator("#play")).to_contain_text("How are you? How is business these days?")
    expect(page.get_by_role("button", name="I called")).to_be_visible()
    audit(page)

    # The call is logged where one stands: mood before and after, a sentence, what we promised.
    expect(page.locator("#quick[data-ready]")).to_be_attached()
    page.locator("[data-quick-open=here]").tap()
    panel = page.locator("#quick")
    expect(panel.locator("h2")).to_have_text("南京一店")
    panel.locator("label:has(input[name=mood_before][value='2'])").tap()
    panel.locator("label:has(input[name=mood_after][value='4'])").tap()
    panel.locator("textarea[name=text]").fill("主推款断码两周，店员没货可卖")
    panel.locator("details", has_text="Promise").locator("summary").first.tap()
    panel.locator("[name=ours]").fill("周五前补齐尺码")
    panel.locator("[data-days]:visible").first.get_by_text("in a week").tap()
    panel.get_by_role("button", name="Save").tap()

    # That was the call; nobody is asked for it again, here or on Today.
    expect(page.locator("#play")).to_contain_text("Tao spoke with them")
    expect(page.get_by_role("button", name="I called")).to_have_count(0)
    page.goto("/")
    expect(page.locator("main")).not_to_contain_text("below normal")
    line = page.locator("main li", has_text="write down what the slump came from")
    audit(page)
    line.locator("a.name").tap()

    page.locator("select[name=cause]").select_option(str(causes["out_of_stock"].pk))
    page.locator("textarea[name=note]").last.fill("断码")
    page.locator("#cause").get_by_role("button", name="Save").tap()
    expect(page.locator("#play")).to_contain_text(str(causes["out_of_stock"]))
    page.goto("/")
    line = page.locator("main li", has_text="Plan the visit")
    expect(line).to_be_visible()
    line.locator("a.name").tap()

    page.locator("#play").get_by_role("link", name="Plan a visit").tap()
    tomorrow = next_working_day(today())
    expect(page.locator("[name=purpose]")).to_have_value("problem")
    expect(page.locator("[name=day]")).to_have_value(tomorrow.isoformat())
    expect(page.locator("[name=goals]")).to_have_value(
        f"Find out why sales fell: {causes['out_of_stock']}\nPlan together what brings them back"
    )
    audit(page)
    page.locator("main form").last.locator("button[type=submit]").last.tap()
    page.wait_for_url("**/visits/*/")

    page.goto("/")
    expect(page.locator("main li", has_text="Plan the visit")).to_have_count(0)
    expect(page.locator(f"main a[href='/slumps/{slump.pk}/']")).to_have_count(0)

    contact, promise, visit = Contact.objects.get(), Commitment.objects.get(), PlannedVisit.objects.get()
    assert (contact.customer, contact.by, contact.mood_before, contact.mood_after) == (slump.customer, cast.tao, 2, 4)
    assert contact.text == "主推款断码两周，店员没货可卖"
    assert (promise.side, promise.text, promise.due_on) == ("ours", "周五前补齐尺码", today() + 7 * A_DAY)
    held = SlumpAlert.objects.get()
    assert (held.state, held.called_by, held.called_at) == (State.PLANNED, cast.tao, contact.happened_at)
    assert (held.cause, held.note, held.diagnosed_by) == (causes["out_of_stock"], "断码", cast.tao)
    assert held.planned_at is not None
    assert (visit.customer, visit.visitor, visit.day, visit.purpose) == (slump.customer, cast.tao, tomorrow, "problem")
    assert visit.goals.count() == 2


@pytest.fixture
def planned(slump, causes, cast) -> PlannedVisit:
    """The evening before: called, the cause known, something promised, and the visit of today planned."""
    log_contact(
        customer=slump.customer, by=cast.tao, channel="call", text="主推款断码两周", mood_before=2, mood_after=3
    )
    make_commitment(
        customer=slump.customer, side="ours", text="周五前补齐尺码", due_on=today() + 3 * A_DAY, by=cast.tao
    )
    diagnose(alert=slump, cause=causes["out_of_stock"], note="断码", by=cast.tao)
    visit = plan_visit(
        customer=slump.customer, visitor=cast.tao, day=today(), purpose="problem", by=cast.tao, goals=["一起定补货计划"]
    )
    mark_planned(alert=slump, by=cast.tao)
    return visit


def test_from_the_visit_to_sales_that_are_back(page_for, audit, cast, slump, planned):
    page = page_for(cast.tao, "/", phone=True)
    page.locator(f"main a[href='/visits/{planned.pk}/']").first.tap()
    page.wait_for_url(f"**/visits/{planned.pk}/")
    page.get_by_role("link", name="Brief").tap()
    page.wait_for_url("**/brief/")
    brief = page.locator("#brief")
    for told in ("34% below normal", "周五前补齐尺码", "主推款断码两周", "一起定补货计划"):
        expect(brief).to_contain_text(told)
    audit(page)

    page.goto(f"/visits/{planned.pk}/")
    page.get_by_role("link", name="Report the visit").tap()
    expect(page.locator("#quick[data-ready]")).to_be_attached()
    page.locator("[name=listened]").fill("店员说补货要等两周")
    page.locator("[name=found]").fill("仓库有货，没有排车")
    page.get_by_text("reached", exact=True).tap()
    page.locator("label:has(input[name=mood_after][value='4'])").tap()
    page.get_by_role("button", name="Send the report").tap()
    page.wait_for_url(f"**/visits/{planned.pk}/report/")

    # The days after: three that are normal again close the slump, and its page says what it cost and that it is over.
    SlumpAlert.objects.filter(pk=slump.pk).update(closed_on=today(), state=State.RECOVERED, back=Decimal("1.0200"))
    page.goto(f"/slumps/{slump.pk}/")
    expect(page.locator("main")).to_contain_text("102%")
    audit(page)
    page.goto("/slumps/")
    expect(page.locator(f"main a[href='/slumps/{slump.pk}/']")).to_have_count(0)

    made_it = PlannedVisit.objects.get()
    assert (made_it.state, made_it.is_reported, made_it.goals.get().met) == ("done", True, True)
    assert VisitReport.objects.get().found == "仓库有货，没有排车"
    assert list(Contact.objects.order_by("pk").values_list("text", "mood_after")) == [
        ("主推款断码两周", 3),
        ("店员说补货要等两周", 4),
    ]
