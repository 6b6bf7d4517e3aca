"""docs/economics.md: every line of its sheets is reckoned anew from its own arithmetic, and is what the rule says."""

import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from promotions.calculator.cash import cash
from promotions.calculator.economics import sheet
from promotions.calculator.mechanics import Slab, free_units
from promotions.calculator.pareto import Action, pareto
from promotions.calculator.refusing import half_up
from tests.rules.plans import SHEETS

D = Decimal
ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "economics.md").read_text(encoding="utf-8")
NEVER = "never"
FIGURES = [
    "gross profit",
    "profit",
    "without",
    "extra profit",
    "spend",
    "return on spend",
    "m′",
    "break-even uplift",
    "break-even units",
]


def tables(text):
    found, rows = [], []
    for line in [*text.splitlines(), ""]:
        if line.startswith("|"):
            rows.append([cell.strip().strip("`") for cell in line.strip().strip("|").split("|")])
        elif rows:
            found.append([rows[0], *rows[2:]])
            rows = []
    return found


def sheets():
    parts = re.split(r"^### (\d)\. .*$", TEXT.split("## Worked sheets")[1].split("## What is refused")[0], flags=re.M)
    return {int(number): tables(text) for number, text in zip(parts[1::2], parts[2::2], strict=True)}


def table(number, head):
    return next(rows for rows in sheets()[number] if rows[0][: len(head)] == head)


def number(text):
    return D(text.replace(",", "").replace("−", "-"))


def reckoned(text):
    """The value of an arithmetic of numbers, + − × / and brackets; words before a colon are left out."""
    plain = text.split(": ")[-1].replace("×", "*").replace("−", "-")
    assert re.fullmatch(r"[\d.+*/() -]+", plain), text
    return eval(re.sub(r"[\d.]+", lambda found: f"Fraction('{found[0]}')", plain), {"Fraction": Fraction})


ROWS = [
    (at, side, *row)
    for at in sorted(SHEETS)
    for side in ("customer", "brand")
    for row in table(at, [side, "reckoning"])[1:]
]


