"""The list of contacts: what it can be narrowed to."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from crm.listing.keyset import Order
from customers.contacts.models import Channel, Contact

LATEST = Order("when", "happened_at", form="moment")
_MOODS = {"low": (1, 2), "even": (3,), "high": (4, 5)}
MINE = "mine"


@dataclass(frozen=True, slots=True)
class Asked:
    """who: `mine`, the id of a colleague, or nothing for everybody's. mark: vent or private."""

    channel: str = ""
    mood: str = ""
    who: str = ""
    mark: str = ""

    @property
    def is_narrowed(self) -> bool:
        return self != Asked()

    @classmethod
    def read(cls, params) -> Asked:
        """What cannot be read narrows nothing."""
        who = params.get("who") or ""
        return cls(
            channel=_known(params.get("channel"), Channel.values),
            mood=_known(params.get("mood"), _MOODS),
            who=who if who == MINE or (who.isascii() and who.isdigit() and len(who) < 19) else "",
            mark=_known(params.get("mark"), ("vent", "private")),
        )


def _known(value, values) -> str:
    return value if value in values else ""


def narrowed(user, params) -> tuple[QuerySet[Contact], Asked]:
    asked = Asked.read(params)
    rows = Contact.objects.visible_to(user).live()
    if asked.channel:
        rows = rows.filter(channel=asked.channel)
    if asked.mood:
        rows = rows.alias(felt=Coalesce("mood_after", "mood_before")).filter(felt__in=_MOODS[asked.mood])
    if asked.who:
        rows = rows.filter(by_id=user.pk if asked.who == MINE else int(asked.who))
    if asked.mark == "vent":
        rows = rows.filter(just_listened=True)
    elif asked.mark == "private":
        rows = rows.filter(is_private=True)
    return rows.select_related("customer__standing", "by", "person"), asked
