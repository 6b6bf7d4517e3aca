"""To whom the personal side of somebody is shown: birthday, family, notes.

To who is in charge of a customer that the person stands or stood with, to their heads and administrators: the rule of
the customer's sensitive facts.
"""

from __future__ import annotations

from crm.accounts.models import Role
from customers.people.models import Person, PersonRole, Relation
from customers.people.private import never_sees_private


def may_see_private(user, row: Person | PersonRole | Relation | None = None) -> bool:
    """row: one that came through `visible_to`; None: whether there is anybody of whom this person is shown it.

    One query for all rows of a request, for market managers only: a manager looks after hundreds, not thousands.
    """
    if never_sees_private(user):
        return False
    if row is None or user.role != Role.MANAGER:
        return True
    people = _people_of(row)
    return not people or bool(people & _open_people(user))


def _people_of(row) -> set[int]:
    if isinstance(row, Person):
        return {row.pk}
    found = (row.person_id,) if isinstance(row, PersonRole) else (row.start_person_id, row.end_person_id)
    return {pk for pk in found if pk is not None}


def _open_people(user) -> set[int]:
    """Remembered on the user object, that is for one request, as the reach is."""
    if not hasattr(user, "_open_people"):
        user._open_people = set(Person.objects.open_to(user).order_by().values_list("pk", flat=True))
    return user._open_people
