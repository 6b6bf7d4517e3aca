"""The pages of support: who sees what, what is done on them, and as few statements for many rows as for few."""

from __future__ import annotations

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.clock import today
from customers.models import EntitlementException, SupportBudget, SupportRequest
from customers.support import actions, booking, budgeting, setting
from customers.support.entitlements import entitlement_of
from customers.support.entitling import quarter_of
from tests.support.conftest import A_DAY, asked, at, category, yuan

pytestmark = pytest.mark.django_db


def page(user, path: str) -> str:
    answer = at(user).get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def test_the_list_is_narrowed_and_scoped(shops, cast):
    first = asked(shops[0], cast.tao)
    second = asked(shops[1], cast.tao, code="return")
    asked(shops[2], cast.lin)
    actions.refuse(request=second, by=cast.mei, reason="x")

    def seen(user, query=""):
        text = page(user, f"/support/{query}")
        return [name for name in ("店0", "店1", "西店") if name in text]

    assert seen(cast.mei) == seen(cast.tao) == ["店0", "店1"] and seen(cast.lin) == ["西店"]
    assert seen(cast.ana) == ["店0", "店1", "西店"]
    assert seen(cast.mei, "?state=refused") == ["店1"] and seen(cast.mei, "?kind=operating") == ["店0"]
    assert seen(cast.mei, "?tier=B") == ["店1"] and seen(cast.mei, "?over=1") == []
    assert seen(cast.mei, f"?region={shops[0].region.parent_id}") == ["店0", "店1"]
    assert seen(cast.mei, f"?region={shops[2].region_id}") == []
    assert f"/support/requests/{first.pk}/" in page(cast.mei, "/support/")


def test_page_by_page(shops, cast, monkeypatch):
    from customers.support import views

    monkeypatch.setattr(views, "PAGE", 2)
    for n in range(5):
        asked(shops[0], cast.tao, asked_on=today() - n * A_DAY)
    seen, path = [], "/support/"
    while path:
        text = page(cast.tao, path)
        seen += re.findall(r'class="open" href="/support/requests/(\d+)/"', text)
        more = re.search(r'href="(\?after=[^"]+)"[^>]*rel="next"', text)
        path = f"/support/{more[1]}" if more else None
    assert len(seen) == len(set(seen)) == 5


def test_written_down_granted_delivered_and_booked(shops, cast, entitled, budgets):
    url = f"/support/new/?customer={shops[0].pk}"
    assert "promotion money: ¥12,000.00 a quarter" in page(cast.tao, url)
    form = {"category": category().pk, "what": "海报", "asked_amount": "3400", "asked_on": str(today())}
    assert at(cast.tao).post(url, {**form, "through": "manager", "what": ""}).status_code == 422
    made = at(cast.tao).post(url, {**form, "through": "manager"})
    row = SupportRequest.objects.get()
    assert made["Location"] == f"/support/requests/{row.pk}/"
    one = f"/support/requests/{row.pk}/"
    text = page(cast.mei, f"{one}grant/")
    assert all(word in text for word in ("¥12,000.00", "¥10,000.00 left", "江苏", "华东", "¥8,000.00 left"))
    assert at(cast.mei).post(f"{one}grant/", {"granted_amount": "3400.01", "version": "1"}).status_code == 422
    assert at(cast.mei).post(f"{one}grant/", {"granted_amount": "3000", "version": "1"}).status_code == 302
    assert at(cast.tao).post(f"{one}deliver/", {"on": str(today()), "version": "2"}).status_code == 302
    assert at(cast.tao).post(f"{one}book/", {"amount": "2800", "booked_on": str(today())}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.granted_amount, row.booked, row.used) == ("delivered", yuan(3000), yuan(2800), yuan(3000))
    cost = row.costs.get()
    assert at(cast.tao).post(f"/support/costs/{cost.pk}/take-back/", {"note": "错了"}).status_code == 302
    assert "taken back" in page(cast.tao, one)
    corrected = at(cast.tao).post(
        f"{one}correct/", {**form, "through": "manager", "granted_amount": "2000", "reason": "写错", "version": "5"}
    )
    new = SupportRequest.objects.get(corrects=row)
    assert corrected["Location"] == f"/support/requests/{new.pk}/" and new.granted_amount == yuan(2000)
    assert "This row was corrected" in page(cast.tao, one)


