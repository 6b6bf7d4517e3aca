"""What is asked of an issue before it is written: who may own it, which days, which words."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from crm.accounts.models import Role, User
from crm.clock import today
from crm.refusing import refusal_of
from customers.issues.models import LONGEST, LONGEST_TITLE, Category, Origin, Severity
from customers.issues.rulemodels import IssueCause
from customers.issues.terms import MOST_DAYS
from customers.people.models import Person, PersonRole
from customers.profile.actions import people_open_to
from customers.profile.models import Customer, Responsibility, customer_scope

BACK_DAYS = 365
"""So long ago something may have been reported."""
AHEAD_DAYS = MOST_DAYS


def tier_of(customer: Customer) -> str:
    """As it stands; '' for one that has none yet. customer: best with its standing."""
    return getattr(getattr(customer, "standing", None), "tier", "") or ""


def in_charge(customer: Customer, day: datetime.date) -> User | None:
    rows = Responsibility.objects.in_force(day).filter(customer=customer, user__is_active=True)
    held = rows.select_related("user").first()
    return held.user if held else None


def usual_owner(customer: Customer, by: User | None) -> User | None:
    """Who is in charge, if they may act on it; else who writes it down."""
    held = in_charge(customer, today())
    if held is not None and held.may_write and sees(held, customer):
        return held
    return by


def sees(user: User, customer: Customer) -> bool:
    return Customer.objects.filter(customer_scope(user), pk=customer.pk).exists()


def owners_open_to(user: User) -> QuerySet[User]:
    """Whom this person may give an issue to: themselves, and whom they may put in charge."""
    found = User.objects.filter(Q(pk__in=people_open_to(user).order_by().values("pk")) | Q(pk=user.pk))
    return found.filter(is_active=True).exclude(role=Role.ANALYST).order_by("name", "username")


def check_owner(owner: User | None, customer: Customer, by: User | None) -> None:
    """owner None: nobody is in charge of the customer, and nobody of us wrote it down."""
    if owner is None:
        return
    if not owner.is_active or not owner.may_write:
        raise refusal_of("owner", _("This person changes nothing here."), "role")
    if not sees(owner, customer):
        raise refusal_of("owner", _("This person does not see the customer."), "sight")
    mine = by is None or owner.pk == by.pk or in_charge(customer, today()) == owner
    if not mine and not owners_open_to(by).filter(pk=owner.pk).exists():
        raise refusal_of("owner", _("This person is not in your reach."), "reach")


def check_person(person: Person | None, customer: Customer) -> None:
    if person is not None and not PersonRole.objects.filter(person=person, customer=customer).exists():
        raise refusal_of("person", _("This person does not stand with this customer."), "stands")


def causes_offered(kept: int | None = None) -> QuerySet[IssueCause]:
    """To choose from; kept: the id of one that stays choosable where it is chosen already."""
    return IssueCause.objects.filter(Q(active=True) | Q(pk=kept))


def check_cause(cause: IssueCause | None) -> None:
    if cause is not None and not cause.active:
        raise refusal_of("cause", _("There is no such choice."), "cause")


def check_day(day: datetime.date) -> None:
    if day > today():
        raise refusal_of("reported_on", _("This day is yet to come."), "future")
    if (today() - day).days > BACK_DAYS:
        text = _("No longer than %(days)d days ago.") % {"days": BACK_DAYS}
        raise refusal_of("reported_on", text, "old")


def checked(*, reported_on: datetime.date, due_on: datetime.date | None = None, **values: Any) -> dict[str, Any]:
    """due_on: where somebody says one; what follows from the rules is not theirs to answer for."""
    wrong: dict[str, list[ValidationError]] = {}
    values["title"] = " ".join(tidy(values["title"]).split())
    values["text"] = tidy(values["text"])
    if not values["title"]:
        wrong["title"] = [ValidationError(_("Say in a few words what is wrong."), code="required")]
    if len(values["title"]) > LONGEST_TITLE:
        wrong["title"] = [long(LONGEST_TITLE)]
    if len(values["text"]) > LONGEST:
        wrong["text"] = [long(LONGEST)]
    if values["category"] not in Category.values:
        wrong["category"] = [ValidationError(_("There is no such choice."), code="category")]
    if values["origin"] not in Origin.values:
        wrong["origin"] = [ValidationError(_("There is no such choice."), code="origin")]
    if values["severity"] not in Severity.values:
        wrong["severity"] = [ValidationError(_("Say from 1 to 4 how bad it is."), code="severity")]
    if due_on is not None and due_on < reported_on:
        wrong["due_on"] = [ValidationError(_("It cannot be due before it was reported."), code="early")]
    elif due_on is not None and (due_on - reported_on).days > AHEAD_DAYS:
        text = _("%(days)d days after it was reported at most.") % {"days": AHEAD_DAYS}
        wrong["due_on"] = [ValidationError(text, code="far")]
    if wrong:
        raise ValidationError(wrong)  # type: ignore[arg-type]
    return values if due_on is None else values | {"due_on": due_on}


def tidy(text: str) -> str:
    return text.replace("\0", "").replace("\r\n", "\n").strip()


def said(field: str, text: str, missing: str) -> str:
    text = tidy(text)
    if not text:
        raise refusal_of(field, missing, "required")
    check_length(field, text, LONGEST)
    return text


def check_length(field: str, text: str, most: int) -> None:
    if len(text) > most:
        raise ValidationError({field: long(most)})


def long(most: int) -> ValidationError:
    return ValidationError(_("%(most)d characters at most.") % {"most": most}, code="long")
