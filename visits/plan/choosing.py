"""Whose plan a page is about: one's own, or of whom one may send."""

from __future__ import annotations

from django.utils.translation import gettext as _

from crm.accounts.models import User
from visits.plan.visiting import visitors_open_to, visits_anybody

MOST = 200


def person_of(request, *, always: bool = False) -> tuple[User | None, list[dict]]:
    """?person=ID of those whom a head (or who sees several) may send; and the filter to choose one. Market managers
    are asked nothing. always: somebody, where there is anybody. One statement.
    """
    user = request.user
    mine = user if visits_anybody(user) else None
    if user.role == "manager":
        return mine, []
    people = list(visitors_open_to(user)[:MOST])
    asked = request.GET.get("person", "")
    chosen = next((one for one in people if str(one.pk) == asked), None)
    person = chosen or (mine or (people[0] if people else None) if always else None)
    choices = [(str(one.pk), str(one)) for one in people]
    filters = [
        {
            "label": _("Who goes"),
            "name": "person",
            "value": str(person.pk) if person is not None else "",
            "shown": str(person or ""),
            "choices": choices,
        }
    ]
    return person, filters if people else []
