"""Contacts and common ground when two customers become one: all go over; what both have stands once."""

from __future__ import annotations

from crm.clock import today
from crm.merging import Work, move, special
from customers.contacts.models import Topic


def topics(work: Work) -> None:
    """What both have goes over as set aside, so that it stands once."""
    mine = {one.lower() for one in _texts(work.survivor_id).values()}
    twice = [pk for pk, text in _texts(work.loser_id).items() if text.lower() in mine]
    if twice:
        places = ", ".join(["%s"] * len(twice))
        work.update(Topic, f"id IN ({places})", twice, retired_on=today())
    work.update(Topic, "customer_id = %s", [work.loser_id], customer_id=work.survivor_id)


def _texts(customer_id: int) -> dict[int, str]:
    return dict(Topic.objects.live().filter(customer_id=customer_id).values_list("pk", "text"))


RULES = [move("customers.Contact"), special("customers.Topic", topics)]
