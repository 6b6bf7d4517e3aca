"""Receivables over the API."""

from __future__ import annotations

import datetime

import pytest
from rest_framework.test import APIClient

from crm.accounts.actions import create_token
from crm.clock import today
from customers.models import OpenItem, Promise

pytestmark = pytest.mark.django_db


def ago(days: int) -> datetime.date:
    return today() - datetime.timedelta(days=days)


@pytest.fixture
def bot(cast, shops):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {create_token(user=cast.bot, label='t', scope='write')[1]}")
    return client


@pytest.fixture
def books(bot, shops):
    rows = [
        {
            "customer_code": "E1",
            "invoice_no": "I-1",
            "invoice_date": str(ago(90)),
            "due_date": str(ago(45)),
            "amount": "80.00",
        },
        {
            "customer_code": "E1",
            "invoice_no": "I-2",
            "invoice_date": str(ago(9)),
            "due_date": str(ago(-9)),
            "amount": "20.00",
        },
        {"customer_code": "E1", "invoice_no": "P-1", "kind": "payment", "paid_on": str(ago(3)), "amount": "30.00"},
    ]
    answer = bot.post("/api/v1/receivables/bulk/", rows)
    assert (answer.status_code, answer.json()["created"]) == (200, 3)
    return shops


def test_open_items_payments_and_the_account(bot, books):
    base = f"/api/v1/customers/{books['E1'].pk}/"
    items = bot.get(f"{base}open-items/?ordering=due_on").json()["results"]
    assert [(one["number"], one["amount"], one["open_amount"]) for one in items] == [
        ("I-1", "80.00", "50.00"),
        ("I-2", "20.00", "20.00"),
    ]
    assert [one["number"] for one in bot.get(f"{base}open-items/?overdue=true").json()["results"]] == ["I-1"]
    assert bot.get(f"{base}payments/").json()["results"][0]["unused"] == "0.00"
    told = bot.get(f"{base}account/").json()
    aged = told["ageing"]
    assert (aged["owed"], aged["overdue"], aged["d31_60"], aged["oldest"]) == ("70.00", "50.00", "50.00", 45)
    assert (told["headroom"], told["recovery"]["share"], told["paying"]["n"]) == (None, None, 0)
    then = bot.get(f"{base}account/?as_of={ago(20)}").json()["ageing"]
    assert (then["owed"], then["d1_30"]) == ("80.00", "80.00")
    assert bot.get(f"{base}account/?as_of={ago(-1)}").status_code == 400


def test_promises_are_written_and_settled(bot, books, cast):
    url = f"/api/v1/customers/{books['E1'].pk}/promises/"
    made = bot.post(url, {"amount": "25.00", "due_on": str(ago(-5)), "made_on": str(ago(4))})
    # The payment of three days ago keeps it.
    assert (made.status_code, made.json()["state"], made.json()["settled_on"]) == (201, "kept", str(ago(3)))
    other = bot.post(url, {"made_by": "us", "what": "samples", "due_on": str(ago(-5))}).json()
    settled = bot.post(f"{url}{other['id']}/settle/", {"state": "broken"})
    assert (settled.status_code, settled.json()["state"]) == (200, "broken")
    assert settled.json()["decided_by"]["username"] == "bot"
    refused = bot.post(url, {"due_on": str(ago(-5))})
    assert (refused.status_code, list(refused.json())) == (400, ["what"])
    assert Promise.objects.count() == 2


def test_who_owes_and_the_customers_list(bot, books):
    told = bot.get("/api/v1/receivables/?bucket=overdue").json()
    assert (told["customers"], told["total"]["owed"]) == (1, "70.00")
    assert told["rows"][0]["code"] == "E1"
    assert bot.get("/api/v1/receivables/?bucket=never").status_code == 400
    assert bot.get("/api/v1/receivables/?bucket=d91").json()["rows"] == []
    rows = bot.get("/api/v1/customers/?overdue=any").json()["results"]
    assert [(one["code"], one["receivable"]["owed"], one["receivable"]["oldest"]) for one in rows] == [
        ("E1", "70.00", 45)
    ]
    assert bot.get("/api/v1/customers/?overdue=never").status_code == 400


def test_rows_of_others_are_refused_and_nothing_is_written(bot, books):
    rows = [
        {
            "customer_code": "W1",
            "invoice_no": "I-1",
            "invoice_date": "2026-01-05",
            "due_date": "2026-02-05",
            "amount": "1",
        }
    ]
    answer = bot.post("/api/v1/receivables/bulk/", rows)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "unknown_customer")
    assert not OpenItem.objects.filter(customer=books["W1"]).exists()
    assert bot.get(f"/api/v1/customers/{books['W1'].pk}/account/").status_code == 404


def test_the_customers_list_asks_as_often_for_many_as_for_few(bot, books, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    bot.get("/api/v1/customers/")
    counts = []
    for size in (1, 50):
        with CaptureQueriesContext(connection) as asked:
            bot.get(f"/api/v1/customers/?page_size={size}")
        counts.append(len(asked))
    assert counts[0] == counts[1]
