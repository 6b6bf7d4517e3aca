"""A list to export that needs no feature."""

from __future__ import annotations

import datetime
from decimal import Decimal

from crm.accounts.models import User
from crm.exports.kinds import Column, ExportKind

COLUMNS = [
    Column("name", "Name"),
    Column("sales", "Sales", "money"),
    Column("units", "Units", "number"),
    Column("day", "Day", "date"),
    Column("promo", "Promotion", "bool"),
]
DANGEROUS = [
    "=1+1",
    "+86 10 8888",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\nx",
    "\0=x",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    " =1+1",
]
rows_given: list[tuple] = []


def rows(user, params):
    yield from rows_given
    if "people" in params:
        for person in User.objects.visible_to(user).order_by("username"):
            yield (person.username, None, None, None, None)


def count(user, params):
    return len(rows_given)


def typical() -> list[tuple]:
    return [
        ("张三鲜", Decimal("-12.50"), -3, datetime.date(2026, 1, 31), True),
        ("plain", Decimal("9999999999999.99"), 10**16, None, False),
        ("-12.5", None, None, datetime.date(1899, 12, 30), None),
    ]


SHOPS = ExportKind(code="shops", label="Shops", columns=lambda user, params: COLUMNS, rows=rows, count=count)
