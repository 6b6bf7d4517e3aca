"""Walking a list page by page, in every order: each row exactly once, forwards and backwards."""

from __future__ import annotations

import pytest

from crm.listing import keyset
from customers.models import Customer
from customers.profile.listing import ORDERS, order_of, with_what_lists_show

pytestmark = pytest.mark.django_db
EVERY_ORDER = [f"{sign}{name}" for name in ORDERS for sign in ("", "-")]


def forwards(queryset, order, descending, size):
    pages, cursor = [], ""
    while cursor is not None:
        found = keyset.page(queryset, order, descending, after=cursor, size=size)
        pages.append(found)
        cursor = found.after
    return pages


@pytest.mark.parametrize("size", [1, 4, 7, 23, 50])
@pytest.mark.parametrize("sort", EVERY_ORDER)
def test_every_row_is_shown_exactly_once(mix, sort, size):
    order, descending = order_of({"sort": sort})
    pages = forwards(Customer.objects.all(), order, descending, size)
    rows = [row.pk for one in pages for row in one.rows]
    assert sorted(rows) == sorted(one.pk for one in mix)
    assert all(len(one.rows) == size for one in pages[:-1])
    assert pages[0].before is None


@pytest.mark.parametrize("sort", EVERY_ORDER)
def test_values_are_in_order_and_rows_without_one_stand_last(mix, sort):
    order, descending = order_of({"sort": sort})
    rows = list(keyset.walk(Customer.objects.all(), order, descending, size=4))
    values = [keyset._value(row, order.field) for row in rows]
    known = [value for value in values if value is not None]
    assert values == known + [None] * (len(values) - len(known))
    if order.form != "text":
        assert known == sorted(known, reverse=descending)
    expected = {"sales": 3, "growth": 7, "last": 7}
    assert len(values) - len(known) == expected.get(order.name, 0)


@pytest.mark.parametrize("sort", EVERY_ORDER)
def test_going_back_shows_the_pages_seen_before(mix, sort):
    order, descending = order_of({"sort": sort})
    pages = forwards(Customer.objects.all(), order, descending, 5)
    here = pages[-1]
    for earlier in reversed(pages[:-1]):
        here = keyset.page(Customer.objects.all(), order, descending, before=here.before, size=5)
        assert [row.pk for row in here.rows] == [row.pk for row in earlier.rows]
    assert here.before is None


def test_going_back_to_less_than_a_page_shows_the_first_page_whole(mix):
    order, descending = order_of({"sort": "code"})
    second = keyset.page(Customer.objects.all(), order, descending, size=3)
    back = keyset.page(Customer.objects.all(), order, descending, before=second.after, size=5)
    assert [row.code for row in back.rows] == ["M00", "M01", "M02", "M03", "M04"]
    assert back.before is None


@pytest.mark.parametrize(
    "cursor",
    ["x", "!!!!", "WzEsMl0", "WyJ4IiwxXQ", "W251bGwsLTFd", "WyJOYU4iLDFd", "WyIxZTk5OTk5IiwxXQ", "a" * 5000, "bnVsbA"],
)
def test_a_cursor_that_means_nothing_is_the_first_page(mix, cursor):
    order, descending = order_of({"sort": "-sales"})
    found = keyset.page(Customer.objects.all(), order, descending, after=cursor, size=5)
    first = keyset.page(Customer.objects.all(), order, descending, size=5)
    assert [row.pk for row in found.rows] == [row.pk for row in first.rows]


def test_rows_added_before_the_cursor_do_not_shift_the_next_page(mix, make):
    order, descending = order_of({"sort": "code"})
    first = keyset.page(Customer.objects.all(), order, descending, size=5)
    make("A00")
    following = keyset.page(Customer.objects.all(), order, descending, after=first.after, size=5)
    assert [row.code for row in following.rows] == ["M05", "M06", "M07", "M08", "M09"]


def test_a_page_deep_down_asks_as_few_statements_as_the_first(mix, django_assert_num_queries):
    order, descending = order_of({"sort": "-sales"})
    customers = with_what_lists_show(Customer.objects.all())
    with django_assert_num_queries(1):
        first = keyset.page(customers, order, descending, size=5)
    with django_assert_num_queries(1):
        keyset.page(customers, order, descending, after=first.after, size=5)
