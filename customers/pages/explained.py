"""The tier card in words: why, by what evidence, and what it would take, as whole sentences with exact numbers.

Growth is cut off to two decimals, never rounded up, so that what is short of the rule never looks as if it reached it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

from django.conf import settings
from django.utils import formats
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from crm.shell import numbers
from customers.pages import policywords
from customers.pages.policywords import cut_percent, money
from customers.profile.models import Customer
from customers.scores import telling
from customers.tiers.models import TierDecision, TierPolicy
from customers.tiers.policies import rule_of
from customers.tiers.reading import Condition, Explanation, Score, explain
from customers.tiers.terms import Reason
from customers.tiers.tiering import cents_up, windows_of
from customers.tiers.wayup import Pace, ScoreCode, ScoreStep, ToA, ToACode, ToB, ToBCode


@dataclass(frozen=True, slots=True)
class Line:
    """met: True, False, or None for what cannot be judged."""

    met: bool | None
    text: str
    figure: str = ""


@dataclass(frozen=True, slots=True)
class Year:
    """One of the three windows: its first and last day, what was sold, growth over the one before."""

    start: Any
    last_day: Any
    sales: Decimal
    growth: str


@dataclass(frozen=True, slots=True)
class Change:
    decision: TierDecision
    text: str


@dataclass(frozen=True, slots=True)
class Explained:
    known: Explanation
    headline: str
    for_a: list[Line]
    for_b: list[Line]
    way_a: list[Line]
    way_b: list[Line]
    years: list[Year]
    growth: Fraction | None
    distance: Decimal | None
    top_share: Decimal | None
    history: list[Change]

    @property
    def growth_shown(self) -> Decimal | None:
        """The growth for tiles, which round; the exact one stands in the card."""
        return None if self.growth is None else Decimal(floor(self.growth * 10_000)).scaleb(-4)

    @property
    def top_shown(self) -> str:
        """A rank's share, rounded up to a whole percent: rank 41 of 200 is the top 21 %."""
        return numbers.DASH if self.top_share is None else f"{ceil(self.top_share * 100)}%"

    @property
    def rank_note(self) -> str:
        """Among whom the rank counts, or why there is none."""
        facts, rule = self.known.facts, rule_of(self.known.policy)
        if self.top_share is not None:
            if rule.rank_within == "region":
                return _("top %(share)s of its region's franchisees") % {"share": self.top_shown}
            return _("top %(share)s of franchisees") % {"share": self.top_shown}
        if facts.kind == "agent":
            return _("agents are not ranked")
        if facts.closed:
            return _("not ranked: not open")
        if facts.to_rank <= 0:
            if rule.ranked_over != "12_months":
                return _("not ranked: no sales in the months that A is ranked on")
            return _("not ranked: no sales in 12 months")
        return _("not ranked: too few months of business") if self.known.ranked_on is None else ""

    @property
    def cutoff_note(self) -> str:
        """What the cut-off is, for the foot of the card."""
        return policywords.cutoff_foot(rule_of(self.known.policy), self.known.k, self.known.cutoff)

    @property
    def distance_shown(self) -> str:
        """With its sign, in short."""
        text = numbers.money_short(self.distance, get_language() or settings.LANGUAGE_CODE)
        return f"+{text}" if self.distance is not None and self.distance > 0 else text


def explained(customer: Customer) -> Explained | None:
    """Everything the page says about a customer's tier; None before the first run that saw it. About six queries."""
    known = explain(customer)
    if known is None or known.facts is None:
        return None
    lines = [(one.tier, _condition(one, known)) for one in known.conditions]
    rule = rule_of(known.policy)
    if rule.stability_band and any(one.code == "sales" for one in known.conditions):
        lines.append(("A", Line(known.tier == "A", policywords.band_words(rule))))
    way = known.way_up
    facts = known.facts
    ranked_on = known.rank is not None
    return Explained(
        known=known,
        headline=reason_text(known.reason or ("not_open" if facts.closed else ""), known.policy),
        for_a=[line for tier, line in lines if tier == "A"],
        for_b=[line for tier, line in lines if tier == "B"],
        way_a=_way_to_a(way.to_a, known) if way and way.to_a else [],
        way_b=_way_to_b(way.to_b, known) if way and way.to_b else [],
        years=_years(known),
        growth=_ratio(facts.w0, facts.w1),
        distance=known.ranked_on - known.cutoff
        if ranked_on and known.ranked_on is not None and known.cutoff is not None
        else None,
        top_share=Decimal(known.rank) / known.ranked if ranked_on and known.ranked else None,
        history=[Change(one, reason_text(one.reason, one.policy)) for one in known.history],
    )


