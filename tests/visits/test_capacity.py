"""A year by hand: working days of 2026 with make-up days, what is off, the cheapest cuts, the months levelled."""

from __future__ import annotations

import datetime
from decimal import Decimal

from crm.workdays import is_announced, working_days
from visits.plan import capacity
from visits.plan.capacity import Off, Pace, Shop, cheapest_cuts, days_of, forecast, free_days, level, months

DAY = datetime.date
# 2026 as announced: off are 1–3 Jan, 15–23 Feb, 4–6 Apr, 1–5 May, 19–21 Jun, 25–27 Sep, 1–7 Oct; worked are
# 4 Jan, 14 and 28 Feb, 9 May, 20 Sep, 10 Oct.
BY_MONTH = [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]


def working():
    return working_days(DAY(2026, 1, 1), DAY(2026, 12, 31))


def test_the_working_days_of_2026_month_by_month():
    found = months(working(), [])
    assert [one.working for one in found] == BY_MONTH
    assert sum(BY_MONTH) == 248
    assert is_announced(2026) and not is_announced(2028)


def test_what_is_off_is_taken_from_working_days_only():
    offs = [
        # Spring Festival's week and the make-up day after it: of 12 Feb to 1 Mar worked are 12, 13, 14, 24–28.
        Off(DAY(2026, 2, 12), DAY(2026, 3, 1), "leave"),
        Off(DAY(2026, 3, 3), DAY(2026, 3, 3), "meeting", "morning"),
        Off(DAY(2026, 3, 3), DAY(2026, 3, 3), "meeting", "morning"),  # twice is once
        Off(DAY(2026, 3, 3), DAY(2026, 3, 4), "travel"),  # the afternoon of the 3rd, all of the 4th
    ]
    found = months(working(), offs)
    assert found[1].off == {"leave": Decimal(8)} and found[1].free == Decimal(8)
    assert found[2].off == {"meeting": Decimal("0.5"), "travel": Decimal("1.5")} and found[2].free == Decimal(20)
    free = free_days(working(), offs)
    assert DAY(2026, 2, 20) not in free  # the festival
    assert free[DAY(2026, 2, 28)] == 0 and free[DAY(2026, 3, 3)] == 0 and free[DAY(2026, 3, 5)] == 1


PACE = Pace(there=60, travel=45, day=420)  # four visits a day


def test_demand_in_days():
    assert PACE.a_day == 4
    assert days_of(52, PACE) == Decimal("13.0") and days_of(1, PACE) == Decimal("0.3")


def shop(pk, tier, yearly, visits, region=1):
    return Shop(pk, tier, region, Decimal(yearly), visits)


def test_a_year_that_fits_cuts_nothing():
    found = cheapest_cuts([shop(1, "C", 100, 40)], Decimal(10), PACE)
    assert found.fits and found.needs == Decimal("10.0") and found.calls.ids == () and found.handover == ()


def test_the_least_sales_for_each_day_won_go_first():
    # 52 + 12 + 12 + 24 = 100 visits are 25 days; 20 there are: 20 visits have to go.
    shops = [shop(1, "A", 1, 52), shop(2, "C", 1200, 12), shop(3, "C", 600, 12), shop(4, "C", 4800, 24)]
    found = cheapest_cuts(shops, Decimal(20), PACE)
    assert (found.needs, found.missing) == (Decimal("25.0"), Decimal("5.0"))
    # 50, 100 and 200 a visit: the first two win 24 visits. The A customer is never called instead.
    assert found.calls.ids == (3, 2) and found.calls.visits == 24 and found.calls.yearly == Decimal(1800)
    assert found.calls_suffice and found.handover == () and not found.handover_suffices  # one region only


def test_what_is_not_needed_is_left_out_again():
    # 24 visits have to go: 2 (10 a visit) alone wins 12; with 3 (20 a visit) it is enough without 2.
    shops = [shop(1, "A", 1, 40), shop(2, "C", 120, 12), shop(3, "C", 480, 24), shop(4, "C", 99999, 24)]
    found = cheapest_cuts(shops, Decimal(19), PACE)
    assert found.calls.ids == (3,) and found.calls.visits == 24 and found.calls.yearly == Decimal(480)


def test_whole_regions_are_handed_over_the_cheapest_first():
    shops = [shop(1, "A", 52000, 52, 1), shop(2, "B", 2600, 26, 2), shop(3, "A", 5200, 26, 3)]
    # 104 visits are 26 days; 20 there are: 24 have to go. 1000, 100 and 200 a visit.
    found = cheapest_cuts(shops, Decimal(20), PACE)
    assert [(one.region_id, one.ids, one.visits) for one in found.handover] == [(2, (2,), 26)]
    assert found.handover_suffices and found.calls.ids == () and not found.calls_suffice


def test_levelled_by_the_days_that_are_free():
    free = [Decimal(n) for n in BY_MONTH]
    assert level(248, free) == BY_MONTH
    # 100 visits: 100 × 16/248 = 6.45 in February, 9.27 in December.
    found = level(100, free)
    assert sum(found) == 100 and found[1] == 6 and found[11] == 9 and found[9] == 7
    assert level(10, [Decimal(0)] * 12) == [0] * 12


def test_the_rest_of_a_month_fills_its_emptiest_days():
    free = {DAY(2026, 3, 2): Decimal(1), DAY(2026, 3, 3): Decimal("0.5"), DAY(2026, 3, 4): Decimal(1)}
    known = {DAY(2026, 3, 2): 3, DAY(2026, 2, 27): 9}
    # 8 in March, 3 are known: the 4th has room for 4, the 3rd for 2, the 2nd for 1; the emptiest of them fills first.
    found, homeless = forecast({3: 8}, known, free, PACE, DAY(2026, 3, 1))
    assert found == {DAY(2026, 3, 4): 3, DAY(2026, 3, 3): 1, DAY(2026, 3, 2): 1} and homeless == 0
    found, homeless = forecast({3: 12}, known, free, PACE, DAY(2026, 3, 1))
    assert sum(found.values()) == 7 and homeless == 2
    assert forecast({3: 8}, known, free, PACE, DAY(2026, 3, 5)) == ({}, 0)  # the days are over


def test_even_a_slow_pace_makes_one_visit_a_day():
    assert capacity.Pace(there=500, travel=100, day=420).a_day == 1
