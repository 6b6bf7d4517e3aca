"""A sales file into the ledger: what is taken, what is refused and in which words, and what is written."""

import datetime
from decimal import Decimal

import pytest

from crm.tables.headers import recognise
from crm.tables.messages import Unusable
from customers.models import SaleLine, SalesDirty
from customers.sales.rows import FIELDS
from tests.sales.files import bring, day, everything, live, money, months, region_months, said, temporary_tables

pytestmark = pytest.mark.django_db
JAN = datetime.date(2024, 1, 1)


def test_lines_months_and_regions_to_the_cent(shops):
    outcome = bring(
        [
            ["E1", "2024-01-05", "100.10", "3", "2", "1", "1"],
            ["E1", "2024-01-31", "0.01", "", "", "0", ""],
            ["E2", "2024-01-05", "50", "1", "1", "", ""],
            ["E1", "2024-02-01", "-30.00", "-1", "0", "0", ""],
            ["W1", "2024-01-05", "7.7", "", "", "", "1"],
        ]
    )
    assert outcome.tally == (5, 0, 0, 0)
    assert outcome.counts.rows == 5
    assert said() == {
        ("E1", day("2024-01-05")): money("100.10"),
        ("E1", day("2024-01-31")): money("0.01"),
        ("E2", day("2024-01-05")): money("50"),
        ("E1", day("2024-02-01")): money("-30"),
        ("W1", day("2024-01-05")): money("7.70"),
    }
    assert months() == {
        ("E1", JAN): (money("100.11"), money(0), money("100.11"), 3, 2, 2, day("2024-01-31")),
        ("E1", day("2024-02-01")): (money(-30), money(0), money(-30), -1, 0, 1, day("2024-02-01")),
        ("E2", JAN): (money(50), money(0), money(50), 1, 1, 1, day("2024-01-05")),
        ("W1", JAN): (money("7.7"), money(0), money("7.7"), 0, 0, 1, day("2024-01-05")),
    }
    assert region_months() == {
        ("JIANGSU", JAN): (money("100.11"), 1),
        ("JIANGSU", day("2024-02-01")): (money(-30), 1),
        ("ZHEJIANG", JAN): (money(50), 1),
        ("SICHUAN", JAN): (money("7.7"), 1),
    }
    line = SaleLine.objects.get(customer=shops["E1"], sold_on="2024-01-05")
    assert (line.units, line.orders, line.promo, line.is_open, line.currency) == (3, 2, True, True, "CNY")
    assert line.run_id == outcome.run.pk
    assert outcome.run.first_line <= line.pk <= outcome.run.last_line
    dirty = {(row.customer_id, row.since_month) for row in SalesDirty.objects.all()}
    assert dirty == {(shops["E1"].pk, JAN), (shops["E2"].pk, JAN), (shops["W1"].pk, JAN)}


def test_the_same_file_again_writes_nothing(shops):
    rows = [["E1", f"2024-01-{n:02d}", f"{n}.50", "1", "1", "0", ""] for n in range(1, 32)]
    assert bring(rows).tally == (31, 0, 0, 0)
    before, lines = everything(), SaleLine.objects.count()
    SalesDirty.objects.all().delete()
    again = bring(rows)
    assert again.tally == (0, 0, 31, 0)
    assert everything() == before
    assert SaleLine.objects.count() == lines
    assert not SalesDirty.objects.exists()
    assert again.run.first_line is None


def test_a_different_figure_is_a_new_line_in_the_old_ones_place(shops):
    bring([["E1", "2024-01-05", "100"], ["E1", "2024-01-06", "20"]])
    old = SaleLine.objects.get(sold_on="2024-01-05")
    outcome = bring([["E1", "2024-01-05", "90"], ["E1", "2024-01-06", "20"], ["E1", "2024-01-07", "1"]])
    assert outcome.tally == (1, 1, 1, 0)
    new = SaleLine.objects.live().get(sold_on="2024-01-05")
    old.refresh_from_db()
    assert (new.gross, new.replaces, old.live, old.gross) == (money(90), old.pk, False, money(100))
    assert SaleLine.objects.count() == 4
    assert months()["E1", JAN] == (money(111), money(0), money(111), 0, 0, 3, day("2024-01-07"))
    assert region_months() == {("JIANGSU", JAN): (money(111), 1)}


