"""The rules alone: allocation, ageing, days late, promises, recovery. Exact values, no database."""

from __future__ import annotations

import datetime
from decimal import Decimal
from random import Random

import pytest

from customers.receivables.ageing import BUCKETS, age, bucket_of, due_between, headroom
from customers.receivables.allocating import Item, Part, Payment, allocate
from customers.receivables.paying import Settled, paying, share_of, shrunk, year_before
from customers.receivables.promising import Outcome, Promised, Received, judge
from customers.receivables.recovering import recovery, recovery_at

D = datetime.date


def item(pk, issued, due, amount, **more):
    return Item(pk, f"I-{pk}", issued, due, Decimal(amount), **more)


def paid(pk, on, amount, *names):
    return Payment(pk, f"P-{pk}", on, Decimal(amount), names)


# --- allocation -----------------------------------------------------------------------------------------------


def test_free_money_goes_to_the_oldest_due():
    items = [
        item(1, D(2026, 1, 1), D(2026, 3, 1), 100),
        item(2, D(2026, 1, 15), D(2026, 2, 1), 100),
        item(3, D(2026, 1, 15), D(2026, 4, 1), 100),
    ]
    found = allocate(items, [paid(1, D(2026, 2, 10), "150.01")])
    assert found.parts == [
        Part(1, D(2026, 2, 10), 1, None, Decimal("50.01")),
        Part(2, D(2026, 2, 10), 1, None, Decimal(100)),
    ]
    assert found.open == {1: Decimal("49.99"), 2: 0, 3: 100}
    assert found.settled_on == {1: None, 2: D(2026, 2, 10), 3: None}
    assert found.unused == {1: 0}


def test_what_the_payer_names_wins_and_the_rest_is_free():
    items = [item(1, D(2026, 1, 1), D(2026, 2, 1), 100), item(2, D(2026, 1, 1), D(2026, 3, 1), 100)]
    found = allocate(items, [paid(1, D(2026, 1, 20), 60), paid(2, D(2026, 2, 1), 120, "I-2", "I-unknown")])
    # The second payment is for I-2; its rest of 20 meets I-1, which the first has paid in part.
    assert found.open == {1: 20, 2: 0}
    assert found.settled_on[2] == D(2026, 2, 1)


def test_an_invoices_own_record_comes_before_free_money():
    items = [
        item(1, D(2026, 1, 1), D(2026, 2, 1), 100, paid_on=D(2026, 2, 20), paid=Decimal(70)),
        item(2, D(2026, 1, 1), D(2026, 3, 1), 100),
    ]
    found = allocate(items, [paid(1, D(2026, 1, 10), 80)])
    assert found.open == {1: 0, 2: 50}
    assert found.settled_on[1] == D(2026, 2, 20)


def test_money_that_comes_first_waits_for_the_invoice():
    found = allocate([item(1, D(2026, 2, 1), D(2026, 3, 1), 100)], [paid(1, D(2026, 1, 10), 130)])
    assert found.parts == [Part(1, D(2026, 2, 1), 1, None, Decimal(100))]
    assert (found.settled_on[1], found.unused[1]) == (D(2026, 2, 1), 30)


def test_a_credit_note_settles_like_money_and_its_rest_stays():
    items = [item(1, D(2026, 1, 1), D(2026, 2, 1), 100), item(2, D(2026, 1, 9), D(2026, 1, 9), "-130.50")]
    found = allocate(items, [])
    assert found.parts == [Part(1, D(2026, 1, 9), None, 2, Decimal(100))]
    assert found.open == {1: 0, 2: Decimal("-30.50")}
    assert found.settled_on == {1: D(2026, 1, 9), 2: None}


def test_a_disputed_invoice_is_settled_last():
    items = [
        item(1, D(2026, 1, 1), D(2026, 1, 10), 100, disputed=True),
        item(2, D(2026, 1, 1), D(2026, 2, 10), 100),
    ]
    assert allocate(items, [paid(1, D(2026, 1, 20), 120)]).open == {1: 80, 2: 0}


def books(random, n=12):
    start = D(2026, 1, 1)
    items, payments = [], []
    for pk in range(1, n + 1):
        issued = start + datetime.timedelta(days=random.randrange(60))
        amount = Decimal(random.choice([-1, 1, 1, 1]) * random.randrange(1, 5000)) / 100
        items.append(item(pk, issued, issued + datetime.timedelta(days=random.randrange(40)), amount))
        names = tuple(f"I-{random.randrange(1, n + 1)}" for _ in range(random.choice([0, 0, 1, 2])))
        on = start + datetime.timedelta(days=random.randrange(90))
        payments.append(paid(pk, on, Decimal(random.randrange(1, 4000)) / 100, *names))
    return items, payments


