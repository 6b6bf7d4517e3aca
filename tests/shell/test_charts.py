"""Charts as markup: exact figures for every reader, nothing the content policy would refuse."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from html import unescape

import pytest
from django.utils.translation import override

from crm.templatetags.charts import bars, concentration, flow, line, spark, stack

MONTHS = [
    {"label": "9", "title": "2026-09", "value": Decimal("1234567.89"), "reference": Decimal(1000000)},
    {"label": "10", "title": "2026-10", "value": Decimal("-50.10"), "reference": None},
    {"label": "11", "title": "2026-11", "value": Decimal(400), "part": True},
    {"label": "12", "title": "2026-12", "value": None},
]
FLOWS = [
    {"source": "A", "target": "A", "count": 148},
    {"source": "A", "target": "C", "count": 8},
    {"source": "", "target": "C", "count": 21},
    {"source": "C", "target": "", "count": 1},
    {"source": "B", "target": "B", "count": 0},
]


def _rows(markup: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", markup)
    return [[unescape(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in rows]


def _every_chart() -> dict[str, str]:
    return {
        "bars": bars(MONTHS, label="Sales"),
        "line": line(MONTHS, label="Sales"),
        "spark": spark([1, 2, 3], label="Sales"),
        "stack": stack([{"label": "A", "value": 3, "tone": "tier-a"}], label="Shares"),
        "concentration": concentration([5, 3, 2], label="Concentration", cut=0.2),
        "flow": flow(FLOWS, label="Movements"),
    }


@pytest.mark.parametrize("name", ["bars", "line", "spark", "stack", "concentration", "flow"])
def test_no_chart_breaks_the_content_policy_and_each_is_one_named_image(name):
    markup = _every_chart()[name]
    assert not re.search(r"\sstyle=|\son[a-z]+=|<script|javascript:", markup)
    assert markup.count('role="img"') == 1
    assert re.search(r'role="img" aria-label="[^"]+"', markup)


def test_bars_come_with_a_table_of_the_exact_amounts():
    assert _rows(bars(MONTHS, label="Sales", now="This year", before="Last year")) == [
        ["Period", "This year", "Last year"],
        ["2026-09", "¥1,234,567.89", "¥1,000,000.00"],
        ["2026-10", "−¥50.10", "—"],
        ["2026-11", "¥400.00", "—"],
        ["2026-12", "no report", "—"],
    ]


def test_bars_mark_what_is_negative_what_is_not_over_and_draw_nothing_for_no_report():
    markup = bars(MONTHS, label="Sales")
    assert markup.count('class="bar neg"') == 1
    assert markup.count('class="bar part"') == 1
    assert len(re.findall(r'class="bar[" ]', markup)) == 3
    assert markup.count('class="hit"') == 4


def test_the_name_of_a_chart_says_its_extremes():
    with override("en"):
        assert "Sales. Highest: ¥1,234,567.89 (2026-09). Lowest: −¥50.10 (2026-10)." in bars(MONTHS, label="Sales")


def test_what_a_person_typed_is_escaped():
    evil = '"><script>alert(1)</script>'
    points = [{"label": evil, "title": evil, "value": 1, "tip": evil}]
    for markup in (
        bars(points, label=evil, now=evil, before=evil),
        line(points * 3, label=evil),
        stack([{"label": evil, "value": 1, "tone": evil}], label=evil),
        flow(FLOWS, label=evil, before=evil, after=evil),
    ):
        assert "<script" not in markup
        assert (
            '"><' not in markup.replace('"><rect', "").replace('"></', "").replace('"><svg', "") or evil not in markup
        )


def test_a_line_keeps_gaps_and_carries_its_figures_once():
    points = [{"title": f"day {n}", "value": None if n in (3, 4) else Decimal(n)} for n in range(90)]
    markup = line(points, label="Sales", unit="count")
    assert len(re.findall(r'class="line"', markup)) == 2
    series = json.loads(unescape(re.search(r'data-series="([^"]*)"', markup)[1]))
    assert series["y"][3] is None and series["tips"][3] == "day 3\nno report"
    assert series["tips"][89] == "day 89\n89"
    assert "<table" not in markup  # 90 rows: the name says the extremes instead
    assert "<table" in line(points[:30], label="Sales", unit="count")


def test_a_year_of_days_stays_small():
    points = [
        {"title": f"2026-{n // 31 + 1:02}-{n % 31 + 1:02}", "value": Decimal(9000 + n * 37 % 1900)} for n in range(400)
    ]
    assert len(line(points, label="Sales").encode()) < 40_000


def test_sparks_take_their_tone_from_the_first_and_last_third():
    assert 'class="spark up"' in spark([1, 1, 2, 2, 3, 3])
    assert 'class="spark down"' in spark([3, 3, 2, 2, 1, 1])
    assert 'class="spark flat"' in spark([2, 1, 2, 1, 2, 1])
    assert "—" in spark([]) and "—" in spark([1]) and "—" in spark(None)
    assert "aria-hidden" in spark([1, 2])


def test_a_stack_shows_shares_of_the_whole():
    parts = [
        {"label": n, "value": v, "tone": f"tier-{n.lower()}"} for n, v in (("A", 724), ("B", 102), ("C", 174), ("D", 0))
    ]
    markup = stack(parts, label="Sales by tier")
    assert 'aria-label="Sales by tier: A 72%, B 10%, C 17%"' in markup
    assert re.findall(r'width="([\d.]+)%"', markup) == ["72.4", "10.2", "17.4"]


def test_concentration_says_what_the_largest_bring():
    with override("en"):
        markup = concentration([70, 10, 10, 5, 5], label="Concentration", cut=0.2)
        assert "The largest 20% of the customers bring 70% of the sales." in markup
        assert _rows(markup)[2] == ["20%", "70.0%"]


def test_flows_count_movements_and_list_them():
    with override("en"):
        markup = flow(FLOWS, label="Movements", before="October", after="November")
    assert "Movements. 30 of 178 customers changed." in markup
    assert _rows(markup) == [
        ["October", "November", "Customers"],
        ["New", "C", "21"],
        ["A", "A", "148"],
        ["A", "C", "8"],
        ["C", "No longer counted", "1"],
    ]
    assert markup.count('class="flow-r') == 4


@pytest.mark.parametrize("chart", [bars, line, stack, concentration, flow])
def test_nothing_to_draw_is_said(chart):
    with override("en"):
        assert chart([]) == '<p class="sub">Nothing to draw yet.</p>'


def test_units_follow_the_language():
    points = [{"label": "1", "value": Decimal(5_000_000)}]
    with override("zh-hans"):
        assert "<span>500万</span>" in bars(points)
    with override("zh-hant"):
        assert "<span>500萬</span>" in bars(points)
    with override("en"):
        assert "<span>5M</span>" in bars(points)
