"""What was measured, in a sentence that promises no more than the numbers do."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.shell import numbers

REASONS = {
    "short_history": gettext_lazy("Too little is known of their sales before it: 112 days are needed."),
    "few_comparable": gettext_lazy(
        "There are fewer than twelve comparable shops that did not take part: a before and after is no proof."
    ),
    "other_promotion": gettext_lazy("Other promotions ran at the same time: what each brought cannot be parted."),
    "closed": gettext_lazy("The shops were closed, or reported nothing, while it ran."),
    "poor_fit": gettext_lazy("Their sales went up and down too much before it: nothing can be told from them."),
    "nobody": gettext_lazy("Nobody ran it."),
}


def percent(share: float) -> str:
    return numbers.percent(Decimal(str(share)), 1)


def sentence(result: Mapping[str, Any]) -> str:
    if not result["measurable"]:
        text = str(REASONS.get(result["reason"], result["reason"]))
        if result.get("before_after") is not None:
            plain = _("A plain before and after would say %(percent)s, which proves nothing.")
            text += " " + plain % {"percent": percent(result["before_after"])}
        return text
    values = {
        "n": result["shops"],
        "percent": percent(abs(result["lift"])),
        "low": percent(result["low"]),
        "high": percent(result["high"]),
    }
    if result["lift"] >= 0:
        told = ngettext(
            "The %(n)d shop sold %(percent)s more than comparable shops did with the same history (likely %(low)s to "
            "%(high)s).",
            "The %(n)d shops sold %(percent)s more than comparable shops did with the same history (likely %(low)s to "
            "%(high)s).",
            result["shops"],
        )
    else:
        told = ngettext(
            "The %(n)d shop sold %(percent)s less than comparable shops did with the same history (likely %(low)s to "
            "%(high)s).",
            "The %(n)d shops sold %(percent)s less than comparable shops did with the same history (likely %(low)s to "
            "%(high)s).",
            result["shops"],
        )
    text = told % values
    if result["low"] <= 0 <= result["high"]:
        text += " " + _("That may as well be nothing: nought lies between them.")
    if result.get("before_after") is not None:
        plain = _("A plain before and after would have said %(percent)s.")
        text += " " + plain % {"percent": percent(result["before_after"])}
    return text


def after_sentence(result: Mapping[str, Any] | None) -> str:
    """The four weeks after it."""
    if result is None:
        return _("Whether it was only bought ahead shows four weeks after it.")
    if not result["measurable"]:
        return _("What became of sales in the four weeks after it cannot be measured.")
    values = {name: percent(result[name]) for name in ("lift", "low", "high")}
    return _("In the four weeks after it: %(lift)s (likely %(low)s to %(high)s).") % values
