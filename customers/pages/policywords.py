"""A tier policy in words: whole sentences, true under each of its options; `terms.Policy` says what those do."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import floor

from django.conf import settings
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.shell import numbers
from customers.scores.telling import KINDS
from customers.tiers.forms import RANKED_AMONG, RANKED_BY, PolicyForm
from customers.tiers.models import TierPolicy
from customers.tiers.policies import OPTIONS, VISITING, WEIGHING, rule_of, visiting_from
from customers.tiers.terms import Policy


def cut_percent(ratio: Fraction | Decimal | None) -> str:
    """12.34 % of 0.123456, cut off; two decimals at most, none where they are zero."""
    if ratio is None:
        return numbers.DASH
    hundredths = Decimal(floor(Fraction(ratio) * 10_000)).scaleb(-2)
    text = f"{abs(hundredths):,.2f}".rstrip("0").rstrip(".")
    return f"{numbers.MINUS if hundredths < 0 else ''}{text}%"


def money(amount: Decimal | None) -> str:
    return numbers.money(amount, settings.CURRENCY)


def rule_words(policy: TierPolicy) -> list[tuple[str, str]]:
    """A policy in words, tier by tier."""
    rule = rule_of(policy)
    values = {
        "growth": cut_percent(rule.growth),
        "cooperation": policy.cooperation_high,
        "loyalty": policy.loyalty_high,
        "month": MONTHS[rule.year_end_month],
    }
    for_b = [
        _(
            "Sales grew by at least %(growth)s in each of two years, cooperation is %(cooperation)s or more and"
            " loyalty %(loyalty)s or more."
        )
    ]
    if rule.b_judged_yearly:
        for_b.append(
            _(
                "B and C are told apart at the close of the business year only, at the end of %(month)s; until the next"
                " close both stay. Who was A, or is new, is judged at once."
            )
        )
    return [
        ("A", _joined(_for_a(rule))),
        ("B", _joined([text % values for text in for_b])),
        ("C", _("Everyone else who is open.")),
    ]


def _joined(sentences: list[str]) -> str:
    """One after the other: Chinese sets no space between sentences."""
    text = sentences[0]
    for one in sentences[1:]:
        text = _("%(sentence)s %(next)s") % {"sentence": text, "next": one}
    return text


def window_words(rule: Policy) -> str:
    """The months that a policy ranks on."""
    return str(dict(RANKED_BY)[rule.ranked_over])


def _of_other_months(rule: Policy) -> str:
    """What A asks where it is ranked on other months than the last 12; to be filled in."""
    within = rule.rank_within == "region"
    if rule.absolute_cutoff is not None:
        return _("Every agent, and every franchisee with sales of %(amount)s or more in %(window)s.")
    if rule.stability_band and within:
        return _(
            "Every agent, and in each region %(share)s of its franchisees by the sales of %(window)s: who is not A"
            " enters in the top %(enter)s, who was A stays in the top %(leave)s; then the largest others are let in, or"
            " the smallest let go, until the number is right."
        )
    if rule.stability_band:
        return _(
            "Every agent, and %(share)s of franchisees by the sales of %(window)s: who is not A enters in the top"
            " %(enter)s, who was A stays in the top %(leave)s; then the largest others are let in, or the smallest let"
            " go, until the number is right."
        )
    if within:
        return _("Every agent, and in each region the top %(share)s of its franchisees by the sales of %(window)s.")
    return _("Every agent, and the top %(share)s of franchisees by the sales of %(window)s.")


def _for_a(rule: Policy) -> list[str]:
    values = {
        "window": window_words(rule),
        "share": cut_percent(rule.top_share),
        "enter": cut_percent(rule.band_enter),
        "leave": cut_percent(rule.band_leave),
        "amount": money(rule.absolute_cutoff),
    }
    within = rule.rank_within == "region"
    if rule.ranked_over != "12_months":
        text = _of_other_months(rule)
    elif rule.absolute_cutoff is not None:
        text = _("Every agent, and every franchisee with sales of %(amount)s or more in 12 months.")
    elif rule.stability_band:
        text = (
            _(
                "Every agent, and in each region %(share)s of its franchisees by sales of 12 months: who is not A"
                " enters in the top %(enter)s, who was A stays in the top %(leave)s; then the largest others are let"
                " in, or the smallest let go, until the number is right."
            )
            if within
            else _(
                "Every agent, and %(share)s of franchisees by sales of 12 months: who is not A enters in the top"
                " %(enter)s, who was A stays in the top %(leave)s; then the largest others are let in, or the smallest"
                " let go, until the number is right."
            )
        )
    elif within:
        text = _("Every agent, and in each region the top %(share)s of its franchisees by sales of 12 months.")
    else:
        text = _("Every agent, and the top %(share)s of franchisees by sales of 12 months.")
    found = [text % values]
    if rule.part_years:
        found.append(
            ngettext(
                "Who has been in business for fewer than 12 of these months is ranked on its mean month times 12; with"
                " fewer than %(n)d month of business it is not ranked.",
                "Who has been in business for fewer than 12 of these months is ranked on its mean month times 12; with"
                " fewer than %(n)d months of business it is not ranked.",
                rule.part_years_from,
            )
            % {"n": rule.part_years_from}
        )
    return found


def sales_words(rule: Policy) -> str:
    """What A asks of sales, as a condition."""
    if rule.absolute_cutoff is not None:
        return _("Sales reach the amount that the policy sets for A")
    text = (
        _("Sales among the top %(share)s of the franchisees of its region")
        if rule.rank_within == "region"
        else _("Sales among the top %(share)s of franchisees")
    )
    return text % {"share": cut_percent(rule.top_share)}


def band_words(rule: Policy) -> str:
    return _("Enters A in the top %(enter)s, and once in A stays in the top %(leave)s") % {
        "enter": cut_percent(rule.band_enter),
        "leave": cut_percent(rule.band_leave),
    }


def goal_words(rule: Policy) -> str:
    """What is reached by selling enough; %(amount)s and %(until)s are left to fill in."""
    if rule.absolute_cutoff is not None:
        return _("Sell %(amount)s more by %(until)s to reach the amount that the policy sets for A.")
    if rule.stability_band:
        return _("Sell %(amount)s more by %(until)s to enter A.")
    if rule.rank_within == "region":
        return _("Sell %(amount)s more by %(until)s to reach the top %(share)s of its region.")
    return _("Sell %(amount)s more by %(until)s to reach the top %(share)s.")


def target_words(rule: Policy, part_year: bool) -> str:
    """What the customer has sold then, and what that meets; to be filled in."""
    if part_year:
        return _("Sales are then %(target)s, which is %(yearly)s projected to a year; %(cutoff)s is needed.")
    if rule.ranked_over != "12_months":
        return _target_of_other_months(rule)
    if rule.absolute_cutoff is not None or rule.stability_band:
        return _("Sales of 12 months are then %(target)s; %(cutoff)s is needed.")
    if rule.rank_within == "region":
        return _(
            "Sales of 12 months are then %(target)s; place %(k)s of %(ranked)s in its region is taken at %(cutoff)s."
        )
    return _("Sales of 12 months are then %(target)s; place %(k)s of %(ranked)s is taken at %(cutoff)s.")


def _target_of_other_months(rule: Policy) -> str:
    if rule.absolute_cutoff is not None or rule.stability_band:
        return _("The sales ranked on are then %(target)s; %(cutoff)s is needed.")
    if rule.rank_within == "region":
        return _(
            "The sales ranked on are then %(target)s; place %(k)s of %(ranked)s in its region is taken at %(cutoff)s."
        )
    return _("The sales ranked on are then %(target)s; place %(k)s of %(ranked)s is taken at %(cutoff)s.")


def window_note(rule: Policy) -> str:
    """What somebody who wants to sell up to A must know of the months ranked on; empty for the usual ones."""
    if rule.ranked_over == "12_months":
        return ""
    if rule.ranked_over == "calendar_year":
        return _("A is ranked on the last whole calendar year: what is sold now counts once the year is over.")
    return _("A is ranked on the sales of %(window)s.") % {"window": window_words(rule)}


def cutoff_words(policy: TierPolicy, k: int, ranked: int) -> str:
    """What stands below a cut-off: whose place it is, or how many reach it."""
    rule = rule_of(policy)
    values = {"k": numbers.grouped(k), "ranked": numbers.grouped(ranked), "amount": money(rule.absolute_cutoff)}
    if rule.absolute_cutoff is not None:
        return _("%(k)s of %(ranked)s ranked franchisees reach %(amount)s") % values
    if rule.rank_within == "region":
        return _("each region has its own: %(k)s places for %(ranked)s ranked franchisees") % values
    return _("place %(k)s of %(ranked)s ranked franchisees") % values


def cutoff_foot(rule: Policy, k: int, cutoff: Decimal | None) -> str:
    """Where a customer's cut-off comes from; empty without one."""
    if cutoff is None:
        return ""
    values = {"k": numbers.grouped(k), "cutoff": money(cutoff)}
    if rule.absolute_cutoff is not None:
        return _("the policy sets the cut-off: %(cutoff)s") % values
    if rule.rank_within == "region":
        return _("the cut-off is place %(k)s of its region: %(cutoff)s") % values
    return _("the cut-off is place %(k)s: %(cutoff)s") % values