def test_over_the_budget_is_told_on_the_form(shops, cast, entitled, budgets):
    row = asked(shops[0], cast.tao, "9000")
    url = f"/support/requests/{row.pk}/grant/"
    bad = at(cast.tao).post(url, {"granted_amount": "9000", "over_reason": "急", "version": "1"})
    assert bad.status_code == 422 and "more than the budget of 江苏 has left" in bad.content.decode()
    assert (
        at(cast.mei).post(url, {"granted_amount": "9000", "over_reason": "周年庆", "version": "1"}).status_code == 302
    )
    assert "over the budget" in page(cast.mei, "/support/?over=1")
    assert "over the budget" in page(cast.mei, "/support/budgets/")
    assert "江苏 is over its budget" in page(cast.mei, "/") and "over its budget" not in page(cast.lin, "/")


def test_others_find_nothing_and_readers_change_nothing(shops, cast, entitled):
    row = asked(shops[0], cast.tao)
    for path in ("", "grant/", "refuse/", "withdraw/", "deliver/", "correct/", "book/"):
        assert at(cast.lin).get(f"/support/requests/{row.pk}/{path}").status_code == 404
        if path:
            assert at(cast.ana).post(f"/support/requests/{row.pk}/{path}", {"reason": "x"}).status_code == 403
    assert at(cast.lin).get(f"/support/customers/{shops[0].pk}/").status_code == 404
    assert at(cast.mei).get("/support/entitlements/new/").status_code == 403
    assert at(cast.tao).get("/support/budgets/set/").status_code == 403
    row.refresh_from_db()
    assert (row.state, row.version) == ("asked", 1)


def test_an_exception_needs_two_people_and_expires(shops, cast, entitled):
    url = f"/support/customers/{shops[1].pk}/exceptions/new/"
    until = today() + datetime.timedelta(days=30)
    form = {"gives": "promotion", "amount": "9000", "period": "quarter", "since": str(today()), "until": str(until)}
    assert at(cast.mei).post(url, form).status_code == 422
    assert at(cast.mei).post(url, {**form, "reason": "新店"}).status_code == 302
    row = EntitlementException.objects.get()
    approve = f"/support/exceptions/{row.pk}/approve/"
    assert entitlement_of(shops[1]).of("promotion").amount == yuan(4000)
    for user in (cast.mei, cast.tao):  # one's own; who answers for no region
        at(user).post(approve)
        row.refresh_from_db()
        assert row.approved_at is None
    assert at(cast.lin).post(approve).status_code == 404 and at(cast.ana).post(approve).status_code == 403
    assert "waits for your word" in page(cast.ada, "/") and "waits for your word" not in page(cast.mei, "/")
    at(cast.ada).post(approve)
    line = entitlement_of(shops[1]).of("promotion")
    assert (line.amount, line.until) == (yuan(9000), until)
    assert entitlement_of(shops[1], until).of("promotion").amount == yuan(4000)
    at(cast.mei).post(f"/support/exceptions/{row.pk}/drop/")
    assert entitlement_of(shops[1]).of("promotion").amount == yuan(4000)


def test_entitlements_are_rows_from_a_day(shops, cast, entitled):
    url = "/support/entitlements/new/"
    form = {"tier": "B", "gives": "promotion", "amount": "5000", "period": "quarter", "since": str(today() + A_DAY)}
    for change in (
        {"period": ""},
        {"since": str(today() - A_DAY)},
        {"gives": "materials", "amount": "101", "period": ""},
    ):
        assert at(cast.ada).post(url, {**form, **change}).status_code == 422
    assert at(cast.ada).post(url, form).status_code == 302
    assert entitlement_of(shops[1]).of("promotion").amount == yuan(4000)
    text = page(cast.tao, "/support/entitlements/")
    assert "From a later day" in text and "promotion money: ¥5,000.00 a quarter" in text and "8% off materials" in text


