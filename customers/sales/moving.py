# ruff: noqa: S608 - names of our own tables and columns are put together here; values always go as parameters
"""The ledger when two customers become one: lines go over, days on which both sold get a line with the sum.

A ledger line is never altered but for `live`; for a merge alone its customer changes, under the lock of the ledger and
with the triggers lifted, and the journal of the merge says so. Both lines of a common day stay, out of force; the sum
in their place belongs to a run of its own in the list of imports, and `SaleSum` names its parts. Minor units are whole
numbers, so sums are exact.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.audit.context import current
from crm.clock import now
from crm.imports.models import ImportRun
from crm.merging import Work, recompute, special
from customers.sales import dialect
from customers.sales.models import SaleLine, SaleSum
from customers.sales.monthly import lock_ledger, refresh_months

_TOUCHED = "sales_merged"
_SUMMED = ("gross", "returns", "units", "orders")


def take(work: Work) -> None:
    lock_ledger(work.cursor)
    pairs = _common_days(work)
    parts = [part.pk for pair in pairs for part in pair]
    for at in range(0, len(parts), 400):
        some = parts[at : at + 400]
        work.update(SaleLine, f"id IN ({', '.join(['%s'] * len(some))})", some, live=False)
    work.update(SaleLine, "customer_id = %s", [work.loser_id], customer_id=work.survivor_id)
    if pairs:
        _sum_up(work, pairs)


def _common_days(work: Work) -> list[tuple[SaleLine, SaleLine]]:
    """(the survivor's line, the loser's) of each day on which both have one in force."""
    mine = {one.sold_on: one for one in SaleLine.objects.live().filter(customer_id=work.survivor_id)}
    theirs = SaleLine.objects.live().filter(customer_id=work.loser_id).order_by("sold_on")
    pairs = [(mine[one.sold_on], one) for one in theirs if one.sold_on in mine]
    if any(own.currency != other.currency for own, other in pairs):
        raise ValidationError(_("On some days the two sold in different currencies, which cannot be added up."))
    return pairs


def _sum_up(work: Work, pairs: list[tuple[SaleLine, SaleLine]]) -> None:
    run = ImportRun.objects.create(
        kind="sales",
        state=ImportRun.State.DONE,
        name=_("Sums of a merge"),
        rows=len(pairs),
        updated=len(pairs),
        via=current().via,
        asked_by=work.by,
        finished_at=now(),
    )
    lines = SaleLine.objects.bulk_create(
        [
            SaleLine(
                customer_id=work.survivor_id,
                sold_on=own.sold_on,
                currency=own.currency,
                promo=own.promo or other.promo,
                is_open=_either(own.is_open, other.is_open),
                run=run,
                replaces=own.pk,
                **{name: _total(getattr(own, name), getattr(other, name)) for name in _SUMMED},
            )
            for own, other in pairs
        ],
        batch_size=500,
    )
    run.first_line, run.last_line = lines[0].pk, lines[-1].pk
    run.save(update_fields=["first_line", "last_line"])
    sums = SaleSum.objects.bulk_create(
        [SaleSum(line_id=line.pk, part_id=part.pk) for line, pair in zip(lines, pairs, strict=True) for part in pair],
        batch_size=500,
    )
    work.made(ImportRun, [run.pk])
    work.made(SaleLine, [line.pk for line in lines])
    work.made(SaleSum, [one.pk for one in sums])


def _total(own, other):
    """Unknown and known make the known one."""
    return other if own is None else own if other is None else own + other


def _either(own: bool | None, other: bool | None) -> bool | None:
    return other if own is None else own if other is None else own or other


def settle(work: Work) -> None:
    """Sums by month and by region, of both customers, for every month that the loser has or had lines in."""
    month = dialect.month_of("sold_on")
    dialect.make_table_as(
        work.cursor,
        _TOUCHED,
        f"""SELECT c.id AS customer_id, m.month, {dialect.next_month("m.month")} AS next_month
        FROM (SELECT month FROM customers_monthlysales WHERE customer_id = %s
            UNION SELECT {month} AS month FROM customers_saleline WHERE customer_id = %s) m
        CROSS JOIN (SELECT id FROM customers_customer WHERE id IN (%s, %s)) c""",
        [work.loser_id, work.loser_id, work.survivor_id, work.loser_id],
    )
    refresh_months(work.cursor, _TOUCHED)
    dialect.drop_tables(work.cursor, _TOUCHED)


RULES = [
    special("customers.SaleLine", take, settle=settle, guarded=True),
    recompute("customers.MonthlySales", why="worked out from the ledger, by the rule above"),
]