@pytest.mark.parametrize("seed", range(60))
def test_whatever_the_books_every_cent_is_somewhere_once(seed):
    random = Random(seed)
    items, payments = books(random)
    found = allocate(items, payments)
    for one in items:
        settled = sum((part.amount for part in found.parts if part.item_id == one.id), Decimal(0))
        used = sum((part.amount for part in found.parts if part.credit_id == one.id), Decimal(0))
        assert one.amount - settled + used == found.open[one.id]
        assert (found.open[one.id] == 0) == (found.settled_on[one.id] is not None)
        assert found.open[one.id] >= 0 if one.amount > 0 else found.open[one.id] <= 0
    for one in payments:
        used = sum((part.amount for part in found.parts if part.payment_id == one.id), Decimal(0))
        assert one.amount - used == found.unused[one.id] >= 0
    owes = any(value > 0 for value in found.open.values())
    left = any(found.unused.values()) or any(value < 0 for value in found.open.values())
    assert not (owes and left)
    random.shuffle(items)
    random.shuffle(payments)
    again = allocate(items, payments)
    assert (again.parts, again.open, again.unused) == (found.parts, found.open, found.unused)


@pytest.mark.parametrize("seed", range(40))
def test_the_books_of_an_earlier_day_read_as_they_did_then(seed):
    items, payments = books(Random(seed))
    payments = [Payment(one.id, one.number, one.paid_on, one.amount) for one in payments]
    day = D(2026, 2, 10)
    then = allocate([one for one in items if one.issued_on <= day], [one for one in payments if one.paid_on <= day])
    assert then.parts == [part for part in allocate(items, payments).parts if part.on <= day]


# --- ageing ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (-5, "not_due"),
        (0, "not_due"),
        (1, "d1_30"),
        (30, "d1_30"),
        (31, "d31_60"),
        (60, "d31_60"),
        (61, "d61_90"),
        (90, "d61_90"),
        (91, "d91"),
        (4000, "d91"),
    ],
)
def test_a_bucket_by_days_overdue(days, bucket):
    day = D(2026, 11, 28)
    due = day - datetime.timedelta(days=days)
    assert bucket_of(due, day) == bucket
    inside = [
        name
        for name in BUCKETS
        for first, last in [due_between(name, day)]
        if (first is None or first <= due) and (last is None or due <= last)
    ]
    assert inside == [bucket]


def test_what_is_owed_adds_up_and_credit_stands_apart():
    day = D(2026, 4, 10)
    lines = [
        (D(2026, 4, 10), Decimal("10.10"), False),
        (D(2026, 4, 9), Decimal("20.20"), True),
        (D(2025, 4, 9), Decimal("30.30"), False),
        (D(2026, 4, 1), Decimal("-5.05"), False),
    ]
    found = age(lines, day, Decimal("1.00"))
    assert (found.owed, found.overdue, found.credit) == (Decimal("60.60"), Decimal("50.50"), Decimal("6.05"))
    assert found.balance == Decimal("54.55")
    assert (found.items, found.overdue_items, found.disputed, found.oldest) == (3, 2, Decimal("20.20"), 366)
    assert headroom(Decimal(50), found.balance) == Decimal("-4.55")
    assert headroom(None, found.balance) is None


# --- how a customer pays --------------------------------------------------------------------------------------


def test_days_late_plain_and_weighted_within_the_year():
    day = D(2026, 4, 10)
    rows = [
        Settled(Decimal(100), D(2026, 1, 1), D(2025, 12, 1)),  # early counts as 0
        Settled(Decimal(300), D(2026, 1, 1), D(2026, 1, 21)),  # 20
        Settled(Decimal(100), D(2025, 4, 1), D(2025, 4, 11)),  # 10, the first day of the window
        Settled(Decimal(100), D(2025, 4, 1), D(2025, 4, 10)),  # the day before it
        Settled(Decimal(100), D(2026, 4, 1), D(2026, 4, 11)),  # not yet
        Settled(Decimal(-100), D(2026, 1, 1), D(2026, 4, 1)),  # a credit note
    ]
    found = paying(rows, day, Decimal("0.5"))
    assert (found.since, found.until, found.n, found.on_time) == (D(2025, 4, 10), day, 3, 1)
    assert (found.plain, found.weighted) == (Decimal("10.0"), Decimal("14.0"))
    assert found.share == Decimal("0.4286")  # (1 + 4 × 0.5) / (3 + 4)
    none = paying([], day, Decimal("0.5"))
    assert (none.n, none.plain, none.weighted, none.share) == (0, None, None, None)


