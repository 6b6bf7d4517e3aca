"""The plans of the worked sheets of docs/economics.md, and plans made up by hypothesis."""

from decimal import Decimal

from hypothesis import strategies as st

from promotions.calculator.mechanics import FreeGoods, Gift, Rebate, Slab, Step, cut_of
from promotions.calculator.shares import ALL_BRAND, ALL_CUSTOMER, HALVES, Shares
from promotions.calculator.terms import COST_KINDS, Cost, Goods, Material, Plan, Timing

D = Decimal


def money(text):
    return D(text).quantize(D("0.01"))


def goods(retail, wholesale, cost):
    return Goods(money(retail), money(wholesale), money(cost))


SHEETS = {
    1: (
        Plan(
            goods=goods(10, 6, "3.50"),
            baseline=200,
            cut=cut_of(money(10), D(15)),
            cut_shares=HALVES,
            materials=(Material("stand", 4, money(120), D(30), money(80), HALVES),),
            costs=(
                Cost("staff", money(300)),
                Cost("publicity", money(250), Shares(customer=D(40), brand=D(60))),
            ),
        ),
        300,
    ),
    2: (
        Plan(
            goods=goods(12, 8, 5),
            baseline=300,
            free=FreeGoods((Slab(10, 1),), purchase=15, shares=Shares(customer=D(25), brand=D(75))),
            gift=Gift(money("2.50"), every=15, purchase=15, shares=HALVES),
            costs=(Cost("staff", money(150)),),
        ),
        165,
    ),
    3: (
        Plan(
            goods=goods(5, "4.20", 2),
            baseline=400,
            cut=cut_of(money(5), D(20)),
            materials=(Material("banner", 1, money(100), D(20)),),
            subsidy=money(300),
        ),
        400,
    ),
    4: (
        Plan(
            goods=goods(20, 13, 8),
            baseline=100,
            cut=money(2),
            cut_shares=ALL_BRAND,
            rebate=Rebate((Step(120, money("0.50")), Step(150, money(1)))),
            costs=(
                Cost("staff", money(200), ALL_BRAND, day=0, advance="customer"),
                Cost("publicity", money(120), ALL_CUSTOMER, day=-3),
            ),
            borrowed=D(25),
            timing=Timing(days=10, goods_day=-5, credit_days=30, settlement_days=20),
        ),
        80,
    ),
}

fen = st.integers(0, 50_00).map(lambda number: D(number).scaleb(-2))
sums = st.integers(0, 3_000_00).map(lambda number: D(number).scaleb(-2))


@st.composite
def shares(draw):
    first = draw(st.integers(0, 1_000_000))
    second = draw(st.integers(0, 1_000_000 - first))
    parts = draw(st.permutations([first, second, 1_000_000 - first - second]))
    return Shares(*(D(part).scaleb(-4) for part in parts))


@st.composite
def free_goods(draw):
    buy = draw(st.integers(1, 24))
    slabs = [Slab(buy, draw(st.integers(1, 3)))]
    if draw(st.booleans()):
        # Twice as much for more than twice the goods, so that no slab gives less than the one before it.
        slabs.append(Slab(buy * 2, slabs[0].get * 2 + draw(st.integers(0, 2))))
    return FreeGoods(tuple(slabs), draw(st.none() | st.integers(1, 40)), draw(shares()))


@st.composite
def rebates(draw, wholesale):
    amounts = sorted(draw(st.lists(st.integers(0, int(wholesale * 100)), min_size=1, max_size=3)))
    units = sorted(draw(st.sets(st.integers(0, 600), min_size=len(amounts), max_size=len(amounts))))
    return Rebate(tuple(Step(at, D(amount).scaleb(-2)) for at, amount in zip(units, amounts, strict=True)))


@st.composite
def materials(draw):
    return Material(
        "stand",
        draw(st.integers(0, 9)),
        draw(fen),
        D(draw(st.integers(0, 1000))).scaleb(-1),
        draw(st.none() | fen),
        draw(shares()),
    )


@st.composite
def costs(draw):
    return Cost(
        draw(st.sampled_from(COST_KINDS)),
        draw(sums),
        draw(shares()),
        draw(st.integers(-30, 60)),
        draw(st.sampled_from([None, "customer", "brand", "other"])),
    )


@st.composite
def plans(draw, *, linear=False, least_baseline=0):
    retail, wholesale, cost = draw(fen), draw(fen), draw(fen)
    return Plan(
        goods=Goods(retail, wholesale, cost),
        baseline=draw(st.integers(least_baseline, 500)),
        cut=D(draw(st.integers(0, int(retail * 100)))).scaleb(-2),
        cut_shares=draw(shares()),
        free=None if linear else draw(st.none() | free_goods()),
        gift=None
        if linear
        else draw(st.none() | st.builds(Gift, fen, st.integers(1, 12), st.none() | st.integers(1, 24), shares())),
        rebate=None if linear else draw(st.none() | rebates(wholesale)),
        materials=tuple(draw(st.lists(materials(), max_size=2))),
        costs=tuple(draw(st.lists(costs(), max_size=3))),
        subsidy=draw(sums),
        borrowed=D(draw(st.sampled_from([0, 0, 25, 55, 100]) | st.integers(0, 100))),
        timing=Timing(
            draw(st.integers(1, 40)),
            draw(st.integers(-20, 5)),
            draw(st.integers(0, 60)),
            draw(st.integers(-20, 5)),
            draw(st.integers(0, 60)),
        ),
    )
