"""What pages read of sales: exact figures, nothing foreign, and a number of queries that does not grow."""

from decimal import Decimal

import pytest

from customers.models import Customer
from customers.sales import reading
from tests.sales.files import bring, day, money

pytestmark = pytest.mark.django_db
HEADER = ("customer_code", "date", "amount", "returns", "units", "orders", "promo", "open")


@pytest.fixture
def sold(shops):
    bring(
        [
            ["E1", "2022-12-31", "10", "", "1", "1", "", ""],
            ["E1", "2024-01-01", "100", "10", "5", "2", "1", "1"],
            ["E1", "2024-01-03", "", "", "", "", "", "0"],
            ["E1", "2024-01-08", "30", "", "1", "1", "0", "1"],
            ["E1", "2024-02-06", "8", "", "1", "1", "0", "1"],
            ["E1", "2024-03-01", "0", "", "", "", "", "1"],
            ["E2", "2024-02-01", "7", "", "", "", "", ""],
            ["W1", "2024-02-01", "1000", "", "", "", "", ""],
        ],
        HEADER,
    )
    return shops


def test_each_day_of_a_range_with_none_where_nobody_reported(sold, django_assert_num_queries):
    with django_assert_num_queries(1):
        days = reading.daily(sold["E1"], day("2023-12-31"), day("2024-01-04"))
    assert [(one.day, one.net) for one in days] == [
        (day("2023-12-31"), None),
        (day("2024-01-01"), money(90)),
        (day("2024-01-02"), None),
        (day("2024-01-03"), money(0)),
    ]
    assert days[1] == (day("2024-01-01"), money(90), money(100), money(10), 5, 2, True, True)
    assert days[3].is_open is False


def test_months_oldest_first(sold, django_assert_num_queries):
    with django_assert_num_queries(1):
        months = reading.monthly(sold["E1"].pk, 4, day("2024-03-20"))
    assert [(one.month, one.net, one.days) for one in months] == [
        (day("2023-12-01"), None, 0),
        (day("2024-01-01"), money(120), 3),
        (day("2024-02-01"), money(8), 1),
        (day("2024-03-01"), money(0), 1),
    ]


def test_years(sold):
    assert reading.yearly(sold["E1"]) == [
        (2022, money(10), money(10), money(0), 1),
        (2024, money(128), money(138), money(10), 3),
    ]


def test_trailing_windows_and_growth(sold, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = reading.trailing(sold["E1"], day("2024-12-31"))
    assert (found.w0, found.w1, found.w2) == (money(128), money(0), money(10))
    assert (found.growth, found.growth_before) == (None, Decimal("-1.0000"))
    assert reading.growth(money(110), money(100)) == Decimal("0.1000")


def test_sparklines_of_many_in_one_query(sold, django_assert_num_queries):
    with django_assert_num_queries(1):
        lines = reading.sparklines([sold["E1"].pk, sold["W1"].pk, 999_999], 3, day("2024-03-31"))
    assert lines == {
        sold["E1"].pk: [money(120), money(8), money(0)],
        sold["W1"].pk: [money(0), money(1000), money(0)],
        999_999: [money(0)] * 3,
    }


def test_the_last_sale_is_the_last_day_that_brought_something(sold, django_assert_num_queries):
    assert reading.last_sale(sold["E1"]) == day("2024-02-06")
    with django_assert_num_queries(1):
        assert reading.last_sales([one.pk for one in sold.values()]) == {
            sold["E1"].pk: day("2024-02-06"),
            sold["E2"].pk: day("2024-02-01"),
            sold["W1"].pk: day("2024-02-01"),
        }
    assert reading.span(sold["E1"]) == (day("2022-12-31"), day("2024-03-01"))


def test_a_customer_without_sales_has_empty_answers(shops):
    shop = shops["E1"]
    assert reading.last_sale(shop) is None
    assert reading.yearly(shop) == []
    assert reading.span(shop) == (None, None)
    assert [one.net for one in reading.monthly(shop, 2)] == [None, None]
    assert {one.mean for one in reading.weekday_pattern(shop, day("2024-01-01"), day("2025-01-01"))} == {None}


def test_the_week_has_closed_days_left_out(sold):
    week = reading.weekday_pattern(sold["E1"], day("2024-01-01"), day("2024-03-01"))
    assert [one.weekday for one in week] == [1, 2, 3, 4, 5, 6, 7]
    assert week[0] == (1, 2, money(120), money(60), Decimal("1.406"))
    assert week[1] == (2, 1, money(8), money(8), Decimal("0.188"))
    assert week[2] == (3, 0, money(0), None, None)


def in_reach(user):
    user.__dict__.pop("_reach", None)
    months = reading.months_in_reach(user, 2, day("2024-02-29"))
    return [one.net for one in months]


def test_months_of_all_one_sees(sold, cast, regions):
    assert in_reach(cast.ada) == [money(120), money(1015)]
    assert in_reach(cast.mei) == [money(120), money(15)]
    assert in_reach(cast.lin) == [None, money(1000)]
    assert in_reach(cast.tao) == [None, money(7)]


def test_a_customer_in_charge_of_within_ones_region_counts_once(sold, cast, regions):
    from crm.accounts.models import Posting

    Posting.objects.create(user=cast.tao, region=regions.zhejiang, since=day("2020-01-01"))
    assert in_reach(cast.tao) == [None, money(7)]
    Customer.objects.filter(code="E2").update(region=regions.west)
    assert in_reach(cast.tao) == [None, money(7)]


def test_regions_of_all_one_sees(sold, cast, regions):
    start, end = day("2024-01-01"), day("2024-03-01")
    assert reading.regions_in_reach(cast.mei, start, end) == {
        regions.jiangsu.pk: money(128),
        regions.zhejiang.pk: money(7),
    }
    assert reading.regions_in_reach(cast.tao, start, end) == {regions.zhejiang.pk: money(7)}


def test_reach_takes_as_many_queries_however_many_customers(sold, cast, regions, django_assert_num_queries):
    from crm.access import reach_of

    for n in range(30):
        Customer.objects.create(code=f"N{n}", name="x", kind="agent", region=regions.jiangsu)
    bring([[f"N{n}", "2024-02-03", "1", "", "", "", "", ""] for n in range(30)], HEADER)
    reach_of(cast.mei)
    with django_assert_num_queries(1):
        assert reading.months_in_reach(cast.mei, 1, day("2024-02-29"))[0].net == money(45)
