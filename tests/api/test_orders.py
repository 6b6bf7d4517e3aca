"""The list of customers by their figures: filters and orders with the meaning of the page's."""

from __future__ import annotations

import base64
import datetime
import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.clock import today
from customers.models import TierStanding

URL = "/api/v1/customers/"
FIGURES = [
    # code, sales, growth in basis points, days since the last sale, tier
    ("A1", "900.00", 1000, 3, "A"),
    ("A2", "900.00", None, None, "A"),
    ("B1", "300.00", -500, 45, "B"),
    ("C1", "-20.00", 0, 400, "C"),
    ("C2", "0.00", -1, 30, ""),
]


@pytest.fixture
def five(shops, regions):
    """Five in East with figures, beside two (E1, E2) and one in West that have none yet."""
    TierStanding.objects.all().delete()

    def stand(made, w0, growth, days, tier):
        last = None if days is None else today() - datetime.timedelta(days=days)
        TierStanding.objects.create(
            customer=made,
            kind=made.kind,
            region=made.region,
            w0=Decimal(w0),
            growth=growth,
            last_sold_on=last,
            tier=tier,
        )

    for code, *figures in FIGURES:
        stand(shops.make(code, regions.jiangsu), *figures)
    stand(shops.foreign, "500.00", 700, 10, "A")
    return stand


def codes(answer):
    assert answer.status_code == 200, answer.content
    return [row["code"] for row in answer.json()["results"]]


@pytest.mark.parametrize(
    "query,expected",
    [
        ("tier=A", ["A1", "A2"]),
        ("tier=none", ["C2", "E1", "E2"]),
        ("growth=up", ["A1"]),
        ("growth=down", ["B1", "C2"]),
        ("quiet=30", ["A2", "B1", "C1", "C2", "E1", "E2"]),
        ("quiet=31", ["A2", "B1", "C1", "E1", "E2"]),
        ("quiet=9999", ["A2", "E1", "E2"]),
        ("quiet=0&tier=A", ["A1", "A2"]),
        ("growth=down&quiet=40", ["B1"]),
        ("growth=up&tier=none", []),
    ],
)
def test_filters_by_figures(bot, five, query, expected):
    assert codes(bot.get(f"{URL}?{query}")) == expected


@pytest.mark.parametrize("query", ["growth=up", "growth=down", "quiet=30", "quiet=31", "tier=none", "tier=A"])
def test_the_page_finds_the_same(bot, five, cast, query):
    from django.http import QueryDict

    from customers.profile.listing import filtered

    page = filtered(cast.bot, QueryDict(query)).order_by("code")
    assert codes(bot.get(f"{URL}?{query}")) == [one.code for one in page]


@pytest.mark.parametrize(
    "ordering,expected",
    [
        ("-sales", ["A2", "A1", "B1", "C2", "C1", "E2", "E1"]),
        ("sales", ["C1", "C2", "B1", "A1", "A2", "E1", "E2"]),
        ("-growth", ["A1", "C1", "C2", "B1", "A2", "E2", "E1"]),
        ("growth", ["B1", "C2", "C1", "A1", "E1", "E2", "A2"]),
        ("-last_sold_on", ["A1", "C2", "B1", "C1", "A2", "E2", "E1"]),
        ("last_sold_on", ["C1", "B1", "C2", "A1", "E1", "E2", "A2"]),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 4, 5, 6, 50])
def test_every_row_once_in_order_and_back(bot, five, ordering, expected, size):
    """Rows without the figure stand last, whichever way; one page may hold both kinds."""
    seen, pages, address = [], [], f"{URL}?ordering={ordering}&page_size={size}"
    while address:
        answer = bot.get(address)
        pages.append(answer.json())
        seen += codes(answer)
        address = pages[-1]["next"]
    assert seen == expected
    assert pages[0]["previous"] is None
    for later, page in zip(pages[:0:-1], pages[-2::-1], strict=True):
        assert bot.get(later["previous"]).json()["results"] == page["results"]