def test_a_column_the_file_lacks_says_nothing(shops):
    bring([["E1", "2024-01-05", "100", "7", "3", "1", "1"]])
    header = ("customer_code", "date", "amount")
    assert bring([["E1", "2024-01-05", "100"]], header).tally == (0, 0, 1, 0)
    assert bring([["E1", "2024-01-05", "80"]], header).tally == (0, 1, 0, 0)
    line = SaleLine.objects.live().get()
    assert (line.gross, line.units, line.orders, line.promo, line.is_open) == (money(80), 7, 3, True, True)


def test_an_empty_cell_of_a_column_that_is_there_takes_the_value_away(shops):
    bring([["E1", "2024-01-05", "100", "7", "3", "1", "1"]])
    assert bring([["E1", "2024-01-05", "100", "", "", "", ""]]).tally == (0, 1, 0, 0)
    line = SaleLine.objects.live().get()
    assert (line.units, line.orders, line.promo, line.is_open) == (None, None, False, None)


def test_a_closed_day_needs_no_amount_and_is_no_sale(shops):
    outcome = bring([["E1", "2024-01-05", "", "", "", "", "0"], ["E2", "2024-01-05", "0", "", "0", "0", "0"]])
    assert outcome.tally == (2, 0, 0, 0)
    assert {(line.gross, line.is_open) for line in SaleLine.objects.all()} == {(money(0), False)}
    assert months()["E1", JAN] == (money(0), money(0), money(0), 0, 0, 1, None)


def test_returns_are_taken_off(shops):
    header = ("客户编码", "日期", "销售额（元）", "退货金额")
    assert bring([["E1", "2024年1月5日", "1,200.50", "200.50"]], header).tally == (1, 0, 0, 0)
    assert said() == {("E1", day("2024-01-05")): money(1000)}
    assert months()["E1", JAN][:3] == (money("1200.50"), money("200.50"), money(1000))


def test_amounts_in_units_of_ten_thousand(shops):
    assert bring([["E1", "2024-01-05", "1.2345"]], ("客户编码", "日期", "销售额(万元)")).tally == (1, 0, 0, 0)
    assert SaleLine.objects.get().gross == money("12345")


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        (["E9", "2024-01-05", "1"], "customer_code", "unknown_customer"),
        (["", "2024-01-05", "1"], "customer_code", "required"),
        (["合计", "2024-01-05", "1"], "customer_code", "total_row"),
        (["E1", "", "1"], "date", "required"),
        (["E1", "2024-02-30", "1"], "date", "no_such_date"),
        (["E1", "05/03/2024", "1"], "date", "date_ambiguous"),
        (["E1", "1979-12-31", "1"], "date", "date_out_of_range"),
        (["E1", "2999-01-01", "1"], "date", "date_out_of_range"),
        (["E1", "2024-01-05", ""], "amount", "required"),
        (["E1", "2024-01-05", "", "", "", "", "1"], "amount", "required"),
        (["E1", "2024-01-05", "12.345"], "amount", "number_decimals"),
        (["E1", "2024-01-05", "1_000"], "amount", "not_a_number"),
        (["E1", "2024-01-05", "NaN"], "amount", "not_a_number"),
        (["E1", "2024-01-05", "1e999999999"], "amount", "number_scientific"),
        (["E1", "2024-01-05", "$5"], "amount", "number_currency"),
        (["E1", "2024-01-05", "90000000000000.01"], "amount", "number_too_large"),
        (["E1", "2024-01-05", "1", "1.5"], "units", "not_whole"),
        (["E1", "2024-01-05", "1", "", "-1"], "orders", "negative"),
        (["E1", "2024-01-05", "1", "", "3000000000"], "orders", "number_too_large"),
        (["E1", "2024-01-05", "1", "", "", "perhaps"], "promo", "not_yes_or_no"),
        (["E1", "2024-01-05", "1", "", "", "-1"], "promo", "not_yes_or_no"),
        (["E1", "2024-01-05", "1", "", "", "x!"], "promo", "not_yes_or_no"),
        (["E1", "2024-01-05", "1", "", "", "", "2"], "open", "not_yes_or_no"),
        (["E1", "2024-01-05", "1", "234.00", "", "", "", "1"], "", "too_many_cells"),
    ],
)
def test_a_bad_cell_refuses_the_row_with_its_place_and_reason(shops, cells, column, code):
    before = everything()
    outcome = bring([["E1", "2024-01-04", "5"], cells])
    assert [(row, where, why) for row, where, _value, why in outcome.errors] == [(3, column, code)]
    assert outcome.report.rejected == 1
    assert outcome.run.state == "refused"
    assert everything() == before
    assert not SaleLine.objects.exists()


