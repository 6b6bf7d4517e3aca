"""The rules of planning, in exact small cases."""

from __future__ import annotations

import datetime

from visits.planning.differences import Change, Now, changes
from visits.planning.drawing import picture
from visits.planning.hours import Hours, read, windows
from visits.planning.placing import Broken, DayOn, Rhythm, broken, cheapest, offers
from visits.planning.routes import Legs, Shift, Stop, best_fit, ordered, timed
from visits.planning.wanting import Fitted, Rule, Wanted, fitted, wanted

DAY = datetime.date(2026, 12, 1)


def on(n: int) -> datetime.date:
    return DAY + datetime.timedelta(days=n)


def line(*at: float) -> Legs:
    """Places on a line, one minute and one km a unit."""
    table = [[abs(a - b) for b in at] for a in at]
    return Legs(table, table)


LEGS = line(0, 10, 20, 30)
NINE_TO_SIX = Shift(540, 1080)


def stop(place: int, *between: tuple[float, float], minutes: int = 30) -> Stop:
    return Stop(place, place, minutes, between)


def test_a_route_leaves_as_late_as_its_first_window_lets_it():
    route = timed([stop(1, (600, 660)), stop(2)], LEGS, NINE_TO_SIX)
    assert [(one.arrives, one.begins, one.leaves) for one in route.stops] == [(600, 600, 630), (640, 640, 670)]
    assert (route.departs, route.back, route.minutes, route.km) == (590, 690, 100, 40)
    assert route.fits


def test_a_stop_after_its_last_window_is_late_by_so_many_minutes():
    route = timed([stop(3), stop(1, (540, 560))], LEGS, NINE_TO_SIX)
    assert [one.late for one in route.stops] == [0, 60]
    assert not route.fits


def test_a_day_that_ends_too_late_says_by_how_much():
    assert timed([stop(3)], LEGS, Shift(540, 600)).over == 30


def test_an_empty_day_costs_nothing():
    route = timed([], LEGS, NINE_TO_SIX)
    assert (route.minutes, route.km, route.fits) == (0, 0, True)


def test_the_order_is_the_shortest_that_keeps_the_windows():
    assert ordered([stop(2), stop(3), stop(1)], LEGS, NINE_TO_SIX).km == 60
    route = ordered([stop(1, (700, 710)), stop(2), stop(3)], LEGS, NINE_TO_SIX)
    assert route.late == 0
    assert {one.stop.key: one.begins for one in route.stops}[1] == 700


def test_one_stop_more_goes_where_it_costs_least():
    fit = best_fit(stop(2), [stop(1), stop(3)], LEGS, NINE_TO_SIX)
    assert (fit.position, fit.minutes, fit.km) == (1, 30, 0)


def test_a_stop_that_would_break_a_promise_finds_no_place():
    agreed = stop(1, (550, 550))
    assert best_fit(stop(3, (540, 580)), [agreed], LEGS, NINE_TO_SIX) is None
    assert best_fit(stop(3), [stop(1)], LEGS, Shift(540, 600)) is None


def test_the_cheapest_days_come_first_and_those_that_break_the_rhythm_last():
    days = [DayOn(on(0), NINE_TO_SIX, ()), DayOn(on(1), NINE_TO_SIX, (stop(3),)), DayOn(on(9), NINE_TO_SIX, (stop(2),))]
    found = offers(stop(2, minutes=20), days, LEGS, rhythm=Rhythm(2, 8, on(-1)))
    assert [(one.day, one.fit.minutes, one.breaks) for one in cheapest(found)] == [
        (on(1), 20, ()),
        (on(9), 20, (Broken("late", 10, on(-1)),)),
        (on(0), 60, (Broken("soon", 1, on(-1)),)),
    ]


def test_no_day_is_offered_twice_to_one_customer():
    days = [DayOn(on(0), NINE_TO_SIX, ()), DayOn(on(1), NINE_TO_SIX, ())]
    assert [one.day for one in offers(stop(1), days, LEGS, others=[on(0)])] == [on(1)]


def test_what_a_day_breaks():
    rhythm = Rhythm(4, 10, on(0))
    assert broken(on(3), (), rhythm) == (Broken("soon", 3, on(0)),)
    assert broken(on(11), (), rhythm) == (Broken("late", 11, on(0)),)
    assert broken(on(5), [on(20)], rhythm) == (Broken("gap", 15, on(20)),)
    assert broken(on(5), [on(7)], rhythm) == (Broken("soon", 2, on(7)),)
    assert broken(on(5), (), rhythm) == ()
    assert broken(on(5), (), None) == ()


