"""Sealing anew: after a new key came in front, every sealed value goes under it, page by page.

settings.SEALED_COLUMNS names the columns as app.Model.column.
"""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.db import transaction

from crm import crypt

PAGE = 500


def columns():
    """(model, column) of every column that holds sealed values."""
    for path in settings.SEALED_COLUMNS:
        label, column = path.rsplit(".", 1)
        yield apps.get_model(label), column


def reseal_all() -> int:
    """Seal anew what an older key sealed; how many. Raises Unreadable at a value that no key opens.

    Each page is a transaction: stopped half-way it goes on where it was, and run again it finds nothing to do.
    """
    count = 0
    for model, column in columns():
        last = 0
        while True:
            with transaction.atomic():
                rows = model._base_manager.filter(pk__gt=last, **{f"{column}__startswith": crypt.MARK})
                page = list(rows.select_for_update().order_by("pk")[:PAGE])
                if not page:
                    break
                last = page[-1].pk
                old = [row for row in page if not crypt.is_newest(getattr(row, column))]
                for row in old:
                    setattr(row, column, crypt.reseal(getattr(row, column)))
                model._base_manager.bulk_update(old, [column], batch_size=100)
                count += len(old)
    return count
