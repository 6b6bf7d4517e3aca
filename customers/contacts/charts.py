"""The mood of a customer as a small chart, and in words for who cannot see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from customers.contacts.models import Mood
from customers.contacts.reading import Felt

MOST = 30


def curve(felt: Sequence[Felt]) -> list[dict[str, Any]]:
    """Points for the chart: how each contact ended, the last of them at the right."""
    return [
        {
            "label": date_format(localtime(one.at), "MONTH_DAY_FORMAT"),
            "value": one.value,
            "top": 50 - 10 * one.value,
            "height": 10 * one.value,
            "title": _("%(day)s: %(mood)s")
            % {"day": date_format(localtime(one.at), "SHORT_DATE_FORMAT"), "mood": Mood(one.value).label},
        }
        for one in felt[-MOST:]
        if one.value is not None
    ]


def in_words(felt: Sequence[Felt]) -> str:
    """The last mood, and whether it is better or worse than before; "" where nothing is known."""
    values = [one.value for one in felt if one.value is not None]
    if not values:
        return ""
    last = Mood(values[-1]).label
    earlier = values[:-1][-5:]
    if not earlier:
        return _("Last: %(mood)s") % {"mood": last}
    usual = sum(earlier) / len(earlier)
    told = {"mood": last, "n": len(earlier)}
    if values[-1] - usual >= 1:
        return _("Last: %(mood)s, better than in the %(n)d contacts before") % told
    if usual - values[-1] >= 1:
        return _("Last: %(mood)s, worse than in the %(n)d contacts before") % told
    return _("Last: %(mood)s, about as in the %(n)d contacts before") % told
