"""One row of a sales file: what each column may hold, and what a row means. Knows nothing of the database.

Ordinary rows go the quick way, column by column; whatever is unusual goes through `Columns.judge`, which is the only
place that decides, and which names every fault of a row.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.money import from_minor
from crm.tables import cells
from crm.tables.headers import Field, header_unit, is_currency
from crm.tables.messages import BadCell
from crm.tables.reader import row_problem

FIELDS = (
    Field(
        "customer_code",
        _("Customer code"),
        (
            *("customer no", "customer id", "customer number", "code", "store code", "store id", "store no", "shop id"),
            *(
                "客户编码",
                "客户编号",
                "客户代码",
                "客户号",
                "门店编码",
                "门店编号",
                "门店代码",
                "店铺编号",
                "店铺编码",
                "店号",
            ),
            *("客户代号", "店铺代码", "网点编码", "网点编号", "网点代码", "编码"),
            *("shop code", "shop no", "outlet code", "outlet id"),
        ),
        (
            *("customer", "store", "shop", "outlet", "dealer", "客户", "门店", "店铺", "网点"),
            # Beside a customer's own code these are whom it buys from.
            *(f"{who}{what}" for who in ("经销商", "加盟商", "代理商") for what in ("", "编码", "编号", "代码")),
            *("dealer code", "dealer id"),
        ),
        required=True,
    ),
    Field(
        "date",
        _("Date"),
        (
            *("sold on", "day", "sales date", "sale date", "order date", "business date"),
            *("日期", "销售日期", "业务日期", "营业日期", "交易日期", "订单日期", "单据日期"),
        ),
        ("time", "时间", "年月日", "发生日期", "记账日期", "开票日期", "过账日期", "出库日期", "制单日期"),
        required=True,
    ),
    Field(
        "amount",
        _("Amount"),
        (
            *("gross", "gross amount", "gross sales", "sales", "sales amount", "revenue", "turnover"),
            *("金额", "销售额", "销售金额", "营业额", "销售收入", "收入", "流水"),
        ),
        ("含税金额", "价税合计", "总金额", "实收金额", "实收", "营业收入", "业绩"),
        required=True,
    ),
    Field("returns", _("Returns"), ("return", "refund", "refunds", "退货", "退货额", "退货金额", "退款", "退款金额")),
    Field("units", _("Units"), ("quantity", "qty", "数量", "销量", "件数", "销售数量", "销售件数")),
    Field(
        "orders",
        _("Orders"),
        ("order count", "tickets", "transactions", "订单数", "订单数量", "单数", "笔数", "交易笔数", "客单数"),
    ),
    Field("promo", _("Promotion"), ("on promotion", "促销", "是否促销", "促销标志", "促销标记", "活动")),
    Field("open", _("Open"), ("is open", "opened", "营业", "是否营业", "开店")),
    Field("currency", _("Currency"), ("ccy", "币种", "货币")),
)
FIRST_DAY = datetime.date(1980, 1, 1)
MOST_UNITS = 10**15
MOST_ORDERS = 2**31 - 1
_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Line:
    """A good row. Money in minor units. customer: the code as read."""

    customer: str
    sold_on: datetime.date
    gross: int
    returns: int
    units: int | None
    orders: int | None
    promo: bool
    is_open: bool | None

    def as_sample(self) -> dict[str, Any]:
        return {
            "customer_code": self.customer,
            "date": self.sold_on,
            "amount": from_minor(self.gross),
            "returns": from_minor(self.returns),
            "units": self.units,
            "orders": self.orders,
            "promo": self.promo,
            "open": self.is_open,
        }


class Remembered(dict):
    """Cells met before and what they came to. Only texts are kept: 1, 1.0 and True are one key but not one value."""

    def __init__(self, read: Callable[[Any], Any], most: int = _REMEMBERED):
        super().__init__()
        self.read = read
        self.most = most

    def __missing__(self, cell):
        value = self.read(cell)
        if type(cell) is str and len(self) < self.most:
            self[cell] = value
        return value


class Columns:
    """How the cells of one file are read: where each field stands, in which unit and date order."""

    def __init__(
        self,
        header: Sequence[str],
        mapping: dict[str, int],
        *,
        date_order: str,
        currency: str,
        today: datetime.date,
    ):
        self.width = len(header)
        self.at = {known.name: mapping.get(known.name, self.width) for known in FIELDS}
        self.given = frozenset(mapping)
        self.currency = currency.upper()
        self.today = today
        self.date_order = date_order
        self.unit_of = {
            name: header_unit(header[mapping[name]], currency) if name in mapping else 1
            for name in ("amount", "returns", "units")
        }

    def code(self, cell) -> str:
        return _needed(cells.parse_code(cell, 64))

    def code_of(self, row: Sequence) -> str | None:
        """A row's code, if it is one at all; what is wrong with it `judge` tells."""
        at = self.at["customer_code"]
        if row_problem(row) is not None or at >= len(row):
            return None
        try:
            return self.code(row[at])
        except BadCell:
            return None

    def date(self, cell) -> datetime.date:
        day = _needed(cells.parse_date(cell, self.date_order))
        if day > self.today:
            raise BadCell("date_in_future")
        if day < FIRST_DAY:
            raise BadCell("date_out_of_range", {"first": FIRST_DAY.year, "last": self.today.year})
        return day

    def amount(self, cell) -> int | None:
        """Minor units; None for an empty cell, which only a closed day may have."""
        return cells.parse_amount(cell, unit=self.unit_of["amount"])

    def returns(self, cell) -> int:
        amount = cells.parse_amount(cell, unit=self.unit_of["returns"]) or 0
        if amount < 0:
            raise BadCell("negative")
        return amount

    def number(self, cell) -> int | None:
        return cells.parse_int(cell, most=MOST_UNITS, unit=self.unit_of["units"])

    def orders(self, cell) -> int | None:
        return cells.parse_int(cell, least=0, most=MOST_ORDERS)

    def promo(self, cell) -> bool:
        return bool(cells.parse_bool(cell))

    def open(self, cell) -> bool | None:
        return cells.parse_bool(cell)

    def money(self, cell) -> None:
        """The company's currency or nothing; amounts in another cannot be added up."""
        found = cells.parse_text(cell, 16)
        if found is not None and not is_currency(found, self.currency):
            raise BadCell("number_currency", {"found": found})

    def judge(self, row: Sequence, refuse: Callable[[str, Any, BadCell], None]) -> Line | None:
        """Read a row; every fault goes to refuse(field, cell, reason), and then there is no line.

        A day on which the shop was closed needs no amount.
        """
        problem = row_problem(row)
        if problem is not None:
            refuse("", "", problem)
            return None
        values: dict[str, Any] = {}
        faults = 0
        for name, read in self._readers():
            at = self.at[name]
            cell = row[at] if at < min(len(row), self.width) else None
            try:
                values[name] = read(cell)
            except BadCell as reason:
                faults += 1
                refuse(name, cell, reason)
        if values.get("amount", 0) is None:
            if values.get("open") is False:
                values["amount"] = 0
            elif "open" in values:
                faults += 1
                refuse("amount", None, BadCell("required"))
        if faults:
            return None
        return Line(
            customer=values["customer_code"],
            sold_on=values["date"],
            gross=values["amount"],
            returns=values["returns"],
            units=values["units"],
            orders=values["orders"],
            promo=values["promo"],
            is_open=values["open"],
        )

    def _readers(self):
        return (
            ("customer_code", self.code),
            ("date", self.date),
            ("amount", self.amount),
            ("returns", self.returns),
            ("units", self.number),
            ("orders", self.orders),
            ("promo", self.promo),
            ("open", self.open),
            ("currency", self.money),
        )


