"""One's own figures: exact, by month and by class."""

import datetime
from decimal import Decimal

from customers.issues.clocks import Spread
from customers.issues.mirroring import Case, Figures, mirror, months_until

D = Decimal
SEP, OCT, NOV = (datetime.date(2026, month, 1) for month in (9, 10, 11))


def test_six_months_over_the_turn_of_the_year():
    assert months_until(datetime.date(2026, 2, 28)) == [
        datetime.date(2025, 9, 1),
        datetime.date(2025, 10, 1),
        datetime.date(2025, 11, 1),
        datetime.date(2025, 12, 1),
        datetime.date(2026, 1, 1),
        datetime.date(2026, 2, 1),
    ]


def test_each_figure_is_of_the_month_it_belongs_to():
    cases = [
        Case("supply", False, OCT, NOV, True, answer=60, solve=600, stars=5),
        Case("supply", False, OCT, OCT, False, answer=180, solve=1200, reopened=True, repeat=True, stars=2),
        Case("price", True, NOV, None),
        Case("price", False, NOV, NOV, False),
        Case("price", False, SEP, SEP, True, answer=1, solve=1),  # before the months looked at
    ]
    found = mirror(cases, [OCT, NOV])
    assert found.whole == Figures(
        n=4,
        found=1,
        repeats=1,
        judged=3,
        in_time=1,
        reopened=1,
        answer=Spread(2, D("2.0"), D("3.0")),
        solve=Spread(2, D("15.0"), D("20.0")),
        rated=2,
        stars=D("3.5"),
    )
    assert (found.whole.found_share, found.whole.in_time_share) == (D("0.2500"), D("0.3333"))
    assert (found.whole.reopened_share, found.whole.repeat_share) == (D("0.3333"), D("0.2500"))
    october, november = (one for _month, one in found.months)
    assert (october.n, october.judged, october.in_time, october.stars) == (2, 1, 0, D("2.0"))
    assert (november.n, november.found, november.judged, november.in_time) == (2, 1, 2, 1)
    assert november.solve == Spread(1, D("10.0"), D("10.0"))
    assert [(name, one.n, one.judged) for name, one in found.classes] == [("supply", 2, 2), ("price", 2, 1)]


def test_a_month_without_issues_stands_there_with_no_figure():
    found = mirror([], [OCT, NOV])
    assert [month for month, _one in found.months] == [OCT, NOV]
    assert found.whole == Figures() and found.classes == []
    assert (found.whole.found_share, found.whole.in_time_share, found.whole.stars) == (None, None, None)
