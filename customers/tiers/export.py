"""The result of a day as a CSV file: every customer open on it with tier, evidence and reason."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterator
from decimal import Context, Decimal
from fractions import Fraction
from pathlib import Path

from django.db import connection

from crm.command import written_whole
from crm.exports.writer import defuse
from crm.money import from_minor
from customers.tiers import dialect, pastday
from customers.tiers.models import TierPolicy
from customers.tiers.policies import rule_of

COLUMNS = (
    "code",
    "name",
    "kind",
    "tier",
    "annual_sales",
    "previous_sales",
    "earlier_sales",
    "rank",
    "ranked",
    "cutoff",
    "growth_1",
    "growth_2",
    "cooperation",
    "loyalty",
    "reason",
)
_BATCH = 2_000
_PLACES = 10
_EXACT = Context(prec=60)


def write_csv(path: Path, *, as_of: datetime.date, policy: TierPolicy) -> int:
    """Work the day out from the monthly sums and write it, sorted by code; returns the number of customers.

    The file appears whole or not at all. Memory is flat: rows are read and written as they come.
    """
    count = 0
    with written_whole(path) as part, open(part, "w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(columns_of(policy))
        for row in rows(as_of, policy):
            writer.writerow(row)
            count += 1
    return count


def columns_of(policy: TierPolicy) -> tuple[str, ...]:
    """COLUMNS; under a policy that ranks on other months than annual_sales, with what it ranks on at the end."""
    return (*COLUMNS, "ranked_sales") if rule_of(policy).ranks_apart else COLUMNS


def rows(as_of: datetime.date, policy: TierPolicy) -> Iterator[list]:
    """Yield the rows as text and whole numbers, in the order of `columns_of`."""
    rule = rule_of(policy)
    more = ", r.ranked_on" if rule.ranks_apart else ""
    with pastday.scratch() as cursor:
        pastday.compute(cursor, rule, as_of)
        # Codes in the order of their code points, whatever the database's collation.
        order = 'c.code COLLATE "C"' if dialect.is_postgres() else "c.code"
        with connection.chunked_cursor() as reader:
            reader.execute(
                f"SELECT c.code, c.name, r.kind, r.tier, r.w0, r.w1, r.w2, r.place, r.ranked, r.cutoff, r.cooperation,"
                f" r.loyalty, r.reason{more}"
                f" FROM {pastday.RESULT} r JOIN customers_customer c ON c.id = r.customer_id ORDER BY {order}"
            )
            while batch := reader.fetchmany(_BATCH):
                yield from (_row(*row) for row in batch)


def _row(code, name, kind, tier, w0, w1, w2, place, ranked, cutoff, cooperation, loyalty, reason, *ranked_on) -> list:
    return [
        defuse(code),
        defuse(name),
        kind,
        tier,
        _money(w0),
        _money(w1),
        _money(w2),
        "" if place is None else place,
        ranked,
        _money(cutoff),
        growth(w1, w2),
        growth(w0, w1),
        _money(cooperation),
        _money(loyalty),
        reason,
        *map(_money, ranked_on),
    ]


def _money(minor: int | None) -> str:
    return "" if minor is None else format(from_minor(minor), "f")


def growth(now: int, before: int) -> str:
    """now / before − 1, '' without base; at most ten decimals, rounded down, so that 0.1 is never a bit less."""
    if before <= 0:
        return ""
    value = Decimal(((Fraction(now, before) - 1) * 10**_PLACES).__floor__()).scaleb(-_PLACES, _EXACT)
    text = format(value, "f").rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text