@pytest.mark.parametrize("ordering", ["-last_sold_on", "last_sold_on", "-sales", "growth"])
@pytest.mark.parametrize("query", ["quiet=31", "growth=down", "tier=none", "region=EAST", "q=1"])
def test_filters_and_orders_go_together(bot, five, ordering, query):
    whole = set(codes(bot.get(f"{URL}?{query}")))
    seen, address = [], f"{URL}?{query}&ordering={ordering}&page_size=2"
    while address:
        answer = bot.get(address)
        seen += codes(answer)
        address = answer.json()["next"]
    assert (len(seen), set(seen)) == (len(whole), whole)


def test_rows_that_come_between_neither_hide_nor_repeat_others(bot, five, shops, regions):
    first = bot.get(f"{URL}?ordering=-sales&page_size=3").json()
    five(shops.make("NEW", regions.jiangsu), "1000.00", 1, 1, "A")
    rest = bot.get(first["next"])
    assert [row["code"] for row in first["results"]] + codes(rest) == ["A2", "A1", "B1", "C2", "C1", "E2"]


def cursor(*parts) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


def key(value, row=1) -> str:
    return base64.urlsafe_b64encode(json.dumps([value, row]).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    [
        "x",
        cursor("-sales", False, ["x"]),
        cursor("-sales", False, [""]),
        cursor("-sales", False, []),
        cursor("-sales", False, "x"),
        cursor("-sales", False, [1]),
        cursor("-sales", False, [["x"]]),
        cursor("-sales", False, [key("1.00"), "2"]),
        cursor("-sales", None, [key("1.00")]),
        cursor("sales", False, [key("1.00")]),
        cursor("-growth", False, [key("1")]),
        cursor("code", False, ["E1", "1"]),
        cursor("-sales", False, [key("NaN")]),
        cursor("-sales", False, [key("1e999999999")]),
        cursor("-sales", True, [key("-1e999999999")]),
        cursor("-sales", False, [key("1.001")]),
        cursor("-sales", False, [key(1)]),
        cursor("-sales", False, [key("1.00", 2**63)]),
        cursor("-sales", False, [key("1.00", True)]),
        cursor("-sales", False, [key("\0")]),
    ],
)
def test_a_cursor_that_is_none_is_refused(bot, five, text):
    answer = bot.get(f"{URL}?ordering=-sales&cursor={text}")
    assert (answer.status_code, answer.json()) == (400, {"cursor": ["Invalid cursor."]})


@pytest.mark.parametrize("value", ["1e999999999", "-1e999999999", "1e-999999999", "Infinity"])
def test_the_page_takes_such_a_cursor_for_the_beginning(five, cast, sign_in, value):
    assert sign_in(cast.mei).get(f"/customers/?sort=-sales&after={key(value)}").status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "growth=sideways",
        "growth=",
        "quiet=x",
        "quiet=-1",
        "quiet=10000",
        "quiet=2026-01-01",
        "tier=D",
        "tier=",
        "ordering=last",
        "ordering=standing__w0",
        "ordering=--sales",
    ],
)
def test_what_makes_no_sense_is_refused_by_name(bot, five, query):
    answer = bot.get(f"{URL}?{query}")
    assert (answer.status_code, list(answer.json())) == (400, [query.split("=")[0]])


@pytest.mark.parametrize("ordering", ["-sales", "growth", "last_sold_on"])
def test_the_number_of_statements_does_not_grow(bot, five, shops, regions, ordering):
    address = f"{URL}?ordering={ordering}&quiet=0"
    bot.get(address)
    with CaptureQueriesContext(connection) as few:
        bot.get(address)
    for n in range(20):
        five(shops.make(f"Q{n}", regions.jiangsu), "10.00", n, n, "C")
    with CaptureQueriesContext(connection) as many:
        assert len(codes(bot.get(address))) == 27
    assert len(many) == len(few)
