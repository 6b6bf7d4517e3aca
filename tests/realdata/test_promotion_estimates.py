"""What docs/economics.md says was measured: the expected effect on real promotions, the baseline on real months.

Only what was known before goes in; held against what came after.
"""

import csv
import gzip
from collections import defaultdict
from datetime import date
from decimal import Decimal
from math import exp, inf, log
from statistics import mean, median

import pytest

from promotions.calculator.baseline import expected_month, forecast
from promotions.calculator.expected import Expecting, Offer, Past

pytestmark = pytest.mark.realdata

SPLIT = 120
"""The week that parts what is learned from what it is held against."""


@pytest.fixture(scope="module")
def promotions(real_data):
    """(week, promotion, break-even): the price and sales of the deal over the middle of the last 13 weeks without one;
    sales over usual from which on it earned more than those weeks, at the shop's margins of then and of the deal.
    """
    path = real_data.parent / "orangejuice" / "weekly.csv.gz"
    if not path.exists():
        pytest.skip("orange juice is not here")
    series = defaultdict(list)
    with gzip.open(path, "rt") as lines:
        for row in csv.DictReader(lines):
            series[row["store"], row["brand"]].append(
                tuple(float(row[name]) for name in ("week", "move", f"price{row['brand']}", "deal", "feat", "profit"))
            )
    found = []
    for (store, brand), weeks in series.items():
        before = []
        for week, sold, price, deal, feature, margin in sorted(weeks):
            if deal > 0 and len(before) >= 4:
                usual, tag, earned = (median(one[at] for one in before[-13:]) for at in range(3))
                even = earned / (price * margin) if margin > 0 else inf
                found.append((week, Past(Offer(int(store), brand, price / tag, True, feature > 0), sold / usual), even))
            if deal == 0 and feature == 0:
                before.append((sold, price, price * margin))
    return found


def test_the_expected_effect(promotions):
    past = [one for week, one, _even in promotions if week < SPLIT]
    later = [one for week, one, _even in promotions if week >= SPLIT]
    assert (len(past), len(later)) == (20162, 11046)
    learned = Expecting(past)
    effects = [learned.of(one.offer) for one in later]
    errors = [abs(log(one.ratio) - log(1 + float(made.expected))) for one, made in zip(later, effects, strict=True)]
    assert round(exp(median(errors)), 2) == 1.45
    general = mean(log(one.ratio) for one in past)
    assert round(exp(median(abs(log(one.ratio) - general) for one in later)), 2) == 1.94
    inside = [float(made.low) <= one.ratio - 1 <= float(made.high) for one, made in zip(later, effects, strict=True)]
    assert round(mean(inside), 2) == 0.78


def test_whether_it_pays(promotions):
    past = [one for week, one, _even in promotions if week < SPLIT]
    later = [(one, even) for week, one, even in promotions if week >= SPLIT]
    learned = Expecting(past)
    paid = [one.ratio >= even for one, even in later]

    def right(expected):
        """The share of promotions of which it was said rightly whether they pay."""
        called = [ratio >= even for ratio, (_one, even) in zip(expected, later, strict=True)]
        return round(mean(said == came for said, came in zip(called, paid, strict=True)), 3)

    general = exp(mean(log(one.ratio) for one in past))
    assert round(mean(paid), 2) == 0.57
    assert right([1 + float(learned.of(one.offer).expected) for one, _even in later]) == 0.748
    assert right([general] * len(later)) == 0.666
    assert right([1.0] * len(later)) == 0.572


def test_the_baseline(real_data):
    sold = defaultdict(lambda: defaultdict(Decimal))
    with gzip.open(real_data / "iowa" / "sales.csv.gz", "rt") as lines:
        for row in csv.DictReader(lines):
            sold[row["customer_code"]][int(row["date"][:4]) * 12 + int(row["date"][5:7]) - 1] += Decimal(row["units"])
    last = 2021 * 12 + 11
    first = min(min(months) for months in sold.values())
    network = [
        sum((months.get(at, Decimal(0)) for months in sold.values()), Decimal(0)) for at in range(first, last + 1)
    ]
    total = wrong = as_last = as_three = Decimal(0)
    inside = []
    for code in sorted(sold)[::8]:
        begin = min(sold[code])
        units = [sold[code].get(at, Decimal(0)) for at in range(begin, last + 1)]
        for at in range(last - 11, last + 1):
            own = units[: at - begin] if at > begin else []
            if len(own) < 25 or sum(own[-12:]) <= 0:
                continue
            before, came = date((at - 1) // 12, (at - 1) % 12 + 1, 1), units[at - begin]
            made = expected_month(own, network[: at - first], before)
            total += came
            wrong += abs(came - made)
            as_last += abs(came - own[-1])
            as_three += abs(came - sum(own[-3:]) / 3)
            if at == last - 3:
                found = forecast(own, network[: at - first], before)
                if found.low is not None:
                    inside.append(found.low <= came <= found.high)
    assert [round(float(one / total), 3) for one in (wrong, as_three, as_last)] == [0.258, 0.293, 0.355]
    assert (len(inside), round(mean(inside), 2)) == (137, 0.84)
