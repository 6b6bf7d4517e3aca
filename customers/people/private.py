"""What of a person is personal, and to whom it is shown."""

from __future__ import annotations

from crm.accounts.models import Role

NEVER = (Role.ANALYST, Role.API)
PRIVATE_FIELDS = ("birth_year", "birth_month", "birth_day", "note")


def may_see_private(user, person=None) -> bool:
    """Birthdays, relations of the family and notes: for those who deal with the customer, so neither for analysts nor
    for programs. person: one that came through `visible_to`; who sees it not at all never gets here.
    """
    return user is not None and user.is_active and user.role not in NEVER
