"""Scores in words: what each component rests on, what it costs, what changed. Whole sentences with exact numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.scores.cooperation import Cost, Step
from customers.scores.models import Score
from customers.scores.reading import Told
from customers.scores.terms import MIN_EVENTS, Component

KINDS: dict[str, Any] = {
    "promotion": gettext_lazy("Promotions run as agreed"),
    "payment": gettext_lazy("Pays on time"),
    "answer": gettext_lazy("Answers or calls back"),
    "report": gettext_lazy("Reports in time"),
    "opinion": gettext_lazy("The manager's judgement"),
    "tenure": gettext_lazy("Years together"),
    "steadiness": gettext_lazy("Steady purchases"),
    "silence": gettext_lazy("No silence"),
    "frequency": gettext_lazy("Order frequency"),
    "share": gettext_lazy("Share of purchases with us"),
}
TRAITS: dict[str, Any] = {"cooperation": gettext_lazy("Cooperation"), "loyalty": gettext_lazy("Loyalty")}


def points(hundredths: int | None) -> str:
    """6850 is 68.5."""
    if hundredths is None:
        return "—"
    text = f"{Decimal(hundredths).scaleb(-2):.2f}".rstrip("0").rstrip(".")
    return text or "0"


def kept_of(component: Component) -> str:
    """'kept 12 of 14', or the figures of what is measured."""
    facts = component.facts
    kind = component.kind
    if kind == "opinion":
        n = facts["n"]
        text = ngettext("%(mean)s of 100, in %(n)d judgement", "%(mean)s of 100 on average, in %(n)d judgements", n)
        return text % {"mean": points(facts["kept"] * 100 // n), "n": n}
    if "kept" in facts:
        return _("kept %(kept)s of %(n)d") % {"kept": points(facts["kept"]), "n": facts["n"]}
    return _MEASURED[kind](facts)


def _tenure(facts: Mapping[str, int]) -> str:
    years, months = divmod(facts["months"], 12)
    return _("%(years)d years and %(months)d months; 5 years count in full") % {"years": years, "months": months}


def _steadiness(facts: Mapping[str, int]) -> str:
    return _("monthly purchases vary by %(cv)d%%; steadier than %(part)d%% of the network") % {
        "cv": round(facts["cv"] / 10),
        "part": facts["steadier"],
    }


def _silence(facts: Mapping[str, int]) -> str:
    bought = _("bought in %(bought)d of %(months)d months") % facts
    if not facts["since"]:
        return _("%(bought)s, last month too") % {"bought": bought}
    n = facts["since"]
    text = ngettext("%(bought)s, not for %(n)d month", "%(bought)s, not for %(n)d months", n)
    return text % {"bought": bought, "n": n}


def _frequency(facts: Mapping[str, int]) -> str:
    return _("%(now)d orders in %(months)d months, %(before)d in the %(months_before)d months before") % facts


def _share(facts: Mapping[str, int]) -> str:
    return _("%(share)d%% of its purchases, as last stated") % facts


_MEASURED = {
    "tenure": _tenure,
    "steadiness": _steadiness,
    "silence": _silence,
    "frequency": _frequency,
    "share": _share,
}


def verdict(row: Score | None) -> str:
    """Whether it is high, and why not."""
    if row is None or row.value is None:
        return _("Nothing is known yet, and unknown is not high.")
    values = {"n": row.events, "needed": MIN_EVENTS, "lower": points(row.lower)}
    if not row.enough:
        return _("Not enough evidence: %(n)d of %(needed)d events.") % values
    if row.high and row.value < 7000:
        return _("High: it was, and stays so down to 65.")
    if row.high:
        return _("High.") if row.lower is None else _("High: with 80%% certainty at least %(lower)s.") % values
    if row.value >= 7000:
        return _("Not high yet: with 80%% certainty it is only %(lower)s or more, and 60 is asked.") % values
    return _("Not high: 70 is asked.")


def why_not_more(told: Told) -> list[str]:
    """'Two late payments cost 9': what events cost, the dearest first."""
    return [_cost(one) for one in told.costs if one.missed]


def _cost(one: Cost) -> str:
    values = {"n": one.n, "points": points(one.missed)}
    if one.kind == "payment":
        text = ngettext("%(n)d late payment costs %(points)s.", "%(n)d late payments cost %(points)s.", one.n)
    elif one.kind == "promotion":
        text = ngettext(
            "%(n)d promotion not run as agreed costs %(points)s.",
            "%(n)d promotions not run as agreed cost %(points)s.",
            one.n,
        )
    elif one.kind == "answer":
        text = ngettext(
            "%(n)d call without an answer costs %(points)s.", "%(n)d calls without an answer cost %(points)s.", one.n
        )
    elif one.kind == "report":
        text = ngettext("%(n)d late report costs %(points)s.", "%(n)d late reports cost %(points)s.", one.n)
    else:
        text = ngettext(
            "%(n)d judgement below 100 costs %(points)s.", "%(n)d judgements below 100 cost %(points)s.", one.n
        )
    return text % values


def way_up(steps: Sequence[Step]) -> list[str]:
    """What would make cooperation high, each line alone."""
    return [_step(one) for one in steps]


def _step(one: Step) -> str:
    if one.kind == "payment":
        text = ngettext("%(n)d more invoice paid on time", "%(n)d more invoices paid on time", one.n)
    elif one.kind == "promotion":
        text = ngettext("%(n)d more promotion run as agreed", "%(n)d more promotions run as agreed", one.n)
    elif one.kind == "answer":
        text = ngettext("%(n)d more call answered or returned", "%(n)d more calls answered or returned", one.n)
    else:
        text = ngettext("%(n)d more report in time", "%(n)d more reports in time", one.n)
    return text % {"n": one.n}


@dataclass(frozen=True, slots=True)
class Changed:
    """A row of the history: the score, and why it is another than before."""

    row: Score
    reasons: list[str]


def changes(rows: Sequence[Score]) -> list[Changed]:
    return [Changed(row, [_because(one) for one in _telling(row.because)]) for row in rows]


def _telling(because: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What moved points, where something did: the others moved behind the point only."""
    return [one for one in because if one["before"] != one["after"]] or because


_WHY: dict[str, Any] = {
    "first": gettext_lazy("%(kind)s: %(after)s, counted for the first time"),
    "came": gettext_lazy("%(kind)s: %(after)s, new evidence"),
    "gone": gettext_lazy("%(kind)s: no evidence any more, %(before)s before"),
    "evidence": gettext_lazy("%(kind)s: from %(before)s to %(after)s by new evidence"),
    "time": gettext_lazy("%(kind)s: from %(before)s to %(after)s, as older events weigh less"),
    "months": gettext_lazy("%(kind)s: from %(before)s to %(after)s by purchases and time"),
    "network": gettext_lazy("%(kind)s: from %(before)s to %(after)s, as the network keeps another share"),
    "weights": gettext_lazy("%(kind)s: from %(before)s to %(after)s, as weights are shared with other evidence"),
    "new_weights": gettext_lazy("%(kind)s: from %(before)s to %(after)s, as other weights are in force"),
    "high": gettext_lazy("High from now on"),
    "not_high": gettext_lazy("No longer high"),
}


def _because(one: Mapping[str, Any]) -> str:
    values = {
        "kind": str(KINDS.get(one["kind"], one["kind"])),
        "before": points(one["before"]),
        "after": points(one["after"]),
    }
    return str(_WHY[one["why"]]) % values
