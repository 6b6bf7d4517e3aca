"""Who may be sent to whom: any active market manager or head who sees the customer, today or on the day."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet, Value
from django.utils.translation import gettext as _

from crm.accounts.models import Role, User
from crm.clock import today
from customers.profile.actions import people_open_to
from customers.profile.models import Customer, Responsibility, StandIn, State, customer_scope, in_hands_of

VISIT = (Role.MANAGER, Role.HEAD)


def visitors_open_to(user: User) -> QuerySet[User]:
    """Whom this person may send: themselves, and whom they may put in charge."""
    open_to = people_open_to(user).order_by().values("pk")
    found = User.objects.filter(Q(pk__in=open_to) | Q(pk=user.pk))
    return found.filter(is_active=True, role__in=VISIT).order_by("name", "username")


def visits_anybody(user: User) -> bool:
    return user.is_active and user.role in VISIT


def may_end(user: User, visitor_id: int) -> bool:
    """Who says that a visit was made or is called off, or reports it: whoever goes, their head, administrators, and who
    stands in for them today. Two statements at most.
    """
    return user.pk == visitor_id or user.is_admin or _ended_by(user).filter(pk=visitor_id).exists()


def with_may_end(rows: QuerySet, user: User) -> QuerySet:
    """`may_end` of many visits at once, as `ends`; no further statement."""
    if user.is_admin:
        return rows.annotate(ends=Value(True))
    theirs = Q(visitor_id=user.pk) | Q(visitor__in=_ended_by(user).order_by().values("pk"))
    return rows.annotate(ends=ExpressionWrapper(theirs, BooleanField()))


def _ended_by(user: User) -> QuerySet[User]:
    """Whose visits this one ends beside their own."""
    if user.is_head:
        return visitors_open_to(user)
    day = today()
    away = StandIn.objects.filter(stand_in=user, since__lte=day, until__gt=day).order_by().values("absent")
    return User.objects.filter(pk__in=away)


def refuse_form(request, visit) -> None:
    """Nobody is to fill in a form that is refused then; what was sent all the same, the action refuses."""
    if request.method != "POST" and not may_end(request.user, visit.visitor_id):
        raise PermissionDenied(_not_theirs())


def check_may_end(visit, by: User | None) -> None:
    """by: None is the system. Raises ValidationError with code `right`."""
    if by is not None and not may_end(by, visit.visitor_id):
        raise ValidationError(_not_theirs(), code="right")


def _not_theirs() -> str:
    return _("Whoever makes this visit, or their head, says what becomes of it.")


def is_closed_on(customer: Customer, day: datetime.date) -> bool:
    return customer.state == State.CLOSED and (customer.closed_on is None or customer.closed_on <= day)


def seen_by(visitor: User, ids: Collection[int], day: datetime.date) -> set[int]:
    """Which of these customers a person sees today or looks after on that day. One statement, two for their reach."""
    seen = customer_scope(visitor) | Q(pk__in=in_hands_of(visitor.pk, day))
    return set(Customer.objects.filter(seen, pk__in=ids).values_list("pk", flat=True))


def in_charge_on(customer: Customer, day: datetime.date) -> User | None:
    """Who may be sent because they are in charge by name on a day."""
    rows = Responsibility.objects.in_force(day).filter(customer=customer, user__in=_active())
    held = rows.select_related("user").first()
    return held.user if held else None


def _active() -> QuerySet[User]:
    return User.objects.filter(is_active=True, role__in=VISIT)
