"""Asking, granting, refusing, booking: judged by entitlement and budget; a refusal leaves everything as it was."""

from __future__ import annotations

import datetime
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from crm.clock import today
from crm.models import AuditEntry
from customers.models import SupportBudget, SupportCost, SupportRequest
from customers.profile.actions import change_customer
from customers.support import actions, booking, budgeting, setting
from customers.support.entitlements import entitlement_of
from customers.support.entitling import quarter_of
from tests.support.conftest import A_DAY, asked, at, category, stand, yuan

pytestmark = pytest.mark.django_db


def everything() -> tuple:
    return (
        list(SupportRequest.objects.order_by("pk").values_list()),
        list(SupportCost.objects.order_by("pk").values_list()),
        list(SupportBudget.objects.order_by("pk").values_list()),
        AuditEntry.objects.count(),
    )


def refused(field: str | None, code: str, act) -> None:
    before = everything()
    with pytest.raises(ValidationError) as refusal:
        act()
    if field is None:
        assert refusal.value.code == code
    else:
        assert {name: [one.code for one in errors] for name, errors in refusal.value.error_dict.items()} == {
            field: code.split()
        }
    assert everything() == before


def test_asked_for_and_told_in_the_log(shops, cast):
    made = asked(shops[0], cast.tao, expected="国庆一周多卖一成")
    assert (made.state, made.asked_amount, made.written_by, made.used) == ("asked", yuan(3400), cast.tao, 0)
    assert AuditEntry.objects.get(action="support.ask").changes == {
        "support_category": [None, "publicity"],
        "what": [None, "国庆活动的物料"],
        "asked_amount": [None, "3400.00"],
        "asked_on": [None, str(today())],
        "through": [None, "manager"],
        "expected": [None, "国庆一周多卖一成"],
    }


@pytest.mark.parametrize(
    "change,field,code",
    [
        ({"what": " "}, "what", "required"),
        ({"what": "x" * 501}, "what", "long"),
        ({"expected": "x" * 301}, "expected", "long"),
        ({"asked_amount": yuan(-1)}, "asked_amount", "negative"),
        ({"asked_on": 1}, "asked_on", "future"),
        ({"asked_on": -366}, "asked_on", "past"),
        ({"through": "owl"}, "through", "through"),
    ],
)
def test_what_cannot_be_asked_is_refused_under_its_field(shops, cast, change, field, code):
    if isinstance(change.get("asked_on"), int):
        change = {"asked_on": today() + change["asked_on"] * A_DAY}
    values = {"customer": shops[0], "category": category(), "what": "x", "by": cast.tao, **change}
    refused(field, code, lambda: actions.ask(**values))


def test_granted_within_entitlement_and_budget(shops, cast, entitled, budgets, regions):
    made = actions.grant(request=asked(shops[0], cast.tao), by=cast.tao, answer="月底前到货")
    assert (made.state, made.granted_amount, made.used, made.tier, made.region) == (
        "granted",
        yuan(3400),
        yuan(3400),
        "A",
        regions.jiangsu,
    )
    assert (made.decided_on, made.decided_by, made.over_budget, made.version) == (today(), cast.tao, False, 2)
    line = entitlement_of(shops[0]).of("promotion")
    assert (line.amount, line.used, line.left) == (yuan(12_000), yuan(3_400), yuan(8_600))
    assert [one.left for one in budgeting.spendings(regions.jiangsu, today())] == [yuan(6_600), yuan(4_600)]
    part = actions.grant(request=asked(shops[0], cast.tao), by=cast.tao, granted_amount=yuan(400))
    assert (part.state, part.used) == ("partly", yuan(400))