# --- how many visits ----------------------------------------------------------------------------------------------

WEEKLY, MONTHLY = Rule(4, 7, 10), Rule(21, 30, 39)


def test_a_weekly_customer_gets_four_visits_in_four_weeks():
    assert wanted(WEEKLY, 28, since=-3) == Wanted(4, 1, 27, 7, 18)


def test_nobody_is_visited_before_it_is_time():
    assert wanted(MONTHLY, 14, since=-2) is None
    assert wanted(MONTHLY, 28, since=-9) == Wanted(1, 12, 27, 27, 0)


def test_who_is_overdue_is_caught_up_within_one_target():
    found = wanted(WEEKLY, 28, since=-30)
    assert (found.overdue, found.earliest, found.first_by, found.frequency) == (True, 0, 6, 4)


def test_what_is_agreed_counts_as_a_visit():
    assert wanted(WEEKLY, 28, since=-3, until=5) is None
    assert wanted(WEEKLY, 28, since=5).earliest == 9


def test_a_visit_that_people_want_is_wanted_whatever_the_rhythm_says():
    assert wanted(MONTHLY, 14, since=-2, at_least=1).frequency == 1


def test_a_rhythm_is_stretched_where_days_lack_and_by_how_much():
    week_off = [day for day in range(28) if not 5 <= day <= 16]
    found = fitted(Wanted(4, 0, 27, 6, 18), WEEKLY, week_off)
    assert found == Fitted(4, 4, 13, 6, 18, 3)
    assert fitted(Wanted(1, 0, 27, 6, 18), MONTHLY, []) is None
    assert fitted(Wanted(2, 0, 13, 6, 4), WEEKLY, list(range(14))).stretched == 0


# --- what differs -------------------------------------------------------------------------------------------------


def test_a_day_that_is_kept_is_kept_by_the_same_visit():
    now = [Now(1, on(1)), Now(2, on(5))]
    assert changes(now, [on(5), on(8)]) == [
        Change("same", 2, on(5), on(5)),
        Change("moved", 1, on(1), on(8)),
    ]


def test_new_and_dropped():
    assert changes([], [on(1)]) == [Change("new", None, None, on(1))]
    assert changes([Now(1, on(1))], []) == [Change("dropped", 1, on(1), None)]


def test_what_has_a_reason_of_its_own_is_never_dropped():
    now = [Now(1, on(1)), Now(2, on(2), keep=True)]
    assert changes(now, [on(4)]) == [Change("dropped", 1, on(1), None), Change("moved", 2, on(2), on(4))]
    assert changes([Now(2, on(2), keep=True)], []) == [Change("left", 2, on(2), on(2))]


def test_who_found_no_place_keeps_what_is_planned():
    assert changes([Now(1, on(1))], [], served=False) == [Change("left", 1, on(1), on(1))]


# --- hours --------------------------------------------------------------------------------------------------------


def test_hours_as_people_write_them():
    assert read("9:00–20:30") == Hours(((540, 1230),))
    assert read("9:00-12:00, 14:00-18:00") == Hours(((540, 720), (840, 1080)))
    assert read("10:00～22:00，周一休") == Hours(((600, 1320),), frozenset({0}))
    assert read("9-18 closed on Sunday") == Hours(((540, 1080),), frozenset({6}))
    assert read("早上到晚上") == Hours()
    assert read("22:00-9:00") == Hours()


def test_no_visit_runs_into_lunch_or_past_closing():
    assert windows(Hours(((540, 1200),)), 45, 540, 1080, (720, 780)) == ((540, 675), (780, 1035))
    assert windows(Hours(((1100, 1200),)), 45, 540, 1080, None) == ()


def test_a_route_is_drawn_north_up():
    drawn = picture([(1, (30.1, 120.0)), (3, (30.0, 120.1))], (30.0, 120.0))
    assert drawn.stops[0].y < drawn.homes[0].y
    assert drawn.stops[1].x > drawn.homes[0].x
    assert len(drawn.line.split()) == 4
    assert [one.number for one in drawn.stops] == [1, 3]  # as the list beside it has them
