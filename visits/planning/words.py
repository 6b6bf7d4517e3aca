"""What is done to drafts of plans, as the log calls it."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.audit.words import Words
from visits.planning.models import State
from visits.planning.placing import LATE, SOON, Broken

AUDIT = Words(
    actions={
        "plan_draft.ask": gettext_lazy("Plan of visits asked for"),
        "plan_draft.accept": gettext_lazy("Plan of visits accepted"),
        "plan_draft.discard": gettext_lazy("Plan of visits discarded"),
        "plan_draft.undo": gettext_lazy("Plan of visits taken back"),
        "working_day.set": gettext_lazy("Working day written down"),
        "trip.mark": gettext_lazy("Overnight trip marked"),
        "trip.remove": gettext_lazy("Overnight trip taken out"),
    },
    values={("visits.plandraft", "draft_state"): lambda: dict(State.choices)},
    names={
        "first": gettext_lazy("first day"),
        "last": gettext_lazy("last day"),
        "draft_state": gettext_lazy("draft"),
        "ends_at": gettext_lazy("day ends"),
        "lunch_at": gettext_lazy("lunch"),
        "lunch_minutes": gettext_lazy("minutes of lunch"),
        "detour": gettext_lazy("roads longer than the line through the air"),
        "kmh": gettext_lazy("km in an hour"),
        "place": gettext_lazy("where the day starts"),
    },
)


def remark_text(one: dict[str, Any]) -> str:
    """What a remark of a draft means, in a sentence."""
    day = one.get("day")
    shown = formats.date_format(datetime.date.fromisoformat(day), "MONTH_DAY_FORMAT") if day else ""
    values = {"n": round(one.get("amount") or 0), "day": shown}
    texts = {
        "no_day": _("There is no day on which it may be visited."),
        "no_days": _("No days keep its rhythm."),
        "no_hour": _("It is open at no hour of the working day."),
        "no_place": _("Nobody knows where it is: it has no position."),
        "overdue": _("It should have been visited before these days."),
        "clash": _("What is agreed on %(day)s cannot all be kept.") % values,
        "day_off": _("A visit is agreed on %(day)s, which is no working day.") % values,
        "stretched": ngettext(
            "Its rhythm is stretched by %(n)d day, for want of days.",
            "Its rhythm is stretched by %(n)d days, for want of days.",
            values["n"],
        )
        % values,
    }
    if one["code"] in texts:
        return texts[one["code"]]
    if shown and values["n"]:
        return (
            ngettext(
                "The days are full: %(n)d more minute on %(day)s would do.",
                "The days are full: %(n)d more minutes on %(day)s would do.",
                values["n"],
            )
            % values
        )
    return _("The days are full.")


def broken_text(one: Broken) -> str:
    """What a day breaks of the rhythm, in a few words."""
    values = {"n": one.days, "day": formats.date_format(one.other, "MONTH_DAY_FORMAT")}
    if one.code == SOON:
        text = ngettext(
            "only %(n)d day from the visit of %(day)s", "only %(n)d days from the visit of %(day)s", one.days
        )
    elif one.code == LATE:
        text = ngettext(
            "%(n)d day after the visit of %(day)s: too late",
            "%(n)d days after the visit of %(day)s: too late",
            one.days,
        )
    else:
        text = ngettext(
            "%(n)d day until the visit of %(day)s: too long",
            "%(n)d days until the visit of %(day)s: too long",
            one.days,
        )
    return text % values
