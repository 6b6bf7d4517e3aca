"""Who may read the sensitive facts of a customer: the manager in charge, their heads, administrators; nobody else.

In charge is who holds the responsibility today, who stands in for them, and whoever a special customer is given to;
where nobody does, the managers posted to the customer's region.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from crm.access import reach_of
from crm.accounts.models import Role, User
from crm.clock import today
from customers.profile.models import Customer, Responsibility, SpecialCare, StandIn, in_hands_of


def may_reveal(user: User, customer: Customer) -> bool:
    """customer came through `visible_to(user)`. One query at most, for market managers only."""
    if not user.is_active:
        return False
    if user.role in (Role.ADMIN, Role.HEAD):
        return True
    if user.role != Role.MANAGER:
        return False
    # Who stands in for the manager in charge, and the person dedicated to a special customer, are in charge as well.
    day = today()
    standing = StandIn.objects.in_force(day).filter(stand_in=user, absent=OuterRef("user"))
    now = Responsibility.objects.in_force(day).filter(customer=OuterRef("pk"))
    row = Customer.objects.filter(pk=customer.pk).annotate(
        holder=Subquery(now.values("user_id")[:1]),
        stands_in=Exists(now.filter(Exists(standing))),
        special=Exists(SpecialCare.objects.in_force(day).filter(customer=OuterRef("pk"), user=user)),
    )
    holder, stands_in, special = row.values_list("holder", "stands_in", "special").get()
    if stands_in or special:
        return True
    if holder is not None:
        return holder == user.pk
    reach = reach_of(user)
    return reach.everywhere or customer.region_id in reach.region_ids


def in_charge_of(user: User) -> QuerySet[Customer]:
    """The customers whose sensitive facts this person may read: `may_reveal` for many, as a query."""
    seen = Customer.objects.visible_to(user)
    if not user.is_active or user.role not in (Role.ADMIN, Role.HEAD, Role.MANAGER):
        return seen.none()
    if user.role != Role.MANAGER:
        return seen
    day = today()
    held = Responsibility.objects.in_force(day).filter(customer=OuterRef("pk"))
    # Of what is seen by region alone, only what nobody has by name.
    return seen.filter(Q(pk__in=in_hands_of(user.pk, day)) | ~Exists(held))


def may_change(user: User, customer: Customer, *, sensitive: bool) -> bool:
    """Who may not read a sensitive fact may not overwrite it either."""
    return user.may_write and (not sensitive or may_reveal(user, customer))
