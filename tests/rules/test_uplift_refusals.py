"""What cannot be measured of a promotion, and the reason that is given."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from promotions.uplift.estimator import Measurement, measure
from promotions.uplift.terms import (
    Effect,
    Reason,
    Setting,
    Shop,
    Span,
    Study,
    most_common,
)
from tests.rules.studies import SETTING, START, WINDOW, flat, refusal, shops


def test_eleven_shops_are_too_few_to_compare_with():
    found = refusal([Shop(1, flat(200, 264))], shops(11))
    assert (found.reason, found.left_out) == (Reason.FEW_COMPARABLE, ())
    assert found.before_after == pytest.approx(0.32)  # told, but no proof


@pytest.mark.parametrize("spoilt", ["young", "shut", "promoted"])
def test_shops_that_cannot_be_compared_with_do_not_count(spoilt):
    comparison = shops(12)
    if spoilt == "young":
        comparison[0].sales[:60] = np.nan
    elif spoilt == "shut":
        comparison[0].sales[START : START + 5] = np.nan
    else:
        comparison[0] = dataclasses.replace(comparison[0], others=(Span(START + 13, START + 20),))
    assert refusal([Shop(1, flat(200, 264))], comparison).reason == Reason.FEW_COMPARABLE


def test_a_history_of_less_than_112_days_is_too_short():
    sales = flat(200, 264)[15:]
    found = refusal([Shop(1, sales)], [Shop(100 + n, sales) for n in range(12)], Setting(Span(111, 125)))
    assert found.reason == Reason.SHORT_HISTORY
    longer = [Shop(100 + n, np.r_[200.0, sales]) for n in range(12)]
    assert isinstance(measure(Study([Shop(1, np.r_[200.0, sales])], longer, Setting(Span(112, 126)))), Effect)


def test_a_shop_that_reported_on_too_few_days_has_too_short_a_history():
    known = flat(200, 264)
    known[START - 112 : START - 112 + 33] = np.nan
    assert measure(Study([Shop(1, known)], shops(12), SETTING)).shops == 1  # 79 of 112 days
    known[START - 112 + 33] = np.nan
    found = refusal([Shop(1, known)])
    assert (found.reason, found.left_out) == (Reason.SHORT_HISTORY, ((1, Reason.SHORT_HISTORY),))


@pytest.mark.parametrize("span", [Span(START - 5, START + 1), Span(START + 13, START + 30), Span(0, 999)])
def test_another_promotion_at_the_same_time(span):
    found = refusal([Shop(1, flat(200, 264), others=(span,))])
    assert (found.reason, found.left_out) == (Reason.OTHER_PROMOTION, ((1, Reason.OTHER_PROMOTION),))


def test_other_promotions_on_most_days_before_leave_no_usual_day():
    assert refusal([Shop(1, flat(200, 264), others=(Span(START - 29, START),))]).reason == Reason.OTHER_PROMOTION
    half = Shop(1, flat(200, 264), others=(Span(START - 28, START),))
    assert isinstance(measure(Study([half], shops(12), SETTING)), Effect)


def test_a_shop_that_was_closed_meanwhile():
    assert refusal([Shop(1, flat(200, 264), closed=(Span(START, START + 5),))]).reason == Reason.CLOSED
    assert refusal([Shop(1, flat(200, 0))]).reason == Reason.CLOSED
    assert isinstance(
        measure(Study([Shop(1, flat(200, 264), closed=(Span(START, START + 4),))], shops(12), SETTING)), Effect
    )


def test_a_past_that_does_not_lie_on_the_line():
    wild = flat(200, 264)
    for week in range(8):
        wild[START - 7 * week - 7 : START - 7 * week] *= 4.0 if week % 2 else 1.0
    found = refusal([Shop(1, wild)])
    assert (found.reason, found.left_out) == (Reason.POOR_FIT, ())


def test_who_cannot_be_measured_is_left_out_of_the_rest():
    treated = [Shop(1, flat(200, 264)), Shop(2, flat(200, 500), others=(WINDOW,)), Shop(3, flat(200, 0))]
    found = measure(Study(treated, shops(12), SETTING))
    assert found.left_out == ((2, Reason.OTHER_PROMOTION), (3, Reason.CLOSED))
    assert (found.shops, found.lift) == (1, pytest.approx(0.10, abs=1e-6))


def test_the_most_common_reason_is_given_for_all():
    assert most_common([Reason.CLOSED, Reason.OTHER_PROMOTION, Reason.CLOSED]) == Reason.CLOSED
    assert most_common([Reason.CLOSED, Reason.OTHER_PROMOTION]) == Reason.OTHER_PROMOTION


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="shop 1 has 139 steps, the window ends at 140"):
        measure(Study([Shop(1, flat(200, 264)[:-1])], shops(12), SETTING))
    with pytest.raises(ValueError, match="window is empty"):
        Measurement(shops(12), Setting(Span(130, 130)))
    with pytest.raises(ValueError, match="no shop was added"):
        measure(Study([], shops(12), SETTING))
