"""What is learned, in words; and as the log calls it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.audit.words import Words

AUDIT = Words(actions={"promotion.learn": _("Lesson of a promotion written")})
MEASURES = {
    "reach": _("People reached"),
    "new_customers": _("New customers"),
    "share_of_voice": _("Share of voice"),
}
SIDES = {"brand": _("Our profit"), "customer": _("The customers' profit")}
BASES = {"planned": _("As planned"), "measured": _("As measured, where it is over")}
WHY_NOT = {
    "no_plan": _("Not all shops that run it have a plan both sides signed, so its profit was never reckoned."),
    "no_guess": _("Nobody said how much more would be sold, so its profit is not known."),
    "influence": _("Its influence was not put down in the plan."),
    "several": _("Shares of voice of several shops cannot be added up."),
}
# Why a promotion could not be measured, in two or three words.
REASONS = {
    "short_history": _("too short a history"),
    "few_comparable": _("too few comparable shops"),
    "other_promotion": _("another promotion"),
    "closed": pgettext_lazy("shops", "closed"),
    "poor_fit": _("sales too uneven"),
    "nobody": _("nobody ran it"),
    "not_parted": _("none of these shops could be measured"),
    "withheld": _("too few shops to tell of without naming them"),
}