def test_over_the_entitlement_needs_a_reason_and_who_answers_for_the_region(shops, cast, entitled):
    big = asked(shops[1], cast.tao, "4000.01")
    refused("granted_amount", "entitlement", lambda: actions.grant(request=big, by=cast.tao))
    refused("granted_amount", "entitlement", lambda: actions.grant(request=big, by=cast.tao, over_reason="急"))
    refused("granted_amount", "entitlement", lambda: actions.grant(request=big, by=cast.mei))
    made = actions.grant(request=big, by=cast.mei, over_reason="新店第一年")
    assert (made.over_entitlement, made.over_budget, made.over_reason) == (True, False, "新店第一年")
    assert entitlement_of(shops[1]).of("promotion").left == yuan("-0.01")
    # B is entitled to nothing of this, though the policy speaks of it.
    refused(
        "granted_amount",
        "entitlement",
        partial(actions.grant, request=asked(shops[1], None, "1", "display"), by=cast.tao),
    )
    # The policy says nothing that goods taken back would draw on.
    assert actions.grant(request=asked(shops[1], None, "9999", "return"), by=cast.tao).state == "granted"


def test_the_tier_of_the_day_of_the_decision_holds(shops, cast, entitled):
    first = asked(shops[0], cast.tao, "10000")
    actions.grant(request=first, by=cast.tao)
    stand(shops[0], "B")  # within the quarter
    line = entitlement_of(shops[0]).of("promotion")
    assert (line.amount, line.used, line.left) == (yuan(4_000), yuan(10_000), yuan(-6_000))
    refused("granted_amount", "entitlement", partial(actions.grant, request=asked(shops[0], None, "1"), by=cast.tao))
    stand(shops[0], "A")
    assert actions.grant(request=asked(shops[0], None, "2000"), by=cast.tao).tier == "A"
    refused("granted_amount", "entitlement", partial(actions.grant, request=asked(shops[0], None, "1"), by=cast.tao))
    first.refresh_from_db()
    assert first.tier == "A"


def test_over_a_budget_is_refused_and_nothing_written(shops, cast, entitled, budgets):
    actions.grant(request=asked(shops[0], cast.tao, "7000"), by=cast.tao)
    more = asked(shops[0], cast.tao, "1000.01")
    refused("granted_amount", "budget", lambda: actions.grant(request=more, by=cast.tao, over_reason="急"))
    refused("granted_amount", "budget", lambda: actions.grant(request=more, by=cast.mei))
    with pytest.raises(ValidationError) as refusal:
        actions.grant(request=more, by=cast.mei)
    assert refusal.value.messages == [
        "¥1,000.01 is more than the budget of 江苏 has left this quarter: ¥1,000.00 of ¥8,000.00."
        " Its head or an administrator may grant it all the same, with a reason."
    ]
    assert not actions.grant(request=more, by=cast.tao, granted_amount=yuan(1000)).over_budget
    again = actions.grant(request=asked(shops[0], cast.tao, "2000"), by=cast.mei, over_reason="周年庆")
    assert (again.over_budget, again.over_reason) == (True, "周年庆")
    assert [one.is_over for one in budgeting.spendings(again.region, today())] == [False, True]
    # Taken back it stays marked.
    assert actions.withdraw(request=again, by=cast.mei, reason="不办了").over_budget


def test_a_head_cannot_overspend_what_lies_above(shops, cast, regions):
    budgeting.set_budget(region=regions.root, quarter=quarter_of(today()), amount=yuan(100), by=cast.ada)
    more = asked(shops[0], cast.tao, "101")
    refused("granted_amount", "budget", lambda: actions.grant(request=more, by=cast.mei, over_reason="急"))
    refused("granted_amount", "budget", lambda: actions.grant(request=more, by=cast.lin, over_reason="急"))
    assert actions.grant(request=more, by=cast.ada, over_reason="急").over_budget


def test_both_limits_are_told_at_once(shops, cast, entitled, budgets):
    refused(
        "granted_amount",
        "budget budget entitlement",
        partial(actions.grant, request=asked(shops[0], cast.tao, "12001"), by=cast.tao),
    )


