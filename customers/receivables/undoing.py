"""Taking an import of receivables back: every document as it was, those it brought gone, or nothing at all."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import ngettext

from crm.clock import today
from crm.imports.models import ImportChange, ImportRun
from crm.imports.staging import advisory_lock
from crm.money import from_minor, to_minor
from customers.profile.undoing import refuse_beyond_reach
from customers.receivables import settling
from customers.receivables.models import Allocation, OpenItem, Payment

LOCK = "imports.receivables"
_NAMED = 5
_MONEY = ("amount", "paid")
_AT_ONCE = 500


def undo(*, run: ImportRun, by=None) -> dict[str, int]:
    """In the caller's transaction. A document that a later import corrected stands on this one: ValidationError.

    Payments are told from invoices in the traces by numbers below 0.
    """
    advisory_lock(LOCK)
    _refuse_if_changed(run)
    touched: set[int] = set()
    removed = restored = 0
    for model, sign in ((OpenItem, 1), (Payment, -1)):
        for page in _pages(run, sign):
            rows = model.objects.in_bulk([change.object_id * sign for change in page])
            refuse_beyond_reach(model.objects.filter(pk__in=rows), "customer_id", by)
            touched |= {row.customer_id for row in rows.values()}
            gone = [change.object_id * sign for change in page if change.before is None]
            back = [(rows[change.object_id * sign], change.before) for change in page if change.before is not None]
            _remove(model, gone)
            _restore(model, back)
            removed, restored = removed + len(gone), restored + len(back)
    settling.settle(touched)
    settling.follow(today(), touched)
    return {"removed": removed, "restored": restored}


def as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.date) else value


def _pages(run: ImportRun, sign: int) -> Iterator[list[ImportChange]]:
    rows = ImportChange.objects.filter(run=run).order_by("pk")
    rows = rows.filter(object_id__gt=0) if sign > 0 else rows.filter(object_id__lt=0)
    last = 0
    while page := list(rows.filter(pk__gt=last)[:_AT_ONCE]):
        last = page[-1].pk
        yield page


def _refuse_if_changed(run: ImportRun) -> None:
    moved: list[str] = []
    for model, sign in ((OpenItem, 1), (Payment, -1)):
        for page in _pages(run, sign):
            rows = model.objects.in_bulk([change.object_id * sign for change in page])
            for change in page:
                row = rows.get(change.object_id * sign)
                if row is None or any(_kept(row, name) != value for name, value in change.after.items()):
                    moved.append(row.number if row else str(abs(change.object_id)))
    if moved:
        text = ngettext(
            "%(n)d document of this import was changed later (%(numbers)s), so the import cannot be undone.",
            "%(n)d documents of this import were changed later (%(numbers)s), so the import cannot be undone.",
            len(moved),
        )
        shown = ", ".join(moved[:_NAMED])
        raise ValidationError(
            text % {"n": len(moved), "numbers": shown if len(moved) <= _NAMED else f"{shown} …"}, code="changed"
        )


def _kept(row, name: str) -> Any:
    """A value as the traces keep it."""
    value = getattr(row, name)
    return to_minor(value) if name in _MONEY else as_json(value)


def _remove(model, ids: list[int]) -> None:
    """With what they settled; whoever else is touched by that is worked out anew after."""
    if model is OpenItem:
        Allocation.objects.filter(item__in=ids).delete()
        Allocation.objects.filter(credit__in=ids).delete()
    else:
        Allocation.objects.filter(payment__in=ids).delete()
    model.objects.filter(pk__in=ids).delete()


def _restore(model, back: list[tuple[Any, dict[str, Any]]]) -> None:
    names: set[str] = set()
    for row, before in back:
        names |= before.keys()
        for name, value in before.items():
            if name in _MONEY:
                value = from_minor(value)
            elif name.endswith("_on") and value:
                value = datetime.date.fromisoformat(value)
            setattr(row, name, value)
        if model is OpenItem:
            # As its own record leaves it; what payments settle of it is worked out after.
            row.open_amount = row.amount - row.paid
            row.settled_on = max(row.paid_on, row.issued_on) if row.open_amount == 0 else None
        else:
            row.unused = row.amount
    names |= {"open_amount", "settled_on"} if model is OpenItem else {"unused"}
    model.objects.bulk_update([row for row, _before in back], sorted(names), batch_size=200)
