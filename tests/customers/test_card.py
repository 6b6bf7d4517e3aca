"""The customer's page: exact figures, why its tier, and what would lift it; to nobody else."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal

import pytest

from crm.periods import Windows
from customers.models import MonthlySales, SaleLine
from customers.pages.chart import chart_of
from customers.pages.explained import cut_percent, explained
from customers.profile.actions import assign, change_customer, create_customer
from customers.relationship.actions import observe
from customers.tiers.actions import refresh

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 10, 31)
WINDOWS = Windows.as_of(DAY)


def sell(customer, *sales):
    """Net sales of W0, W1, W2, each put down in the last month of its window."""
    for window, net in zip(WINDOWS, sales, strict=False):
        month = window.last_day.replace(day=1)
        MonthlySales.objects.create(
            customer=customer, month=month, gross=net, returns=0, net=net, last_sold_on=month, days=1
        )


@pytest.fixture
def network(regions, cast, policy):
    """Five franchisees (so one place in A) and an agent, as of 31 October 2026."""

    def shop(code, *sales, kind="franchisee", region=regions.jiangsu, **values):
        made = create_customer(code=code, name=f"店{code}", kind=kind, region=region, **values)
        sell(made, *(Decimal(str(net)) for net in sales))
        return made

    shops = {
        "first": shop("F1", "1000.00", 1, 1),
        "second": shop("F2", "899.99", 800, 700, phone="0571 8888 1234", province="江苏省", city="苏州市"),
        "small": shop("F3", "109.99", 100, 90),
        "new": shop("F4", 50),
        "fourth": shop("F5", 40, 30, 20),
        "agent": shop("AG", 7, kind="agent"),
        "silent": shop("F6"),
        "west": shop("W1", 5, region=regions.sichuan),
        "closed": shop("F7", 500, closed_on=datetime.date(2026, 5, 1), state="closed"),
    }
    for score in (80, 81, 82):
        observe(
            customer=shops["second"],
            trait="cooperation",
            score=score,
            seen_on=datetime.date(2026, 1, 1),
            seen_by=cast.mei,
        )
    for _n in range(5):
        observe(customer=shops["second"], trait="loyalty", score=60, seen_on=datetime.date(2026, 1, 1))
    refresh(as_of=DAY)
    return shops


def text_of(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return words_of(answer)


def words_of(answer) -> str:
    """What a reader reads; request numbers left out."""
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return re.sub(r"[0-9a-f]{32}", "", text)


def told(customer):
    found = explained(customer)
    return found, [(line.met, line.text, line.figure) for line in found.for_a + found.for_b]


def test_exactly_at_the_cut_off_is_a(network):
    found, rules = told(network["second"])
    assert (found.known.tier, found.known.rank, found.known.ranked, found.known.k) == ("A", 2, 6, 2)
    assert found.headline == "It is among the top 20% of franchisees by sales."
    assert rules[0] == (True, "Sales among the top 20% of franchisees", "¥899.99 of ¥899.99")
    assert (found.distance, found.way_a, found.way_b) == (Decimal("0.00"), [], [])


def test_why_it_is_c_and_what_would_lift_it(network):
    found, rules = told(network["small"])
    assert found.known.tier == "C"
    assert found.headline == "Sales grew by less than 10% in the latest year."
    assert rules == [
        (False, "Sales among the top 20% of franchisees", "¥109.99 of ¥899.99"),
        (True, "The earlier year grew by at least 10%", "11.11%"),
        (False, "The latest year grew by at least 10%", "9.99%"),
        (None, "Cooperation is 70 or more", "unknown: 0 of 5 events"),
        (False, "Loyalty is 70 or more", "48.17 from 24 months and events"),
    ]
    assert [(line.met, line.text) for line in found.way_a] == [
        (False, "Sell ¥790.00 more by Dec. 31, 2026 to reach the top 20%."),
        (None, "Spread over the 61 days until Dec. 31, 2026: ¥12.96 a day, or ¥395.00 a month."),
        (None, "Sales of 12 months are then ¥899.99; place 2 of 6 is taken at ¥899.99."),
    ]
    assert [(line.met, line.text) for line in found.way_b] == [
        (False, "Sell ¥0.01 more by Dec. 31, 2026, so that the latest year grows by 10%."),
        (None, "Spread over the 61 days until Dec. 31, 2026: ¥0.01 a day, or ¥0.01 a month."),
        (False, "Cooperation is unknown: 5 more events are needed, and a score of 70 or more."),
        (False, "Loyalty is 48.17, high is 70: 21.83 points are missing."),
    ]


def test_what_is_unknown_is_said_with_how_much_is_missing(network):
    _found, rules = told(network["second"])
    assert rules[3:] == [
        (None, "Cooperation is 70 or more", "unknown: 3 of 5 events"),
        (False, "Loyalty is 70 or more", "49.49 from 29 months and events"),
    ]


def test_points_missing_are_counted(network, cast):
    for _n in range(5):
        observe(customer=network["small"], trait="loyalty", score=60, seen_on=datetime.date(2026, 1, 1))
    observe(customer=network["small"], trait="cooperation", score=90, seen_on=datetime.date(2026, 1, 1))
    refresh(as_of=DAY)
    found, _rules = told(network["small"])
    assert [line.text for line in found.way_b][2:] == [
        "Cooperation is unknown: 4 more events are needed, and a score of 70 or more.",
        "1 judgement below 100 costs 1.29.",
        "Any one of these makes it high: 4 more promotions run as agreed; 4 more invoices paid on time;"
        " 4 more calls answered or returned; 4 more reports in time.",
        "Loyalty is 49.49, high is 70: 20.51 points are missing.",
    ]


def test_without_earlier_sales_growth_is_not_judged(network):
    found, rules = told(network["new"])
    assert rules[1] == (None, "The earlier year grew by at least 10%", "nothing to grow from")
    assert found.way_b[0].text.startswith("Growth can only be judged once there are sales in both of the years before")


def test_an_agent_is_a_without_rank(network):
    found, rules = told(network["agent"])
    assert (found.headline, rules) == ("It is an agent, and every agent is A.", [(True, "It is an agent", "")])
    assert (found.known.rank, found.distance, found.way_a, found.way_b) == (None, None, [], [])


def test_a_closed_customer_says_so(network):
    found, rules = told(network["closed"])
    assert found.headline == "It is not open, so it is in no tier and no ranking."
    assert rules == []


def test_the_page_shows_the_figures_exactly(network, cast, sign_in):
    text = text_of(sign_in(cast.mei).get(f"/customers/{network['second'].pk}/"))
    for words in (
        "店F2",
        "F2",
        "franchisee",
        "0571 8888 1234",
        "Sales, 12 months 900 +12.5% against the 12 months before",
        "Rank 2 of 6 top 34% of franchisees",
        "Distance to the cut-off 0",
        "2025-11 – 2026-10 ¥899.99 12.49%",
        "2024-11 – 2025-10 ¥800.00 14.28%",
        "2023-11 – 2024-10 ¥700.00",
        "Policy: The article's rule, version 1 · rank 2 of 6 · the cut-off is place 2: ¥899.99",
        "as of Oct. 31, 2026",
        "Why can I see this? You are posted to 华东 since",
        "Nobody is in charge",
    ):
        assert words in text.replace("&#x27;", "'"), words
    assert 'href="tel:057188881234"' in sign_in(cast.mei).get(f"/customers/{network['second'].pk}/").content.decode()


@pytest.mark.parametrize("part", ["", "edit/", "close/", "sales/", "observe/"])
def test_foreign_and_missing_look_the_same(network, cast, sign_in, part):
    client = sign_in(cast.lin)
    foreign = client.get(f"/customers/{network['small'].pk}/{part}")
    missing = client.get(f"/customers/999999/{part}")
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert words_of(foreign) == words_of(missing)
    assert client.get(f"/customers/{network['west'].pk}/{part}").status_code == 200


def test_a_market_manager_sees_it_only_while_in_charge(network, cast, sign_in):
    url = f"/customers/{network['small'].pk}/"
    assert sign_in(cast.tao).get(url).status_code == 404
    assign(customers=[network["small"]], user=cast.tao, since=datetime.date(2026, 1, 1))
    assert "You are in charge of it since Jan. 1, 2026." in text_of(sign_in(cast.tao).get(url))
    assign(customers=[network["small"]], user=cast.mei, since=datetime.date(2026, 2, 1))
    assert sign_in(cast.tao).get(url).status_code == 404


def test_readers_see_everything_and_no_way_to_write(network, cast, sign_in):
    answer = sign_in(cast.ana).get(f"/customers/{network['small'].pk}/")
    text = answer.content.decode()
    assert "Why it is C" in text
    assert "Your role covers the whole brand." in text
    for address in ("edit/", "close/", "observe/", "/assign/"):
        assert address not in text
    for part in ("edit/", "close/", "observe/"):
        assert sign_in(cast.ana).get(f"/customers/{network['small'].pk}/{part}").status_code == 403


def test_a_supplier_out_of_reach_is_not_named(network, cast, sign_in, regions):
    secret = create_customer(code="SECRET", name="西部机密", kind="agent", region=regions.sichuan)
    change_customer(customer=network["small"], upstream=secret)
    text = sign_in(cast.mei).get(f"/customers/{network['small'].pk}/").content.decode()
    assert "a customer beyond your reach" in text
    assert "beyond your reach" in text
    assert "西部机密" not in text and "SECRET" not in text
    assert "西部机密" in sign_in(cast.ada).get(f"/customers/{network['small'].pk}/").content.decode()


def test_changes_are_told_in_words(network, cast, sign_in, regions):
    change_customer(customer=network["small"], by=cast.mei, region=regions.zhejiang, city="杭州市", state="dormant")
    text = text_of(sign_in(cast.mei).get(f"/customers/{network['small'].pk}/"))
    for words in ("region 江苏 → 浙江", "state active → dormant", "city 杭州市"):
        assert words in text


def test_tier_history_says_when_and_why(network, cast, sign_in):
    latest = MonthlySales.objects.filter(customer=network["small"], month=datetime.date(2026, 10, 1))
    latest.update(net=Decimal(5000), gross=Decimal(5000))
    refresh(as_of=DAY, full=True)
    text = text_of(sign_in(cast.mei).get(f"/customers/{network['small'].pk}/"))
    history = text[text.index("Tier history") :]
    assert history.startswith(
        "Tier history A It is among the top 20% of franchisees by sales."
        " Oct. 31, 2026 · before: C · sales 5.0K · rank 1 of 6"
        " C Sales grew by less than 10% in the latest year. Oct. 31, 2026 · sales 110 · rank 3 of 6 "
    ), history[:300]


def test_before_the_first_run_the_page_says_so(cast, regions, sign_in):
    customer = create_customer(code="X", name="x", kind="agent", region=regions.jiangsu)
    assert "The tier is not worked out yet" in text_of(sign_in(cast.mei).get(f"/customers/{customer.pk}/"))


def test_statements_of_the_page_do_not_grow_with_history(network, cast, sign_in, django_assert_max_num_queries):
    client = sign_in(cast.ada)
    url = f"/customers/{network['small'].pk}/"
    client.get(url)
    with django_assert_max_num_queries(2 + 41):
        client.get(url)
    for n in range(20):
        observe(customer=network["small"], trait="loyalty", score=n, seen_on=datetime.date(2026, 1, 1))
        change_customer(customer=network["small"], city=f"c{n}")
    with django_assert_max_num_queries(2 + 41):
        client.get(url)


# --- the chart --------------------------------------------------------------------------------------------------


def test_months_stand_beside_the_year_before(network):
    chart = chart_of(network["second"], "month", DAY)
    assert len(chart.points) == 12
    last = chart.points[-1]
    assert (last["value"], last["reference"], last["part"]) == (Decimal("899.99"), Decimal("800.00"), False)
    assert chart.points[0]["value"] is None
    assert (chart.title, chart.total) == ("November 2025 to October 2026", Decimal("899.99"))
    assert chart_of(network["second"], "month", datetime.date(2026, 10, 30)).points[-1]["part"] is True


def line(customer, day, gross, returns=0):
    SaleLine.objects.create(customer=customer, sold_on=day, gross=Decimal(gross), returns=Decimal(returns), run_id=1)


def test_days_of_the_last_ninety_and_of_a_month(network):
    line(network["new"], datetime.date(2026, 10, 31), "10.50", "0.25")
    line(network["new"], datetime.date(2026, 8, 3), "1")
    line(network["new"], datetime.date(2026, 8, 2), "7")
    chart = chart_of(network["new"], "day", DAY)
    assert (len(chart.points), chart.total) == (90, Decimal("11.25"))
    assert chart.points[-1] == {"value": Decimal("10.25"), "title": "Oct. 31, 2026"}
    august = chart_of(network["new"], "day", DAY, datetime.date(2026, 8, 1))
    assert (len(august.points), august.total, august.title) == (31, Decimal("8.00"), "August 2026")
    assert (august.previous, august.next) == (datetime.date(2026, 7, 1), datetime.date(2026, 9, 1))


def test_years(network):
    chart = chart_of(network["second"], "year", DAY)
    assert [(point["label"], point["value"], point["part"]) for point in chart.points] == [
        ("2024", Decimal("700.00"), False),
        ("2025", Decimal("800.00"), False),
        ("2026", Decimal("899.99"), True),
    ]


@pytest.mark.parametrize(
    "query", ["by=day", "by=month", "by=year", "by=century", "by=day&month=2026-08", "by=day&month=x"]
)
def test_the_chart_comes_alone_or_as_a_page(network, cast, sign_in, query):
    client, url = sign_in(cast.mei), f"/customers/{network['second'].pk}/sales/?{query}"
    part = client.get(url, headers={"HX-Request": "true"}).content.decode()
    whole = client.get(url).content.decode()
    assert part.lstrip().startswith('<section class="card" id="sales"')
    assert "<html" in whole and 'id="sales"' in whole


def test_no_sales_is_said_instead_of_drawn(network, cast, sign_in):
    text = text_of(sign_in(cast.mei).get(f"/customers/{network['silent'].pk}/sales/"))
    assert "No sales were reported in this time." in text


@pytest.mark.parametrize(
    ("ratio", "text"),
    [("0.0999999", "9.99%"), ("0.1", "10%"), ("0.125", "12.5%"), ("-0.0501", "−5.01%"), ("12", "1,200%"), (None, "—")],
)
def test_growth_is_cut_off_never_rounded_up(ratio, text):
    assert cut_percent(None if ratio is None else Decimal(ratio)) == text
