"""What of a person is personal, and which roles are never shown it. Whom it is shown of whom: discretion.py."""

from __future__ import annotations

from crm.accounts.models import Role

NEVER = (Role.ANALYST, Role.API)
PRIVATE_FIELDS = ("birth_year", "birth_month", "birth_day", "note")


def never_sees_private(user) -> bool:
    """Analysts and programs: nothing personal of anybody."""
    return user is None or not user.is_active or user.role in NEVER
