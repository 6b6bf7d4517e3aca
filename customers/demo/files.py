"""The demo company's books as the files an ERP would give out: customers, sales, and two that are not quite right."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from customers.demo import sales
from customers.demo.calendar import Day
from customers.demo.company import Client, customer_rows

AT_ONCE = 2_000
"""Customers in one sales file: a file of two million lines is as long as a person would want to handle."""


def write_customers(path: Path, clients: Sequence[Client]) -> Path:
    rows = customer_rows(clients)
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_sales(
    folder: Path, name: str, clients: Sequence[Client], told: Callable[[Client], Iterable[sales.Line]]
) -> Iterator[Path]:
    """Files of at most AT_ONCE customers each, sorted by day as a till's export is; each is yielded, then deleted."""
    for at in range(0, len(clients), AT_ONCE):
        lines = [line for client in clients[at : at + AT_ONCE] for line in told(client)]
        lines.sort(key=lambda line: (line.date, line.code))
        part = f"-{at // AT_ONCE + 1}" if len(clients) > AT_ONCE else ""
        path = folder / f"{name}{part}.csv"
        _write(path, [sales.HEADER, *(sales.cells(line) for line in lines)])
        del lines
        yield path
        path.unlink()


def write_table(path: Path, rows: Iterable[Sequence[str]]) -> Path:
    """A file as an accounting system gives it out."""
    return _write(path, rows)


def _write(path: Path, rows: Iterable[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(rows)
    return path


def write_faulty(path: Path, clients: Sequence[Client], end: datetime.date) -> Path:
    """A manager's own list, typed by hand, in Chinese and in GB18030: some of its rows cannot be taken."""
    day = end - datetime.timedelta(days=1)
    while day.weekday() != 0:
        day -= datetime.timedelta(days=1)
    good = [client.code for client in clients[:18]]
    rows = [["客户编码", "日期", "销售额", "退货", "订单数"]]
    rows += [[code, f"{day:%Y年%m月%d日}", f"{1200 + 37 * n:,}.50", "", str(6 + n)] for n, code in enumerate(good)]
    wrong = [
        ("F99999", f"{day:%Y-%m-%d}", "1,860.00"),
        (good[0], f"{day:%Y}-13-45", "960.00"),
        (good[1], f"{day:%Y-%m-%d}", "一千二"),
        (good[2], "", "845.00"),
        (good[3], f"{end + datetime.timedelta(days=400):%Y-%m-%d}", "2,300.00"),
        (good[4], f"{day:%Y-%m-%d}", "1,2,3"),
        ("", f"{day:%Y-%m-%d}", "775.00"),
    ]
    rows += [[code, date, amount, "", "3"] for code, date, amount in wrong]
    with path.open("w", encoding="gb18030", newline="") as handle:
        csv.writer(handle).writerows(rows)
    return path


def write_mistaken(path: Path, clients: Sequence[Client], days: Sequence[Day], seed: int) -> Path:
    """Last week's sales of some customers a hundredfold: somebody mistook fen for yuan."""
    rows = [sales.HEADER]
    for client in clients:
        for line in list(sales.lines(client, days, seed))[-7:]:
            rows.append(sales.cells(line._replace(gross=line.gross * 100, returns=line.returns * 100)))
    return _write(path, rows)
