"""What a slump is in a sentence, and what the log calls what is done to it."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.audit.words import Words
from crm.shell import numbers
from customers.relationship.branddays import BrandDay
from customers.relationship.slumps import day_of
from customers.relationship.slumpshock import Shock
from customers.slumps.models import Sensitivity, SlumpAlert, State


def signed(share) -> str:
    """+4% or −2%."""
    return numbers.percent(float(share), 0) if share < 0 else f"+{numbers.percent(float(share), 0)}"


def sentence(alert: SlumpAlert) -> str:
    """Number, comparison, window and the shop's own swing in one sentence or two."""
    if not alert.is_slump:
        return _("Nothing was reported since %(day)s, although this shop usually sells on these days.") % {
            "day": numbers_day(alert.first_day)
        }
    told = ngettext(
        "%(days)d selling day %(depth)s below normal (expected %(expected)s a day, got %(got)s; similar shops "
        "%(peers)s). Normal swing for this shop is ±%(swing)s.",
        "%(days)d selling days together %(depth)s below normal (expected %(expected)s a day, got %(got)s; similar "
        "shops %(peers)s). Normal swing for this shop is ±%(swing)s.",
        alert.days,
    )
    return told % {
        "days": alert.days,
        "depth": numbers.percent(float(alert.depth or 0), 0),
        "expected": numbers.grouped(alert.mean_expected or 0),
        "got": numbers.grouped(alert.mean_got or 0),
        "peers": signed(alert.peers or 0),
        "swing": numbers.percent(float(alert.swing or 0), 0),
    }


def shock_sentence(shock: Shock) -> str:
    """What the middle shop of the network lost together with all others, and on which days."""
    return _(
        "The whole network sold %(drop)s less than normal from %(first)s to %(last)s (normal swing of three days "
        "±%(swing)s): look for a common reason before calling shops."
    ) % {
        "drop": numbers.percent(shock.drop, 0),
        "first": numbers_day(day_of(shock.first)),
        "last": numbers_day(day_of(shock.last)),
        "swing": numbers.percent(shock.swing, 0),
    }


def visit_url(alert: SlumpAlert) -> str:
    """The form of a visit, filled in with what it is about; once it is planned, the slump says so."""
    goal = _("Find out why sales fell: %(cause)s") % {"cause": alert.cause} if alert.cause_id else ""
    goals = [goal or _("Find out why sales fell"), _("Plan together what brings them back")]
    asked = {"customer": alert.customer_id, "purpose": "problem", "goals": "\n".join(goals), "slump": alert.pk}
    return f"{reverse('visits:plan')}?{urlencode(asked)}"


def numbers_day(day) -> str:
    return formats.date_format(day, "MONTH_DAY_FORMAT")


AUDIT = Words(
    actions={
        "slump.call": gettext_lazy("Called about a slump"),
        "slump.diagnose": gettext_lazy("Cause of a slump found"),
        "slump.plan": gettext_lazy("Visit planned about a slump"),
        "slump.dismiss": gettext_lazy("Slump dismissed"),
        "slump.reopen": gettext_lazy("Slump opened again"),
        "slump_setting.change": gettext_lazy("Watch for slumps changed"),
        "slump_cause.write": gettext_lazy("Cause of slumps changed"),
        "slumps.command": gettext_lazy("Slumps looked for by command"),
        "brand_day.write": gettext_lazy("Day of the brand's calendar written"),
        "brand_day.remove": gettext_lazy("Day of the brand's calendar removed"),
        "school_holiday.write": gettext_lazy("School holiday written"),
        "school_holiday.remove": gettext_lazy("School holiday removed"),
    },
    values={
        ("customers.customer", "slump_state"): lambda: dict(State.choices),
        ("customers.slumpsetting", "sensitivity"): lambda: dict(Sensitivity.choices),
        ("customers.brandday", "kind"): lambda: dict(BrandDay.Kind.choices),
    },
    names={
        "slump_of": gettext_lazy("slump since"),
        "slump_state": gettext_lazy("slump"),
        "cause": gettext_lazy("cause"),
        "sensitivity": gettext_lazy("sensitivity"),
        "silent_after": gettext_lazy("selling days without a report"),
    },
)
