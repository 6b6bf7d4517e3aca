"""Who looks after a customer beside oneself: to whom something about it can be handed."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value

from crm.accounts.models import Posting, Role, User
from customers.profile.models import Customer, Responsibility, SpecialCare, in_hands_of

ACTING = (Role.MANAGER, Role.HEAD, Role.ADMIN)


def own_of(user: User, day: datetime.date) -> QuerySet[Customer]:
    """The customers in a person's reach that are `theirs`."""
    return Customer.objects.visible_to(user).filter(theirs(user, day, "pk"))


def theirs(user: User, day: datetime.date, of: str = "customer_id") -> Q:
    """The condition under which a row in reach is about a customer that is this person's to look after: in their
    hands, or in nobody's. of: where the row keeps its customer.

    Today cuts its lists to so many: beside the larger customers of colleagues one's own would be left out. Whoever
    looks after what others do keeps all of them.
    """
    if user.is_head or user.is_admin or not user.may_write:
        return Q()
    named = Responsibility.objects.in_force(day).filter(customer=OuterRef(of)).order_by()
    return Q(**{f"{of}__in": in_hands_of(user.pk, day)}) | ~Exists(named)


def still_taking(pairs: Collection[tuple[int, int]], day: datetime.date) -> set[tuple[int, int]]:
    """Of (user, customer) those who could take something about it over today, as `takers` has it. Five statements."""
    roles = dict(
        User.objects.filter(pk__in={user for user, _pk in pairs}, is_active=True, role__in=ACTING)
        .order_by()
        .values_list("pk", "role")
    )
    ids = {pk for _user, pk in pairs}
    paths = dict(Customer.objects.filter(pk__in=ids).values_list("pk", "region__path"))
    near = set()
    for model in (Responsibility, SpecialCare):
        rows = model.objects.in_force(day).filter(customer_id__in=ids, user_id__in=roles).order_by()  # type: ignore[attr-defined]
        near |= set(rows.values_list("user_id", "customer_id"))
    posted: dict[int, list[str]] = {}
    rows = Posting.objects.in_force(day).filter(user_id__in=roles).order_by()
    for user_id, path in rows.values_list("user_id", "region__path"):
        posted.setdefault(user_id, []).append(path)
    return {
        (user_id, pk)
        for user_id, pk in pairs
        if user_id in roles
        and pk in paths
        and (
            roles[user_id] == Role.ADMIN
            or (user_id, pk) in near
            or any(paths[pk].startswith(path) for path in posted.get(user_id, ()))
        )
    }


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
