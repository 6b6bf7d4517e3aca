"""When a customer is due, what counts, and how many visits a year has: the pure rule."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from visits.plan import cadence
from visits.plan.cadence import Counting, Happening, Rhythm, counts, due, last_counted, rhythm_of, spells_of, visits_in

DAY = datetime.date
WEEKLY, MONTHLY = Rhythm(7, 4, 10), Rhythm(30, 21, 39)


@pytest.mark.parametrize(("days", "expected"), [(7, (4, 10)), (14, (9, 19)), (30, (21, 39)), (1, (1, 2))])
def test_room_is_seventy_to_a_hundred_and_thirty_percent(days, expected):
    made = rhythm_of(days)
    assert (made.least, made.most) == expected


@pytest.mark.parametrize("wrong", [(7, 8, 10), (7, 0, 10), (7, 4, 6)])
def test_a_rhythm_goes_from_least_to_most(wrong):
    with pytest.raises(ValueError, match="least <= days <= most"):
        Rhythm(*wrong)


@pytest.mark.parametrize(
    ("today", "state", "late"),
    [
        (DAY(2026, 3, 4), "not_due", 0),
        (DAY(2026, 3, 5), "due", 0),
        (DAY(2026, 3, 11), "due", 0),  # the latest day is still in time
        (DAY(2026, 3, 12), "late", 1),
        (DAY(2026, 3, 31), "late", 20),
    ],
)
def test_the_window_opens_and_closes_by_the_last_that_counted(today, state, late):
    found = due(DAY(2026, 3, 1), WEEKLY, None, today)
    assert (found.state, found.late) == (state, late)
    assert (found.earliest, found.ideal, found.latest) == (DAY(2026, 3, 5), DAY(2026, 3, 8), DAY(2026, 3, 11))


@pytest.mark.parametrize(
    ("opened", "state", "late"),
    [
        (DAY(2026, 4, 1), "not_due", 0),  # opens tomorrow
        (DAY(2026, 3, 31), "never", 0),
        (DAY(2026, 3, 21), "never", 0),
        (DAY(2026, 3, 20), "never", 1),
        (None, "never", 7),  # nobody knows since when: late by a whole rhythm
    ],
)
def test_who_was_never_visited_is_due_from_its_opening(opened, state, late):
    found = due(None, WEEKLY, opened, DAY(2026, 3, 31))
    assert (found.state, found.late, found.last) == (state, late, None)


VISITS, CALLS_OF_C = Counting("visit"), Counting("contact", "call", tier="C")


@pytest.mark.parametrize(
    ("one", "tier", "by_call", "expected"),
    [
        (Happening("visit", "money", DAY(2026, 3, 1)), "A", False, True),
        (Happening("contact", "call", DAY(2026, 3, 1), "out"), "C", False, True),
        (Happening("contact", "call", DAY(2026, 3, 1), "out"), "B", False, False),
        (Happening("contact", "wechat", DAY(2026, 3, 1), "out"), "C", False, False),
        (Happening("contact", "wechat", DAY(2026, 3, 1), "out"), "A", True, True),
        (Happening("contact", "wechat", DAY(2026, 3, 1), "in"), "A", True, False),
    ],
)
def test_what_counts_is_what_the_rows_say(one, tier, by_call, expected):
    assert counts(one, tier, [VISITS, CALLS_OF_C], by_call) is expected


def test_a_rule_may_ask_for_a_goal_that_was_reached():
    rule = [Counting("visit", "money", only_met=True)]
    assert not counts(Happening("visit", "money", DAY(2026, 3, 1)), "A", rule)
    assert counts(Happening("visit", "money", DAY(2026, 3, 1), met=True), "A", rule)
    assert not counts(Happening("visit", "routine", DAY(2026, 3, 1), met=True), "A", rule)


def test_the_clock_restarts_at_the_last_that_counts():
    happened = [
        Happening("visit", "routine", DAY(2026, 3, 1)),
        Happening("contact", "call", DAY(2026, 3, 9), "out"),
        Happening("contact", "mail", DAY(2026, 3, 20), "out"),
    ]
    assert last_counted(happened, "C", [VISITS, CALLS_OF_C]) == DAY(2026, 3, 9)
    assert last_counted(happened, "B", [VISITS, CALLS_OF_C]) == DAY(2026, 3, 1)
    assert last_counted(happened, "B", [VISITS, CALLS_OF_C], by_call=True) == DAY(2026, 3, 20)
    assert last_counted([], "A", [VISITS]) is None


def test_lateness_times_stake():
    # 365,000 a year: 7,000 in a week. 3 weeks late counts four times, later no more than five times.
    assert cadence.weight(Decimal(365000), WEEKLY, 0) == Decimal(7000)
    assert cadence.weight(Decimal(365000), WEEKLY, 21) == Decimal(28000)
    assert cadence.weight(Decimal(365000), WEEKLY, 99) == Decimal(35000)
    assert cadence.weight(Decimal(0), WEEKLY, 7) == Decimal(200)  # a floor of 100


def test_visits_of_a_year_with_a_rhythm_of_its_own_for_a_quarter():
    assert visits_in([(365, WEEKLY)]) == 52
    assert visits_in([(365, MONTHLY)]) == 12
    assert visits_in([(365, Rhythm(30, 21, 39, by_call=True))]) == 0
    # A quarter weekly, the rest monthly: 90/7 + 275/30 = 12.86 + 9.17 = 22.02
    own = [(DAY(2026, 1, 1), DAY(2026, 4, 1), WEEKLY)]
    spells = spells_of(DAY(2026, 1, 1), DAY(2027, 1, 1), MONTHLY, own)
    assert spells == [(90, WEEKLY), (275, MONTHLY)]
    assert visits_in(spells) == 22


def test_what_is_said_for_other_days_changes_nothing():
    own = [
        (DAY(2025, 1, 1), DAY(2026, 1, 1), WEEKLY),  # over
        (DAY(2026, 6, 1), DAY(2026, 6, 1), WEEKLY),  # taken back before it began
        (DAY(2026, 12, 1), None, WEEKLY),
    ]
    assert spells_of(DAY(2026, 1, 1), DAY(2027, 1, 1), MONTHLY, own) == [(334, MONTHLY), (31, WEEKLY)]
