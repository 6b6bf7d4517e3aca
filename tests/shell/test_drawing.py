"""Scales, ticks and paths of charts."""

from __future__ import annotations

import pytest

from crm.shell import drawing, numbers


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([0, 100], (0, 25, 50, 75, 100)),
        ([3, 8.78], (0, 2.5, 5, 7.5, 10)),
        ([2228], (0, 500, 1000, 1500, 2000, 2500)),
        ([320, -210], (-400, -200, 0, 200, 400)),
        ([-5, -20], (-20, -15, -10, -5, 0)),
        ([0], (0, 0.25, 0.5, 0.75, 1)),
        ([], (0, 0.25, 0.5, 0.75, 1)),
        ([1_000_000_001], (0, 200e6, 400e6, 600e6, 800e6, 1000e6, 1200e6)),
    ],
)
def test_ticks_are_round_and_hold_every_value(values, ticks):
    assert drawing.scale(values, top=8, bottom=192).ticks == ticks


def test_scale_puts_the_lowest_tick_at_the_bottom_and_the_highest_at_the_top():
    scale = drawing.scale([320, -210], top=8, bottom=192)
    assert (scale.at(-400), scale.at(0), scale.at(400)) == (192, 100, 8)


def test_a_gap_parts_a_series():
    assert drawing.runs([1, None, 2, 3, None]) == [[(0, 1)], [(2, 2), (3, 3)]]


def test_a_lonely_point_is_still_seen():
    assert drawing.path([(10, 5)]) == "M8 5H12"
    assert drawing.path([(0, 1), (10, 5.25)]) == "M0 1L10 5.2"


def test_cumulative_puts_the_largest_first_and_leaves_out_what_sold_nothing():
    assert drawing.cumulative([10, 70, 0, 20, -5]) == [(0.0, 0.0), (1 / 3, 0.7), (2 / 3, 0.9), (1.0, 1.0)]
    assert drawing.cumulative([]) == []
    assert len(drawing.cumulative(range(1, 100_001))) == 101


def test_share_at_reads_between_the_points():
    curve = [(0.0, 0.0), (0.5, 0.8), (1.0, 1.0)]
    assert drawing.share_at(curve, 0.25) == pytest.approx(0.4)
    assert drawing.share_at(curve, 0.75) == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("ticks", "language", "labels"),
    [
        ([0, 2_500_000, 5_000_000], "zh-hans", ["0", "250万", "500万"]),
        ([0, 2_500_000, 5_000_000], "zh-hant", ["0", "250萬", "500萬"]),
        ([0, 2_500_000, 5_000_000], "en", ["0", "2.5M", "5M"]),
        ([-400, 0, 400], "en", ["−400", "0", "400"]),
        ([0, 50_000_000, 100_000_000], "zh-hans", ["0", "0.5亿", "1亿"]),
        ([0, 0.25, 0.5], "en", ["0", "0.25", "0.5"]),
        ([0, 10_000, 20_000], "en", ["0", "10K", "20K"]),
    ],
)
def test_axis_labels_share_the_unit_of_the_largest_tick(ticks, language, labels):
    assert numbers.axis(ticks, language) == labels