def _ratio(now: Decimal, before: Decimal) -> Fraction | None:
    return Fraction(now) / Fraction(before) - 1 if before > 0 else None


def points(score: Decimal | None) -> str:
    if score is None:
        return numbers.DASH
    text = f"{score:.2f}"
    return text.rstrip("0").rstrip(".")


def day(value) -> str:
    return formats.date_format(value, "DATE_FORMAT")


def reason_text(reason: str, policy: TierPolicy) -> str:
    """Why a customer is in its tier, in one sentence."""
    values = {
        "share": cut_percent(policy.top_share),
        "growth": cut_percent(policy.growth),
        "cooperation": policy.cooperation_high,
        "loyalty": policy.loyalty_high,
    }
    within = policy.options.get("rank_within") == "region"
    texts = {
        Reason.AGENT: _("It is an agent, and every agent is A."),
        Reason.TOP_SHARE: _("It is among the top %(share)s of the franchisees of its region by sales.")
        if within
        else _("It is among the top %(share)s of franchisees by sales."),
        Reason.FIXED_CUTOFF: _("It sold at least the amount that the policy sets for A."),
        Reason.BAND_KEPT: _("It was A and is still near enough to the cut-off to stay."),
        Reason.GROWTH: _(
            "Sales grew by at least %(growth)s in each of two years, and cooperation and loyalty are high."
        ),
        Reason.B_UNTIL_CLOSE: _("It was judged B at the last close of the year and stays so until the next."),
        Reason.C_UNTIL_CLOSE: _("It was judged C at the last close of the year and stays so until the next."),
        Reason.TOO_NEW: _("It has been in business for too few months to be ranked."),
        Reason.BAND_WAITING: _("It reaches the cut-off, but not clearly enough to enter A."),
        Reason.NO_SALES: _("It sold nothing in the last 12 months, or no more than came back."),
        Reason.NOT_YET_JUDGEABLE: _("There were no sales in one of the years before, so growth cannot be judged yet."),
        Reason.GROWTH_SHORT: _("Sales grew by less than %(growth)s in both years."),
        Reason.GROWTH_1_SHORT: _("Sales grew by less than %(growth)s in the earlier of the two years."),
        Reason.GROWTH_2_SHORT: _("Sales grew by less than %(growth)s in the latest year."),
        Reason.COOPERATION_UNKNOWN: _("Cooperation is unknown for want of evidence, and unknown is not high."),
        Reason.COOPERATION_LOW: _("Cooperation is below %(cooperation)s."),
        Reason.COOPERATION_UNSURE: _("Cooperation reaches %(cooperation)s, but too few events speak for it."),
        Reason.LOYALTY_UNKNOWN: _("Loyalty is unknown for want of evidence, and unknown is not high."),
        Reason.LOYALTY_LOW: _("Loyalty is below %(loyalty)s."),
        "override": _("It was set by hand, whatever the rule says."),
        "not_open": _("It is not open, so it is in no tier and no ranking."),
    }
    return texts.get(reason, _("It has not been in a tier yet.")) % values


