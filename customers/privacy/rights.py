"""Who may have a copy of everything held, who may ask for an erasure, and who lets it go ahead."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from crm.accounts.models import Role, User
from customers.facts.rights import may_reveal
from customers.people.models import Person, PersonRole
from customers.profile.models import Customer


def may_copy(user: User, row: Customer | Person) -> bool:
    """row came through `visible_to(user)`. Of a person: whoever may read the sensitive facts of a customer they stand
    with; of one who stands with nobody: whoever wrote them down.
    """
    if isinstance(row, Customer):
        return may_reveal(user, row)
    if not user.is_active or user.role in (Role.ANALYST, Role.API):
        return False
    if user.role in (Role.ADMIN, Role.HEAD):
        return True
    customers = Customer.objects.visible_to(user).filter(person_roles__person=row).distinct()
    if any(may_reveal(user, one) for one in customers[:20]):
        return True
    return row.created_by_id == user.pk and not PersonRole.objects.filter(person=row).exists()


def may_erase(user: User, row: Customer | Person) -> bool:
    """Heads and administrators; a head only whom they see whole."""
    return not why_not(user, row)


def why_not(user: User, row: Customer | Person) -> str:
    """Why this person may not ask for the erasure; "" if they may."""
    if not user.is_active or not user.may_write or user.role not in (Role.ADMIN, Role.HEAD):
        return _("Erasing is for heads and administrators.")
    if user.role == Role.HEAD and isinstance(row, Person):
        roles = PersonRole.objects.filter(person=row)
        if roles.count() != PersonRole.objects.visible_to(user).filter(person=row).count():
            return _("Only an administrator can erase this person.")
    return ""


def refuse_copy(user: User, row: Customer | Person) -> None:
    if not may_copy(user, row):
        raise PermissionDenied(_("Copies are for those who may read the sensitive facts."))


def refuse_erasing(user: User, row: Customer | Person) -> None:
    reason = why_not(user, row)
    if reason:
        raise PermissionDenied(reason)


def needs_second() -> bool:
    return settings.ERASURE_FOUR_EYES


def may_follow(user) -> bool:
    """Who sees what was asked to be erased, and has the entry in the menu."""
    return bool(user.is_authenticated and (user.is_admin or user.is_head))


def may_decide(user: User, erasure) -> bool:
    """An administrator other than whoever asked."""
    return bool(user.is_admin and user.may_write and erasure.asked_by_id != user.pk)