def test_tomorrow_is_refused_and_today_is_taken(shops, monkeypatch):
    monkeypatch.setattr("customers.sales.importing.today", lambda: datetime.date(2024, 3, 10))
    outcome = bring([["E1", "2024-03-10", "5"], ["E1", "2024-03-11", "5"]], partial=True)
    assert outcome.errors == [(3, "date", "2024-03-11", "date_in_future")]
    assert said() == {("E1", day("2024-03-10")): money(5)}


def test_negative_returns_are_refused(shops):
    header = ("customer_code", "date", "amount", "returns")
    outcome = bring([["E1", "2024-01-05", "10", "-2"]], header)
    assert outcome.errors == [(2, "returns", "-2", "negative")]


def test_another_currency_is_refused_and_the_own_one_taken(shops):
    header = ("customer_code", "date", "amount", "currency")
    outcome = bring([["E1", "2024-01-05", "10", "cny"], ["E1", "2024-01-06", "10", "USD"]], header, partial=True)
    assert outcome.errors == [(3, "currency", "USD", "number_currency")]
    assert outcome.tally == (1, 0, 0, 1)


@pytest.mark.parametrize("word", ["RMB", "人民币", "人民幣", "人民币元", "元", "¥", "￥", "CN¥", " cny ", ""])
def test_the_own_currency_by_any_of_its_names(shops, word):
    outcome = bring([["E1", "2024-01-05", "10", word]], ("customer_code", "date", "amount", "currency"))
    assert (outcome.errors, outcome.tally) == ([], (1, 0, 0, 0))


@pytest.mark.parametrize("word", ["美元", "$", "JPY", "xyz", "人民"])
def test_no_other_currency_by_any_name(shops, word):
    outcome = bring([["E1", "2024-01-05", "10", word]], ("customer_code", "date", "amount", "currency"))
    assert outcome.errors == [(2, "currency", word, "number_currency")]


@pytest.mark.parametrize(
    ("header", "mapping"),
    [
        ("store,date,sales", {"customer_code": 0, "date": 1, "amount": 2}),
        ("客户,时间,业绩", {"customer_code": 0, "date": 1, "amount": 2}),
        ("門店,日期,營業收入", {"customer_code": 0, "date": 1, "amount": 2}),
        ("客户,客户编码,时间,日期,总金额,金额", {"customer_code": 1, "date": 3, "amount": 5}),
        ("代理商编码,客户编码,日期,金额", {"customer_code": 1, "date": 2, "amount": 3}),
        ("代理商编码,日期,金额", {"customer_code": 0, "date": 1, "amount": 2}),
        ("客户名称,日期,金额", {"date": 1, "amount": 2}),
    ],
)
def test_loose_words_count_only_where_nothing_firmer_stands(header, mapping):
    assert recognise(header.split(","), FIELDS) == mapping


def test_two_loose_words_for_one_field_decide_nothing():
    with pytest.raises(Unusable) as refusal:
        recognise(["客户", "门店", "日期", "金额"], FIELDS)
    assert refusal.value.code == "column_twice"


