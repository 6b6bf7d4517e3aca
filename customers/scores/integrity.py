"""Scores against their own components, and the triggers that tell of new evidence."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from crm.integrity import Check, Found, missing_triggers
from customers.scores import outbox
from customers.scores.models import Score

_BATCH = 2_000


def _sums(cursor, found: Found) -> None:
    """The components of every score in force add up to it."""
    rows = Score.objects.filter(current=True).order_by("customer__code", "trait")
    for code, value, components in rows.values_list("customer__code", "value", "components").iterator(_BATCH):
        # A score written before it had components says so by having none.
        if components and sum(one["points"] for one in components) != value:
            found.add(code)


def _triggers(cursor, found: Found) -> None:
    missing_triggers(cursor, found, list(outbox.TRIGGERS))


CHECKS = [
    Check("scores", _("Every score is the sum of its components."), _sums),
    Check("score_triggers", _("New evidence reaches the scores."), _triggers),
]
