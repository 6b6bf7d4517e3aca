"""The list of contacts as a file: what the person who asks may read, private ones only their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from crm.exports.kinds import Column, ExportKind
from crm.listing.keyset import walk
from customers.contacts.listing import LATEST, narrowed
from customers.profile.listing import rights, still_holds

COLUMNS = [
    Column("code", _("Customer code")),
    Column("name", _("Customer"), width=32),
    Column("day", _("Date"), "date"),
    Column("time", _("Time"), width=8),
    Column("by", _("Who of us")),
    Column("person", _("With whom")),
    Column("channel", _("How")),
    Column("direction", _("Who reached whom")),
    Column("mood_before", _("Mood before"), "number"),
    Column("mood_after", _("Mood after"), "number"),
    Column("openness", _("Openness"), "number"),
    Column("business", _("How business goes, they say"), "text"),
    Column("text", _("What was said"), width=60),
    Column("next_step", _("Next step"), width=40),
    Column("next_on", _("When next"), "date"),
    Column("just_listened", _("Just listened")),
    Column("asked_nothing", _("Asked for nothing")),
    Column("is_private", _("Private")),
]


def rows(user, params) -> Iterator[list[Any]]:
    found, _asked = narrowed(user, params)
    for one in walk(found, LATEST, True):
        at = localtime(one.happened_at)
        yield [
            one.customer.code,
            one.customer.name,
            at.date(),
            at.strftime("%H:%M"),
            str(one.by or "Qiao"),
            one.person.name if one.person else "",
            one.get_channel_display(),
            one.get_direction_display(),
            one.mood_before,
            one.mood_after,
            one.openness,
            one.get_business_display() if one.business else "",
            one.text,
            one.next_step,
            one.next_on,
            _yes(one.just_listened),
            _yes(one.asked_nothing),
            _yes(one.is_private),
        ]


def _yes(value: bool) -> str:
    return str(_("yes")) if value else ""


def count(user, params) -> int:
    return narrowed(user, params)[0].count()


EXPORT = ExportKind(
    code="contacts",
    label=_("Contacts"),
    columns=lambda user, params: COLUMNS,
    rows=rows,
    count=count,
    rights=rights,
    still_holds=still_holds,
)
