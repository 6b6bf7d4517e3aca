"""Who guesses what a customer will answer, and from whom answers stay hidden until they have."""

from __future__ import annotations

import datetime

from django.db.models import Q, QuerySet

from crm.accounts.models import Role
from crm.clock import today
from customers.profile.models import Responsibility

# Whoever may not be asked to guess is not kept waiting.
NEVER_GUESS = (Role.ANALYST, Role.API, Role.ADMIN)


def guessers(day: datetime.date) -> QuerySet[Responsibility]:
    """Who looks after customers by name, and guesses what they will answer."""
    rows = Responsibility.objects.in_force(day).filter(user__is_active=True)
    return rows.exclude(user__role__in=NEVER_GUESS).order_by()


def revealed_to(user, path: str) -> Q:
    """Answers stay hidden from whoever looks after the customer by name until they have said what they expect."""
    prefix = f"{path}__" if path else ""
    if getattr(user, "role", None) in NEVER_GUESS:
        return Q()
    mine = Responsibility.objects.in_force(today()).filter(user_id=user.pk).order_by().values("customer_id")
    return (
        Q(**{f"{prefix}guessed_at__isnull": False})
        | ~Q(**{f"{prefix}waived": ""})
        | ~Q(**{f"{prefix}customer_id__in": mine})
    )
