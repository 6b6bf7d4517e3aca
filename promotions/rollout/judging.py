"""What may be said of how a promotion was run, of one customer or of many."""

from __future__ import annotations

import datetime

from django.utils.translation import gettext as _

from crm.clock import today
from crm.refusing import refusal_of
from promotions.rollout.models import Compliance, Promotion

CREDIT = {Compliance.AS_AGREED: 100, Compliance.NOT_RUN: 0}
"""What was changed counts by how much of it was done."""


def checked_judgement(promotion: Promotion, compliance: str, credit: int | None, how: str) -> tuple[int, str]:
    """(percent that was done, the words tidied). Raises ValidationError keyed by field."""
    how = " ".join(how.split())
    if compliance not in Compliance.values:
        raise refusal_of("compliance", _("There is no such choice."), "compliance")
    if promotion.starts_on > today():
        raise refusal_of("compliance", _("It has not begun yet."), "early")
    if compliance != Compliance.AS_AGREED and not how:
        raise refusal_of("how", _("Say what was changed, or why it was not run."), "how")
    if len(how) > 300:
        raise refusal_of("how", _("%(most)d characters at most.") % {"most": 300}, "long")
    if compliance != Compliance.CHANGED:
        return CREDIT[Compliance(compliance)], how
    if credit is None or not 1 <= credit <= 99:
        raise refusal_of("credit", _("How much of it was done: 1 to 99 percent."), "credit")
    return credit, how


def not_ahead(field: str, day: datetime.date) -> None:
    if day > today():
        raise refusal_of(field, _("This day has not come yet."), "future")
