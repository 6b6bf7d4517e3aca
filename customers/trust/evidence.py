"""The three complaints of one customer, each with what it rests on."""

from __future__ import annotations

import datetime
from decimal import Decimal

from customers.contacts.models import Business, Contact
from customers.profile.models import Customer
from customers.receivables import reading as receivables
from customers.relationship.models import Kind, Observation
from customers.sales.reading import trailing
from customers.trust.complaints import NoBusiness, OwnWay, own_way
from customers.trust.ledger import a_year_before


def own_way_of(customer: Customer, day: datetime.date) -> OwnWay:
    """Of the promotions of a year, by what was seen of them. One statement."""
    rows = Observation.objects.filter(customer=customer, kind=Kind.PROMOTION, seen_on__gt=a_year_before(day))
    return own_way([Decimal(score) / 100 for score in rows.filter(seen_on__lte=day).values_list("score", flat=True)])


def no_business_of(customer: Customer, day: datetime.date) -> NoBusiness:
    """What they said of their business in a year, against sales and what they owe. Three statements."""
    said = Contact.objects.open().filter(customer=customer, business__isnull=False)
    words = list(said.filter(happened_at__date__gt=a_year_before(day)).values_list("business", flat=True))
    sales = trailing(customer, day)
    account = receivables.account(customer, day)
    return NoBusiness(
        said=sum(one == Business.BAD for one in words),
        asked=len(words),
        growth=sales.growth,
        overdue=account.ageing.overdue,
        owed=account.ageing.owed,
        late_share=1 - account.paying.share if account.paying.share is not None else None,
    )
