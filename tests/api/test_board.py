"""The board of tiers over the API: shares, the border, movements."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.clock import today
from crm.periods import month_of, shift_month
from customers.models import TierRun
from customers.tiers import actions

URL = "/api/v1/tiers/"
EARLIER = datetime.timedelta(days=1)


def sell(*rows):
    from crm.api.bulk import take

    month = shift_month(month_of(today()), -3)
    days = [{"customer_code": code, "date": month, "amount": amount} for code, amount in rows]
    take(kind="sales", rows=days, columns=["customer_code", "date", "amount"], by=None)


@pytest.fixture
def ran(shops, policy):
    """Of six franchisees two are A: first E1 (300) and W1 (200); then E2 has 250, and W1 is C."""
    for code in ("E3", "E4"):
        shops.make(code, shops.own.region)
    shops.make("W2", shops.foreign.region)
    sell(("E1", "300.00"), ("E2", "100.00"), ("W1-SECRET", "200.00"), ("E3", "50.00"), ("E4", "30.00"), ("W2", "20.00"))
    first = actions.refresh(as_of=today() - EARLIER, full=True)
    sell(("E2", "250.00"))
    return first, actions.refresh(full=True)


def test_the_shares_of_ones_reach(bot, api, ran):
    answer = bot.get(f"{URL}distribution/").json()
    assert (answer["as_of"], answer["policy"], answer["policy_version"]) == (today().isoformat(), "article", 1)
    assert answer["tiers"] == [
        {
            "tier": "A",
            "customers": 2,
            "sales": "550.00",
            "share_of_customers": "0.500000",
            "share_of_sales": "0.873016",
        },
        {"tier": "B", "customers": 0, "sales": "0.00", "share_of_customers": "0.000000", "share_of_sales": "0.000000"},
        {"tier": "C", "customers": 2, "sales": "80.00", "share_of_customers": "0.500000", "share_of_sales": "0.126984"},
    ]


@pytest.mark.parametrize(
    "who,expected",
    [
        ("mei", [(2, "550.00"), (0, "0.00"), (2, "80.00")]),
        ("lin", [(0, "0.00"), (0, "0.00"), (2, "220.00")]),
        ("tao", [(0, "0.00"), (0, "0.00"), (0, "0.00")]),
        ("ana", [(2, "550.00"), (0, "0.00"), (4, "300.00")]),
        ("ada", [(2, "550.00"), (0, "0.00"), (4, "300.00")]),
    ],
)
def test_everybody_gets_their_own_shares(api, ran, who, expected):
    rows = api(who, "read").get(f"{URL}distribution/").json()["tiers"]
    assert [(row["customers"], row["sales"]) for row in rows] == expected


def test_the_border_names_only_customers_in_reach(bot, api, shops, ran):
    answer = bot.get(f"{URL}border/").json()
    assert (answer["as_of"], answer["cutoff"]) == (today().isoformat(), "250.00")
    assert answer["above"][0] == {
        "customer": shops.other.pk,
        "code": "E2",
        "name": "店 E2",
        "tier": "A",
        "sales": "250.00",
        "rank": 2,
        "distance": "0.00",
    }
    assert [(row["code"], row["rank"], row["distance"]) for row in answer["above"]] == [
        ("E2", 2, "0.00"),
        ("E1", 1, "50.00"),
    ]
    assert [(row["code"], row["rank"], row["distance"]) for row in answer["below"]] == [
        ("E3", 4, "-200.00"),
        ("E4", 5, "-220.00"),
    ]
    west = api("lin", "read").get(f"{URL}border/?n=1").json()
    assert (west["cutoff"], west["above"], [row["code"] for row in west["below"]]) == ("250.00", [], ["W1-SECRET"])
    one = api("ana", "read").get(f"{URL}border/?n=1").json()
    assert [row["code"] for row in one["above"] + one["below"]] == ["E2", "W1-SECRET"]
    assert bot.get(f"{URL}border/?fields=cutoff").json() == {"cutoff": "250.00"}


@pytest.mark.parametrize("query", ["n=0", "n=101", "n=x", "n=", "m=1", "cursor=x", "n=1&n=2"])
def test_a_border_that_makes_no_sense(bot, ran, query):
    answer = bot.get(f"{URL}border/?{query}")
    assert (answer.status_code, list(answer.json())) == (400, [query.split("=")[0]])


def flows(answer):
    assert answer.status_code == 200, answer.content
    return [(row["from_tier"], row["to_tier"], row["customers"], row["sales"]) for row in answer.json()["flows"]]


def test_movements_since_the_last_run_of_an_earlier_day(bot, api, ran):
    answer = bot.get(f"{URL}movements/")
    assert flows(answer) == [("A", "A", 1, "300.00"), ("C", "A", 1, "250.00"), ("C", "C", 2, "80.00")]
    told = answer.json()
    first = {
        "id": ran[0].pk,
        "as_of": (today() - EARLIER).isoformat(),
        "mode": "full",
        "policy": "article",
        "policy_version": 1,
    }
    assert (told["since"], told["until"]["id"], told["earlier_runs"]) == (first, ran[1].pk, [first])
    assert flows(api("lin", "read").get(f"{URL}movements/")) == [("A", "C", 1, "200.00"), ("C", "C", 1, "20.00")]
    assert flows(api("tao", "read").get(f"{URL}movements/")) == []


def test_movements_between_two_runs_named(bot, ran):
    first, second = ran
    named = bot.get(f"{URL}movements/?since={first.pk}&until={second.pk}")
    assert flows(named) == flows(bot.get(f"{URL}movements/"))
    back = bot.get(f"{URL}movements/?since={second.pk}&until={first.pk}")
    assert flows(back) == [("A", "A", 1, "300.00"), ("A", "C", 1, "250.00"), ("C", "C", 2, "80.00")]
    same = bot.get(f"{URL}movements/?since={second.pk}&until={second.pk}")
    assert flows(same) == [("A", "A", 2, "550.00"), ("C", "C", 2, "80.00")]


def test_a_run_that_may_not_be_seen_is_refused_like_a_missing_one(bot, api, ran):
    """Anybody compares with the last run of a day; any other is for those who have the whole brand in reach."""
    hidden = TierRun.objects.create(policy=ran[0].policy, as_of=ran[0].as_of, mode="full")
    TierRun.objects.filter(pk=hidden.pk).update(as_of=today())
    for name in ("since", "until"):
        foreign, missing = (bot.get(f"{URL}movements/?{name}={pk}") for pk in (hidden.pk, 10**9))
        assert (foreign.status_code, foreign.json()) == (400, {name: ["There is no such row."]})
        assert missing.json() == foreign.json()
        assert api("ana", "read").get(f"{URL}movements/?{name}={hidden.pk}").status_code == 200


@pytest.mark.parametrize("query", ["since=x", "since=0", f"until={10**30}", "since=", "from=1", "since=1&since=1"])
def test_movements_that_make_no_sense(bot, ran, query):
    answer = bot.get(f"{URL}movements/?{query}")
    assert (answer.status_code, list(answer.json())) == (400, [query.split("=")[0]])


def test_before_anything_ran(bot, shops, policy):
    assert bot.get(f"{URL}distribution/").json()["as_of"] is None
    assert bot.get(f"{URL}border/").json() == {"as_of": None, "cutoff": None, "above": [], "below": []}
    assert bot.get(f"{URL}movements/").json() == {"since": None, "until": None, "flows": [], "earlier_runs": []}


@pytest.mark.parametrize("address", ["distribution/", "border/", "movements/"])
def test_the_board_is_only_read(api, ran, address):
    assert api("ada").post(f"{URL}{address}", {}).status_code == 405


@pytest.mark.parametrize("address", ["distribution/", "border/?n=100", "movements/"])
def test_the_number_of_statements_does_not_grow(bot, shops, ran, address):
    bot.get(URL + address)
    with CaptureQueriesContext(connection) as few:
        bot.get(URL + address)
    codes = [f"Q{n}" for n in range(20)]
    for code in codes:
        shops.make(code, shops.own.region)
    sell(*((code, "10.00") for code in codes))
    actions.refresh(full=True)
    for days in range(2, 9):
        TierRun.objects.create(policy=ran[0].policy, as_of=today() - days * EARLIER, mode="replay")
    with CaptureQueriesContext(connection) as many:
        assert bot.get(URL + address).status_code == 200
    assert len(many) == len(few)
