"""Rhythms and years in words."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from visits.plan import cadence
from visits.plan.cadence import Due, Rhythm
from visits.plan.yearly import Year

MOST_NAMES = 3
TONES = {cadence.NOT_DUE: "ok", cadence.DUE: "acc", cadence.LATE: "warn", cadence.NEVER: "warn"}


def number(days: Decimal) -> str:
    """214, 187.5."""
    return format(days.normalize(), "f")


def rhythm(one: Rhythm) -> str:
    if one.by_call:
        return ngettext("a call every day", "a call every %(n)d days", one.days) % {"n": one.days}
    return ngettext("a visit every day", "a visit every %(n)d days", one.days) % {"n": one.days}


def standing(one: Due) -> str:
    if one.state == cadence.NEVER and not one.late:
        return _("never visited")
    if one.state == cadence.NEVER:
        text = ngettext("never visited, %(n)d day late", "never visited, %(n)d days late", one.late)
        return text % {"n": one.late}
    if one.state == cadence.LATE:
        return ngettext("%(n)d day late", "%(n)d days late", one.late) % {"n": one.late}
    return _("due") if one.state == cadence.DUE else _("not due yet")


def sentence(found: Year) -> str:
    """Whether the year fits, and what would make it fit."""
    cuts = found.cuts
    days = {"needs": number(cuts.needs), "has": number(cuts.has)}
    if cuts.fits:
        return _("It fits: the visits need %(needs)s days, there are %(has)s.") % days
    n = len(cuts.calls.ids)
    values = {**days, "n": n, "regions": regions(found)}
    if cuts.calls_suffice and cuts.handover and cuts.handover_suffices:
        text = ngettext(
            "Needs %(needs)s days, there are %(has)s: move this %(n)d C customer to calls, or hand over %(regions)s.",
            "Needs %(needs)s days, there are %(has)s: move these %(n)d C customers to calls, or hand over %(regions)s.",
            n,
        )
    elif cuts.calls_suffice:
        text = ngettext(
            "Needs %(needs)s days, there are %(has)s: move this %(n)d C customer to calls.",
            "Needs %(needs)s days, there are %(has)s: move these %(n)d C customers to calls.",
            n,
        )
    elif cuts.handover and cuts.handover_suffices:
        text = _("Needs %(needs)s days, there are %(has)s: hand over %(regions)s; calls do not suffice.")
    else:
        text = _("Needs %(needs)s days, there are %(has)s: neither calls nor a handover suffice: ask for help.")
    return text % values


def regions(found: Year) -> str:
    names = [found.regions[one.region_id] for one in found.cuts.handover if one.region_id is not None]
    if len(names) <= MOST_NAMES:
        return _(", ").join(names)
    values = {"names": _(", ").join(names[:MOST_NAMES]), "n": len(names) - MOST_NAMES}
    return ngettext("%(names)s and %(n)d more", "%(names)s and %(n)d more", values["n"]) % values
