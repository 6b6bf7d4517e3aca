"""docs/tiers.md says what the rule does: its examples are computed, its numbers and names compared."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from crm.periods import Windows
from customers.pages.policywords import cut_percent
from customers.tiers.optioned import months_active
from customers.tiers.policies import OPTIONS
from customers.tiers.tiering import Facts, Policy, Reason, decide

PAGE = (Path(__file__).resolve().parent.parent.parent / "docs" / "tiers.md").read_text(encoding="utf-8")
DASH = "—"
SUMMARY = re.compile(
    r"As of (?P<day>[\d-]+), (?P<policy>article|with `\w+`): (?P<ranked>\d+) ranked, (?P<k>\d+) places?,"
    r" cut-off (?P<cutoff>[\d,.]+)\.\n\n(?P<table>(?:\|.*\n)+)"
)


@dataclass(frozen=True)
class Example:
    day: date
    policy: Policy
    ranked: int
    k: int
    cutoff: Decimal
    rows: tuple[dict[str, str], ...]


def rows_of(table: str) -> tuple[dict[str, str], ...]:
    lines = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in table.strip().splitlines()]
    head, _rule, *body = lines
    return tuple(dict(zip(head, cells, strict=True)) for cells in body)


def table_under(heading: str) -> tuple[dict[str, str], ...]:
    """The first table whose first column has this name."""
    return rows_of(re.search(rf"\| {heading} \|.*\n(?:\|.*\n)+", PAGE)[0])


def examples() -> list[Example]:
    return [
        Example(
            date.fromisoformat(found["day"]),
            Policy(part_years=True) if "part_years" in found["policy"] else Policy(),
            int(found["ranked"]),
            int(found["k"]),
            number(found["cutoff"]),
            rows_of(found["table"]),
        )
        for found in SUMMARY.finditer(PAGE)
    ]


def number(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("−", "-"))


def score(text: str) -> tuple[Decimal | None, int | None]:
    found = re.fullmatch(r"([\d.]+) \((\d+)\)", text)
    return (Decimal(found[1]), int(found[2])) if found else (None, None)


def day_of(text: str) -> date | None:
    return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None


def facts_of(number_: int, row: dict[str, str], example: Example) -> Facts:
    opened = day_of(row.get("opened", DASH))
    cooperation, loyalty = score(row.get("cooperation", DASH)), score(row.get("loyalty", DASH))
    return Facts(
        number_,
        row["kind"],
        opened_on=opened,
        closed_on=day_of(row.get("closed", DASH)),
        closed=row.get("closed", DASH) != DASH,
        w0=number(row["W0"]),
        w1=number(row["W1"]),
        w2=number(row["W2"]),
        cooperation=cooperation[0],
        cooperation_observations=cooperation[1],
        loyalty=loyalty[0],
        loyalty_observations=loyalty[1],
        months_active=months_active(opened, None, Windows.as_of(example.day)),
    )


@pytest.mark.parametrize("example", examples())
def test_every_example_is_what_the_rule_answers(example):
    result = decide(
        [facts_of(n, row, example) for n, row in enumerate(example.rows, start=1)], example.policy, example.day
    )
    assert (result.ranked, result.k, result.cutoff) == (example.ranked, example.k, example.cutoff)
    decided = {one.customer_id: one for one in result.decisions}
    for n, row in enumerate(example.rows, start=1):
        one = decided.get(n)
        told = (row["rank"], row["tier"], row["reason"].strip("`"))
        if one is None:
            assert told == (DASH, DASH, DASH), row
            continue
        assert told == (str(one.rank or DASH), one.tier, one.reason.value), row
        for name, growth in (("g1", one.g1), ("g2", one.g2)):
            if name in row:
                assert row[name] == percent(growth), row


def percent(growth: Fraction) -> str:
    """Cut off as on the pages, always with two decimals."""
    return f"{Decimal(cut_percent(growth).rstrip('%')):.2f} %"


def test_the_four_cases_are_there():
    titles = re.findall(r"^### (.+)$", PAGE[PAGE.index("## Worked examples") :], re.MULTILINE)
    assert titles[:4] == [
        "A tie at the border",
        "Growth of exactly 10 %",
        "A new customer, and a part of a year",
        "A closed customer",
    ]
    assert len(examples()) == PAGE.count("As of 2021-12-31,") == 5


def test_thresholds_and_options_are_those_of_the_code():
    article = Policy()
    told = {row["threshold"].strip("`"): row["article"] for row in table_under("threshold")}
    names = ("top_share", "growth", "cooperation_high", "loyalty_high", "min_observations")
    assert told == {name: str(getattr(article, name)) for name in names}
    words = {None: DASH, False: "no", True: "yes"}
    told = {row["option"].strip("`"): row["without"] for row in table_under("option")}
    plain = {name: getattr(article, name) for name in OPTIONS}
    assert told == {
        name: words[value] if value is None or isinstance(value, bool) else str(value) for name, value in plain.items()
    }


def test_every_reason_is_named_in_the_order_the_rule_asks():
    told = " ".join(row["reasons"] for row in table_under("tier"))
    assert re.findall(r"`(\w+)`", told) == [reason.value for reason in Reason]