def test_one_of_one_is_no_certainty():
    assert shrunk(1, 1, Decimal("0.5")) == Decimal("0.6000")
    assert shrunk(0, 0, Decimal("0.5")) is None
    assert shrunk(1, 1, None) is None
    assert (share_of(2, 3), share_of(0, 0)) == (Decimal("0.6667"), None)
    assert year_before(D(2024, 2, 29)) == D(2023, 2, 28)


# --- promises to pay ------------------------------------------------------------------------------------------


def promised(pk, amount, made, due, decided=None):
    return Promised(pk, Decimal(amount), made, due, decided)


def test_a_promise_is_kept_by_money_up_to_its_day():
    made, due = D(2026, 3, 1), D(2026, 3, 31)
    one = promised(1, 100, made, due)

    def outcome(day, *received):
        return judge([one], [Received(on, Decimal(amount)) for on, amount in received], day)[1]

    assert outcome(due) == Outcome("open")
    assert outcome(D(2026, 4, 1)) == Outcome("broken", due)
    assert outcome(due, (made, 60), (due, 40)) == Outcome("kept", due)
    assert outcome(D(2026, 4, 1), (made, 60), (due, "39.99")) == Outcome("broken", due)
    # Before it was made, after it was due, or not yet come: none of that counts.
    assert outcome(D(2026, 4, 9), (D(2026, 2, 28), 100), (D(2026, 4, 1), 100)) == Outcome("broken", due)
    assert outcome(D(2026, 3, 10), (D(2026, 3, 20), 100)) == Outcome("open")


def test_no_money_keeps_two_promises():
    promises = [
        promised(1, 100, D(2026, 3, 1), D(2026, 3, 20)),
        promised(2, 100, D(2026, 3, 1), D(2026, 3, 10)),
    ]
    found = judge(promises, [Received(D(2026, 3, 5), Decimal(150))], D(2026, 3, 31))
    assert (found[2].state, found[1].state) == ("kept", "broken")
    found = judge(promises, [Received(D(2026, 3, 5), Decimal(200))], D(2026, 3, 31))
    assert (found[2].state, found[1].state) == ("kept", "kept")


def test_what_a_person_decided_is_not_judged_and_uses_its_money_when_kept():
    day, came = D(2026, 3, 31), [Received(D(2026, 3, 5), Decimal(100))]
    second = promised(2, 100, D(2026, 3, 1), D(2026, 3, 20))
    for decided, state in (("kept", "broken"), ("broken", "kept"), ("withdrawn", "kept")):
        first = promised(1, 100, D(2026, 3, 1), D(2026, 3, 10), decided)
        found = judge([first, second], came, day)
        assert 1 not in found
        assert found[2].state == state


# --- cost recovery --------------------------------------------------------------------------------------------


def test_recovery_names_the_month_it_was_back():
    found = recovery(Decimal(1000), [Decimal(400), Decimal(-100), Decimal(700), Decimal(50)])
    assert (found.recovered, found.share, found.months_to_recovery, found.is_back) == (1050, Decimal("1.0500"), 3, True)


def test_recovery_at_the_pace_so_far_or_never():
    found = recovery(Decimal(1000), [Decimal(100), Decimal(200)])
    assert (found.share, found.months, found.months_to_recovery, found.is_back) == (Decimal("0.3000"), 2, 7, False)
    loss = recovery(Decimal(1000), [Decimal(-100)])
    assert (loss.share, loss.months_to_recovery) == (Decimal("-0.1000"), None)


def test_recovery_says_what_it_lacks():
    assert recovery(None, []).lacks == ("opening_investment", "monthly_profit")
    assert recovery(Decimal(0), [Decimal(1)]).lacks == ("opening_investment",)
    assert recovery_at(Decimal(10), Decimal(1), None).lacks == ("months_open",)
    assert recovery_at(Decimal(10), Decimal(3), 4).months_to_recovery == 4
