"""Writing the ledger: merging staged lines into it, and taking an import's lines out again.

Only `live` of a line ever changes. A line that says something new about a day takes over from the one there; one that
says the same writes nothing at all, so that the same file twice costs no page of the ledger.
"""

# ruff: noqa: S608 - names of our own tables and columns are put together here; values always go as parameters

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from crm.imports.models import ImportRun
from customers.profile.undoing import refuse_beyond_reach
from customers.sales import dialect
from customers.sales.models import SaleLine, SaleSum
from customers.sales.monthly import add_lines, lock_ledger, refresh_months

STAGED = "sales_staged"
READY = "sales_ready"
TOUCHED = "sales_touched"
SAID = ("gross", "returns", "units", "orders", "promo", "is_open")
"""What a line says of its day; all but gross may be missing from a file, and then the line there keeps its word."""

_WHEN_SILENT = {"returns": "0", "units": "NULL", "orders": "NULL", "promo": "false", "is_open": "NULL"}
_JOIN = f"""{STAGED} s LEFT JOIN customers_saleline l
    ON l.customer_id = s.customer_id AND l.sold_on = s.sold_on AND l.live"""


@dataclass(frozen=True)
class Merged:
    created: int = 0
    updated: int = 0


def _differs(given: frozenset[str]) -> str:
    return " OR ".join(dialect.differs(f"l.{name}", f"s.{name}") for name in SAID if name in given)


def _value(name: str, given: frozenset[str]) -> str:
    if name in given:
        return f"s.{name}"
    silent = _WHEN_SILENT[name]
    return f"l.{name}" if silent == "NULL" else f"coalesce(l.{name}, {silent})"


def compare(given: frozenset[str]) -> Merged:
    """What `merge` would do with the staged lines."""
    with transaction.atomic(), connection.cursor() as cursor, dialect.looking_up(cursor):
        cursor.execute(
            f"SELECT count(CASE WHEN l.id IS NULL THEN 1 END), count(CASE WHEN {_differs(given)} THEN l.id END)"
            f" FROM {_JOIN}"
        )
        return Merged(*cursor.fetchone())


def merge(run: ImportRun, given: frozenset[str]) -> Merged:
    """Write the staged lines (customer_id, sold_on and SAID, one a customer and day) and everything kept from them.

    given: those of SAID that the file has. In the caller's transaction; sets the run's first and last line.
    """
    with connection.cursor() as cursor:
        lock_ledger(cursor)
        values = ", ".join(f"{_value(name, given)} AS {name}" for name in SAID)
        with dialect.looking_up(cursor):
            written = dialect.make_table_as(
                cursor,
                READY,
                f"SELECT s.customer_id, s.sold_on, {values}, l.id AS old_id FROM {_JOIN}"
                f" WHERE l.id IS NULL OR {_differs(given)}",
            )
        if not written:
            dialect.drop_tables(cursor, READY)
            return Merged()
        cursor.execute(f"SELECT count(old_id) FROM {READY}")
        (updated,) = cursor.fetchone()
        before = _last_id(cursor)
        if updated:
            cursor.execute(
                f"UPDATE customers_saleline SET live = false"
                f" WHERE id IN (SELECT old_id FROM {READY} WHERE old_id IS NOT NULL)"
            )
        said = ", ".join(SAID)
        cursor.execute(
            f"INSERT INTO customers_saleline (customer_id, sold_on, {said}, currency, run_id, live, replaces)"
            f" SELECT customer_id, sold_on, {said}, %s, %s, true, old_id FROM {READY}",
            [settings.CURRENCY, run.pk],
        )
        run.first_line, run.last_line = before + 1, _last_id(cursor)
        run.save(update_fields=["first_line", "last_line"])
        add_lines(cursor, READY)
        dialect.drop_tables(cursor, READY)
    return Merged(created=written - updated, updated=updated)