def test_what_moved_away_counts_where_it_was_given(shops, cast, budgets, regions):
    actions.grant(request=asked(shops[0], cast.tao, "5000"), by=cast.tao)
    change_customer(customer=shops[0], region=regions.zhejiang)
    assert [one.spent for one in budgeting.spendings(regions.jiangsu, today())] == [yuan(5000), yuan(5000)]


@pytest.mark.parametrize("amount,code", [("-1", "negative"), ("3400.01", "more"), ("0", "nothing")])
def test_amounts_that_cannot_be_granted(shops, cast, amount, code):
    row = asked(shops[0], cast.tao)
    refused("granted_amount", code, lambda: actions.grant(request=row, by=cast.mei, granted_amount=yuan(amount)))


def test_refused_for_a_reason(shops, cast, entitled):
    row = asked(shops[0], cast.tao)
    refused("reason", "required", lambda: actions.refuse(request=row, by=cast.mei, reason=" "))
    made = actions.refuse(request=row, by=cast.mei, reason="上次的陈列没有做")
    assert (made.state, made.answer, made.used, made.tier) == ("refused", "上次的陈列没有做", 0, "A")
    for act in (
        lambda: actions.grant(request=row, by=cast.mei),
        lambda: actions.refuse(request=row, by=cast.mei, reason="x"),
        lambda: actions.withdraw(request=row, by=cast.mei, reason="x"),
        lambda: actions.deliver(request=row, by=cast.mei),
        lambda: booking.book_cost(request=row, by=cast.mei, amount=yuan(1)),
    ):
        refused(None, "state", act)


def test_delivered_and_what_it_cost(shops, cast, budgets):
    row = actions.grant(request=asked(shops[0], cast.tao), by=cast.tao)
    refused("on", "future", lambda: actions.deliver(request=row, by=cast.tao, on=today() + A_DAY))
    refused("on", "early", lambda: actions.deliver(request=row, by=cast.tao, on=today() - A_DAY))
    assert actions.deliver(request=row, by=cast.tao).delivered_on == today()
    refused("amount", "negative", lambda: booking.book_cost(request=row, by=cast.tao, amount=yuan(0)))
    booking.book_cost(request=row, by=cast.tao, amount=yuan(3000), note="物料")
    row.refresh_from_db()
    assert (row.booked, row.used) == (yuan(3000), yuan(3400))
    second = booking.book_cost(request=row, by=cast.tao, amount=yuan(1000))
    row.refresh_from_db()
    assert (row.booked, row.used) == (yuan(4000), yuan(4000))
    refused("amount", "budget", lambda: booking.book_cost(request=row, by=cast.tao, amount=yuan("4000.01")))
    booking.book_cost(request=row, by=cast.mei, amount=yuan("4000.01"), over_reason="运费涨了")
    row.refresh_from_db()
    assert (row.used, row.over_budget, row.over_reason) == (yuan("8000.01"), True, "运费涨了")
    refused("note", "required", lambda: booking.take_back(cost=second, by=cast.tao, note=""))
    booking.take_back(cost=second, by=cast.tao, note="重复记账")
    row.refresh_from_db()
    assert (row.booked, row.used, row.over_budget) == (yuan("7000.01"), yuan("7000.01"), True)
    refused(None, "state", lambda: booking.take_back(cost=second, by=cast.tao, note="x"))
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        SupportCost.objects.update(note="x")


def test_withdrawn_gives_the_money_back_but_what_it_cost(shops, cast, budgets, regions):
    row = actions.grant(request=asked(shops[0], cast.tao), by=cast.tao)
    booking.book_cost(request=row, by=cast.tao, amount=yuan(500))
    made = actions.withdraw(request=row, by=cast.tao, reason="客户不办了")
    assert (made.state, made.used) == ("withdrawn", yuan(500))
    assert budgeting.spendings(regions.jiangsu, today())[1].left == yuan(7500)