def _condition(one: Condition, known: Explanation) -> Line:
    policy = known.policy
    if one.code == "agent":
        return Line(one.met, _("It is an agent"))
    if one.code == "sales":
        return _sales_condition(one, known)
    if one.code in ("growth_1", "growth_2"):
        values = {"growth": cut_percent(policy.growth)}
        text = (
            _("The earlier year grew by at least %(growth)s")
            if one.code == "growth_1"
            else _("The latest year grew by at least %(growth)s")
        )
        return Line(
            one.met, text % values, cut_percent(one.value) if one.value is not None else _("nothing to grow from")
        )
    score = known.cooperation if one.code == "cooperation" else known.loyalty
    text = _("Cooperation is %(high)s or more") if one.code == "cooperation" else _("Loyalty is %(high)s or more")
    return Line(one.met, text % {"high": points(Decimal(one.needed))}, _score_figure(score))


def _sales_condition(one: Condition, known: Explanation) -> Line:
    if one.value is None:
        return Line(one.met, policywords.sales_words(rule_of(known.policy)), _("too few months to be ranked"))
    if one.needed is None:
        return Line(one.met, _("Sales reach the cut-off"), _("there is no cut-off yet"))
    values = {"value": money(one.value), "needed": money(one.needed)}
    figure = _("%(value)s, projected to a year, of %(needed)s") if known.is_projected else _("%(value)s of %(needed)s")
    return Line(one.met, policywords.sales_words(rule_of(known.policy)), figure % values)


def _score_figure(score: Score | None) -> str:
    if score is None:
        return _("unknown")
    values = {"n": score.observations, "needed": score.needed, "points": points(score.points)}
    if not score.known:
        return _("unknown: %(n)d of %(needed)d events") % values
    if score.trait == "loyalty":
        return (
            ngettext(
                "%(points)s from %(n)d month or event", "%(points)s from %(n)d months and events", score.observations
            )
            % values
        )
    if score.lower is None:
        return _("%(points)s from %(n)d events") % values
    return _("%(points)s from %(n)d events, at least %(lower)s") % {**values, "lower": points(score.lower)}


def _years(known: Explanation) -> list[Year]:
    facts, windows = known.facts, windows_of(rule_of(known.policy), known.as_of)
    sums = (facts.w0, facts.w1, facts.w2)
    return [
        Year(
            window.start,
            window.last_day,
            sums[n],
            cut_percent(_ratio(sums[n], sums[n + 1])) if n < 2 else "",
        )
        for n, window in enumerate(windows)
    ]


def _pace(pace: Pace) -> str:
    return _("Spread over the %(days)d days until %(until)s: %(per_day)s a day, or %(per_month)s a month.") % {
        "days": pace.days_left,
        "until": day(pace.until),
        "per_day": money(pace.per_day),
        "per_month": money(pace.per_month),
    }


def _way_to_a(way: ToA, known: Explanation) -> list[Line]:
    if way.code is ToACode.TOO_NEW:
        months = way.months_missing or 0
        text = ngettext("%(n)d more month of business is needed.", "%(n)d more months of business are needed.", months)
        return [Line(False, text % {"n": months})]
    if way.code is ToACode.NO_PLACES:
        return [Line(False, _("No sales would do: under this policy there is no place in A to take."))]
    rule = rule_of(known.policy)
    values = {"amount": money(way.amount), "until": day(way.pace.until), "share": cut_percent(rule.top_share)}
    lines = [
        Line(
            False,
            policywords.goal_words(rule) % values,
            money(way.amount),
        ),
        Line(None, _pace(way.pace)),
    ]
    if note := policywords.window_note(rule):
        lines.append(Line(None, note))
    if way.cutoff is not None:
        months = known.facts.months_active if known.is_projected else None
        values = {
            "target": money(way.target),
            "yearly": money(cents_up(Fraction(way.target) * 12 / months)) if months else "",
            "k": numbers.grouped(way.k),
            "ranked": numbers.grouped(way.ranked),
            "cutoff": money(way.cutoff),
        }
        lines.append(Line(None, policywords.target_words(rule, bool(months)) % values))
    return lines


