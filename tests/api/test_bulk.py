"""Many rows at once: all or nothing, by the same importer as files."""

from __future__ import annotations

from decimal import Decimal

import pytest

from crm.imports.models import ImportRun
from customers.models import Customer, MonthlySales, SaleLine

CUSTOMERS = "/api/v1/customers/bulk/"
SALES = "/api/v1/sales/bulk/"
ROW = {"code": "B1", "name": "一号店", "kind": "franchisee", "region": "JIANGSU"}
DAY = {"customer_code": "E1", "date": "2026-01-05", "amount": "1234.50"}


def test_customers_are_made_and_changed_by_code(bot, cast, shops):
    answer = bot.post(CUSTOMERS, [ROW, {**ROW, "code": "E1", "name": "改名"}])
    assert answer.status_code == 200, answer.content
    body = answer.json()
    run = ImportRun.objects.get()
    assert body == {"import": run.pk, "rows": 2, "created": 1, "updated": 1, "unchanged": 0}
    assert (run.asked_by, run.via, run.state) == (cast.bot, "api", "done")
    assert Customer.objects.get(code="B1").name == "一号店"
    shops.own.refresh_from_db()
    assert (shops.own.name, shops.own.city) == ("改名", "南京")  # what is not sent stays
    again = bot.post(CUSTOMERS, [ROW, {**ROW, "code": "E1", "name": "改名"}]).json()
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 2)


def test_one_wrong_row_and_nothing_is_written(bot, shops):
    answer = bot.post(CUSTOMERS, [ROW, {**ROW, "code": "B2", "kind": "xyz"}, {**ROW, "code": "B3", "region": "NO"}])
    assert answer.status_code == 400
    errors = answer.json()["errors"]
    assert [(e["index"], e["field"]) for e in errors] == [(1, "kind"), (2, "region")]
    assert all(e["message"] and e["code"] for e in errors)
    assert not Customer.objects.filter(code__startswith="B").exists()


def test_foreign_customers_are_not_changed(bot, shops):
    answer = bot.post(CUSTOMERS, [{**ROW, "code": "W1-SECRET", "name": "taken over"}])
    assert answer.status_code == 400
    assert "028-CANARY" not in answer.content.decode() and "店 W1" not in answer.content.decode()
    shops.foreign.refresh_from_db()
    assert shops.foreign.name == "店 W1-SECRET"


@pytest.mark.parametrize(
    "body,words",
    [
        ({}, "Send a list of rows."),
        ([], "Send 1 to 1000 rows at once."),
        ([ROW] * 1001, "Send 1 to 1000 rows at once."),
    ],
)
def test_what_is_no_list_of_rows_is_refused(bot, shops, body, words):
    answer = bot.post(CUSTOMERS, body)
    assert (answer.status_code, answer.json()) == (400, {"non_field_errors": [words]})


def test_wrong_shapes_are_named_by_index(bot, shops):
    answer = bot.post(SALES, [DAY, {**DAY, "amount": "1.234"}, "x", {**DAY, "colour": "red"}, {**DAY, "date": "5/1"}])
    assert answer.status_code == 400
    assert [(e["index"], e["field"]) for e in answer.json()["errors"]] == [
        (1, "amount"),
        (2, "non_field_errors"),
        (3, "colour"),
        (4, "date"),
    ]
    assert not SaleLine.objects.exists() and not ImportRun.objects.exists()


def test_days_go_into_the_ledger_and_a_second_time_correct_it(bot, shops):
    first = bot.post(SALES, [{**DAY, "returns": "34.50", "units": 7, "orders": 3, "promo": True, "open": True}])
    assert first.status_code == 200, first.content
    assert (first.json()["created"], first.json()["updated"]) == (1, 0)
    second = bot.post(SALES, [{**DAY, "amount": "-0.05"}])
    assert (second.json()["created"], second.json()["updated"]) == (0, 1)
    line = SaleLine.objects.live().get()
    assert (line.gross, line.customer_id) == (Decimal("-0.05"), shops.own.pk)
    assert SaleLine.objects.count() == 2
    url = f"/api/v1/customers/{shops.own.pk}/sales/"
    day = bot.get(f"{url}daily/").json()["results"]
    assert [(d["date"], d["gross"], d["currency"]) for d in day] == [("2026-01-05", "-0.05", "CNY")]
    months = bot.get(f"{url}monthly/?months=2&until=2026-02-10").json()
    assert [(m["month"], m["gross"]) for m in months] == [("2026-01-01", "-0.05"), ("2026-02-01", None)]
    assert MonthlySales.objects.get(customer=shops.own).gross == Decimal("-0.05")


def test_sales_of_foreign_and_missing_customers_are_refused_alike(bot, shops):
    def words(code):
        answer = bot.post(SALES, [{**DAY, "customer_code": code}])
        assert answer.status_code == 400
        return [{**e, "value": ""} for e in answer.json()["errors"]], answer.content.decode()

    foreign, text = words("W1-SECRET")
    missing, _text = words("NOBODY")
    assert [e["index"] for e in foreign] == [0] and "CANARY" not in text
    assert [e["code"] for e in foreign] == [e["code"] for e in missing]
    assert not SaleLine.objects.exists()


def test_with_a_key_rows_go_in_once(bot, shops):
    answers = [bot.post(SALES, [DAY], headers={"Idempotency-Key": "days"}).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert ImportRun.objects.count() == 1 and SaleLine.objects.count() == 1


@pytest.mark.parametrize("url,row", [(CUSTOMERS, ROW), (SALES, DAY)])
@pytest.mark.parametrize("who,scope", [("bot", "read"), ("ana", "write")])
def test_readers_write_nothing(api, shops, url, row, who, scope):
    assert api(who, scope).post(url, [row]).status_code == 403
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize(
    "query,field",
    [
        ("months=0", "months"),
        ("months=241", "months"),
        ("months=x", "months"),
        ("until=x", "until"),
        ("start=1", "start"),
    ],
)
def test_months_asked_wrongly(bot, shops, query, field):
    answer = bot.get(f"/api/v1/customers/{shops.own.pk}/sales/monthly/?{query}")
    assert (answer.status_code, list(answer.json())) == (400, [field])


@pytest.mark.parametrize("until", ["0001-01-01", "9999-12-31"])
def test_months_at_the_ends_of_the_calendar(bot, shops, until):
    answer = bot.get(f"/api/v1/customers/{shops.own.pk}/sales/monthly/?until={until}")
    assert (answer.status_code, list(answer.json())) == (400, ["until"])


@pytest.mark.parametrize("part", ["sales/daily/", "sales/monthly/", "tier/decisions/", "responsibilities/"])
def test_what_hangs_on_a_foreign_customer_is_not_there(bot, shops, part):
    foreign = bot.get(f"/api/v1/customers/{shops.foreign.pk}/{part}")
    missing = bot.get(f"/api/v1/customers/999999/{part}")
    assert (foreign.status_code, foreign.json()) == (404, missing.json())