def test_corrected_by_a_new_row(shops, cast, entitled, budgets):
    row = actions.grant(request=asked(shops[0], cast.tao), by=cast.tao)
    refused("reason", "required", lambda: actions.correct(request=row, by=cast.tao, reason="", what="y"))
    refused(None, "same", lambda: actions.correct(request=row, by=cast.tao, reason="x"))
    new = actions.correct(
        request=row, by=cast.tao, reason="少写了一个零", asked_amount=yuan(7000), granted_amount=yuan(6000)
    )
    row.refresh_from_db()
    assert (row.live, row.used, new.corrects_id, new.state, new.used) == (
        False,
        yuan(3400),
        row.pk,
        "partly",
        yuan(6000),
    )
    assert entitlement_of(shops[0]).of("promotion").used == yuan(6000)
    assert AuditEntry.objects.get(action="support.correct").changes == {
        "support_of": [None, new.pk],
        "asked_amount": ["3400.00", "7000.00"],
        "granted_amount": ["3400.00", "6000.00"],
    }
    refused(None, "corrected", lambda: actions.withdraw(request=row, by=cast.tao, reason="x"))
    refused(
        "granted_amount",
        "budget",
        lambda: actions.correct(
            request=new, by=cast.tao, reason="x", asked_amount=yuan(9000), granted_amount=yuan(9000)
        ),
    )
    booking.book_cost(request=new, by=cast.tao, amount=yuan(1))
    refused(None, "booked", lambda: actions.correct(request=new, by=cast.tao, reason="x", what="y"))


def test_a_correction_to_another_kind_is_judged_as_if_granted_now(shops, cast, entitled, budgets):
    """Who had no right to more operating support got it by correcting what was granted as promotion."""
    actions.grant(request=asked(shops[0], cast.tao, "3000", "materials"), by=cast.tao)
    row = actions.grant(request=asked(shops[0], cast.tao, "3400"), by=cast.tao)
    before = everything()

    def act(by=cast.tao, **more):
        return lambda: actions.correct(request=row, by=by, reason="记错了", category=category("display"), **more)

    refused("granted_amount", "entitlement", act())
    refused("granted_amount", "entitlement", act(over_reason="他们要"))  # answers for no region
    refused("granted_amount", "entitlement", act(by=cast.mei))
    assert everything() == before
    new = act(by=cast.mei, over_reason="店面重装")()
    assert (new.used, new.over_entitlement, new.over_budget, new.over_reason) == (yuan(3400), True, False, "店面重装")
    card = entitlement_of(shops[0])
    assert (card.of("promotion").used, card.of("operating").used) == (yuan(0), yuan(6400))


def test_a_correction_to_another_kind_is_judged_by_the_budget_too(shops, cast, entitled, budgets, regions):
    row = actions.grant(request=asked(shops[0], cast.tao, "3000"), by=cast.tao)
    quarter = quarter_of(today())
    budgeting.set_budget(region=regions.jiangsu, quarter=quarter, amount=yuan(2000), by=None)
    kept = actions.correct(request=row, by=cast.tao, reason="x", what="同样的钱")  # draws on what it drew on
    change = {"reason": "x", "category": category("display")}
    refused("granted_amount", "budget", lambda: actions.correct(request=kept, by=cast.tao, **change))
    new = actions.correct(request=kept, by=cast.mei, over_reason="已经答应", **change)
    assert (new.over_budget, new.over_entitlement) == (True, False)


def test_a_budget_above_is_told_without_its_figures_to_who_does_not_see_it(shops, cast, regions):
    quarter = quarter_of(today())
    for region, amount in ((regions.east, 1234), (regions.jiangsu, 2345)):
        budgeting.set_budget(region=region, quarter=quarter, amount=yuan(amount), by=None)
    row = asked(shops[1], cast.tao, "5678", "discount")

    def told(by) -> str:
        with pytest.raises(ValidationError) as refusal:
            actions.grant(request=row, by=by)
        return " ".join(refusal.value.messages)

    assert "2,345" in told(cast.tao) and "1,234" not in told(cast.tao) and "华东" not in told(cast.tao)
    assert "more than the budget above has left" in told(cast.tao)
    assert "1,234" in told(cast.mei) and "2,345" in told(cast.mei)
    page = at(cast.tao).get(f"/support/requests/{row.pk}/grant/").content.decode()
    assert "2,345" in page and "1,234" not in page and "华东" not in page
    assert "1,234" in at(cast.mei).get(f"/support/requests/{row.pk}/grant/").content.decode()