def _needed(value):
    if value is None:
        raise BadCell("required")
    return value


UNUSUAL = (BadCell, LookupError, TypeError, ValueError, AttributeError)
"""What `QuickRows` raises for a block of rows that must be judged one by one."""


class QuickRows:
    """Reads a block of ordinary rows a column at a time: full-width rows of texts, customers known, cells plain or met
    before. A tenth of the time of judging them; gives what judging would, or raises one of UNUSUAL.

    put: how a value goes into the table. Lines are tuples of such values: customer, gross, returns, units, orders, row
    number, date, promotion, open.
    """

    def __init__(self, columns: Columns, known: dict[str, str], put: Callable[[Any], Any]):
        self.columns, self.known, self.put = columns, known, put
        self.amounts = Remembered(lambda cell: put(_needed(columns.amount(cell))))
        self.plain_money = columns.unit_of["amount"] == 1
        read = {
            "returns": columns.returns,
            "units": columns.number,
            "orders": columns.orders,
            "date": columns.date,
            "promo": columns.promo,
            "open": columns.open,
        }
        self.met = {name: Remembered(self._putting(reader)) for name, reader in read.items()}
        # The fields that the file does not have are the same in every line.
        self.constant = {name: put(reader(None)) for name, reader in read.items() if columns.at[name] == columns.width}
        self.moneys = Remembered(columns.money)

    def _putting(self, reader):
        put = self.put
        return lambda cell: put(reader(cell))

    def __call__(self, block: Sequence[tuple[int, list]]) -> list[tuple]:
        columns = self.columns
        numbers, rows = zip(*block, strict=True)
        if set(map(type, rows)) != {list}:
            raise ValueError("a row that is none")
        cells = list(zip(*rows, strict=True))
        if len(cells) != columns.width:
            raise ValueError("another width")
        at = columns.at
        if at["currency"] < columns.width:
            for cell in set(cells[at["currency"]]):
                self.moneys[cell]
        amount = self._plain_amount if self.plain_money else self.amounts.__getitem__
        return list(
            zip(
                map(self.known.__getitem__, cells[at["customer_code"]]),
                map(amount, cells[at["amount"]]),
                self._column("returns", cells, len(rows)),
                self._column("units", cells, len(rows)),
                self._column("orders", cells, len(rows)),
                map(str, numbers),
                self._column("date", cells, len(rows)),
                self._column("promo", cells, len(rows)),
                self._column("open", cells, len(rows)),
                strict=True,
            )
        )

    def _column(self, name: str, cells: list[tuple], count: int) -> Iterable:
        if name in self.constant:
            return repeat(self.constant[name], count)
        return map(self.met[name].__getitem__, cells[self.columns.at[name]])

    def _plain_amount(self, text: str):
        """12.34, 12.3 and 12 as 1234, 1230 and 1200 without a detour; the rest as remembered."""
        whole, point, part = text.partition(".")
        if whole.isdigit() and len(whole) < 14 and text.isascii():
            if not point:
                return whole + "00"
            if part.isdigit() and len(part) < 3:
                return whole + part if len(part) == 2 else whole + part + "0"
        return self.amounts[text]
