"""The rule on arrays made by hand: what alarms, what does not, and that a state carried on learns the same."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from customers.relationship.slumpreplay import Replay
from customers.relationship.slumprule import SENSITIVITIES, Calendar, Groups, State, medians, smallest_drop
from customers.relationship.slumps import day_number, detect, statutory
from tests.slumps.conftest import FIRST, usual

N, DAYS = 12, 200
RULE = SENSITIVITIES["normal"]


def panel(values) -> dict:
    n, days = values.shape
    return {
        "dates": np.datetime64(FIRST) + np.arange(days),
        "Y": values,
        "promo": np.zeros((n, days), bool),
        "school": np.zeros((n, days), bool),
        "region": np.array(["east"] * n),
        "kind": np.array(["franchisee"] * n),
    }


def replayed(values, rule=RULE, state=None, first=0, reported=None) -> Replay:
    n, days = values.shape
    groups = Groups.of(["franchisee"] * n, ["east"] * n)
    replay = Replay(state or State.empty(n), groups, rule)
    none = np.zeros(n, bool)
    for t in range(days):
        when = FIRST + datetime.timedelta(days=first + t)
        told = None if reported is None else reported[:, t]
        replay.step(day_number(when), values[:, t], none, none, statutory(when), told)
    replay.finish()
    return replay


def test_steady_shops_raise_no_alarm():
    assert not detect(panel(usual(N))).any()


@pytest.mark.parametrize(("depth", "days"), [(0.4, 5), (0.5, 3), (0.3, 5)])
def test_a_slump_is_found_on_its_third_selling_day(depth, days):
    values = usual(N)
    values[3, 150 : 150 + days] *= 1 - depth
    found = detect(panel(values))
    assert np.flatnonzero(found[3])[0] == 152
    assert not np.delete(found, 3, axis=0).any()


def test_one_lost_day_never_alarms_alone():
    values = usual(N)
    values[3, 150] *= 0.02
    assert not detect(panel(values)).any()


def test_what_hits_all_shops_is_no_shops_slump():
    values = usual(N)
    values[:, 150:156] *= 0.5
    assert not detect(panel(values)).any()


def test_a_day_without_a_report_is_no_bad_day():
    values = usual(N)
    values[3, 150:160] = np.nan
    assert not detect(panel(values)).any()


def test_bad_days_are_counted_in_selling_days():
    values = usual(N)
    values[3, 150:155] *= 0.5
    values[3, 151:153] = np.nan
    assert np.flatnonzero(detect(panel(values))[3])[0] == 154


def test_it_uses_the_past_only():
    values = usual(N)
    values[3, 120:125] *= 0.5
    other = values.copy()
    other[:, 130:] *= np.random.default_rng(1).uniform(0.2, 3, other[:, 130:].shape)
    assert (detect(panel(values))[:, :130] == detect(panel(other))[:, :130]).all()


def test_nothing_is_said_in_the_first_weeks():
    values = usual(N)
    values[3, 20:30] *= 0.3
    assert not detect(panel(values))[:, :35].any()


def test_who_orders_now_and_then_is_not_judged_by_day():
    values = usual(N)
    values[3, np.arange(DAYS) % 5 != 0] = np.nan
    values[3, 150:] *= 0.3
    assert not detect(panel(values))[3].any()


def test_a_state_carried_on_learns_the_same():
    values = usual(N)
    values[3, 150:158] *= 0.55
    values[5, 100:110] *= 0.5
    whole = replayed(values)
    first = replayed(values[:, :153])
    kept = State(**{name: array.copy() for name, array in first.state.arrays().items()})
    later = replayed(values[:, 153:], state=kept, first=153)
    for name, array in whole.state.arrays().items():
        assert np.array_equal(array, getattr(later.state, name), equal_nan=array.dtype.kind == "f"), name
    assert {**first.slumps, **later.slumps}.keys() == whole.slumps.keys()
    (key,) = [key for key in whole.slumps if key[0] == 3]
    assert later.slumps[key].got == pytest.approx(whole.slumps[key].got)
    assert later.slumps[key].closed == whole.slumps[key].closed


def test_a_slump_says_what_it_cost():
    values = usual(N)
    normal = values[3, 150:155].sum()
    values[3, 150:155] *= 0.6
    (found,) = replayed(values).slumps.values()
    assert (found.row, found.first_bad, found.days) == (3, day_number(FIRST) + 150, 5)
    assert found.opened == day_number(FIRST) + 152
    assert found.last_bad == day_number(FIRST) + 154
    assert found.closed == day_number(FIRST) + 157  # three normal days
    assert found.depth == pytest.approx(0.4, abs=0.06)
    assert found.expected == pytest.approx(normal, rel=0.08)
    assert found.back == pytest.approx(1.0, abs=0.1)
    assert not found.learning
    assert len(found.points) == 28 + 5


def test_what_never_comes_back_finds_a_new_level():
    values = usual(N)
    values[3, 120:] *= 0.6
    (found,) = replayed(values).slumps.values()
    assert found.settled
    assert found.closed >= day_number(FIRST) + 120 + 28


def test_a_slump_that_comes_again_within_two_weeks_is_the_same():
    values = usual(N)
    values[3, 150:154] *= 0.5
    values[3, 160:164] *= 0.5
    assert len(replayed(values).slumps) == 1


def test_silence_is_an_alarm_of_its_own():
    values = usual(N)
    values[3, 150:156] = np.nan
    found = replayed(values)
    assert found.slumps == {}
    (silence,) = found.silences.values()
    start = day_number(FIRST) + 150
    assert (silence.row, silence.since, silence.told, silence.closed) == (3, start, start + 2, start + 6)


def test_a_day_that_nobody_told_of_is_no_silence():
    values = usual(N)
    values[:, 150:156] = np.nan
    assert replayed(values).silences == {}


def test_who_says_closed_is_not_silent():
    values = usual(N)
    values[3, 150:156] = np.nan
    assert replayed(values, reported=np.ones(values.shape, bool)).silences == {}


def test_keen_finds_more_than_normal_and_calm_less():
    values = usual(40, seed=3)
    for row in range(40):
        values[row, 150:156] *= 1 - 0.012 * row
    # Not all at once, or it were everybody's.
    counts = {}
    for name, rule in SENSITIVITIES.items():
        counts[name] = sum(len(replayed(shifted, rule).slumps) for shifted in [_staggered()])
    assert counts["calm"] <= counts["normal"] <= counts["keen"]
    assert counts["calm"] < counts["keen"]


def _staggered():
    values = usual(40, seed=3)
    for row in range(40):
        values[row, 100 + 2 * row : 105 + 2 * row] *= 1 - 0.012 * row
    return values


def test_the_smallest_visible_drop_grows_with_the_swing_and_is_never_under_a_fifth():
    found = smallest_drop(np.array([0.03, 0.1, 0.2, 0.3, 0.45]))
    assert found[0] == pytest.approx(0.2)
    assert (np.diff(found) >= 0).all()
    assert found[-1] < 0.8


def test_medians_by_group():
    values, groups = np.array([1.0, 9.0, 3.0, 5.0, 4.0]), np.array([0, 2, 0, 0, 2])
    found, counts = medians(values, groups, 4)
    assert found.tolist() == [3.0, 0.0, 6.5, 0.0]
    assert counts.tolist() == [3, 0, 2, 0]


def test_the_statutory_calendar():
    assert statutory(datetime.date(2025, 10, 1)) == Calendar(2, holiday=True)
    assert statutory(datetime.date(2025, 9, 28)) == Calendar(6, makeup=True)
    assert statutory(datetime.date(2025, 9, 30)) == Calendar(1)
    assert statutory(datetime.date(2090, 10, 1)) == Calendar(6)  # nobody has announced it
