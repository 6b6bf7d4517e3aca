"""What can be found, by kind: settings.SEARCH_SOURCES names one `Source` for each, in the order shown.

A slice that wants its rows found adds two things: in a migration, `KeepEntries(Kept(kind, table, …))` of
customers.profile.searchkeeping, so that the database keeps their texts; and here (in the settings) a Source, which
fetches the few rows that are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.module_loading import import_string
from django.utils.text import Truncator
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.care.models import Note
from customers.contacts.models import Contact
from customers.facts.models import Fact
from customers.issues.models import Issue
from customers.people.models import Person, PersonRole
from customers.profile.models import Customer
from customers.profile.searchentry import CUSTOMER


@dataclass(frozen=True, slots=True)
class Shown:
    """A hit as people see it. texts: (label, text) of what else it is found by, most telling first."""

    url: str
    title: str
    meta: str = ""
    tier: str = ""
    texts: tuple[tuple[Any, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """show(user, ids) -> {id: Shown}: those of the ids that the person sees (through visible_to), one statement."""

    kind: str
    label: Any
    icon: str
    show: Callable[[Any, Iterable[int]], dict[int, Shown]]


@cache
def sources() -> dict[str, Source]:
    return {source.kind: source for source in map(import_string, settings.SEARCH_SOURCES)}


def show_customers(user, ids: Iterable[int]) -> dict[int, Shown]:
    found = Customer.objects.visible_to(user).filter(pk__in=list(ids)).select_related("standing")
    return {
        one.pk: Shown(
            url=reverse("customers:detail", args=[one.pk]),
            title=one.name,
            meta=" · ".join(part for part in (one.code, one.city) if part),
            tier=getattr(getattr(one, "standing", None), "tier", ""),
            texts=(
                (_("Code"), one.code),
                (_("Phone"), one.phone),
                (_("Address"), " ".join(part for part in (one.city, one.district, one.address) if part)),
            ),
        )
        for one in found
    }


def show_licences(user, ids: Iterable[int]) -> dict[int, Shown]:
    """Customers by their business licence; two statements."""
    ids = list(ids)
    facts = Fact.objects.visible_to(user).current().of_fields(["licence_number"]).filter(customer_id__in=ids)
    numbers = dict(facts.values_list("customer_id", "value"))
    label = _("Business licence")
    return {
        pk: replace(shown, texts=((label, numbers[pk]),))
        for pk, shown in show_customers(user, ids).items()
        if numbers.get(pk)
    }


LICENCES = Source("licence", _("Business licences"), "file-text", show_licences)
CUSTOMERS = Source(CUSTOMER, _("Customers"), "building-store", show_customers)


def show_people(user, ids: Iterable[int]) -> dict[int, Shown]:
    """People with whom they stand, as far as this person sees it; two statements."""
    people = Person.objects.visible_to(user).filter(pk__in=list(ids))
    roles = PersonRole.objects.visible_to(user).filter(person__in=people, until__isnull=True)
    stands: dict[int, list[str]] = {}
    for role in roles.select_related("customer").order_by("-is_primary", "pk"):
        stands.setdefault(role.person_id, []).append(f"{role.get_role_display()} · {role.customer.name}")
    return {
        one.pk: Shown(
            url=reverse("customers:person", args=[one.pk]),
            title=one.name,
            meta="; ".join(stands.get(one.pk, ())[:2]),
            texts=((_("Phone"), one.phone), (_("WeChat"), one.wechat), (_("E-mail"), one.email)),
        )
        for one in people
    }


PEOPLE = Source("person", pgettext_lazy("contacts", "People"), "user", show_people)


def show_notes(user, ids: Iterable[int]) -> dict[int, Shown]:
    """Notes by their beginning; private ones only one's own. One statement."""
    rows = Note.objects.visible_to(user).live().filter(pk__in=list(ids)).select_related("customer", "written_by")
    return {
        one.pk: Shown(
            url=reverse("customers:notes", args=[one.customer_id]),
            title=Truncator(" ".join(one.text.split())).chars(60),
            meta=f"{one.customer.name} · {date_format(localtime(one.at), 'SHORT_DATE_FORMAT')}",
            texts=((_("Note"), " ".join(one.text.split())),),
        )
        for one in rows
    }


NOTES = Source("note", _("Notes"), "notes", show_notes)


def show_contacts(user, ids: Iterable[int]) -> dict[int, Shown]:
    """Contacts by what was said; private ones only one's own. One statement."""
    rows = Contact.objects.visible_to(user).live().filter(pk__in=list(ids)).select_related("customer")
    return {
        one.pk: Shown(
            url=reverse("contacts:detail", args=[one.pk]),
            title=Truncator(" ".join(one.text.split())).chars(60),
            meta=f"{one.customer.name} · {date_format(localtime(one.happened_at), 'SHORT_DATE_FORMAT')}",
            texts=((_("What was said"), " ".join(one.text.split())),),
        )
        for one in rows
    }


def show_issues(user, ids: Iterable[int]) -> dict[int, Shown]:
    """Issues by their title; one statement."""
    rows = Issue.objects.visible_to(user).filter(pk__in=list(ids)).select_related("customer")
    return {
        one.pk: Shown(
            url=reverse("issues:detail", args=[one.pk]),
            title=one.title,
            meta=f"{one.customer.name} · {one.get_state_display()}",
            texts=((_("What happened"), " ".join(one.text.split())),),
        )
        for one in rows
    }


CONTACTS = Source("contact", _("Contacts"), "message", show_contacts)
ISSUES = Source("issue", pgettext_lazy("complaint", "Issues"), "flag", show_issues)
