"""What stands in the files."""

from __future__ import annotations

import csv
import datetime
import io
import tracemalloc
from decimal import Decimal

import pytest

from crm.exports.kinds import Column
from crm.exports.writer import csv_cell, defuse, write_csv, write_xlsx
from tests.exports.kinds import COLUMNS, DANGEROUS, typical
from tests.exports.sheet import cells, parts_of


def nothing(done):
    pass


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_can_act_as_a_formula_in_csv(text, tmp_path):
    path = tmp_path / "f.csv"
    write_csv(str(path), COLUMNS[:1], [(text,)], nothing)
    cell = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))[1][0]
    assert cell == "'" + text.replace("\0", "")


@pytest.mark.parametrize("text", ["-5", "-12.50", "12", "", "晨光", "a=b", "1-1", "don't"])
def test_other_text_stays_as_it_is(text):
    assert defuse(text) == text


def test_csv_holds_a_byte_order_mark_and_exact_figures(tmp_path):
    path = tmp_path / "f.csv"
    assert write_csv(str(path), COLUMNS, typical(), nothing) == 3
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.decode("utf-8-sig") == (
        "Name,Sales,Units,Day,Promotion\r\n"
        "张三鲜,-12.50,-3,2026-01-31,yes\r\n"
        "plain,9999999999999.99,10000000000000000,,no\r\n"
        "-12.5,,,1899-12-30,\r\n"
    )


def test_moments_stand_in_the_companys_time_zone():
    assert csv_cell(datetime.datetime(2026, 1, 1, 20, 0, tzinfo=datetime.UTC)) == "2026-01-02 04:00:00"


def test_decimals_are_written_in_full():
    assert csv_cell(Decimal("1E+3")) == "1000"


def test_xlsx_keeps_numbers_dates_and_text_apart(tmp_path):
    path = tmp_path / "f.xlsx"
    assert write_xlsx(str(path), COLUMNS, typical(), nothing) == 3
    found = cells(path)
    assert [found[f"{letter}1"] for letter in "ABCDE"] == [
        ("s", "Name"),
        ("s", "Sales"),
        ("s", "Units"),
        ("s", "Day"),
        ("s", "Promotion"),
    ]
    day = str((datetime.date(2026, 1, 31) - datetime.date(1899, 12, 30)).days)
    assert [found[f"{letter}2"] for letter in "ABCDE"] == [
        ("s", "张三鲜"),
        ("n", "-12.50"),
        ("n", "-3"),
        ("n", day),
        ("b", "1"),
    ]
    # Beyond 15 digits a sheet would alter the figure: it stands as text.
    assert found["B3"] == ("n", "9999999999999.99")
    assert found["C3"] == ("s", "10000000000000000")
    assert found["A4"] == ("s", "-12.5") and found["D4"] == ("s", "1899-12-30")


@pytest.mark.parametrize("text", [*DANGEROUS, "http://x.test", "12", "\ud800x"])
def test_no_text_becomes_anything_but_text_in_xlsx(text, tmp_path):
    path = tmp_path / "f.xlsx"
    write_xlsx(str(path), COLUMNS[:1], [(text,)], nothing)
    kind, value = cells(path)["A2"]
    assert kind == "s"
    assert value.replace("_x000D_", "\r").strip() == text.replace("\0", "").replace("\ud800", "").strip()
    assert b"<f>" not in parts_of(path) and b"<hyperlink" not in parts_of(path)


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_memory_stays_flat(write, tmp_path):
    columns = [Column("n", "N", "number"), Column("t", "T")]

    def peak(rows):
        tracemalloc.start()
        write(str(tmp_path / "f"), columns, ((n, f"row {n}") for n in range(rows)), nothing)
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    peak(100)
    assert peak(8_000) < peak(1_000) + 300_000