def undo(*, run: ImportRun, by=None) -> dict[str, int]:
    """Take an import's lines out of force and give their place back to the lines they replaced.

    Afterwards the live ledger and every sum are what they were. Raises ValidationError while a later import's lines
    stand in the place of one of these. Days on which a later file said the same as this one go, too: it wrote nothing.
    """
    lines = "id BETWEEN %s AND %s AND run_id = %s"
    its = [run.first_line, run.last_line, run.pk]
    if run.first_line is None:
        return {"removed": 0, "restored": 0}
    mine = SaleLine.objects.filter(pk__range=(run.first_line, run.last_line), run=run)
    if SaleSum.objects.filter(line_id__in=mine.values("pk")).exists():
        text = _("These lines are the sums of two customers that were merged: undo the merge instead.")
        raise ValidationError(text, code="merged")
    refuse_beyond_reach(mine, "customer_id", by)
    with connection.cursor() as cursor:
        lock_ledger(cursor)
        _refuse_if_stood_on(cursor, run, by)
        removed = dialect.make_table_as(
            cursor, READY, f"SELECT customer_id, sold_on, replaces FROM customers_saleline WHERE {lines} AND live", its
        )
        cursor.execute(f"UPDATE customers_saleline SET live = false WHERE {lines} AND live", its)
        cursor.execute(
            "UPDATE customers_saleline SET live = true"
            f" WHERE id IN (SELECT replaces FROM {READY} WHERE replaces IS NOT NULL)"
        )
        restored = cursor.rowcount
        _refresh(cursor, READY)
        dialect.drop_tables(cursor, READY)
    return {"removed": removed, "restored": restored}


def _refuse_if_stood_on(cursor, run: ImportRun, by) -> None:
    """Names the imports to undo first; of those that this person does not see only that there are any."""
    its = [run.first_line, run.last_line, run.pk]
    replaced = "SELECT id FROM customers_saleline WHERE id BETWEEN %s AND %s AND run_id = %s AND NOT live"
    cursor.execute(f"{replaced} LIMIT 1", its)
    if not cursor.fetchone():
        return
    cursor.execute(
        f"""WITH RECURSIVE below(id, run_id) AS (
            SELECT id, CAST(0 AS bigint) FROM ({replaced}) AS its
            UNION SELECT l.id, l.run_id FROM below JOIN (
                SELECT replaces AS part, id, run_id FROM customers_saleline WHERE replaces IS NOT NULL
                UNION ALL SELECT s.part_id, x.id, x.run_id FROM customers_salesum s
                    JOIN customers_saleline x ON x.id = s.line_id
            ) l ON l.part = below.id)
        SELECT DISTINCT r.id, r.name FROM below JOIN crm_importrun r ON r.id = below.run_id AND r.state = %s
        ORDER BY r.id DESC LIMIT 20""",
        [*its, ImportRun.State.DONE],
    )
    found = cursor.fetchall()
    told = ImportRun.objects.all() if by is None else ImportRun.objects.visible_to(by)
    seen = set(told.filter(pk__in=[pk for pk, _name in found]).values_list("pk", flat=True))
    later = [f"#{pk} {name}" for pk, name in found if pk in seen]
    if len(seen) < len(found):
        later.append(_("imports of others"))
    raise ValidationError(
        _("Later imports have corrected lines of this one. Undo them first: %(imports)s."),
        code="stood_on",
        params={"imports": ", ".join(later) or "…"},
    )


def _last_id(cursor) -> int:
    cursor.execute("SELECT coalesce(max(id), 0) FROM customers_saleline")
    return cursor.fetchone()[0]


def _refresh(cursor, lines: str) -> None:
    """Bring the sums up to date for the days of some lines."""
    month = dialect.month_of("sold_on")
    dialect.make_table_as(
        cursor,
        TOUCHED,
        f"SELECT customer_id, month, {dialect.next_month('month')} AS next_month"
        f" FROM (SELECT DISTINCT customer_id, {month} AS month FROM {lines}) AS t",
    )
    refresh_months(cursor, TOUCHED)
    dialect.drop_tables(cursor, TOUCHED)
