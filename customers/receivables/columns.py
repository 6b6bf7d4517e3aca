"""The columns of a file of receivables, and what a row of it says. Knows nothing of the database.

One file holds invoices, credit notes and payments. `kind` says which; without that column rows are invoices, or
payments where the file has neither an invoice's date nor its due day.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from crm.tables import cells as read
from crm.tables.folding import key
from crm.tables.headers import Field, header_unit, is_currency
from crm.tables.messages import BadCell, register

register(
    {
        "amount_zero": _("An amount of 0 says nothing."),
        "due_missing": _("An invoice needs a due day, or the customer's payment terms."),
        "due_before_issued": _("An invoice cannot be due before it is issued."),
        "paid_too_much": _("More was paid than the amount; put the rest down as a payment."),
        "paid_without_day": _("What was paid needs the day it was paid on."),
        "payment_not_positive": _("A payment is more than 0; a return of money is a credit note."),
        "kind_changed": _("This number is known with the opposite sign: an invoice never becomes a credit note."),
    }
)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split("|"))


FIELDS: Sequence[Field] = (
    Field(
        "customer_code",
        _("Customer code"),
        _words(
            "customer no|customer id|customer number|code"
            "|客户编码|客户编号|客户代码|客户号|门店编码|门店编号|店铺编码|店号|编码"
        ),
        _words("customer|store|shop|dealer|客户|门店|店铺|经销商|加盟商|代理商|往来单位|往来单位编码"),
        required=True,
    ),
    Field(
        "invoice_no",
        _("Document number"),
        _words(
            "invoice no|invoice number|invoice|document no|document number|document|number|payment no|receipt no"
            "|发票号|发票号码|发票编号|单据号|单据编号|单号|应收单号|收款单号|凭证号|凭证编号|付款单号|回款单号"
        ),
        required=True,
        help=_("Of the invoice, credit note or payment; unique for each customer."),
    ),
    Field(
        "kind",
        _("Document kind"),
        _words("kind|type|document type|单据类型|类型|业务类型|款项类型"),
        help=_("Invoice, credit note or payment; without this column rows are invoices."),
    ),
    Field(
        "invoice_date",
        _("Invoice date"),
        _words("date|issued on|issue date|document date|invoiced on|开票日期|发票日期|单据日期|应收日期|日期|业务日期"),
    ),
    Field(
        "due_date",
        _("Due date"),
        _words("due|due on|due day|到期日|到期日期|应收到期日|应付日期|付款到期日|账期到期日|到期"),
        help=_("If it is missing, the customer's payment terms count from the invoice date."),
    ),
    Field(
        "amount",
        _("Amount"),
        _words(
            "invoice amount|total|sum|金额|应收金额|发票金额|价税合计|含税金额|总金额|应收款|收款金额|回款金额|付款金额"
        ),
        required=True,
        help=_("Below 0 is a credit note."),
    ),
    Field(
        "paid_on",
        _("Paid on"),
        _words(
            "paid|payment date|paid date|settled on|settled date|settled|received on|cleared on"
            "|付款日|付款日期|收款日期|回款日期|结清日期|核销日期|到账日期|实收日期"
        ),
        help=_("Of an invoice: the day it was paid. Of a payment: its day."),
    ),
    Field(
        "paid_amount",
        _("Paid amount"),
        _words("amount paid|received|received amount|已付金额|已收金额|已收款|已回款|核销金额|实收金额|实收"),
        help=_("Without it an invoice with a day of payment was paid in full."),
    ),
    Field("disputed", _("Disputed"), _words("in dispute|dispute|争议|有争议|是否争议|是否有争议")),
    Field(
        "pays",
        _("For invoices"),
        _words("for invoice|invoices|applied to|pays invoices|核销发票|对应发票|对应发票号|核销单据|核销单号|冲销发票"),
        help=_("Numbers of the invoices that a payment is for; without them the oldest due are settled first."),
    ),
    Field("method", _("Method"), _words("payment method|付款方式|收款方式|结算方式|支付方式")),
    Field("note", _("Note"), _words("remark|remarks|comment|备注|说明|摘要")),
    Field("currency", _("Currency"), _words("ccy|币种|货币")),
)
DATES = ("invoice_date", "due_date", "paid_on")
INVOICE, CREDIT, PAYMENT = "invoice", "credit", "payment"
_SPELLED = {
    INVOICE: "invoice invoices bill 发票 应收 应收单 销售发票 应收账款 应收款 蓝字 蓝字发票",
    CREDIT: "credit credit_note creditnote credit_memo 贷项 贷项单 贷项通知单 红字 红字发票 红冲 折让 退款",
    PAYMENT: "payment payments receipt 收款 收款单 回款 回款单 付款 付款单 到账 预收 预收款",
}
KINDS = {key(word): kind for kind, words in _SPELLED.items() for word in words.split()}
FIRST_DAY = datetime.date(1980, 1, 1)
LONGEST = {"number": 60, "method": 60, "note": 300, "pays": 600}
_PARTING = str.maketrans(",，;；、|\n\r\t", "         ")


@dataclass(frozen=True, slots=True)
class Entry:
    """A good row. values: of the columns there are, by the model's field; amounts in minor units, None is empty.

    The sign of an invoice's amount says whether it is a credit note.
    """

    customer: str
    number: str
    is_payment: bool
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    name: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)


class Columns:
    """The columns a file has, and how a row is read."""

    def __init__(
        self, header: Sequence[str], mapping: Mapping[str, int], options: Mapping[str, Any], day: datetime.date
    ):
        self.at, self.day = mapping, day
        order = options.get("date_order", "ymd")

        def unit(name: str) -> int:
            index = mapping.get(name)
            text = header[index] if index is not None and index < len(header) else ""
            return header_unit(str(text), settings.CURRENCY)

        def date(value):
            return read.parse_date(value, order)

        self.parsers: dict[str, Callable[[Any], Any]] = {
            "customer_code": lambda value: read.parse_code(value, 64),
            "invoice_no": lambda value: read.parse_code(value, LONGEST["number"]),
            "kind": _kind,
            **dict.fromkeys(DATES, date),
            **{name: _amount(unit(name)) for name in ("amount", "paid_amount") if name in mapping},
            "disputed": read.parse_bool,
            "pays": _names,
            "method": lambda value: read.parse_text(value, LONGEST["method"]),
            "note": lambda value: read.parse_text(value, LONGEST["note"]),
            "currency": _currency,
        }
        self.payments_only = (
            "kind" not in mapping and not {"invoice_date", "due_date"} & mapping.keys() and ("paid_on" in mapping)
        )

    def judge(self, cells: Sequence) -> Entry | list[Fault]:
        """What a row says, or everything that is wrong with it."""
        found: dict[str, Any] = {}
        faults: list[Fault] = []
        for name, index in self.at.items():
            try:
                found[name] = self.parsers[name](cells[index] if index < len(cells) else None)
            except BadCell as bad:
                faults.append(Fault(name, bad.code, bad.params))
        if faults:
            return faults
        faults = [Fault(n, "required") for n in ("customer_code", "invoice_no", "amount") if found[n] in (None, "")]
        if not faults and found["amount"] == 0:
            faults.append(Fault("amount", "amount_zero"))
        faults += [self._of_day(name, found[name]) for name in ("invoice_date", "paid_on") if found.get(name)]
        faults = [fault for fault in faults if fault]
        if faults:
            return faults
        kind = found.get("kind") or (PAYMENT if self.payments_only else INVOICE)
        return self._payment(found) if kind == PAYMENT else self._item(found, kind)

    def _of_day(self, name: str, day: datetime.date) -> Fault | None:
        if day > self.day:
            return Fault(name, "date_in_future")
        if day < FIRST_DAY:
            return Fault(name, "date_out_of_range", {"first": FIRST_DAY.year, "last": self.day.year})
        return None

    def _payment(self, found: dict[str, Any]) -> Entry | list[Fault]:
        day = found.get("paid_on") or found.get("invoice_date")
        if day is None:
            return [Fault("paid_on" if "paid_on" in found else "invoice_date", "required")]
        if found["amount"] < 0:
            return [Fault("amount", "payment_not_positive")]
        values = {"paid_on": day, "amount": found["amount"]}
        values |= {name: found[name] or "" for name in ("method", "pays", "note") if name in found}
        return Entry(found["customer_code"], found["invoice_no"], True, values)

    def _item(self, found: dict[str, Any], kind: str) -> Entry | list[Fault]:
        amount = -abs(found["amount"]) if kind == CREDIT else found["amount"]
        values: dict[str, Any] = {"amount": amount}
        if "invoice_date" in found:
            if found["invoice_date"] is None:
                return [Fault("invoice_date", "required")]
            values["issued_on"] = found["invoice_date"]
        if found.get("due_date"):
            values["due_on"] = found["due_date"]
            if values.get("issued_on") and values["due_on"] < values["issued_on"]:
                return [Fault("due_date", "due_before_issued")]
        if (fault := self._paid(found, amount, values)) is not None:
            return [fault]
        if "disputed" in found:
            values["disputed"] = bool(found["disputed"])
        if "note" in found:
            values["note"] = found["note"] or ""
        return Entry(found["customer_code"], found["invoice_no"], False, values)

    @staticmethod
    def _paid(found: dict[str, Any], amount: int, values: dict[str, Any]) -> Fault | None:
        """What an invoice's row says of its payment, signed as its amount."""
        if "paid_on" not in found and "paid_amount" not in found:
            return None
        day, paid = found.get("paid_on"), found.get("paid_amount")
        size = abs(amount) if paid is None and day is not None else abs(paid or 0)
        if size > abs(amount):
            return Fault("paid_amount", "paid_too_much")
        if size and day is None:
            return Fault("paid_on" if "paid_on" in found else "paid_amount", "paid_without_day")
        values["paid_on"] = day if size else None
        values["paid"] = -size if amount < 0 else size
        return None


def _kind(value: Any) -> str | None:
    text = read.parse_text(value, 40)
    if not text:
        return None
    found = KINDS.get(key(text))
    if found is None:
        raise BadCell("not_a_choice", {"choices": [_("invoice"), _("credit note"), _("payment")]})
    return found


def _amount(unit: int) -> Callable[[Any], int | None]:
    return lambda value: read.parse_amount(value, unit=unit)


def _names(value: Any) -> str | None:
    """Numbers of invoices, parted by spaces, commas or the like; kept parted by `, `, each once."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return read.parse_code(value, LONGEST["number"])
    text = read.parse_text(value, 2_000)
    joined = ", ".join(dict.fromkeys((text or "").translate(_PARTING).split()))
    if len(joined) > LONGEST["pays"]:
        raise BadCell("too_long", {"limit": LONGEST["pays"]})
    return joined or None


def _currency(value: Any) -> str | None:
    text = read.parse_text(value, 20)
    if text and not is_currency(text, settings.CURRENCY):
        raise BadCell("number_currency", {"found": text})
    return text
