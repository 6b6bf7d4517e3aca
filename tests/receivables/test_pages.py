"""The pages: who sees what, what one tap does, and that statements stay flat."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.audit.models import AuditEntry
from crm.clock import today
from crm.exports import actions as exports
from crm.exports.kinds import registry
from crm.jobs.runner import drain
from customers.facts.actions import note_fact
from customers.models import Promise
from customers.profile.actions import assign, create_customer
from customers.receivables.actions import promise

pytestmark = pytest.mark.django_db
HEADER = ["customer_code", "invoice_no", "invoice_date", "due_date", "amount", "disputed"]


def ago(days: int) -> datetime.date:
    return today() - datetime.timedelta(days=days)


@pytest.fixture
def owing(shops, bring, cast):
    assign(customers=[shops["E1"], shops["E2"]], user=cast.tao, since=ago(400), by=cast.ada)
    bring(
        [
            ["E1", "I-1", ago(150), ago(100), "1234.50", "no"],
            ["E1", "I-2", ago(20), today(), "100.00", "no"],
            ["E2", "I-3", ago(60), ago(30), "77.00", "yes"],
            ["W1", "I-4", ago(60), ago(31), "9999.00", "no"],
        ],
        HEADER,
    )
    return shops


def test_the_list_shows_who_owes_in_reach_with_totals(owing, cast, sign_in):
    page = sign_in(cast.tao).get("/customers/receivables/")
    text = page.content.decode()
    assert page.context["customers"] == 2
    assert page.context["total"].owed == Decimal("1411.50")
    assert page.context["total"].overdue == Decimal("1311.50")
    assert [row["customer"].code for row in page.context["rows"]] == ["E1", "E2"]
    assert "店W1" not in text
    assert "9,999" not in text


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("bucket=d91", ["E1"]),
        ("bucket=d1_30", ["E2"]),
        ("bucket=not_due", ["E1"]),
        ("bucket=d61_90", []),
        ("bucket=overdue", ["E1", "E2"]),
        ("q=E2", ["E2"]),
        ("manager=unheard", []),
    ],
)
def test_the_list_by_bucket_and_filters(owing, cast, sign_in, query, codes):
    page = sign_in(cast.mei).get(f"/customers/receivables/?{query}")
    assert [row["customer"].code for row in page.context["rows"]] == codes


def test_statements_of_the_list_do_not_grow_with_the_rows(owing, cast, sign_in, bring, regions):
    client, counts = sign_in(cast.mei), []
    for n in (0, 30):
        rows = []
        for k in range(n):
            create_customer(code=f"N{k}", name=f"n{k}", kind="agent", region=regions.jiangsu, by=cast.ada)
            rows.append([f"N{k}", "I-1", ago(40), ago(10), "5.00", "no"])
        if rows:
            bring(rows, HEADER, "more.csv")
        client.get("/customers/receivables/")
        with CaptureQueriesContext(connection) as asked:
            page = client.get("/customers/receivables/")
        assert len(page.context["rows"]) == 2 + n
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12


def test_a_customers_page_and_its_payments(owing, cast, sign_in):
    note_fact(customer=owing["E1"], field="credit_limit", value="2000", by=cast.ada)
    client = sign_in(cast.tao)
    card = client.get(f"/customers/{owing['E1'].pk}/").content.decode()
    assert "¥1,334.50" in card
    assert "¥1,234.50 overdue" in card
    assert "¥665.50" in card
    page = client.get(f"/customers/{owing['E1'].pk}/payments/")
    text = page.content.decode()
    assert [one.number for one, _late in page.context["items"]] == ["I-1", "I-2"]
    assert "100 days" in text
    assert client.get(f"/customers/{owing['W1'].pk}/payments/").status_code == 404


def test_writing_a_promise_and_ticking_it_off(owing, cast, sign_in):
    client, pk = sign_in(cast.tao), owing["E1"].pk
    asked = {"amount": "500", "what": "", "due_on": str(ago(-7)), "made_on": str(today())}
    assert client.post(f"/customers/{pk}/promises/new/", asked).status_code == 302
    made = Promise.objects.get()
    assert (made.amount, made.state, made.written_by) == (Decimal("500.00"), "open", cast.tao)
    assert client.post(f"/customers/{pk}/promises/{made.pk}/settle/", {"state": "kept", "next": "detail"}).url == (
        f"/customers/{pk}/"
    )
    made.refresh_from_db()
    assert (made.state, made.settled_on, made.decided_by) == ("kept", today(), cast.tao)
    # The toast's Undo gives it back to the money.
    client.post(f"/customers/{pk}/promises/{made.pk}/settle/?state=open")
    made.refresh_from_db()
    assert (made.state, made.settled_on, made.decided_by) == ("open", None, None)
    actions = AuditEntry.objects.filter(action__startswith="promise.").order_by("pk").values_list("action", "actor")
    assert list(actions) == [("promise.write", cast.tao.pk), *[("promise.settle", cast.tao.pk)] * 2]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"due_on": str(ago(3))}, "due_on"),
        ({"made_on": str(ago(-1)), "due_on": str(ago(-3))}, "made_on"),
        ({"amount": ""}, "amount"),  # what else is promised goes into the promise book
        ({"amount": "", "what": " "}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "1.234"}, "amount"),
    ],
)
def test_a_promise_that_makes_no_sense_is_refused(owing, cast, sign_in, values, field):
    asked = {"amount": "500", "what": "x", "due_on": str(ago(-7)), "made_on": str(today()), **values}
    page = sign_in(cast.tao).post(f"/customers/{owing['E1'].pk}/promises/new/", asked)
    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert not Promise.objects.exists()
    assert not AuditEntry.objects.filter(action="promise.write").exists()


def test_what_was_written_here_before_is_read_and_ticked_off_and_the_rest_is_led_to_the_book(owing, cast, sign_in):
    old = promise(customer=owing["E1"], what="样品两套", made_by="us", due_on=today(), by=cast.tao)
    client, pk = sign_in(cast.tao), owing["E1"].pk
    for address in (f"/customers/{pk}/", f"/customers/{pk}/payments/"):
        assert "样品两套" in client.get(address).content.decode()
    for address in (f"/customers/{pk}/payments/", f"/customers/{pk}/promises/new/"):
        assert f'href="/promises/new/?customer={pk}"' in client.get(address).content.decode()
    client.post(f"/customers/{pk}/promises/{old.pk}/settle/", {"state": "kept"})
    old.refresh_from_db()
    assert (old.state, old.decided_by) == ("kept", cast.tao)


def test_who_may_write_promises(owing, cast, sign_in):
    made = promise(customer=owing["E1"], what="x", due_on=today(), by=cast.ada)
    foreign = promise(customer=owing["W1"], what="x", due_on=today(), by=cast.ada)
    pk = owing["E1"].pk
    assert sign_in(cast.ana).post(f"/customers/{pk}/promises/{made.pk}/settle/", {"state": "kept"}).status_code == 403
    assert sign_in(cast.lin).post(f"/customers/{pk}/promises/{made.pk}/settle/", {"state": "kept"}).status_code == 404
    assert (
        sign_in(cast.tao).post(f"/customers/{pk}/promises/{foreign.pk}/settle/", {"state": "kept"}).status_code == 404
    )
    assert set(Promise.objects.values_list("state", flat=True)) == {"open"}


def test_home_names_whose_money_is_overdue_with_one_thing_to_do(owing, cast, sign_in):
    text = sign_in(cast.tao).get("/").content.decode()
    assert "¥1,234.50 overdue, the oldest for 100 days." in text
    assert f"/customers/{owing['E1'].pk}/promises/new/" in text
    assert "店W1" not in text


def test_the_customers_list_with_what_is_owed(owing, cast, sign_in):
    client = sign_in(cast.mei)
    page = client.get("/customers/?overdue=d91&cols=owed,overdue")
    assert [row.customer.code for row in page.context["rows"]] == ["E1"]
    assert [cell["text"].count("1.3K") for cell in page.context["rows"][0].further] == [1, 0]
    assert [row.customer.code for row in client.get("/customers/?overdue=any&sort=code").context["rows"]] == [
        "E1",
        "E2",
    ]
    assert client.get("/customers/?overdue=never").context["rows"] == []
    assert client.get("/customers/filters/overdue/").status_code == 200


@pytest.mark.parametrize("kind", ["receivables", "customers"])
def test_the_file_is_the_list(owing, cast, kind):
    query = "bucket=d91" if kind == "receivables" else "overdue=d91&cols=owed,overdue"
    made = exports.ask(kind=kind, format="csv", query=query, by=cast.mei)
    drain()
    made.refresh_from_db()
    text = made.file.read().decode("utf-8-sig")
    assert len(text.splitlines()) == 2
    assert "E1" in text
    assert "1334.50" in text
    assert registry()[kind].count(cast.mei, {"bucket": "d91", "overdue": "d91"}) == 1
