"""What waits for somebody because of money: the overdue, and promises to pay whose day has come."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.shell.numbers import money
from crm.today.ranking import Action, Task
from customers.profile.colleagues import theirs
from customers.receivables.models import Promise
from customers.receivables.reading import most_overdue

MOST = 50


def tasks(user, day: datetime.date) -> list[Task]:
    """Whoever promised to pay is left alone until that day. Two statements."""
    found = []
    promises = Promise.objects.open().to_pay().filter(customer=OuterRef("customer_id"))
    waited_for = Exists(promises.filter(due_on__gte=day)) & ~Exists(promises.filter(due_on__lt=day))
    for one in most_overdue(user, day, MOST, theirs(user, day) & ~waited_for):
        pk, amount = one.customer.pk, money(one.ageing.overdue, settings.CURRENCY)
        reason = ngettext(
            "%(amount)s overdue, the oldest for %(n)d day.",
            "%(amount)s overdue, the oldest for %(n)d days.",
            one.ageing.oldest,
        ) % {"amount": amount, "n": one.ageing.oldest}
        action = Action(_("Write down a promise to pay"), reverse("customers:promise-new", args=[pk]), "notes")
        if one.promised is not None:
            reason += " " + _("The promise to pay has run out.")
            action = None  # a call is what is left
        found.append(
            Task(
                key=f"overdue:{pk}",
                kind="overdue",
                icon="receipt-2",
                tone="bad",
                reason=reason,
                url=reverse("customers:payments", args=[pk]),
                customer_id=pk,
                action=action,
                stake=one.ageing.overdue,
                late=one.ageing.oldest,
                minutes=10,
            )
        )
    return found