def test_budgets_are_set_by_heads(shops, cast, regions):
    quarter = quarter_of(today())
    url = f"/support/budgets/set/?region={regions.jiangsu.pk}&quarter={quarter}"
    form = {"region": regions.jiangsu.pk, "quarter": str(quarter), "amount": "5000", "version": "0"}
    assert at(cast.mei).post(url, form)["Location"] == f"/support/budgets/?quarter={quarter}"
    assert at(cast.mei).post(url, form).status_code == 422  # somebody set it in between
    assert at(cast.lin).get(url).status_code == 404
    assert SupportBudget.objects.get().amount == yuan(5000)
    actions.grant(request=asked(shops[0], cast.tao, "1200"), by=cast.tao)
    text = page(cast.mei, "/support/budgets/")
    assert "¥5,000.00" in text and "¥1,200.00" in text and "四川" not in text
    assert "四川" in page(cast.ada, f"/support/budgets/?quarter={quarter}")


def test_the_report_and_small_customers_made_big(shops, cast, entitled):
    from customers.models import TierStanding

    rows = [(shops[0], "5000"), (shops[1], "3000")]
    for shop, amount in rows:
        row = actions.grant(request=asked(shop, cast.tao, amount), by=cast.mei, over_reason="x")
        booking.book_cost(request=row, amount=yuan(amount) / 2, by=cast.mei)
    start = today().replace(day=1) - datetime.timedelta(days=40)
    SupportRequest.objects.update(asked_on=start, decided_on=start)
    TierStanding.objects.filter(pk=shops[1].pk).update(w0=yuan(60_000), w1=yuan(50_000))
    TierStanding.objects.filter(pk=shops[0].pk).update(w0=yuan(140_000), w1=yuan(150_000))
    text = page(cast.mei, "/support/report/")
    assert "1 customer of tiers B and C got 100% of the ¥3,000.00 given to these tiers." in text
    assert all(word in text for word in ("¥8,000.00", "¥4,000.00", "¥200,000.00", "4.00%", "+20.0%"))
    assert "店1" in text and "店1" not in page(cast.lin, "/support/report/")


def test_the_customers_tab_and_card(shops, cast, entitled):
    actions.grant(request=asked(shops[0], cast.tao), by=cast.tao)
    text = page(cast.tao, f"/support/customers/{shops[0].pk}/")
    assert "¥3,400.00 used, ¥8,600.00 left" in text and "Nothing was asked for in money in the first two" in text
    card = page(cast.tao, f"/customers/{shops[0].pk}/")
    part = card[card.index('id="support"') :].partition("</section>")[0]
    assert "¥3,400.00 used, ¥8,600.00 left" in part and "8% off materials" in part
    assert "Write down a request" not in page(cast.ana, f"/support/customers/{shops[0].pk}/")


@pytest.mark.parametrize(
    "path", ["/", "/support/", "/support/report/", "/support/budgets/", "tab", "grant", "/support/entitlements/", "api"]
)
def test_as_few_statements_for_many_as_for_few(shops, cast, entitled, budgets, policy, path):
    first = asked(shops[0], cast.tao, "1")
    path = {
        "tab": f"/support/customers/{shops[0].pk}/",
        "grant": f"/support/requests/{first.pk}/grant/",
        "api": "/api/v1/support-requests/",
    }.get(path, path)
    client = at(cast.mei)

    def more(count: int):
        for n in range(count):
            asked(shops[n % 2], cast.tao, "1")
            row = actions.grant(request=asked(shops[n % 2], cast.tao, "1"), by=cast.tao)
            booking.book_cost(request=row, amount=yuan(1), by=cast.tao)
            setting.set_entitlement(policy=policy, tier="C", gives="terms", amount=yuan(n + 1), by=cast.ada)
            setting.propose_exception(
                customer=shops[0],
                gives="terms",
                amount=yuan(9),
                until=today() + 9 * A_DAY,
                reason="x",
                by=cast.ada,
            )

    def statements() -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as found:
            assert client.get(path).status_code == 200
        return len(found)

    more(2)
    few = statements()
    more(9)
    assert statements() == few <= 51


def test_a_budget_above_counts_what_lies_below(shops, cast, regions):
    quarter = quarter_of(today())
    budgeting.set_budget(region=regions.root, quarter=quarter, amount=yuan(100), by=None)
    actions.grant(request=asked(shops[2], cast.lin, "60"), by=cast.lin)
    actions.grant(request=asked(shops[0], cast.tao, "40"), by=cast.tao)
    (found,) = budgeting.spendings(regions.jiangsu, today())
    assert (found.spent, found.left, found.is_over) == (yuan(100), yuan(0), False)
