"""Entitlements and balances in words, and what the log calls what was done."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from crm.audit.words import Words
from crm.shell import numbers
from customers.support import balance, entitling
from customers.support.balance import Balance
from customers.support.entitling import Given
from customers.support.models import Gives, Period, State, SupportCategory, Through


def money(value) -> str:
    return numbers.money(value, settings.CURRENCY)


def quantity(gives: str, amount) -> str:
    """¥12,000.00, 8%, 7 days."""
    unit = entitling.UNITS[gives]
    plain = format(amount.normalize(), "f")
    if unit == entitling.MONEY:
        return money(amount)
    if unit == entitling.PERCENT:
        return _("%(n)s%%") % {"n": plain}
    whole = int(amount) if amount == int(amount) else 2
    if gives == entitling.HOURS:
        return ngettext("%(n)s hour", "%(n)s hours", whole) % {"n": plain}
    return ngettext("%(n)s day", "%(n)s days", whole) % {"n": plain}


def said(gives: str, amount, period: str) -> str:
    """One line: what is given, how much of it, and how often."""
    text = quantity(gives, amount)
    if gives == entitling.VISITS:
        return ngettext("a visit every day", "a visit every %(n)s days", int(amount)) % {"n": int(amount)}
    if gives == entitling.MATERIALS:
        return _("%(quantity)s off materials") % {"quantity": text}
    if gives == entitling.CREDIT:
        return _("credit up to %(quantity)s") % {"quantity": text}
    if gives == entitling.TERMS:
        return _("%(quantity)s to pay") % {"quantity": text}
    values = {"what": Gives(gives).label, "quantity": text, "period": Period(period).label}
    return _("%(what)s: %(quantity)s %(period)s") % values


def line(given: Given) -> str:
    return said(given.gives, given.amount, given.period)


def trend_sentence(found: Balance) -> str:
    """What the last four quarters show; the later two beside the two before."""
    asks, gets = _change(found.asks), _change(found.gets)
    if found.trend == balance.QUIET:
        return _("Nothing was asked for and nothing given in these four quarters.")
    if found.trend == balance.NEW:
        return _("Nothing was asked for in money in the first two of these four quarters, so there is no trend yet.")
    if found.trend == balance.WANTS_MORE_GETS_LESS:
        text = _("Wants more, gets less: asked for %(asks)s and was given %(gets)s than in the two quarters before.")
    elif found.trend == balance.WANTS_MORE and found.gets is not None:
        text = _("Wants more: asked for %(asks)s, was given %(gets)s than in the two quarters before.")
    elif found.trend == balance.WANTS_MORE:
        text = _("Wants more: asked for %(asks)s than in the two quarters before.")
    elif found.trend == balance.GETS_LESS:
        text = _("Gets less: was given %(gets)s than in the two quarters before.")
    elif found.trend == balance.GETS_MORE:
        text = _("Gets more: asked for %(asks)s, was given %(gets)s than in the two quarters before.")
    else:
        text = _("Asks for about as much as in the two quarters before, and is given about as much.")
    return text % {"asks": asks, "gets": gets}


def _change(value) -> str:
    if value is None:
        return ""
    share = numbers.percent(abs(value), 0)
    return _("%(share)s more") % {"share": share} if value >= 0 else _("%(share)s less") % {"share": share}


def quarter(day) -> str:
    """2026 Q4."""
    return _("%(year)d Q%(quarter)d") % {"year": day.year, "quarter": (day.month + 2) // 3}


def short_quarter(day) -> str:
    """26 Q4, for the axis of a chart on a phone."""
    return _("%(year)02d Q%(quarter)d") % {"year": day.year % 100, "quarter": (day.month + 2) // 3}


def _categories() -> dict[str, str]:
    return {one.code: one.title for one in SupportCategory.objects.all()}


AUDIT = Words(
    actions={
        "support.ask": gettext_lazy("Support asked for"),
        "support.grant": gettext_lazy("Support granted"),
        "support.refuse": gettext_lazy("Support refused"),
        "support.withdraw": gettext_lazy("Support withdrawn"),
        "support.deliver": gettext_lazy("Support delivered"),
        "support.correct": gettext_lazy("Support corrected"),
        "support.cost": gettext_lazy("Cost of support booked"),
        "support.cost_back": gettext_lazy("Cost of support taken back"),
        "support.budget": gettext_lazy("Support budget set"),
        "support.entitlement": gettext_lazy("Entitlement set"),
        "support.exception": gettext_lazy("Exception to an entitlement proposed"),
        "support.exception_agreed": gettext_lazy("Exception to an entitlement agreed"),
        "support.exception_dropped": gettext_lazy("Exception to an entitlement dropped"),
        "support.category": gettext_lazy("Kind of support set"),
    },
    values={
        ("customers.customer", "support_state"): lambda: dict(State.choices),
        ("customers.customer", "through"): lambda: dict(Through.choices),
        ("customers.customer", "gives"): lambda: dict(Gives.choices),
        ("customers.customer", "support_category"): _categories,
        ("customers.tierpolicy", "gives"): lambda: dict(Gives.choices),
        ("customers.tierpolicy", "period"): lambda: dict(Period.choices),
    },
    names={
        "support_of": gettext_lazy("support request"),
        "support_state": gettext_lazy("support"),
        "support_category": gettext_lazy("kind of support"),
        "what": gettext_lazy("what was asked for"),
        "asked_amount": gettext_lazy("value asked for"),
        "asked_on": gettext_lazy("asked on"),
        "through": gettext_lazy("asked through"),
        "asker": gettext_lazy("who asked"),
        "expected": gettext_lazy("expected effect"),
        "granted_amount": gettext_lazy("value granted"),
        "answer": gettext_lazy("answer"),
        "delivered_on": gettext_lazy("delivered on"),
        "booked_on": gettext_lazy("booked on"),
        "budget": gettext_lazy("budget"),
        "amount": gettext_lazy("amount"),
        "period": gettext_lazy("period"),
        "quarter": pgettext_lazy("time", "quarter"),
        "gives": gettext_lazy("gives"),
        "draws_on": gettext_lazy("taken off"),
    },
)