def test_an_unknown_customer_is_told_beside_the_other_faults(shops):
    outcome = bring([["nobody", "2024-02-30", "x"], ["E1", "2024-01-05", "1"], ["nobody", "2024-01-05", "1"]])
    assert outcome.errors == [
        (2, "date", "2024-02-30", "no_such_date"),
        (2, "amount", "x", "not_a_number"),
        (2, "customer_code", "nobody", "unknown_customer"),
        (4, "customer_code", "nobody", "unknown_customer"),
    ]
    assert outcome.report.rejected == 2


def test_a_row_names_all_its_faults_and_counts_once(shops):
    outcome = bring([["E1", "nonsense", "nonsense", "x"]])
    assert [(row, column) for row, column, _value, _code in outcome.errors] == [
        (2, "date"),
        (2, "amount"),
        (2, "units"),
    ]
    assert outcome.report.rejected == 1


def test_bad_rows_are_found_among_thousands_of_good_ones(shops):
    """Past the first rows the reader goes the quick way; what it cannot read must still be judged."""
    start = datetime.date(2000, 1, 1)
    rows = [["E1", str(start + datetime.timedelta(days=n)), f"{n}.25", "1", "1", "0", "1"] for n in range(3000)]
    rows[1500] = ["E1", "2004-02-30", "5"]
    rows[2500] = ["nobody", "2010-01-01", "5"]
    rows[2600] = ["E1", "2010-01-01", "1.005"]
    rows[2700] = ["E2", " 2010/1/1 ", "¥1,000.50 ", "１２", "", "是", "否"]
    outcome = bring(rows, partial=True)
    assert outcome.errors == [
        (1502, "date", "2004-02-30", "no_such_date"),
        (2502, "customer_code", "nobody", "unknown_customer"),
        (2602, "amount", "1.005", "number_decimals"),
    ]
    assert outcome.tally == (2997, 0, 0, 3)
    line = SaleLine.objects.get(customer=shops["E2"])
    assert (line.gross, line.units, line.promo, line.is_open) == (money("1000.50"), 12, True, False)
    total = sum((net for (code, _day), net in said().items() if code == "E1"), Decimal(0))
    assert total == sum(Decimal(n) + Decimal("0.25") for n in range(3000) if n not in (1500, 2500, 2600, 2700))


@pytest.mark.parametrize("second", ["100", "120"])
def test_a_day_said_twice_in_one_file_is_refused_alike_or_not(shops, second):
    outcome = bring([["E1", "2024-01-05", "100"], ["E2", "2024-01-05", "1"], ["E1", "2024-01-05", second]])
    assert outcome.errors == [(4, "date", "2024-01-05", "duplicate_row")]
    assert outcome.report.errors[0]["params"]["first"] == 2
    assert not SaleLine.objects.exists()


def test_of_a_day_said_three_times_the_first_stands_in_a_partial_import(shops, tmp_path):
    rows = [
        ["E1", "2024-01-05", "100"],
        ["E1", "2024-01-05", "1"],
        ["E1", "2024-01-05", "2"],
        ["E1", "2024-01-06", "3"],
    ]
    outcome = bring(rows, partial=True, spool=tmp_path / "spool")
    assert [(error["row"], error["params"]["first"]) for error in outcome.report.errors] == [(3, 2), (4, 2)]
    assert said() == {("E1", day("2024-01-05")): money(100), ("E1", day("2024-01-06")): money(3)}
    assert '["E1","2024-01-05","2"]' in (tmp_path / "spool").read_text()


def test_a_customer_out_of_reach_is_unknown_in_the_same_words(shops, cast):
    rows = [["E1", "2024-01-05", "1"], ["W1", "2024-01-05", "2"], ["X1", "2024-01-05", "3"]]
    outcome = bring(rows, by=cast.mei, partial=True)
    assert outcome.errors == [
        (3, "customer_code", "W1", "unknown_customer"),
        (4, "customer_code", "X1", "unknown_customer"),
    ]
    assert outcome.report.errors[0]["params"] == outcome.report.errors[1]["params"]
    assert said() == {("E1", day("2024-01-05")): money(1)}


