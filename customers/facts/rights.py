"""Who may read the sensitive facts of a customer: the manager in charge, their heads, administrators; nobody else.

In charge is who holds the responsibility today; where nobody does, the managers posted to the customer's region.
"""

from __future__ import annotations

from crm.access import reach_of
from crm.accounts.models import Role, User
from crm.clock import today
from customers.profile.models import Customer, Responsibility


def may_reveal(user: User, customer: Customer) -> bool:
    """customer came through `visible_to(user)`. One query at most, for market managers only."""
    if not user.is_active:
        return False
    if user.role in (Role.ADMIN, Role.HEAD):
        return True
    if user.role != Role.MANAGER:
        return False
    held = Responsibility.objects.in_force(today()).filter(customer=customer).values_list("user_id", flat=True).first()
    if held is not None:
        return held == user.pk
    reach = reach_of(user)
    return reach.everywhere or customer.region_id in reach.region_ids


def may_change(user: User, customer: Customer, *, sensitive: bool) -> bool:
    """Who may not read a sensitive fact may not overwrite it either."""
    return user.may_write and (not sensitive or may_reveal(user, customer))
