"""Under every option the pages state the rule that holds: on the board, in a policy, and in a customer's card."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal

import pytest

from customers.models import TierPolicy
from customers.pages.explained import explained
from customers.profile.actions import create_customer
from customers.tiers import actions
from tests.tiers.making import add_months

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 10, 31)


@pytest.fixture(autouse=True)
def day(monkeypatch):
    for module in ("customers.tiers.actions", "customers.tiers.forms"):
        monkeypatch.setattr(f"{module}.today", lambda: DAY)


@pytest.fixture
def network(regions, policy):
    """Ten ranked franchisees in Jiangsu (100, 200 … 1,000), one in Sichuan, an agent; F5 opened in May."""
    shops = {}
    for n in range(1, 11):
        opened = datetime.date(2026, 5, 4) if n == 5 else datetime.date(2020, 1, 1)
        shops[f"F{n}"] = create_customer(
            code=f"F{n}", name=f"店F{n}", kind="franchisee", region=regions.jiangsu, opened_on=opened
        )
    west = create_customer(code="W", name="店W", kind="franchisee", region=regions.sichuan)
    create_customer(code="AG", name="代理", kind="agent", region=regions.jiangsu)
    add_months([(one.pk, datetime.date(2026, 10, 1), int(code[1:]) * 100_00) for code, one in shops.items()])
    add_months([(west.pk, datetime.date(2025, 11, 1), 50_00)])
    return shops


def adopt(**options) -> TierPolicy:
    made = actions.create_policy(code="lab", options=options)
    actions.adopt(policy=made, by=None)
    actions.refresh(as_of=DAY)
    return made


def words(answer) -> str:
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def card(customer):
    customer.refresh_from_db()
    found = explained(customer)
    rules = [(line.met, line.text, line.figure) for line in found.for_a]
    return found, rules, [line.text for line in found.way_a]


RULES = [
    ({}, "Every agent, and the top 20% of franchisees by sales of 12 months.", "place 3 of 11 ranked franchisees"),
    (
        {"absolute_cutoff": "750"},
        "Every agent, and every franchisee with sales of ¥750.00 or more in 12 months.",
        "3 of 11 ranked franchisees reach ¥750.00",
    ),
    (
        {"rank_within": "region"},
        "Every agent, and in each region the top 20% of its franchisees by sales of 12 months.",
        "each region has its own: 3 places for 11 ranked franchisees",
    ),
    (
        {"stability_band": True, "band_enter": "0.15"},
        "Every agent, and 20% of franchisees by sales of 12 months: who is not A enters in the top 15%, who was A stays"
        " in the top 22%; then the largest others are let in, or the smallest let go, until the number is right.",
        "place 3 of 11 ranked franchisees",
    ),
    (
        {"stability_band": True, "rank_within": "region"},
        "Every agent, and in each region 20% of its franchisees by sales of 12 months: who is not A enters in the top"
        " 18%, who was A stays in the top 22%; then the largest others are let in, or the smallest let go, until the"
        " number is right.",
        "each region has its own",
    ),
    (
        {"part_years": True, "part_years_from": 3},
        "Every agent, and the top 20% of franchisees by sales of 12 months. Who has been in business for fewer than 12"
        " of these months is ranked on its mean month times 12; with fewer than 3 months of business it is not ranked.",
        "place 3 of 11 ranked franchisees",
    ),
    (
        {"b_judged_yearly": True, "year_end_month": 6},
        "loyalty 70 or more. B and C are told apart at the close of the business year only, at the end of June; until"
        " the next close both stay. Who was A, or is new, is judged at once.",
        "place 3 of 11 ranked franchisees",
    ),
]


@pytest.mark.parametrize(("options", "rule", "places"), RULES)
def test_the_board_and_the_policy_state_the_rule_in_force(network, cast, sign_in, options, rule, places):
    made = adopt(**options)
    client = sign_in(cast.ada)
    board = words(client.get("/customers/tiers/"))
    assert rule in board
    assert places in board
    assert rule in words(client.get(f"/customers/tiers/policies/{made.pk}/"))
    if options:
        assert ("top 20% of franchisees" in board) is ("part_years" in options or "b_judged_yearly" in options)


def test_a_fixed_amount_on_the_card(network):
    adopt(absolute_cutoff="750")
    found, rules, way = card(network["F8"])
    assert (found.known.tier, found.headline) == ("A", "It sold at least the amount that the policy sets for A.")
    assert rules == [(True, "Sales reach the amount that the policy sets for A", "¥800.00 of ¥750.00")]
    assert found.cutoff_note == "the policy sets the cut-off: ¥750.00"
    found, rules, way = card(network["F7"])
    assert rules == [(False, "Sales reach the amount that the policy sets for A", "¥700.00 of ¥750.00")]
    assert (way[0], way[2]) == (
        "Sell ¥50.00 more by Dec. 31, 2026 to reach the amount that the policy sets for A.",
        "Sales of 12 months are then ¥750.00; ¥750.00 is needed.",
    )


def test_ranking_within_a_region_on_the_card(network):
    adopt(rank_within="region")
    found, rules, way = card(network["F9"])
    assert found.headline == "It is among the top 20% of the franchisees of its region by sales."
    assert rules == [(True, "Sales among the top 20% of the franchisees of its region", "¥900.00 of ¥900.00")]
    assert (found.rank_note, found.cutoff_note) == (
        "top 20% of its region's franchisees",
        "the cut-off is place 2 of its region: ¥900.00",
    )
    found, rules, way = card(network["F8"])
    assert (way[0], way[2]) == (
        "Sell ¥100.00 more by Dec. 31, 2026 to reach the top 20% of its region.",
        "Sales of 12 months are then ¥900.00; place 2 of 10 in its region is taken at ¥900.00.",
    )


def test_a_band_on_the_card(network):
    """Of eleven the band lets the first enter and the first two stay; three places are filled up by sales."""
    adopt(stability_band=True, band_enter="0.10")
    found, rules, way = card(network["F8"])
    assert (found.known.tier, rules) == (
        "A",
        [
            (True, "Sales among the top 20% of franchisees", "¥800.00 of ¥800.00"),
            (True, "Enters A in the top 10%, and once in A stays in the top 22%", ""),
        ],
    )
    found, rules, way = card(network["F7"])
    assert [met for met, *_ in rules] == [False, False]
    assert way[0] == "Sell ¥100.00 more by Dec. 31, 2026 to enter A."
    assert way[2] == "Sales of 12 months are then ¥800.00; ¥800.00 is needed."


def test_a_part_year_on_the_card(network):
    """F5 sold 500 in six months, which is 1,000 a year: it shares the first place; the third is at 900."""
    adopt(part_years=True)
    found, rules, _way = card(network["F5"])
    assert (found.known.tier, found.known.rank, found.distance) == ("A", 1, Decimal("100.00"))
    assert rules == [
        (True, "Sales among the top 20% of franchisees", "¥1,000.00, projected to a year, of ¥900.00"),
    ]


def test_the_way_up_of_a_part_year(network):
    adopt(part_years=True)
    add_months([(network["F5"].pk, datetime.date(2026, 9, 1), -100_00)])
    actions.refresh(as_of=DAY, full=True)
    _found, rules, _way = card(network["F5"])
    assert rules[0][2] == "¥800.00, projected to a year, of ¥800.00"
    add_months([(network["F5"].pk, datetime.date(2026, 8, 1), -1)])
    actions.refresh(as_of=DAY, full=True)
    _found, rules, way = card(network["F5"])
    assert rules[0] == (
        False,
        "Sales among the top 20% of franchisees",
        "¥799.98, projected to a year, of ¥800.00",
    )
    assert (way[0], way[2]) == (
        "Sell ¥0.01 more by Dec. 31, 2026 to reach the top 20%.",
        "Sales are then ¥400.00, which is ¥800.00 projected to a year; ¥800.00 is needed.",
    )


def test_too_new_to_be_ranked(network):
    adopt(part_years=True, part_years_from=8)
    found, rules, way = card(network["F5"])
    assert found.headline == "It has been in business for too few months to be ranked."
    assert rules == [(False, "Sales among the top 20% of franchisees", "too few months to be ranked")]
    assert way == ["2 more months of business are needed."]
    assert (found.rank_note, found.distance) == ("not ranked: too few months of business", None)


def test_b_judged_once_a_year_on_the_card(network):
    adopt(b_judged_yearly=True)
    found, *_ = card(network["F3"])
    assert found.known.tier == "C"
    actions.refresh(as_of=DAY + datetime.timedelta(days=1), full=True)
    network["F3"].refresh_from_db()
    found = explained(network["F3"])
    assert found.headline == "It was judged C at the last close of the year and stays so until the next."
    assert found.way_b[-1].text == "B is judged at the close of the year, on Dec. 31, 2026."


def test_the_list_of_policies_says_who_is_a(network, cast, sign_in):
    actions.create_policy(code="fixed", options={"absolute_cutoff": "500000"})
    actions.create_policy(code="near", options={"rank_within": "region"})
    page = words(sign_in(cast.ada).get("/customers/tiers/policies/"))
    assert "article v1 20%" in page or "v1 20%" in page
    assert "from ¥500,000.00" in page
    assert "20% of each region" in page


def test_the_page_of_a_customer_says_it_too(network, cast, sign_in):
    client = sign_in(cast.ada)
    adopt(absolute_cutoff="750")
    page = words(client.get(f"/customers/{network['F7'].pk}/"))
    assert "Sell ¥50.00 more by Dec. 31, 2026 to reach the amount that the policy sets for A." in page
    assert "rank 4 of 11 · the policy sets the cut-off: ¥750.00" in page
    assert "top 20%" not in page
    adopt(rank_within="region")
    page = words(client.get(f"/customers/{network['F7'].pk}/"))
    assert "Sell ¥200.00 more by Dec. 31, 2026 to reach the top 20% of its region." in page
    assert "rank 4 of 10 · the cut-off is place 2 of its region: ¥900.00" in page
    assert "top 40% of its region's franchisees" in page.replace("&#x27;", "'")


def test_why_there_is_no_rank(network, cast, regions):
    shut = create_customer(
        code="X", name="店X", kind="franchisee", region=regions.jiangsu, closed_on=DAY, state="closed"
    )
    add_months([(shut.pk, datetime.date(2026, 2, 1), 70_00)])
    idle = create_customer(code="Y", name="店Y", kind="franchisee", region=regions.jiangsu)
    actions.refresh(as_of=DAY, full=True)
    for one, note in ((shut, "not ranked: not open"), (idle, "not ranked: no sales in 12 months")):
        found, *_ = card(one)
        assert (found.rank_note, found.distance) == (note, None)