def _way_to_b(way: ToB, known: Explanation) -> list[Line]:
    growth = {"growth": cut_percent(known.policy.growth), "g1": cut_percent(way.g1)}
    lines = _settled_growth(way, growth)
    if way.amount is not None and way.pace is not None:
        lines += _growth_step(way, growth)
    lines += [
        _score_step(way.cooperation, known.cooperation),
        *_by_events(known),
        _score_step(way.loyalty, known.loyalty),
    ]
    if way.judged_on is not None:
        lines.append(Line(None, _("B is judged at the close of the year, on %(day)s.") % {"day": day(way.judged_on)}))
    return lines


def _settled_growth(way: ToB, growth: dict) -> list[Line]:
    """Of the years that are over."""
    if way.code is ToBCode.NO_BASE:
        text = _("Growth can only be judged once there are sales in both of the years before: time must pass.")
        return [Line(False, text)]
    if way.code is ToBCode.GROWTH_1_SETTLED_SHORT:
        text = _(
            "The earlier year grew by %(g1)s, not %(growth)s. It is over: only when the windows move on can B come."
        )
        return [Line(False, text % growth)]
    return []


def _growth_step(way: ToB, growth: dict) -> list[Line]:
    if not way.amount:
        return [Line(True, _("The latest year has grown by %(growth)s or more.") % growth)]
    text = _("Sell %(amount)s more by %(until)s, so that the latest year grows by %(growth)s.")
    values = {"amount": money(way.amount), "until": day(way.pace.until), **growth}
    return [Line(False, text % values, money(way.amount)), Line(None, _pace(way.pace))]


def _score_step(step: ScoreStep, score: Score) -> Line:
    cooperation = score.trait == "cooperation"
    missing = max(score.needed - score.observations, 1)
    values = {"high": points(step.high), "points": points(step.points), "n": missing}
    if step.code is ScoreCode.HIGH:
        return Line(True, _("Cooperation is high.") if cooperation else _("Loyalty is high."))
    values["now"] = points(score.points)
    if step.code is ScoreCode.UNSURE:
        values["lower"] = points(score.lower)
        text = _(
            "Cooperation is %(now)s, but few events speak for it: with 80%% certainty it is only %(lower)s or more."
        )
        return Line(False, text % values)
    if step.code is ScoreCode.POINTS_MISSING:
        text = (
            _("Cooperation is %(now)s, high is %(high)s: %(points)s points are missing.")
            if cooperation
            else _("Loyalty is %(now)s, high is %(high)s: %(points)s points are missing.")
        )
        return Line(False, text % values)
    if cooperation:
        text = ngettext(
            "Cooperation is unknown: %(n)d more event is needed, and a score of %(high)s or more.",
            "Cooperation is unknown: %(n)d more events are needed, and a score of %(high)s or more.",
            missing,
        )
    else:
        text = ngettext(
            "Loyalty is unknown: %(n)d more month or event is needed, and a score of %(high)s or more.",
            "Loyalty is unknown: %(n)d more months or events are needed, and a score of %(high)s or more.",
            missing,
        )
    return Line(False, text % values)


def _by_events(known: Explanation) -> list[Line]:
    """'Two late payments cost 9', and which events would make cooperation high: each alone, by the rule itself."""
    told = known.evidence
    if told is None or known.cooperation is None or known.cooperation.is_high or not told.parts:
        return []
    lines = [Line(None, text) for text in telling.why_not_more(told)]
    steps = telling.way_up(told.steps)
    if steps:
        lines.append(Line(None, _("Any one of these makes it high: %(steps)s.") % {"steps": "; ".join(steps)}))
    return lines


def ways_by_sales(known: Explanation) -> tuple[list[Line], list[Line]]:
    """What sales it takes for A and for B, for the customer's own eyes: nothing of others' sales, no rank, and nothing
    of how it was judged."""
    way = known.way_up
    to_a = _way_to_a(way.to_a, known)[:2] if way and way.to_a else []
    if way is None or way.to_b is None:
        return to_a, []
    growth = {"growth": cut_percent(known.policy.growth), "g1": cut_percent(way.to_b.g1)}
    to_b = _settled_growth(way.to_b, growth)
    if way.to_b.amount is not None and way.to_b.pace is not None:
        to_b += _growth_step(way.to_b, growth)
    return to_a, to_b
