"""Changing the brand's rules for issues. They count from now on: what is open keeps the times it was given."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import diff, record
from crm.brandwording import write_word
from crm.refusing import refusal_of
from customers.issues import terms
from customers.issues.models import Category
from customers.issues.rulemodels import IssueCause, IssueTerms, IssueTime
from customers.issues.rules import brand_row
from customers.issues.writing import conflict

TERMS = (
    "percents",
    "opens",
    "closes",
    "break_from",
    "break_to",
    "repeat_days",
    "wave_days",
    "wave_customers",
)
LIMITS = {"repeat_days": (1, 730), "wave_days": (1, 90), "wave_customers": (2, 1000)}


@transaction.atomic
def change_terms(*, by: User, version: int | None = None, **fields: Any) -> IssueTerms:
    """The fields given, of TERMS. Raises ValidationError keyed by field."""
    unknown = set(fields) - set(TERMS)
    if unknown:
        raise TypeError(f"rules for issues have no {', '.join(sorted(unknown))}")
    IssueTerms.objects.get_or_create(pk=1)
    held = IssueTerms.objects.select_for_update().get(pk=1)
    if version is not None and version != held.version:
        raise ValidationError(conflict(), code="conflict")
    before = {name: getattr(held, name) for name in TERMS}
    for name, value in fields.items():
        setattr(held, name, value)
    _check_terms(held)
    longest = IssueTime.objects.aggregate(most=Max("solve_hours"))["most"]
    if longest is not None:
        _check_days(longest, held)
    changes = diff(_plain(before), _plain({name: getattr(held, name) for name in TERMS}))
    if changes:
        held.changed_by, held.version = by, held.version + 1
        held.save()
        record(action="issue.terms", target=held, changes=changes, actor=by)
    return held


def _check_terms(held: IssueTerms) -> None:
    flaw = terms.flaw_of_percents(held.percents)
    if flaw is not None:
        texts = {
            "rows": _("Each of the four severities needs its percent."),
            "percents": _("Whole percents from 1 to %(most)d.") % {"most": terms.MOST_PERCENT},
            "order": _("What is worse may not take longer."),
        }
        raise refusal_of("percents", texts[flaw], flaw)
    flaw = held.hours.flaw()
    if flaw == "order":
        raise refusal_of("closes", _("Business closes after it opens."), flaw)
    if flaw == "break":
        raise refusal_of("break_to", _("A break begins and ends within business hours."), flaw)
    for name, (least, most) in LIMITS.items():
        if not least <= getattr(held, name) <= most:
            text = _("From %(least)d to %(most)d.") % {"least": least, "most": most}
            raise refusal_of(name, text, "range")


def _check_days(solve_hours: Decimal, row: IssueTerms) -> None:
    if terms.days_of(solve_hours, row.percents, row.hours) > terms.MOST_DAYS:
        text = _("By this an issue could take more than %(days)d days: give it less, or longer business hours.")
        raise ValidationError(text % {"days": terms.MOST_DAYS}, code="far")


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Times of day as they are read."""
    return {name: f"{value:%H:%M}" if hasattr(value, "hour") else value for name, value in values.items()}


@transaction.atomic
def set_time(*, category: str, tier: str, answer_hours: Decimal, solve_hours: Decimal, by: User) -> IssueTime:
    """The row of a class ('' every class) and tier ('' every other), written or changed."""
    if category and category not in Category.values:
        raise refusal_of("category", _("There is no such choice."), "category")
    if tier not in (*terms.TIERS, terms.OTHERS):
        raise refusal_of("tier", _("There is no such choice."), "tier")
    flaw = terms.flaw_of_time(terms.Time(answer_hours, solve_hours))
    if flaw == "hours":
        text = _("Hours above 0, %(most)d at most, with one decimal.") % {"most": terms.MOST_HOURS}
        wrong = "answer_hours" if terms.flaw_of_time(terms.Time(answer_hours, answer_hours)) else "solve_hours"
        raise refusal_of(wrong, text, flaw)
    if flaw == "order":
        raise refusal_of("solve_hours", _("It is answered before it is solved."), flaw)
    _check_days(solve_hours, brand_row())
    # Two who write a new row at once: the second changes that of the first.
    hours = {"answer_hours": answer_hours, "solve_hours": solve_hours}
    row, made = IssueTime.objects.select_for_update().get_or_create(category=category, tier=tier, defaults=hours)
    before = {} if made else _times(row)
    row.answer_hours, row.solve_hours = answer_hours, solve_hours
    row.save()
    changes = diff(before, _times(row))
    if changes:
        told = {"about": category or None, "tier": tier or None, **changes}
        record(action="issue.time", target=row, changes=told, actor=by)
    return row


@transaction.atomic
def drop_time(*, row: IssueTime, by: User) -> None:
    """Then the next more general one holds; the most general one stays."""
    held = IssueTime.objects.select_for_update().get(pk=row.pk)
    if (held.category, held.tier) == (terms.OTHERS, terms.OTHERS):
        raise ValidationError(_("This row holds where no other does; it can be changed and stays."), code="last")
    told = {"about": held.category or None, "tier": held.tier or None}
    gone = {name: [value, None] for name, value in _times(held).items()}
    record(action="issue.time_drop", target=held, changes={**told, **gone}, actor=by)
    held.delete()


def _times(row: IssueTime) -> dict[str, str]:
    return {"answer_hours": f"{row.answer_hours:.1f}", "solve_hours": f"{row.solve_hours:.1f}"}


def write_cause(*, cause: IssueCause | None, by: User | None, **fields: Any) -> IssueCause:
    """A new one (with its code), or the fields given of one. What had a cause that is no longer offered keeps it."""
    return write_word(IssueCause, cause, action="issue_cause.write", by=by, **fields)
