"""Real invoices by the command, held against an independent reckoning of the same file."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest

pytestmark = [pytest.mark.realdata, pytest.mark.slow]

AS_OF = date(2022, 7, 31)
TOLD = """
import json, datetime
from customers.models import Customer
from customers.receivables import reading
day = datetime.date({year}, {month}, {day})
owed = {{}}
for one in Customer.objects.filter(open_items__isnull=False).distinct():
    aged = reading.ageing_as_of(one.pk, day)
    if aged.owed:
        owed[one.code] = [str(aged.of(name)) for name in ("not_due", "d1_30", "d31_60", "d61_90", "d91")]
late = {{}}
for one in Customer.objects.filter(code__in={codes!r}):
    pays = reading.account(one, day).paying
    late[one.code] = [pays.n, pays.on_time, str(pays.plain), str(pays.weighted)]
print(json.dumps([owed, late]))
"""


def rows(path):
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_what_was_owed_on_a_day_and_how_it_was_paid(company, real_data):
    path = real_data / "iowa" / "receivables.csv"
    company.tell("import_customers", real_data / "iowa" / "customers.csv")
    told = company.tell("import_receivables", path)
    books = rows(path)
    assert (told["rows"], told["created"], told["rejected"]) == (len(books), len(books), 0)
    again = company.tell("import_receivables", path)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, len(books))

    owed: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 5)
    paid: dict[str, list[tuple[int, Decimal]]] = defaultdict(list)
    for row in books:
        due, amount = date.fromisoformat(row["due_date"]), Decimal(row["amount"])
        settled = date.fromisoformat(row["paid_on"]) if row["paid_on"] else None
        if settled and date(2021, 7, 31) < settled <= AS_OF:
            paid[row["customer_code"]].append((max(0, (settled - due).days), amount))
        if date.fromisoformat(row["invoice_date"]) > AS_OF or (settled and settled <= AS_OF):
            continue
        days = (AS_OF - due).days
        at = 0 if days <= 0 else 1 if days <= 30 else 2 if days <= 60 else 3 if days <= 90 else 4
        sums = list(owed[row["customer_code"]])
        sums[at] += amount
        owed[row["customer_code"]] = sums
    codes = sorted(paid)[:25]
    code = TOLD.format(year=AS_OF.year, month=AS_OF.month, day=AS_OF.day, codes=codes)
    found_owed, found_late = json.loads(company.run("shell", "-v", "0", "-c", code))
    assert {c: [Decimal(text) for text in sums] for c, sums in found_owed.items()} == dict(owed)
    assert len(owed) > 20
    for c in codes:
        n, money = len(paid[c]), sum(amount for _days, amount in paid[c])
        plain = (Decimal(sum(days for days, _a in paid[c])) / n).quantize(Decimal("0.1"), "ROUND_HALF_UP")
        weighted = (sum(days * a for days, a in paid[c]) / money).quantize(Decimal("0.1"), "ROUND_HALF_UP")
        assert found_late[c] == [n, sum(days == 0 for days, _a in paid[c]), str(plain), str(weighted)]