def test_a_manager_writes_for_customers_in_charge_of_and_an_analyst_for_none(shops, cast):
    rows = [["E1", "2024-01-05", "1"], ["E2", "2024-01-05", "2"]]
    assert bring(rows, by=cast.tao, partial=True).tally == (1, 0, 0, 1)
    assert said() == {("E2", day("2024-01-05")): money(2)}
    assert bring(rows, by=cast.ana, partial=True).tally == (0, 0, 0, 2)


def test_sales_before_the_opening_and_after_the_closing_are_taken(shops):
    shops["E1"].opened_on, shops["E1"].closed_on = day("2024-01-03"), day("2024-01-10")
    shops["E1"].save()
    assert bring([["E1", "2024-01-02", "1"], ["E1", "2024-01-20", "1"]]).tally == (2, 0, 0, 0)


def test_the_preview_says_what_writing_does_and_writes_nothing(shops):
    bring([["E1", "2024-01-05", "100"], ["E1", "2024-01-06", "20"]])
    before, lines = everything(), SaleLine.objects.count()
    rows = [["E1", "2024-01-05", "90"], ["E1", "2024-01-06", "20"], ["E2", "2024-01-07", "1"]]
    preview = bring(rows, write=False)
    assert preview.tally == (1, 1, 1, 0)
    assert everything() == before
    assert SaleLine.objects.count() == lines
    assert bring(rows).tally == preview.tally


def test_codes_and_numbers_of_a_workbook(shops):
    """A workbook gives numbers and dates, not texts; 1 and TRUE are one key to a dict but not one value."""
    from customers.models import Customer

    Customer.objects.create(code="1001", name="Numbered", kind="agent", region=shops["E1"].region)
    start = datetime.datetime(2024, 1, 1)
    rows = [[1001.0, start + datetime.timedelta(days=n), 10.5 + n, 1.0, 1, True, 1.0] for n in range(40)]
    rows.append([1001.0, start, True, 1, 1, False, 1])
    rows.append([1001.0, start + datetime.timedelta(days=50), 5, True, 1, False, 1])
    outcome = bring(rows, partial=True)
    assert outcome.errors == [(42, "amount", "True", "not_a_number"), (43, "units", "True", "not_a_number")]
    assert outcome.tally == (40, 0, 0, 2)
    assert said()["1001", day("2024-01-31")] == money("40.5")


def test_the_sample_shows_the_first_good_rows_as_understood(shops):
    from crm.imports.kinds import Source
    from crm.imports.report import Report
    from customers.sales.importing import SALES
    from tests.sales.files import HEADER

    rows = [[n, ["E1", f"2024-01-{n:02d}", "1"]] for n in range(1, 15)]
    rows[0][1][0] = "nobody"
    mapping = {name: n for n, name in enumerate(HEADER)}
    staged = SALES.importer.stage(Source(None, iter(rows), HEADER, mapping, {}), Report(HEADER))
    staged.close()
    assert len(staged.sample) == 10
    assert staged.sample[0] == {
        "customer_code": "E1",
        "date": day("2024-01-02"),
        "amount": money(1),
        "returns": money(0),
        "units": None,
        "orders": None,
        "promo": False,
        "open": None,
    }


def test_no_table_is_left_behind(shops):
    bring([["E1", "2024-01-05", "100"]])
    bring([["E1", "2024-01-05", "nonsense"]])
    assert not [name for name in temporary_tables() if name.startswith("sales_")]


def test_statements_do_not_grow_with_rows(shops):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def statements(count):
        start = datetime.date(2010 + count % 7, 1, 1)
        rows = [["E1", str(start + datetime.timedelta(days=n)), "1"] for n in range(count)]
        with CaptureQueriesContext(
            connection,
        ) as seen:
            bring(rows)
        return len(seen)

    statements(20)  # the first one also reads what is read once
    assert statements(30) == statements(1500)


def test_ledger_lines_are_live_one_a_day(shops):
    bring([["E1", "2024-01-05", "100"]])
    for amount in ("1", "2", "3"):
        bring([["E1", "2024-01-05", amount]])
    assert len(live()) == 1
    assert SaleLine.objects.count() == 4
