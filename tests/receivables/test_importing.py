"""What a file of receivables does: new, corrected, left alone, refused, taken back."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection

from crm.imports import actions as imports
from crm.imports.actions import import_file
from crm.imports.models import ImportRun
from crm.integrity import look
from customers.models import Allocation, Customer, OpenItem, Payment
from customers.receivables.actions import promise
from tests.receivables.conftest import HEADER, tally, whole

pytestmark = pytest.mark.django_db
D = datetime.date
State = ImportRun.State

BOOKS = [
    ["E1", "I-1", "invoice", "2026-01-05", "2026-02-04", "1,000.00", "", "", ""],
    ["E1", "I-2", "invoice", "2026-02-05", "2026-03-07", "500.00", "", "", "yes"],
    ["E1", "I-3", "invoice", "2026-02-10", "2026-03-12", "250.00", "2026-03-20", "", ""],
    ["E1", "C-1", "credit note", "2026-03-01", "2026-03-01", "100.00", "", "", ""],
    ["E1", "P-1", "payment", "", "", "600.00", "2026-03-10", "", ""],
    ["E2", "I-1", "invoice", "2026-01-05", "2026-02-04", "80.00", "", "", ""],
    ["E2", "P-1", "payment", "", "", "100.00", "2026-02-01", "I-1", ""],
]


def items() -> dict:
    return {
        (one.customer.code, one.number): (one.amount, one.open_amount, one.settled_on)
        for one in OpenItem.objects.select_related("customer")
    }


def books() -> dict[str, list]:
    """Every row of this slice."""
    found = {}
    for model in apps.get_app_config("customers").get_models():
        if model.__name__ in ("OpenItem", "Payment", "Allocation", "Promise"):
            table = model._meta.db_table
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
                rows = cursor.fetchall()
            found[table] = sorted(map(repr, rows if model is not Allocation else [row[1:] for row in rows]))
    return found


def test_invoices_credit_notes_and_payments_of_one_file(shops, bring):
    run = bring(BOOKS)
    assert tally(run) == (State.DONE, 7, 7, 0, 0, 0)
    assert items() == {
        # 600 paid and 100 credited on what is due first; the disputed one waits.
        ("E1", "I-1"): (Decimal("1000.00"), Decimal("300.00"), None),
        ("E1", "I-2"): (Decimal("500.00"), Decimal("500.00"), None),
        ("E1", "I-3"): (Decimal("250.00"), Decimal("0.00"), D(2026, 3, 20)),
        ("E1", "C-1"): (Decimal("-100.00"), Decimal("0.00"), D(2026, 3, 1)),
        ("E2", "I-1"): (Decimal("80.00"), Decimal("0.00"), D(2026, 2, 1)),
    }
    assert list(Payment.objects.order_by("customer__code").values_list("number", "amount", "unused")) == [
        ("P-1", Decimal("600.00"), Decimal("0.00")),
        ("P-1", Decimal("100.00"), Decimal("20.00")),
    ]
    assert OpenItem.objects.get(number="I-2").disputed is True
    assert Allocation.objects.count() == 3


def test_the_same_file_twice_changes_nothing(shops, bring):
    bring(BOOKS)
    before = books()
    again = bring([*BOOKS, ["E2", "I-9", "invoice", "2026-03-01", "2026-03-31", "5", "", "", ""]], name="more.csv")
    assert tally(again) == (State.DONE, 8, 1, 0, 7, 0)
    imports.undo(run=again)
    assert books() == before
    same = bring(BOOKS)
    assert tally(same) == (State.DONE, 7, 0, 0, 7, 0)
    assert books() == before


def test_a_corrected_row_updates_and_what_it_settles_follows(shops, bring):
    bring(BOOKS)
    before = books()
    rows = [
        ["E1", "I-1", "invoice", "2026-01-05", "2026-02-14", "900.00", "", "", ""],
        ["E1", "P-1", "payment", "", "", "1,100.00", "2026-03-11", "I-2", ""],
    ]
    run = bring(rows, name="corrected.csv")
    assert tally(run) == (State.DONE, 2, 0, 2, 0, 0)
    assert items()["E1", "I-2"] == (Decimal("500.00"), Decimal("0.00"), D(2026, 3, 11))
    # 100 credited and what is left of the payment: 600.
    assert items()["E1", "I-1"] == (Decimal("900.00"), Decimal("200.00"), None)
    assert OpenItem.objects.get(customer__code="E1", number="I-1").due_on == D(2026, 2, 14)
    assert imports.undo(run=run) == {"removed": 0, "restored": 2}
    whole()
    assert books() == before


def test_an_import_is_taken_back_whole(shops, bring):
    first = bring(BOOKS)
    assert imports.undo(run=first) == {"removed": 7, "restored": 0}
    whole()
    assert (OpenItem.objects.count(), Payment.objects.count(), Allocation.objects.count()) == (0, 0, 0)


def test_what_a_later_import_corrected_keeps_an_import_from_being_undone(shops, bring):
    first = bring(BOOKS)
    bring([["E1", "I-1", "invoice", "2026-01-05", "2026-02-04", "999.00", "", "", ""]], name="corrected.csv")
    before = books()
    with pytest.raises(ValidationError, match="I-1"):
        imports.undo(run=first)
    assert books() == before


def test_a_day_without_the_column_stays_and_an_empty_one_clears(shops, bring):
    bring(BOOKS)
    bring([["E1", "I-3", "250.00"]], ["customer_code", "invoice_no", "amount"], name="short.csv")
    assert items()["E1", "I-3"][1:] == (Decimal("0.00"), D(2026, 3, 20))
    header = ["customer_code", "invoice_no", "invoice_date", "due_date", "amount", "paid_on"]
    run = bring([["E1", "I-3", "2026-02-10", "2026-03-12", "250.00", ""]], header, name="cleared.csv")
    assert tally(run) == (State.DONE, 1, 0, 1, 0, 0)
    assert items()["E1", "I-3"][1:] == (Decimal("250.00"), None)


def test_paid_in_part(shops, bring):
    header = ["customer_code", "invoice_no", "invoice_date", "due_date", "amount", "paid_on", "paid_amount"]
    bring([["E1", "I-1", "2026-02-10", "2026-03-12", "250.00", "2026-03-01", "99.99"]], header)
    assert items()["E1", "I-1"] == (Decimal("250.00"), Decimal("150.01"), None)


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (["X9", "I-1", "", "2026-01-05", "2026-02-04", "10", "", "", ""], "unknown_customer", "customer_code"),
        (["E1", "", "", "2026-01-05", "2026-02-04", "10", "", "", ""], "required", "invoice_no"),
        (["E1", "I-1", "", "", "2026-02-04", "10", "", "", ""], "required", "invoice_date"),
        (["E1", "I-1", "", "2026-01-05", "", "10", "", "", ""], "due_missing", "due_date"),
        (["E1", "I-1", "", "2026-01-05", "2026-01-04", "10", "", "", ""], "due_before_issued", "due_date"),
        (["E1", "I-1", "", "2026-01-05", "2026-02-04", "0.00", "", "", ""], "amount_zero", "amount"),
        (["E1", "I-1", "", "2026-01-05", "2026-02-04", "12.345", "", "", ""], "number_decimals", "amount"),
        (["E1", "I-1", "", "2026-01-05", "2026-02-04", "10", "2098-01-01", "", ""], "date_in_future", "paid_on"),
        (["E1", "I-1", "letter", "2026-01-05", "2026-02-04", "10", "", "", ""], "not_a_choice", "kind"),
        (["E1", "P-1", "payment", "", "", "10", "", "", ""], "required", "paid_on"),
        (["E1", "P-1", "payment", "", "", "-10", "2026-01-05", "", ""], "payment_not_positive", "amount"),
        (["E1", "I-1", "", "2026-01-05", "2026-02-04", "10", "", "", "maybe"], "not_yes_or_no", "disputed"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_column(shops, bring, row, code, column):
    run = bring([row, ["E2", "I-7", "", "2026-01-05", "2026-02-04", "10", "", "", ""]])
    assert tally(run) == (State.REFUSED, 2, 0, 0, 0, 1)
    assert [(error["row"], error["column"], error["code"]) for error in run.errors] == [(2, column, code)]
    assert OpenItem.objects.count() == 0


def test_a_document_twice_in_a_file_and_the_good_rows(shops, bring):
    rows = [*BOOKS[:2], ["E1", "I-1", "invoice", "2026-01-05", "2026-02-04", "7", "", "", ""]]
    run = bring(rows, partial=True)
    assert tally(run) == (State.DONE, 3, 2, 0, 0, 1)
    assert [(e["row"], e["code"], e["params"]) for e in run.errors] == [(4, "duplicate_row", {"first": 2})]
    assert OpenItem.objects.get(number="I-1").amount == Decimal("1000.00")


def test_a_file_only_of_payments_and_one_in_chinese(shops, bring):
    header = ["客户编码", "发票号", "开票日期", "到期日", "金额(万元)", "争议"]
    run = bring([["E1", "FP001", "2026年1月5日", "2026/2/4", "1.2", "否"]], header, encoding="gb18030")
    assert tally(run) == (State.DONE, 1, 1, 0, 0, 0)
    run = bring(
        [["E1", "SK001", "2026-02-10", "5000", "银行转账"]],
        ["客户编码", "收款单号", "收款日期", "收款金额", "收款方式"],
    )
    assert tally(run) == (State.DONE, 1, 1, 0, 0, 0)
    assert items()["E1", "FP001"] == (Decimal("12000.00"), Decimal("7000.00"), None)
    assert Payment.objects.get().method == "银行转账"


def test_nobody_writes_the_books_of_others(shops, bring, cast):
    run = bring([["W1", "I-1", "", "2026-01-05", "2026-02-04", "10", "", "", ""]], by=cast.mei)
    assert (run.state, run.errors[0]["code"]) == (State.REFUSED, "unknown_customer")
    assert OpenItem.objects.count() == 0


def test_a_preview_writes_nothing(shops, a_file):
    run = import_file(kind="receivables", path=a_file(BOOKS), dry_run=True)
    assert (run.state, run.rows, run.created) == (State.CHECKED, 7, 7)
    assert OpenItem.objects.count() == 0


def test_an_import_judges_promises_and_its_undo_takes_that_back(shops, bring, cast):
    bring(BOOKS[:1])
    made = promise(customer=shops["E1"], due_on=D(2026, 3, 31), made_on=D(2026, 3, 1), amount=Decimal(600), by=cast.ada)
    assert made.state == "broken"  # the day is long past
    before = books()
    run = bring(BOOKS[4:5], name="payment.csv")
    made.refresh_from_db()
    assert (made.state, made.settled_on) == ("kept", D(2026, 3, 10))
    imports.undo(run=run)
    assert books() == before


def test_statements_do_not_grow_with_the_rows(shops, a_file, django_assert_max_num_queries):
    def rows(n):
        return [["E1", f"I-{n}-{k}", "", "2026-01-05", "2026-02-04", "10", "", "", ""] for k in range(n)]

    import_file(kind="receivables", path=a_file(rows(2)))
    for n in (3, 300):
        with django_assert_max_num_queries(60):
            assert import_file(kind="receivables", path=a_file(rows(n), HEADER, f"{n}.csv")).created == n


def given_away():
    owner = Customer.objects.get(code="E1")
    OpenItem.objects.filter(number="I-1", customer__code="E2").update(customer=owner, number="I-9")


@pytest.mark.parametrize(
    ("broken", "check"),
    [
        (lambda: OpenItem.objects.filter(number="I-2").update(open_amount="499.99"), "open_items"),
        (lambda: Payment.objects.filter(customer__code="E2").update(unused="19.99"), "payments"),
        (given_away, "settled"),
    ],
)
def test_the_integrity_check_finds_what_does_not_add_up(shops, bring, broken, check):
    bring(BOOKS)
    broken()
    assert check in {one.code for one, found in look() if found.count}