def test_an_agreed_exception_is_dropped_by_who_may_agree(shops, cast, entitled):
    def proposed(by):
        return setting.propose_exception(
            customer=shops[1],
            gives="promotion",
            amount=yuan(9000),
            period="quarter",
            until=today() + 30 * A_DAY,
            reason="新店",
            by=by,
        )

    row, of_mei = proposed(cast.tao), proposed(cast.mei)
    refused(None, "role", lambda: setting.drop_exception(exception=of_mei, by=cast.tao))
    setting.approve_exception(exception=row, by=cast.mei)
    refused(None, "role", lambda: setting.drop_exception(exception=row, by=cast.tao))  # its own, but agreed
    drop = f"/support/exceptions/{row.pk}/drop/"
    assert drop not in at(cast.tao).get(f"/support/customers/{shops[1].pk}/").content.decode()
    assert drop in at(cast.mei).get(f"/support/customers/{shops[1].pk}/").content.decode()
    at(cast.tao).post(drop)
    row.refresh_from_db()
    assert row.dropped_at is None and entitlement_of(shops[1]).of("promotion").amount == yuan(9000)
    setting.drop_exception(exception=row, by=cast.mei)
    assert entitlement_of(shops[1]).of("promotion").amount == yuan(4000)
    own = proposed(cast.tao)
    assert setting.drop_exception(exception=own, by=cast.tao).dropped_by == cast.tao


def test_the_second_of_two_is_told(shops, cast):
    row = asked(shops[0], cast.tao)
    actions.grant(request=row, by=cast.mei, version=1)
    refused(None, "conflict", lambda: actions.refuse(request=row, by=cast.tao, reason="x", version=1))


def test_who_sees_it(shops, cast):
    row = asked(shops[0], cast.tao)
    seen = [SupportRequest.objects.visible_to(one).filter(pk=row.pk).exists() for one in (cast.mei, cast.tao, cast.lin)]
    assert seen == [True, True, False] and not SupportRequest.objects.editable_by(cast.ana).exists()


def test_budgets_are_set_by_who_answers_for_the_region(cast, regions):
    quarter = quarter_of(today())

    def act(**more):
        values = {"region": regions.jiangsu, "quarter": quarter, "amount": yuan(5), "by": cast.mei, **more}
        return lambda: budgeting.set_budget(**values)

    for by in (cast.tao, cast.lin, cast.ana):
        refused("region", "role", act(by=by))
    refused("amount", "negative", act(amount=yuan(-1)))
    refused("quarter", "quarter", act(quarter=quarter + datetime.timedelta(days=1)))
    assert act()().version == 1 and act(amount=yuan(6), version=1)().version == 2
    refused(None, "conflict", act(amount=yuan(7), version=1))
    before = everything()
    act(amount=yuan(6))()
    assert everything() == before


@pytest.mark.parametrize(
    "values",
    [
        {"state": "lost"},
        {"state": "refused"},
        {"state": "refused", "decided_on": datetime.date(2026, 1, 1)},
        {"state": "granted", "decided_on": datetime.date(2026, 1, 1)},
        {"decided_on": datetime.date(2026, 1, 1)},
        {"over_budget": True},
        {"used": -1},
        {"what": ""},
    ],
)
def test_the_database_holds_it_too(shops, values):
    given = {"customer": shops[0], "category": category(), "what": "x", "asked_on": today(), **values}
    with pytest.raises(IntegrityError), transaction.atomic():
        SupportRequest.objects.create(**given)