@pytest.mark.parametrize(("at", "side", "name", "reckoning", "amount"), ROWS)
def test_every_amount_is_what_its_reckoning_makes(at, side, name, reckoning, amount):
    if amount == NEVER:
        assert reckoning == NEVER
    elif name == "break-even units":
        # The least whole number that is enough.
        assert -(-reckoned(reckoning) // 1) == number(amount)
    else:
        places = -number(amount).as_tuple().exponent
        assert half_up(reckoned(reckoning), places) == number(amount)


@pytest.mark.parametrize("side", ["customer", "brand"])
@pytest.mark.parametrize("at", SHEETS)
def test_a_sheet_is_as_told(at, side):
    plan, extra = SHEETS[at]
    told = {name: amount for name, _reckoning, amount in table(at, [side, "reckoning"])[1:]}
    account = sheet(plan, extra).account(side)
    figures = {name: told.pop(name) for name in FIGURES}
    assert {one.code: one.amount for one in account.lines} == {code: number(amount) for code, amount in told.items()}
    for name, value in (
        ("gross profit", account.gross),
        ("profit", account.profit),
        ("without", account.without),
        ("extra profit", account.extra),
        ("spend", account.spend),
        ("return on spend", account.return_on_spend),
    ):
        assert value == number(figures[name]), name
    places = -number(figures["m′"]).as_tuple().exponent
    assert half_up(account.break_even.margin, places) == number(figures["m′"])
    if figures["break-even units"] == NEVER:
        assert (account.break_even.status, account.break_even.units, account.break_even.uplift) == (NEVER, None, None)
    else:
        assert account.break_even.status == "from"
        assert account.break_even.units == number(figures["break-even units"])
        assert half_up(account.break_even.uplift, 4) == number(figures["break-even uplift"])


def test_all_of_a_cost_is_borne():
    plan, extra = SHEETS[1]
    made = sheet(plan, extra)
    assert [(one.code, one.total, one.parts.customer, one.parts.brand) for one in made.bearings] == [
        ("cut", D("750.00"), D("375.00"), D("375.00")),
        ("materials", D("336.00"), D("168.00"), D("168.00")),
        ("staff", D("300.00"), D("300.00"), D(0)),
        ("publicity", D("250.00"), D("100.00"), D("150.00")),
    ]
    assert (made.materials.at_list, made.materials.saved, made.materials.after_discount) == (
        D("480.00"),
        D("144.00"),
        D("336.00"),
    )
    # 943 and 693 of 1,636.
    assert (made.percent.customer, made.percent.brand, made.percent.other) == (D("57.64"), D("42.36"), D(0))


def test_what_kills_the_profit_and_what_the_cut_gives_away():
    made = sheet(*SHEETS[4])
    assert (made.borrowed, made.sold) == (20, 180)
    assert made.customer.killing_share == Fraction(775, 1000)
    assert made.brand.killing_share == 0
    assert (made.cut_on_borrowed.brand, made.cut_on_borrowed.customer) == (D("40.00"), D(0))
    # 1 − 1.104615… / 1.5, exactly.
    assert sheet(*SHEETS[1]).customer.killing_share == 1 - (Fraction(1368, 650) - 1) / Fraction(3, 2)


@pytest.mark.parametrize("side", ["customer", "brand"])
def test_the_cash_is_as_told(side):
    found = {day: (change, end) for day, change, end in cash(*SHEETS[4]).by_day(side)}
    for days, reckoning, change, balance in table(4, ["day", side])[1:]:
        assert reckoned(reckoning) == number(change)
        first, _to, last = days.partition(" to ")
        span = range(int(number(first)), int(number(last or first)) + 1)
        assert sum(found[day][0] for day in span) == number(change)
        assert found[span[-1]][1] == number(balance)
        for day in span:
            del found[day]
    assert found == {}


def test_what_is_needed_is_as_told():
    found = cash(*SHEETS[4])
    assert (found.customer.amount, found.customer.day, found.customer.back_on) == (D("196.00"), 0, 29)
    assert (found.brand.amount, found.brand.day, found.brand.back_on) == (D("640.00"), -5, None)


def test_the_slabs_are_as_told():
    rows = next(rows for rows in tables(TEXT) if rows[0] == ["slabs", "bought", "free"])[1:]
    for slabs, bought, free in rows:
        made = [Slab(*(int(part) for part in one.split("+"))) for one in slabs.split(", ")]
        assert free_units(int(bought), made) == int(free)
    assert len(rows) == 9


def test_the_front_is_as_told():
    rows = next(rows for rows in tables(TEXT) if rows[0][0] == "action")[1:]
    found = pareto(
        [
            Action(name, int(number(reach)) if reach else None, number(profit), number(cost))
            for name, reach, profit, cost, _ in rows
        ]
    )
    assert list(found.front) == [name for name, *_rest, fate in rows if fate == "front"]
    assert dict(found.outdone) == {
        name: fate.removeprefix("outdone by ") for name, *_rest, fate in rows if fate.startswith("outdone")
    }
    assert list(found.unknown) == [name for name, *_rest, fate in rows if fate == "not placed"]


def test_every_code_of_a_refusal_is_told():
    told = set(re.findall(r"`(\w+)`", TEXT.split("## What is refused")[1])) - {"materials"}
    used = set()
    for path in (ROOT / "promotions" / "calculator").glob("*.py"):
        source = path.read_text(encoding="utf-8")
        used |= set(re.findall(r'checks\.add\([^,]+, "(\w+)"', source))
        used |= {code for found in re.findall(r"Refused\(\{.*\}\)", source) for code in re.findall(r'"(\w+)"', found)}
        used |= set(re.findall(r'self\.add\(name, "(\w+)"', source))
    used |= {"not_positive", "too_uneven", "above_hundred"}
    assert used - {"bought", "extra", "key", "by", "uplift", "variants", "start", "days", "weekdays", "ahead"} == told
