"""Plan against actual: the worked sheet of docs/economics.md, and what is not known."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from promotions.calculator.economics import sheet
from promotions.calculator.expected import Expecting, Offer, Past, TrackRecord, corrected
from promotions.calculator.outcome import Compared, Measured, outcome
from promotions.calculator.shares import Shares
from promotions.calculator.shopwide import of_goods, units_of
from promotions.calculator.terms import Cost, Effect, Goods, Material, Plan

D = Decimal
HALF = Shares(customer=D(50), brand=D(50))
FIRST = Plan(
    goods=Goods(D("10.00"), D("6.00"), D("3.50")),
    baseline=200,
    cut=D("1.50"),
    cut_shares=HALF,
    materials=(Material("stand", 4, D("120.00"), D(30), D("80.00"), HALF),),
    costs=(Cost("staff", D("300.00")), Cost("publicity", D("250.00"), Shares(customer=D(40), brand=D(60)))),
)
"""Sheet 1 of the docs."""
CAME = Measured(D("1080.00"), D("720.00"), D("1500.00"))
DOCS = Path(__file__).parents[2] / "docs" / "economics.md"


def test_sheet_1_as_it_came():
    """By hand: 1,080 / 6 = 180 units, 200 + 180 = 380 sold; the docs show each line."""
    found = outcome(FIRST, D("1.5"), CAME)
    assert (found.planned.extra, found.actual.extra, found.low.extra, found.high.extra) == (300, 180, 120, 250)
    assert (found.uplift, found.uplift_low, found.uplift_high) == (D("0.9000"), D("0.6000"), D("1.2500"))
    assert found.reached == D("0.6000")
    assert found.customer == (
        Compared("sales", D("4250.00"), D("3230.00"), D("2720.00"), D("3825.00")),
        Compared("spend", D("943.00"), D("853.00"), D("808.00"), D("905.50")),
        Compared("margin", D("0.3824"), D("0.3824"), D("0.3824"), D("0.3824")),
        Compared("profit", D("1057.00"), D("667.00"), D("472.00"), D("894.50")),
        Compared("extra", D("257.00"), D("-133.00"), D("-328.00"), D("94.50")),
        Compared("return_on_spend", D("0.2725"), D("-0.1559"), D("-0.4059"), D("0.1044")),
    )
    assert found.brand == (
        Compared("sales", D("3000.00"), D("2280.00"), D("1920.00"), D("2700.00")),
        Compared("spend", D("677.00"), D("587.00"), D("542.00"), D("639.50")),
        Compared("margin", D("0.2917"), D("0.2917"), D("0.2917"), D("0.2917")),
        Compared("profit", D("573.00"), D("363.00"), D("258.00"), D("485.50")),
        Compared("extra", D("73.00"), D("-137.00"), D("-242.00"), D("-14.50")),
        Compared("return_on_spend", D("0.1078"), D("-0.2334"), D("-0.4465"), D("-0.0227")),
    )


def test_the_docs_show_these_very_numbers():
    text = DOCS.read_text(encoding="utf-8").split("### 5. Sheet 1 as it came")[1].split("\n### ")[0].split("\n## ")[0]
    rows = {}
    side = ""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and cells[1] == "planned":
            side = cells[0]
        elif line.startswith("| ") and side:
            rows[side, cells[0]] = [
                D(re.sub(r"[,\s]", "", cell).replace("−", "-").replace("–", "0") or "0") for cell in cells[1:]
            ]
    found = outcome(FIRST, D("1.5"), CAME)
    names = {"sales": "sales", "spend": "spend", "profit": "profit", "extra": "extra profit"}
    for who in ("customer", "brand"):
        for one in found.side(who):
            if one.code in names:
                assert rows[who, names[one.code]] == [one.planned, one.actual, one.low, one.high]


def test_as_measured_is_the_very_sheet_of_so_many_units():
    found = outcome(FIRST, D("1.5"), CAME)
    assert found.actual == sheet(FIRST, 180)
    assert found.planned == sheet(FIRST, 300)


def test_where_nothing_was_measured_only_the_plan_is_told():
    found = outcome(FIRST, D("1.5"), None)
    assert (found.actual, found.uplift, found.reached) == (None, None, None)
    assert found.brand[4] == Compared("extra", D("73.00"), None, None, None)


def test_without_an_estimate_nothing_is_reached():
    found = outcome(FIRST, None, CAME)
    assert (found.planned.extra, found.uplift, found.reached) == (0, D("0.9000"), None)
    assert outcome(FIRST, D(0), CAME).reached is None


def test_what_fell_is_told_as_it_fell_and_no_more_is_lost_than_there_was():
    found = outcome(FIRST, D("0.5"), Measured(D("-300.00"), D("-9000.00"), D("60.00")))
    assert (found.actual.extra, found.low.extra, found.high.extra) == (-50, -200, 10)
    assert (found.uplift, found.reached) == (D("-0.2500"), D("-0.5000"))


def test_goods_bought_for_nothing_have_no_units():
    free = Plan(goods=Goods(D("10.00"), D("0.00"), D("0.00")), baseline=10)
    assert units_of(free, D("100.00")) is None
    assert outcome(free, D("0.5"), CAME).actual is None
    nothing = Plan(goods=Goods(D("10.00"), D("6.00"), D("3.50")), baseline=0)
    assert outcome(nothing, None, CAME).actual.extra == 180
    assert outcome(nothing, None, CAME).uplift is None


def test_a_shop_of_which_the_goods_are_a_part():
    """¥50,000 lifted by 2 % are ¥1,000: 40 units at ¥25, a tenth of 400."""
    plan = Plan(goods=Goods(D("39.00"), D("25.00"), D("14.00")), baseline=400)
    effect = Effect(D("-0.010"), D("0.020"), D("0.050"), n=24, alike=6, own=1, promotions=6)
    assert of_goods(effect, D(50000), plan) == Effect(D("-0.050"), D("0.100"), D("0.250"), 24, 6, 1, 6)
    assert units_of(plan, D("1000.00")) == 40 == plan.extra_at(D("0.100"))
    assert of_goods(effect, D(0), plan) is None
    assert of_goods(effect, D(50000), Plan(goods=plan.goods, baseline=0)) is None
    wide = of_goods(Effect(D("-0.500"), D("0.5"), D(3), n=20), D(500000), plan)
    assert (wide.low, wide.high) == (D("-1.000"), D("20.000"))


# --- results of several shops in one promotion ------------------------------------------------------------------------


def shops(promotions: int, each: int, swing: float = 0.4) -> list[Past]:
    """Each promotion is as much better or worse than the last as `swing` says; its shops are all alike."""
    return [
        Past(Offer(shop, "display"), 1.2 * (1 + swing if number % 2 else 1 - swing), number)
        for number in range(promotions)
        for shop in range(each)
    ]


def test_many_shops_of_few_promotions_forecast_nothing():
    few = Expecting(shops(4, 30))
    assert (few.n, few.promotions, few.is_enough, few.of(Offer(1, "display"))) == (120, 4, False, None)
    short = Expecting(shops(6, 3))
    assert (short.n, short.is_enough) == (18, False)
    enough = Expecting(shops(5, 4))
    assert enough.is_enough
    found = enough.of(Offer(99, "display"))
    assert (found.n, found.promotions, found.alike, found.own) == (20, 5, 20, 0)


def test_the_range_is_of_errors_made_without_the_whole_promotion():
    """Shops of one promotion tell all of each other: taken out one by one they would make the range too narrow."""
    together = Expecting(shops(6, 10)).of(Offer(99, "display"))
    alone = Expecting([Past(one.offer, one.ratio) for one in shops(6, 10)]).of(Offer(99, "display"))
    assert together.expected == alone.expected
    assert together.high - together.low > (alone.high - alone.low) * D("1.15")


@pytest.mark.parametrize(
    ("n", "reached", "guess", "found"),
    [
        (3, "0.62", "0.5", "0.310"),
        (3, "1.2", "0.5", "0.600"),
        (9, "-4", "0.5", "-1.000"),
        (2, "0.62", "0.5", None),
    ],
)
def test_an_estimate_by_ones_own_record(n, reached, guess, found):
    told = corrected(D(guess), TrackRecord(n, D(reached)))
    assert told == (None if found is None else D(found))


def test_without_a_record_nothing_is_corrected():
    assert corrected(D("0.5"), None) is None
