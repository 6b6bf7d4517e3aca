"""What is told of what is owed: exact figures, flat statements."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from customers.facts.actions import note_fact
from customers.models import Customer, OpenItem
from customers.receivables import reading
from customers.receivables.actions import promise, settle_promise
from customers.receivables.terms import UNKNOWN, terms_of

pytestmark = pytest.mark.django_db
D = datetime.date
DAY = D(2026, 4, 10)

BOOKS = [
    ["E1", "I-1", "invoice", "2026-01-05", "2026-01-10", "1,000.00", "", "", ""],  # 90 days late on DAY
    ["E1", "I-2", "invoice", "2026-01-04", "2026-01-09", "500.00", "", "", "yes"],  # 91
    ["E1", "I-3", "invoice", "2026-03-01", "2026-04-10", "250.00", "", "", ""],  # due on DAY
    ["E1", "I-4", "invoice", "2026-03-01", "2026-04-09", "30.00", "", "", ""],  # 1
    ["E1", "I-5", "invoice", "2026-01-01", "2026-02-01", "100.00", "2026-01-31", "", ""],  # on time
    ["E1", "I-6", "invoice", "2026-01-01", "2026-02-01", "300.00", "2026-02-11", "", ""],  # 10 days late
    ["E1", "I-7", "invoice", "2025-02-01", "2025-03-01", "300.00", "2025-04-10", "", ""],  # not within the year
    ["E2", "I-1", "invoice", "2026-01-05", "2026-02-04", "80.00", "", "", ""],
    ["E2", "P-1", "payment", "", "", "100.00", "2026-02-01", "", ""],
    ["W1", "I-1", "invoice", "2026-02-05", "2026-03-10", "77.00", "", "", ""],  # 31
]


@pytest.fixture
def books(shops, bring):
    bring(BOOKS)
    return shops


def test_a_customers_account(books):
    found = reading.account(books["E1"], DAY)
    aged = found.ageing
    assert [aged.of(name) for name in ("not_due", "d1_30", "d31_60", "d61_90", "d91")] == [
        Decimal("250.00"),
        Decimal("30.00"),
        Decimal("0.00"),
        Decimal("1000.00"),
        Decimal("500.00"),
    ]
    assert (aged.owed, aged.overdue, aged.credit, aged.balance) == (
        Decimal("1780"),
        Decimal("1530"),
        0,
        Decimal("1780"),
    )
    assert (aged.items, aged.overdue_items, aged.disputed, aged.oldest) == (4, 3, Decimal("500.00"), 91)
    pays = found.paying
    assert (pays.n, pays.on_time, pays.plain, pays.weighted) == (2, 1, Decimal("5.0"), Decimal("7.5"))
    # E1: 1 of 2; the company: 2 of 3 (E2's was settled before it was due). (1 + 4 × 0.6667) / 6
    assert (found.company_share, pays.share) == (Decimal("0.6667"), Decimal("0.6111"))
    assert (found.terms.credit_limit, found.headroom) == (None, None)
    assert reading.account(books["E2"], DAY).ageing.balance == Decimal("-20.00")
    assert (
        reading.account(Customer.objects.create(code="N", name="n", kind="agent", region=books["E1"].region), DAY).known
        is False
    )


def test_the_account_and_the_book_are_a_statement_each(books, django_assert_num_queries):
    with django_assert_num_queries(1):
        reading.account(books["E1"], DAY)
    with django_assert_num_queries(1):
        reading.book(books["E1"])


def test_headroom_is_the_limit_less_the_balance(books, cast):
    for code, limit in (("E1", "1500"), ("E2", "50.5")):
        note_fact(customer=books[code], field="credit_limit", value=limit, by=cast.ada)
    assert reading.account(books["E1"], DAY).headroom == Decimal("-280.00")
    assert reading.account(books["E2"], DAY).headroom == Decimal("70.50")


def test_payment_terms_stand_in_for_a_due_day(shops, bring, cast):
    note_fact(customer=shops["E1"], field="payment_days", value="45", by=cast.ada)
    bring(
        [["E1", "I-1", "2026-01-05", "", "10"]], ["customer_code", "invoice_no", "invoice_date", "due_date", "amount"]
    )
    assert OpenItem.objects.get().due_on == D(2026, 2, 19)


def test_cost_recovery_follows_from_the_profile(books, cast):
    for field, value in (("opening_investment", "120000"), ("monthly_profit", "5000")):
        assert terms_of([books["E1"].pk]).get(books["E1"].pk, UNKNOWN).recovery(12).share is None
        note_fact(customer=books["E1"], field=field, value=value, by=cast.ada)
    found = terms_of([books["E1"].pk])[books["E1"].pk].recovery(12)
    assert (found.recovered, found.share, found.months_to_recovery, found.is_back) == (
        Decimal("60000.00"),
        Decimal("0.5000"),
        24,
        False,
    )
    assert terms_of([books["E1"].pk])[books["E1"].pk].recovery(None).lacks == ("months_open",)


def test_as_of_an_earlier_day(books):
    then = reading.ageing_as_of(books["E1"].pk, D(2026, 2, 5))
    # I-6 was open still, I-5 paid on 31 January, I-3 and I-4 not issued.
    assert (then.not_due, then.d1_30, then.owed) == (Decimal("0.00"), Decimal("1800.00"), Decimal("1800.00"))
    assert reading.ageing_as_of(books["E1"].pk, DAY).owed == Decimal("1780.00")
    assert reading.ageing_as_of(books["E2"].pk, D(2026, 1, 31)).balance == Decimal("80.00")
    assert reading.ageing_as_of(books["E2"].pk, D(2026, 2, 1)).balance == Decimal("-20.00")


def test_who_owes_the_most_overdue_first_with_totals_of_the_list(books, cast, django_assert_num_queries):
    everyone = Customer.objects.visible_to(cast.ada)
    with django_assert_num_queries(2):
        found = reading.debtors(everyone, cast.ada, DAY)
    assert [(pk, aged.overdue) for pk, aged in found.rows] == [
        (books["E1"].pk, Decimal("1530.00")),
        (books["W1"].pk, Decimal("77.00")),
    ]
    assert (found.customers, found.total.owed, found.total.overdue) == (2, Decimal("1857.00"), Decimal("1607.00"))
    only = reading.debtors(everyone, cast.ada, DAY, bucket="d31_60")
    assert [pk for pk, _aged in only.rows] == [books["W1"].pk]
    assert (only.customers, only.total.owed) == (1, Decimal("77.00"))
    lin = reading.debtors(Customer.objects.visible_to(cast.lin), cast.lin, DAY)
    assert [pk for pk, _aged in lin.rows] == [books["W1"].pk]


def test_the_promise_book_by_side(books, cast):
    def made(due, **values):
        return promise(customer=books["E1"], due_on=due, made_on=D(2026, 3, 1), by=cast.ada, **values)

    one = made(D(2026, 4, 1), what="货架照片")
    two = made(D(2026, 4, 2), made_by="us", what="补货")
    late = made(D(2026, 4, 30), what="月报")
    made(D(2026, 3, 20), amount=Decimal(50))  # nothing came: broken
    settle_promise(promise=one, state="kept", by=cast.ada)
    settle_promise(promise=two, state="broken", by=cast.ada)
    found = reading.book(books["E1"])
    assert [row.pk for row in found.open] == [late.pk]
    assert (found.rates["them"].kept, found.rates["them"].n, found.rates["them"].share) == (1, 2, Decimal("0.5"))
    assert (found.rates["us"].kept, found.rates["us"].n) == (0, 1)
    assert reading.book(books["E2"]).rates["them"].share is None
