"""What a customer's page shows of contacts and common ground."""

from __future__ import annotations

from crm.clock import now, today
from crm.panels import Panel
from customers.contacts import reading
from customers.contacts.charts import curve, in_words
from customers.contacts.models import Contact, Topic
from customers.contacts.views import A_YEAR, told
from customers.people.models import Person
from customers.profile.models import Customer

LATEST = 3
CURVE = 30


def contacts(request, *, customer: Customer, **context) -> Panel:
    """The last contacts and how the mood went. One statement: customer came through `visible_to`."""
    rows = Contact.objects.filter(customer=customer).readable_by(request.user).live().select_related("by", "person")
    found = list(rows.order_by("-happened_at", "-pk")[:CURVE])
    since = now() - A_YEAR
    felt = [
        reading.Felt(one.happened_at, one.mood_before, one.mood_after)
        for one in reversed(found)
        if one.mood is not None and one.happened_at >= since
    ]
    values = {
        "customer": customer,
        "contacts": told(found[:LATEST], request.user),
        "more": len(found) > LATEST,
        "moods": curve(felt),
        "mood_words": in_words(felt),
        "may_write": request.user.may_write,
    }
    return Panel("contacts/_panel.html", values, "main")


def ground(request, *, customer: Customer, **context) -> Panel:
    """What to begin a talk with, and what to leave alone. One statement."""
    values = {
        "customer": customer,
        "shared": reading.shared_with(request.user, customer, today()),
        "may_write": request.user.may_write,
    }
    return Panel("contacts/_ground_panel.html", values, "side")


def ground_of_person(request, *, person: Person, **context) -> Panel | None:
    """Of one person, as far as the customers they stand with are in reach. One statement."""
    topics = Topic.objects.visible_to(request.user).live().filter(person=person).select_related("person")
    found = reading.shared(topics, today())
    return None if found.is_empty else Panel("contacts/_ground_person.html", {"shared": found}, "side")
