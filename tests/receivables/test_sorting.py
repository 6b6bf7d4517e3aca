"""The customers list in the order of what is owed: exact, page by page, no statement more as rows grow."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.clock import today
from crm.listing import keyset
from customers.care import tagging
from customers.models import Customer, OpenItem
from customers.profile.actions import create_customer
from customers.profile.listing import order_of, with_what_lists_show

SORTS = ("owed", "-owed", "overdue", "-overdue")


@pytest.fixture
def debtors(regions, cast):
    """Twelve: two invoices each of which one is late, ties among them; every fourth owes nothing but has a credit."""
    day, made = today(), []
    for n in range(12):
        one = create_customer(code=f"D{n:02}", name=f"D{n}", kind="franchisee", region=regions.jiangsu)
        made.append(one)
        amounts = (Decimal(-50), Decimal(0)) if n % 4 == 3 else (Decimal(100 + n // 2), Decimal(1000 - n // 3))
        for late, amount in enumerate(amounts):
            OpenItem.objects.create(
                customer=one,
                number=f"I{late}",
                issued_on=day - datetime.timedelta(days=60),
                due_on=day + datetime.timedelta(days=-late or 0),
                amount=amount or 1,
                open_amount=amount,
                settled_on=None if amount else day,
            )
    return made


def expected(debtors, sort):
    """From the items themselves: who owes something by the amount and the key, then the others by the key."""
    worth = {}
    for item in OpenItem.objects.all():
        if item.open_amount > 0 and (sort.lstrip("-") == "owed" or item.due_on < today()):
            worth[item.customer_id] = worth.get(item.customer_id, 0) + item.open_amount
    down = sort.startswith("-")
    first = sorted(((value, pk) for pk, value in worth.items()), reverse=down)
    rest = sorted((one.pk for one in debtors if one.pk not in worth), reverse=down)
    assert len(first) == 9 and len(rest) == 3
    return [pk for _value, pk in first] + rest


@pytest.mark.parametrize("size", [1, 4, 9, 10, 50])
@pytest.mark.parametrize("sort", SORTS)
def test_every_page_there_and_back(debtors, sort, size):
    order, descending = order_of({"sort": sort})
    assert order.name == sort.lstrip("-")
    rows = with_what_lists_show(Customer.objects.all())
    pages, cursor = [], ""
    while cursor is not None:
        found = keyset.page(rows, order, descending, after=cursor, size=size)
        pages.append([one.pk for one in found.rows])
        last, cursor = found, found.after
    assert [pk for one in pages for pk in one] == expected(debtors, sort)
    for earlier in reversed(pages[:-1]):
        last = keyset.page(rows, order, descending, before=last.before, size=size)
        assert [one.pk for one in last.rows] == earlier
    assert last.before is None


def test_tags_do_not_count_a_sum_twice(debtors, cast):
    one = debtors[0]
    for name in ("a", "b", "c"):
        tagging.add(customers=[one], tag=tagging.tag_named(name, cast.mei), by=cast.mei)
    order, descending = order_of({"sort": "-owed"})
    rows = Customer.objects.filter(customer_tags__tag__name__in=["a", "b", "c"])
    (first, *_more) = keyset.page(rows, order, descending, size=5).rows
    assert (first.pk, first.owed_now) == (one.pk, Decimal(1100))


@pytest.mark.parametrize("sort", SORTS)
def test_the_page_and_the_api_are_in_that_order(debtors, sign_in, cast, sort):
    client = sign_in(cast.mei)
    page = client.get("/customers/", {"sort": sort, "cols": "code,owed,overdue"}).content.decode()
    codes = {one.pk: one.code for one in debtors}
    wanted = [codes[pk] for pk in expected(debtors, sort)]
    assert sorted(wanted, key=lambda code: page.index(f">{code}<")) == wanted
    turned = sort.removeprefix("-") if sort.startswith("-") else f"-{sort}"
    assert f"sort={turned}" in page and "aria-sort" in page
    first = client.get("/api/v1/customers/", {"ordering": sort, "page_size": 5}).json()
    second = client.get(first["next"]).json()
    third = client.get(second["next"]).json()
    told = [one["code"] for part in (first, second, third) for one in part["results"]]
    assert told == wanted and third["next"] is None
    assert client.get("/api/v1/customers/", {"ordering": "owed_now"}).status_code == 400


def test_somebody_else_s_customers_are_not_in_it(debtors, sign_in, cast):
    assert "D00" not in sign_in(cast.lin).get("/customers/", {"sort": "-owed", "cols": "code"}).content.decode()


@pytest.mark.parametrize("sort", SORTS)
def test_a_longer_list_asks_no_more(debtors, sign_in, cast, regions, sort):
    client = sign_in(cast.mei)
    client.get("/customers/", {"sort": sort})
    with CaptureQueriesContext(connection) as few:
        client.get("/customers/", {"sort": sort})
    for n in range(20):
        create_customer(code=f"N{n}", name=f"N{n}", kind="franchisee", region=regions.jiangsu)
    with CaptureQueriesContext(connection) as many:
        client.get("/customers/", {"sort": sort})
    assert len(many) == len(few)
