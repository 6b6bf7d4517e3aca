"""What a customer's timeline tells of money: payments, invoices due, promises to pay."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.clock import noon_of
from crm.panels import TimelineEntry
from crm.shell.numbers import money
from customers.profile.models import Customer
from customers.receivables.models import OpenItem, Payment, Promise, PromiseState, Side

_PROMISES = {PromiseState.KEPT: "ok", PromiseState.BROKEN: "bad"}


def entries(user, customer: Customer, since: datetime.date, until: datetime.date) -> list[TimelineEntry]:
    """Three statements. Invoices stand on the day they fell due, while something of them is open."""
    url = reverse("customers:payments", args=[customer.pk])
    days = (since, until)

    def entry(day: datetime.date, title: str, text: str = "", tone: str = "") -> TimelineEntry:
        return TimelineEntry(noon_of(day), "payment", title, text, url, tone, timed=False)

    found = [
        entry(one.paid_on, _("Paid %(amount)s") % {"amount": _money(one.amount)}, one.number, "ok")
        for one in Payment.objects.visible_to(user).filter(customer=customer, paid_on__range=days)
    ]
    due = OpenItem.objects.visible_to(user).filter(customer=customer, due_on__range=days, open_amount__gt=0)
    found += [
        entry(
            one.due_on, _("%(amount)s fell due and is open") % {"amount": _money(one.open_amount)}, one.number, "warn"
        )
        for one in due
    ]
    promised = Promise.objects.visible_to(user).filter(customer=customer, made_on__range=days)
    found += [
        entry(one.made_on, _promised(one), one.what, _PROMISES.get(PromiseState(one.state), "")) for one in promised
    ]
    return found


def _money(amount) -> str:
    return money(amount, settings.CURRENCY)


def _promised(one: Promise) -> str:
    if one.amount is not None:
        return _("Promised to pay %(amount)s: %(state)s") % {
            "amount": _money(one.amount),
            "state": one.get_state_display(),
        }
    if one.made_by == Side.US:
        return _("We promised: %(state)s") % {"state": one.get_state_display()}
    return _("They promised: %(state)s") % {"state": one.get_state_display()}
