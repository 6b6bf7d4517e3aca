"""Whose days a page of plans is about."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from crm.accounts.models import Role, User
from customers.profile.doors import number_of
from visits.plan.visiting import visitors_open_to, visits_anybody

MOST = 200


def may_see_days(user: User, person: User) -> bool:
    """On which days colleagues have room is theirs to know, and their head's."""
    return user.role != Role.MANAGER or person == user


def somebody(request) -> User | None:
    """?person=ID, whom a head (or who sees several) may send; without it oneself, or the first of them. None: nobody
    is in reach.
    """
    asked = request.GET.get("person") or request.POST.get("person") or ""
    if request.user.role == Role.MANAGER:  # colleagues' days are theirs
        if asked not in ("", str(request.user.pk)):
            raise Http404
        return request.user
    open_to = visitors_open_to(request.user)
    if asked:
        number = number_of(asked)
        return get_object_or_404(open_to, pk=number if number is not None else 0)
    if visits_anybody(request.user):
        return request.user
    return open_to.first()


def person_of(request) -> User:
    """`somebody`; nobody is not found."""
    found = somebody(request)
    if found is None:
        raise Http404
    return found


def people_filter(request, person: User) -> list[dict]:
    """The filter of whose days these are, for those who see several people's."""
    if request.user.role == Role.MANAGER:
        return []
    choices = [(str(one.pk), str(one)) for one in visitors_open_to(request.user)[:MOST]]
    return [
        {"label": _("Who goes"), "name": "person", "value": str(person.pk), "shown": str(person), "choices": choices}
    ]