def share_words(policy: TierPolicy) -> str:
    """Who is ranked A, as short as a table's cell."""
    rule = rule_of(policy)
    if rule.absolute_cutoff is not None:
        return _("from %(amount)s") % {"amount": money(rule.absolute_cutoff)}
    if rule.rank_within == "region":
        return _("%(share)s of each region") % {"share": cut_percent(rule.top_share)}
    return cut_percent(rule.top_share)


def option_words(policy: TierPolicy) -> list[tuple[str, str]]:
    """The options a version sets, by name and value as the form names them."""
    rule = rule_of(policy)
    found = [
        (str(PolicyForm.base_fields[name].label), _value(name, rule)) for name in OPTIONS if name in policy.options
    ]
    if set(VISITING) & set(policy.options):
        visiting = visiting_from(policy.options)
        days = " · ".join(f"{letter} {n}" for letter, n in visiting.days.items())
        found += [(_("Days between visits"), days), (_("Minutes of a visit"), str(visiting.minutes))]
    for option, trait in WEIGHING.items():
        if policy.options.get(option):
            title = _("Weights of cooperation") if trait == "cooperation" else _("Weights of loyalty")
            found.append((title, " · ".join(f"{KINDS[kind]} {n}" for kind, n in rule.weights[trait].items())))
    return found


def _value(name: str, rule: Policy) -> str:
    value = getattr(rule, name)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in ("band_enter", "band_leave"):
        return f"{(value * 100).normalize():f}"
    if name == "year_end_month":
        return str(MONTHS[value])
    if name == "rank_within":
        return str(dict(RANKED_AMONG)[value])
    if name == "ranked_over":
        return window_words(rule)
    return money(value) if name == "absolute_cutoff" else str(value)
