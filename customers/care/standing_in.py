"""Who stands in for whom while they are away."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from crm.accounts.models import Role, User
from crm.audit.actions import record
from crm.clock import today
from crm.refusing import refusal_of
from customers.profile.actions import people_open_to
from customers.profile.models import StandIn

LONGEST_DAYS = 366


def may_be_away(user: User) -> QuerySet[User]:
    """For whom this person may name a stand-in: themselves, and (heads, administrators) their people."""
    if user.is_admin or user.is_head:
        return people_open_to(user)
    return User.objects.visible_to(user).filter(pk=user.pk, is_active=True)


def may_stand_in(user: User) -> QuerySet[User]:
    """Whom this person may name: market managers in reach. Heads see their regions anyway."""
    return people_open_to(user).filter(role=Role.MANAGER)


@transaction.atomic
def name_stand_in(
    *, absent: User, stand_in: User, since: datetime.date, until: datetime.date, reason: str, by: User | None
) -> StandIn:
    """Somebody looks after what another is in charge of, from `since` until before `until`.

    Raises ValidationError keyed by field: nobody stands in for themselves, for two spells at once, while away
    themselves, or for somebody who stands in for a third (no chains); both must be in reach of `by`.
    """
    reason = " ".join(reason.split())
    _check_words(since, until, reason)
    # Locked in one order, so that of two who name each other at once the second is told.
    list(User.objects.select_for_update().filter(pk__in=[absent.pk, stand_in.pk]).order_by("pk"))
    _check_people(absent, stand_in, by)
    _check_spells(absent, stand_in, since, until)
    made = StandIn.objects.create(absent=absent, stand_in=stand_in, since=since, until=until, reason=reason, made_by=by)
    changes = {"absent": [None, absent], "stand_in": [None, stand_in], "since": [None, since], "until": [None, until]}
    record(action="stand_in.name", target=made, changes=changes, reason=reason, actor=by)
    return made


@transaction.atomic
def end_stand_in(*, row: StandIn, by: User) -> StandIn:
    """From today on it holds no more; one that has not begun never will."""
    held = StandIn.objects.select_for_update().get(pk=row.pk)
    if not may_end(held, by):
        raise ValidationError(_("Whoever is away, whoever stands in, or their head ends this."), code="right")
    if held.until <= today():
        raise ValidationError(_("This has ended already."), code="ended")
    before = held.until
    held.until = max(held.since, today())
    held.save(update_fields=["until"])
    record(action="stand_in.end", target=held, changes={"until": [before, held.until]}, actor=by)
    return held


def may_end(row: StandIn, user: User) -> bool:
    """row came through `visible_to(user)`."""
    if not user.may_write:
        return False
    return user.is_admin or user.is_head or user.pk in (row.absent_id, row.stand_in_id, row.made_by_id)


def _check_words(since: datetime.date, until: datetime.date, reason: str) -> None:
    wrong: dict[str, ValidationError] = {}
    if until <= since:
        wrong["until"] = ValidationError(_("It must end after it begins."), code="order")
    elif until <= today():
        wrong["until"] = ValidationError(_("These days are over."), code="over")
    elif (until - since).days > LONGEST_DAYS:
        wrong["until"] = ValidationError(_("A year at most: put somebody else in charge instead."), code="long")
    if not reason:
        wrong["reason"] = ValidationError(_("Say why."), code="required")
    if wrong:
        raise ValidationError(wrong)


def _check_people(absent: User, stand_in: User, by: User | None) -> None:
    if absent.pk == stand_in.pk:
        raise refusal_of("stand_in", _("Nobody stands in for themselves."), "self")
    if not stand_in.is_active or stand_in.role != Role.MANAGER:
        raise refusal_of("stand_in", _("Market managers stand in; heads see their regions anyway."), "role")
    if by is None:
        return
    if not may_be_away(by).filter(pk=absent.pk).exists():
        raise refusal_of("absent", _("This person is not in your reach."), "reach")
    if not may_stand_in(by).filter(pk=stand_in.pk).exists():
        raise refusal_of("stand_in", _("This person is not in your reach."), "reach")


def _check_spells(absent: User, stand_in: User, since: datetime.date, until: datetime.date) -> None:
    people = Q(absent__in=[absent, stand_in]) | Q(stand_in=absent)
    for other in StandIn.objects.filter(people, since__lt=until, until__gt=since).exclude(until__lte=since):
        if other.absent_id == absent.pk:
            raise refusal_of("since", _("Somebody stands in for them on some of these days already."), "overlap")
        if other.absent_id == stand_in.pk:
            raise refusal_of("stand_in", _("They are away themselves on some of these days."), "away")
        raise refusal_of("absent", _("They stand in for somebody else on some of these days: end that first."), "chain")
