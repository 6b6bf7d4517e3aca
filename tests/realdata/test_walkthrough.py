"""Real files by the commands of docs/real-data.md, held against an independent reckoning to the cent.

iowa: one distributor, 1,960 outlets, ten years. rossmann: shops that report every day, closed ones too. koubei: two
thousand Chinese shops; here as a Chinese ERP would write the file, in GB18030.
"""

from __future__ import annotations

import csv
import gzip
from datetime import date
from pathlib import Path

import pytest

from tests.realdata import loyalty, reference

pytestmark = [pytest.mark.realdata, pytest.mark.slow]


def exported(company, as_of: str) -> dict[str, dict]:
    path = company.folder / "tiers.csv"
    company.run("export_tiers", "--as-of", as_of, "--csv", path)
    with path.open(encoding="utf-8", newline="") as handle:
        return {row["code"]: row for row in csv.DictReader(handle)}


def agree(found: dict[str, dict], wanted: dict[str, dict]) -> None:
    assert sorted(found) == sorted(wanted)
    differing = {
        code: {name: (found[code][name], value) for name, value in row.items() if found[code][name] != value}
        for code, row in wanted.items()
        if any(found[code][name] != value for name, value in row.items())
    }
    assert differing == {}


def wanted_on(customers: Path, sales: Path, as_of: date) -> dict[str, dict]:
    scores = loyalty.scores(customers, sales, as_of)
    return {
        code: {**row, "loyalty": scores.get(code, "")} for code, row in reference.tiers(customers, sales, as_of).items()
    }


def counts(rows: dict[str, dict]) -> dict[str, int]:
    return {tier: sum(row["tier"] == tier for row in rows.values()) for tier in "ABC"}


def count_rows(path: Path) -> int:
    return sum(1 for _row in reference.read_rows(path))


def test_iowa_ten_years_of_a_distributor(company, real_data):
    customers, sales = real_data / "iowa" / "customers.csv", real_data / "iowa" / "sales.csv.gz"
    known, rows = count_rows(customers), count_rows(sales)
    told = company.tell("import_customers", customers)
    assert (told["rows"], told["created"], told["rejected"], told["errors"]) == (known, known, 0, [])
    told = company.tell("import_sales", sales)
    assert (told["rows"], told["created"], told["rejected"], told["errors"]) == (rows, rows, 0, [])

    # The same file once more: nothing to do, and soon said.
    again = company.tell("import_sales", sales)
    assert (again["rows"], again["created"], again["updated"], again["unchanged"]) == (rows, 0, 0, rows)
    assert again["seconds"] < 5

    for as_of in ("2021-12-31", "2021-12-30"):
        wanted = wanted_on(customers, sales, date.fromisoformat(as_of))
        told = company.tell("compute_tiers", "--as-of", as_of)
        assert {tier: told[tier] for tier in "ABC"} == counts(wanted)
        agree(exported(company, as_of), wanted)


def test_rossmann_where_a_closed_day_is_a_row_too(company, real_data):
    customers, sales = real_data / "rossmann" / "customers.csv", real_data / "rossmann" / "sales.csv.gz"
    company.tell("import_customers", customers)
    told = company.tell("import_sales", sales)
    assert (told["rows"], told["created"], told["rejected"]) == (count_rows(sales), count_rows(sales), 0)
    wanted = wanted_on(customers, sales, date(2014, 12, 31))
    told = company.tell("compute_tiers", "--as-of", "2014-12-31")
    assert {tier: told[tier] for tier in "ABC"} == counts(wanted)
    agree(exported(company, "2014-12-31"), wanted)


CHINESE = {
    "code": "客户编码",
    "name": "客户名称",
    "kind": "类型",
    "opened_on": "开业日期",
    "status": "状态",
    "province": "省份",
    "city": "城市",
    "district": "区县",
    "address": "地址",
    "lat": "纬度",
    "lon": "经度",
    "geo": "定位方式",
    "category": "类别",
    "customer_code": "客户编码",
    "date": "日期",
    "amount": "销售额",
    "units": "数量",
    "orders": "订单数",
    "promo": "是否促销",
    "open": "是否营业",
}
WORDS = {"franchisee": "加盟商", "agent": "代理商", "active": "正常营业"}


def as_a_chinese_erp_writes_it(source: Path, target: Path) -> Path:
    """GB18030, Chinese headers and words, dates such as 2016年3月5日."""
    with gzip.open(target, "wt", encoding="gb18030", newline="") as handle:
        rows = reference.read_rows(source)
        first = next(rows)
        writer = csv.DictWriter(handle, list(first))
        writer.writerow({name: CHINESE[name] for name in first})
        for row in [first, *rows]:
            row = {
                name: WORDS.get(value, value) if name in ("kind", "status") else value for name, value in row.items()
            }
            for name in ("date", "opened_on"):
                if row.get(name):
                    year, month, day = row[name].split("-")
                    row[name] = f"{year}年{int(month)}月{int(day)}日"
            writer.writerow(row)
    return target


def test_koubei_as_a_chinese_erp_writes_it(company, real_data):
    customers, sales = real_data / "koubei" / "customers.csv", real_data / "koubei" / "sales.csv.gz"
    told = company.tell("import_customers", as_a_chinese_erp_writes_it(customers, company.folder / "客户.csv.gz"))
    assert (told["created"], told["rejected"], told["errors"]) == (count_rows(customers), 0, [])
    told = company.tell("import_sales", as_a_chinese_erp_writes_it(sales, company.folder / "销售.csv.gz"))
    assert (told["created"], told["rejected"], told["errors"]) == (count_rows(sales), 0, [])
    wanted = wanted_on(customers, sales, date(2016, 10, 31))
    told = company.tell("compute_tiers", "--as-of", "2016-10-31")
    assert {tier: told[tier] for tier in "ABC"} == counts(wanted)
    agree(exported(company, "2016-10-31"), wanted)


def test_the_reference_is_right_about_the_windows():
    w0, w1, w2 = reference.windows(date(2021, 12, 31))
    assert (min(w0), max(w0), min(w1), min(w2)) == ("2021-01", "2021-12", "2020-01", "2019-01")
    w0, _w1, _w2 = reference.windows(date(2021, 12, 30))
    assert (min(w0), max(w0)) == ("2020-12", "2021-11")
    w0, _w1, _w2 = reference.windows(date(2021, 1, 15))
    assert (min(w0), max(w0)) == ("2020-01", "2020-12")
