"""What the demo company's customers owe: an invoice a month for what they bought, paid in time, late or not yet.

Pure and repeatable: the same seed, customer and days give the same books.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import NamedTuple

from customers.demo.company import Client

HEADER = (
    "客户编码",
    "单据编号",
    "单据类型",
    "开票日期",
    "到期日",
    "金额",
    "付款日期",
    "对应发票",
    "争议",
    "付款方式",
    "备注",
)
MONTHS = 15
TERMS = (30, 30, 45, 60)
METHODS = ("银行转账", "银行转账", "承兑汇票", "微信支付")


class Promised(NamedTuple):
    """amount in yuan, None for a promise of another kind. kept: what a person said, None where the money decides."""

    code: str
    side: str
    what: str
    amount: Decimal | None
    made_on: datetime.date
    due_on: datetime.date
    kept: bool | None


class Account(NamedTuple):
    """rows: of the file."""

    rows: list[tuple[str, ...]]
    promises: list[Promised]


def account(client: Client, end: datetime.date, seed: int) -> Account:
    """Invoices of the last months until before `end`; how punctual a customer is follows from how it cooperates."""
    random = Random(f"receivables {seed} {client.code}")
    character = (client.cooperative if client.cooperative is not None else 65.0) / 100
    days, monthly = random.choice(TERMS), client.daily * 30 * random.uniform(0.45, 0.6) / 100
    rows: list[tuple[str, ...]] = []
    unpaid: list[tuple[str, datetime.date, int]] = []
    for ago in range(MONTHS, 0, -1):
        issued = end - datetime.timedelta(days=30 * ago - random.randrange(6))
        if issued < client.opened_on or (client.closed_on and issued >= client.closed_on) or issued >= end:
            continue
        amount = max(500, int(monthly * random.uniform(0.75, 1.25)) // 10 * 10)
        due, number = issued + datetime.timedelta(days=days), f"FP{issued:%y%m%d}{client.code[1:]}"
        late = _late(random, character)
        paid = due + datetime.timedelta(days=late)
        disputed = random.random() < 0.025
        note = "数量有出入" if disputed else ""
        paid_on = f"{paid}" if paid < end and not disputed and ago % 4 else ""
        if not paid_on:
            unpaid.append((number, paid, amount))
        rows.append(
            (
                client.code,
                number,
                "发票",
                f"{issued}",
                f"{due}",
                f"{amount}",
                paid_on,
                "",
                "是" if disputed else "否",
                "",
                note,
            )
        )
        if random.random() < 0.04:
            back = max(50, int(amount * random.uniform(0.02, 0.06)) // 10 * 10)
            rows.append(
                (
                    client.code,
                    f"HZ{number[2:]}",
                    "红字发票",
                    f"{issued}",
                    f"{issued}",
                    f"{back}",
                    "",
                    "",
                    "否",
                    "",
                    "破损退货",
                )
            )
    for number, paid, amount in unpaid:
        if paid < end:
            part = amount if random.random() < 0.8 else amount * 6 // 100 * 10
            named = number if random.random() < 0.7 else ""
            rows.append(
                (
                    client.code,
                    f"SK{number[2:]}",
                    "收款",
                    "",
                    "",
                    f"{part}",
                    f"{paid}",
                    named,
                    "",
                    random.choice(METHODS),
                    "",
                )
            )
    return Account(rows, _promises(random, client, unpaid, end))


def _late(random: Random, character: float) -> int:
    """Days after the due day: most pay around it, who works badly with us pays weeks late, a few not at all."""
    if random.random() < 0.035 * (1.4 - character):
        return 400
    if random.random() < character:
        return random.randrange(-12, 1)
    return int(random.expovariate(1 / (10 + 40 * (1 - character)))) + 1


def _promises(random: Random, client: Client, unpaid: Sequence, end: datetime.date) -> list[Promised]:
    found = []
    for _number, paid, amount in unpaid:
        if paid < end - datetime.timedelta(days=200) or random.random() < 0.4:
            continue
        made = min(paid, end) - datetime.timedelta(days=random.randrange(6, 16))
        due = made + datetime.timedelta(days=random.randrange(9, 24))
        found.append(Promised(client.code, "them", "电话里答应付清", Decimal(amount), made, due, None))
    if random.random() < 0.3:
        made = end - datetime.timedelta(days=random.randrange(5, 60))
        due = made + datetime.timedelta(days=random.randrange(7, 40))
        what = random.choice(("补发宣传物料", "派人来培训店员", "换掉破损的货架", "核对返利账目"))
        kept = random.random() < 0.8 if due < end - datetime.timedelta(days=3) else None
        found.append(Promised(client.code, "us", what, None, made, due, kept))
    return found
