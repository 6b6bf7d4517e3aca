"""The lines of a brief: kept as codes and values, said in the language of whoever reads them.

A line is `{"say": code, …values}`; days are ISO dates, amounts decimal texts. Briefs of earlier versions hold lines
that are text already; they are shown as they were written.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext as _

from crm.shell import numbers
from customers.care.models import Mood
from customers.contacts.models import Channel
from customers.facts.fields import FIELDS
from customers.facts.words import shown
from customers.people.models import StandsAs
from customers.promises.models import Side as CommitmentSide
from customers.receivables.models import Side

Line = dict[str, Any]


def line(say: str, **values) -> Line:
    return {"say": say, **{name: _plain(value) for name, value in values.items()}}


def _plain(value):
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def said(kept: Line | str) -> str:
    """A line in the language now active; "" for one that this version does not know."""
    if isinstance(kept, str):
        return kept
    words = _WORDS.get(kept.get("say", ""))
    return words(kept) if words else ""


def day(value: str) -> str:
    return formats.date_format(datetime.date.fromisoformat(value), "DATE_FORMAT")


def _money(value: str) -> str:
    return numbers.money(Decimal(value), settings.CURRENCY)


def _person(one: Mapping) -> str:
    role = one["other"] if one["role"] == StandsAs.OTHER else dict(StandsAs.choices).get(one["role"], one["role"])
    told = {"name": one["name"], "role": role, "phone": one["phone"]}
    return _("%(name)s, %(role)s, %(phone)s") % told if one["phone"] else _("%(name)s, %(role)s") % told


def _promise(one: Mapping) -> str:
    amount = _money(one["amount"]) if one["amount"] is not None else ""
    told = {"what": _(", ").join(part for part in (one["what"], amount) if part), "day": day(one["day"])}
    if one["by"] == Side.US:
        return _("We promised by %(day)s: %(what)s") % told
    return _("They promised by %(day)s: %(what)s") % told


def _commitment(one: Mapping) -> str:
    told = {"what": one["what"], "day": day(one["day"]), "who": one["who"]}
    if one["side"] == CommitmentSide.OURS:
        return _("We promised by %(day)s: %(what)s (%(who)s)") % told
    return _("They promised by %(day)s: %(what)s") % told


def _contact(one: Mapping) -> str:
    channel = dict(Channel.choices).get(one["channel"], one["channel"])
    told = {"day": day(one["day"]), "who": one["who"], "channel": channel, "text": one["text"]}
    if not one["text"]:
        return _("%(day)s, %(channel)s, %(who)s") % told
    return _("%(day)s, %(channel)s, %(who)s: %(text)s") % told


def _felt(one: Mapping) -> str:
    before, after = (Mood(one[name]).label if one[name] else "" for name in ("before", "after"))
    told = {"day": day(one["day"]), "before": before, "after": after, "mood": after or before}
    if before and after and before != after:
        return _("%(day)s: %(before)s, then %(after)s") % told
    return _("%(day)s: %(mood)s") % told


def _topic(one: Mapping) -> str:
    return _("%(text)s (%(who)s)") % {"text": one["text"], "who": one["who"]} if one["who"] else one["text"]


def _owed(one: Mapping) -> str:
    told = {"owed": _money(one["owed"]), "late": _money(one["late"]), "days": one["days"]}
    if Decimal(one["late"]):
        return _("It owes %(owed)s, of which %(late)s is overdue, the oldest by %(days)d days.") % told
    return _("It owes %(owed)s, none of it overdue.") % told


def _fact(one: Mapping) -> str:
    known = FIELDS.get(one["field"])
    return _("%(field)s: %(value)s") % {"field": known.label, "value": shown(known, one["value"])} if known else ""


def _note(one: Mapping) -> str:
    return _("%(day)s, %(who)s: %(text)s") % {"day": day(one["day"]), "who": one["who"], "text": one["text"]}


def _mood(one: Mapping) -> str:
    return _("%(day)s: %(mood)s") % {"day": day(one["day"]), "mood": Mood(one["mood"]).label}


def _special(one: Mapping) -> str:
    told = {"person": one["person"], "day": day(one["day"]), "reason": one["reason"]}
    return _("In the hands of %(person)s since %(day)s: %(reason)s") % told


def _review(one: Mapping) -> str:
    told = {"day": day(one["day"]), "rule": one["rule"]}
    return _("To be looked at again on %(day)s; it ends when: %(rule)s") % told


def _tier(one: Mapping) -> str:
    told = {"tier": one["tier"] or _("No tier"), "sales": _money(one["sales"])}
    return _("Tier %(tier)s; %(sales)s in 12 months") % told


def _lacking(one: Mapping) -> str:
    amount = numbers.money_up(Decimal(one["amount"]), settings.CURRENCY)
    return _("%(amount)s more in 12 months makes it A.") % {"amount": amount}


_WORDS: dict[str, Callable[[Mapping], str]] = {
    "person": _person,
    "promise": _promise,
    "commitment": _commitment,
    "contact": _contact,
    "felt": _felt,
    "topic": _topic,
    "better_not": _topic,
    "owed": _owed,
    "fact": _fact,
    "note": _note,
    "mood": _mood,
    "special": _special,
    "review": _review,
    "tier": _tier,
    "lacking": _lacking,
}
