"""Whose visits a page is about: one's own, or of whom one may send."""

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


def asked_for(request) -> User | None:
    """?person=ID, whom a head (or who sees several) may send; a market manager is themselves. None: nobody is named."""
    asked = request.GET.get("person") or request.POST.get("person") or ""
    if request.user.role == Role.MANAGER:  # colleagues' days are theirs
        if asked not in ("", str(request.user.pk)):
            raise Http404
        return request.user
    if not asked:
        return None
    number = number_of(asked)
    return get_object_or_404(visitors_open_to(request.user), pk=number if number is not None else 0)


def somebody(request) -> User | None:
    """`asked_for`; without it oneself, or the first of them. None: nobody is in reach."""
    found = asked_for(request)
    if found is not None:
        return found
    return request.user if visits_anybody(request.user) else visitors_open_to(request.user).first()


def person_of(request) -> User:
    """`somebody`; nobody is not found."""
    found = somebody(request)
    if found is None:
        raise Http404
    return found


def people_filter(request, person: User | None) -> list[dict]:
    """The filter of whose days these are, for those who see several people's. None: nobody is chosen yet."""
    if request.user.role == Role.MANAGER:
        return []
    choices = [(str(one.pk), str(one)) for one in visitors_open_to(request.user)[:MOST]]
    chosen = {"value": str(person.pk), "shown": str(person)} if person is not None else {"value": "", "shown": ""}
    return [{"label": _("Who goes"), "name": "person", **chosen, "choices": choices}] if choices else []
