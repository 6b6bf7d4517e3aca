"""The article's rule on a pair of ERP files, with nothing but Python: read, add up, rank. Shares no code with Qiao."""

from __future__ import annotations

import csv
import gzip
import math
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path


def months_back(year: int, month: int, count: int) -> str:
    index = year * 12 + month - 1 - count
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def windows(as_of: date) -> list[set[str]]:
    """The months of W0, W1, W2 as 'YYYY-MM'."""
    tomorrow = as_of + timedelta(days=1)
    whole = tomorrow.day == 1
    year, month = (as_of.year, as_of.month) if whole else divmod(as_of.year * 12 + as_of.month - 2, 12)
    month = month if whole else month + 1
    return [{months_back(year, month, 12 * n + ago) for ago in range(12)} for n in range(3)]


def read_rows(path: Path):
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as handle:
        yield from csv.DictReader(handle)


def tiers(customers: Path, sales: Path, as_of: date) -> dict[str, dict]:
    """{code: what export_tiers should say, but loyalty}, for every customer open on the day."""
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    spans = windows(as_of)
    for row in read_rows(sales):
        month = row["date"][:7]
        for n, span in enumerate(spans):
            if month in span:
                sums[row["customer_code"]][n] += Decimal(row["amount"])
    found = {}
    for row in read_rows(customers):
        opened, closed = row["opened_on"], row.get("closed_on") or ""
        if opened and opened > as_of.isoformat():
            continue
        if closed and closed <= as_of.isoformat():
            continue
        if not closed and row["status"] == "closed":
            continue
        found[row["code"]] = {"name": row["name"], "kind": row["kind"], "w": sums[row["code"]]}
    ranked = sorted(one["w"][0] for one in found.values() if one["kind"] == "franchisee" and one["w"][0] > 0)
    ranked.reverse()
    k = math.ceil(Decimal("0.20") * len(ranked))
    cutoff = ranked[k - 1] if k else None
    first_place: dict[Decimal, int] = {}
    for place, value in enumerate(ranked, start=1):
        first_place.setdefault(value, place)
    result = {}
    for code, one in found.items():
        w0, w1, w2 = one["w"]
        agent = one["kind"] == "agent"
        in_race = not agent and w0 > 0
        result[code] = {
            "name": one["name"],
            "kind": one["kind"],
            # Nobody has been observed: cooperation is unknown, so nobody is B.
            "tier": "A" if agent or (in_race and w0 >= cutoff) else "C",
            "annual_sales": f"{w0:.2f}",
            "previous_sales": f"{w1:.2f}",
            "earlier_sales": f"{w2:.2f}",
            "rank": str(first_place[w0]) if in_race else "",
            "ranked": str(len(ranked)),
            "cutoff": "" if cutoff is None else f"{cutoff:.2f}",
            "growth_1": growth(w1, w2),
            "growth_2": growth(w0, w1),
            "cooperation": "",
        }
    return result


def growth(now: Decimal, before: Decimal) -> str:
    """Ten decimals, rounded down; empty without sales to grow from."""
    if before <= 0:
        return ""
    scaled = (int(now * 100) - int(before * 100)) * 10**10 // int(before * 100)
    sign, digits = ("-", -scaled) if scaled < 0 else ("", scaled)
    text = f"{sign}{digits // 10**10}.{digits % 10**10:010d}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
