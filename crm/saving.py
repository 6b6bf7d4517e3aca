"""Saving a row whose values must be unique, when somebody else may write the same in this very moment."""

from __future__ import annotations

from django.db import IntegrityError, models, transaction


def save(row: models.Model, **options) -> None:
    """Save a row that `full_clean` found good. Who comes second is told what is taken, in the same words.

    Constraints may be left to the database (`validate_constraints=False`): asked one by one beforehand, each costs a
    statement; here they are asked only when one of them did not hold.
    """
    try:
        with transaction.atomic():
            row.save(**options)
    except IntegrityError:
        row.validate_unique()  # the other's row can be seen by now
        row.validate_constraints()
        raise
