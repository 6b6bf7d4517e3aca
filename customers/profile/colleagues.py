"""Who looks after a customer beside oneself: to whom something about it can be handed."""

from __future__ import annotations

import datetime

from django.db.models import CharField, ExpressionWrapper, F, Q, QuerySet, Value

from crm.accounts.models import Posting, Role, User
from customers.profile.models import Customer, Responsibility, SpecialCare

ACTING = (Role.MANAGER, Role.HEAD, Role.ADMIN)


def takers(user: User, customer_id: int, day: datetime.date) -> QuerySet[User]:
    """Colleagues who see a customer that this person sees, and can act: posted to its region or one above it, in
    charge of it, dedicated to it, or administrators. None for a customer beyond reach.
    """
    customer = Customer.objects.visible_to(user).filter(pk=customer_id).select_related("region").first()
    if customer is None:
        return User.objects.none()
    path = ExpressionWrapper(Value(customer.region.path), output_field=CharField())
    posted = Posting.objects.in_force(day).annotate(path=path).filter(path__startswith=F("region__path"))
    held = Responsibility.objects.in_force(day).filter(customer=customer).values("user_id")
    dedicated = SpecialCare.objects.in_force(day).filter(customer=customer).values("user_id")
    near = Q(pk__in=posted.values("user_id")) | Q(pk__in=held) | Q(pk__in=dedicated) | Q(role=Role.ADMIN)
    return User.objects.filter(near, is_active=True, role__in=ACTING).exclude(pk=user.pk)
