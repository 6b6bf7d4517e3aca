"""What is asked of a new customer beside its own row, see `profile.entry`."""

from __future__ import annotations

from customers.facts.actions import Origin, note_fact
from customers.facts.fields import FIELDS
from customers.facts.models import Fact, Source
from customers.profile.entry import EntryField
from customers.profile.models import Customer

_LICENCE = "licence_number"


def _write(customer: Customer, text: str, by) -> Fact:
    return note_fact(customer=customer, field=_LICENCE, value=text, by=by, origin=Origin(source=Source.DOCUMENT))


# By it a business is known again under any name: the look for doubles reads it before anything is written.
LICENCE = EntryField(_LICENCE, FIELDS[_LICENCE].label, 200, _write)
