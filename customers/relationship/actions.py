"""Writing down how a customer behaves."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import record
from crm.clock import today
from customers.profile.actions import tiers_follow
from customers.profile.models import Customer
from customers.relationship.models import Observation


@transaction.atomic
def observe(
    *,
    customer: Customer,
    trait: str,
    score: int,
    seen_on: datetime.date,
    seen_by: User | None = None,
    source: str = "",
    note: str = "",
) -> Observation:
    """Write one observation; none is ever changed, a change of mind is a new one.

    score: 0 (poor) to 100 (excellent). seen_by None is the system. Raises ValidationError keyed by field.
    """
    if seen_on > today():
        raise ValidationError({"seen_on": ValidationError(_("This day has not come yet."), code="future")})
    observation = Observation(
        customer=customer,
        trait=trait,
        score=score,
        seen_on=seen_on,
        seen_by=seen_by,
        source=source,
        note=" ".join(note.split()),
    )
    observation.full_clean(exclude=["seen_by"] if seen_by is None else None)
    observation.save()
    record(
        action="customer.observe",
        target=customer,
        changes={
            "trait": [None, trait],
            "score": [None, score],
            "seen_on": [None, seen_on],
            **({"note": [None, observation.note]} if observation.note else {}),
        },
        actor=seen_by,
    )
    tiers_follow(seen_by)
    return observation
