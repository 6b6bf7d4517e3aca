"""Trust, silence and the three complaints, by hand."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from customers.trust.complaints import NoBusiness, OwnWay, own_way
from customers.trust.ledger import KINDS, Movement, by_month, read, reading_of
from customers.trust.silence import silence

TODAY = datetime.date(2026, 11, 28)


def on(days: int) -> datetime.date:
    return TODAY - datetime.timedelta(days=days)


def test_our_reading_is_the_share_of_deposits_on_the_scale_of_the_question():
    moved = [Movement("promise_kept", on(10 * n)) for n in range(7)] + [Movement("promise_broken", on(3))]
    found = read(moved, TODAY, Decimal("6.0"))
    # 1 + 9 × 7/8 = 8.875
    assert (found.deposits, found.withdrawals, found.ours, found.gap) == (7, 1, Decimal("8.9"), Decimal("2.9"))
    assert found.by_kind == (("promise_kept", 7), ("promise_broken", 1))


def test_all_broken_reads_one_and_all_kept_ten():
    assert reading_of({"promise_broken": 5}).ours == Decimal("1.0")
    assert reading_of({"listened": 5}).ours == Decimal("10.0")


def test_fewer_than_five_movements_are_no_reading():
    found = read([Movement("issue_late", on(n)) for n in range(4)], TODAY, Decimal(9))
    assert (found.n, found.ours, found.theirs, found.gap) == (4, None, Decimal(9), None)


def test_a_year_ago_to_the_day_is_out_and_the_future_is_not_known():
    edge = datetime.date(2025, 11, 28)
    moved = [Movement("listened", day) for day in (edge, edge + datetime.timedelta(days=1), on(-1), TODAY)]
    assert read(moved, TODAY).n == 2
    assert read([Movement("listened", datetime.date(2023, 3, 1))], datetime.date(2024, 2, 29)).n == 1


def test_one_more_deposit_never_lowers_and_one_more_withdrawal_never_lifts():
    for base in ({"listened": 3, "issue_late": 4}, {"promise_kept": 5}, {"promise_broken": 9}):
        before = reading_of(base).ours
        for kind in KINDS:
            after = reading_of({**base, kind: base.get(kind, 0) + 1}).ours
            assert (
                after >= before
                if kind in ("promise_kept", "issue_in_time", "issue_confirmed", "asked_nothing", "listened")
                else after <= before
            )


def test_months_are_counted_apart():
    october, november = datetime.date(2026, 10, 1), datetime.date(2026, 11, 1)
    moved = [
        Movement("listened", TODAY),
        Movement("issue_late", TODAY),
        Movement("listened", datetime.date(2026, 9, 30)),
    ]
    assert [(one.deposits, one.withdrawals) for one in by_month(moved, [october, november])] == [(0, 0), (1, 1)]


@pytest.mark.parametrize(
    ("days", "tier", "cadence", "state"),
    [
        (7, "A", None, "heard"),
        (8, "A", None, "quiet"),
        (14, "B", None, "heard"),
        (15, "B", None, "quiet"),
        (30, "C", None, "heard"),
        (31, "", None, "quiet"),
        (8, "A", 10, "heard"),
    ],
)
def test_silence_begins_the_day_after_the_cadence(days, tier, cadence, state):
    found = silence(on(days), tier, TODAY, cadence)
    assert (found.state, found.days) == (state, days)
    assert found.is_alarm is (state == "quiet")


def test_whoever_was_never_heard_is_unknown_and_not_content():
    found = silence(None, "A", TODAY)
    assert (found.state, found.days, found.is_alarm) == ("unknown", None, True)


@pytest.mark.parametrize(
    ("kept", "counts", "verdict"),
    [
        ([1, 1], (2, 0, 0), "unknown"),
        ([1, 1, 1, 1, 0], (4, 0, 1), "ok"),
        ([1, 1, 1, "0.5"], (3, 1, 0), "watch"),
        ([1, "0.5", 0, 1], (2, 1, 1), "true"),
    ],
)
def test_going_ones_own_way(kept, counts, verdict):
    found = own_way([Decimal(one) for one in kept])
    assert (found.agreed, found.changed, found.not_run) == counts and found.verdict == verdict
    assert OwnWay().share is None


@pytest.mark.parametrize(
    ("values", "verdict", "contradicts"),
    [
        ({}, "unknown", False),
        ({"said": 3, "asked": 4, "growth": Decimal("-0.10")}, "true", False),
        ({"said": 3, "asked": 4, "growth": Decimal("0.04")}, "watch", True),
        ({"said": 1, "asked": 4, "growth": Decimal("-0.30")}, "ok", False),
        ({"said": 2, "asked": 2, "growth": Decimal("-0.30")}, "unknown", False),
        ({"owed": Decimal(300), "overdue": Decimal(100)}, "watch", False),
        ({"owed": Decimal(300), "overdue": Decimal("99.99")}, "ok", False),
    ],
)
def test_what_they_say_against_what_the_ledger_says(values, verdict, contradicts):
    found = NoBusiness(**values)
    assert (found.verdict, found.contradicts) == (verdict, contradicts)
