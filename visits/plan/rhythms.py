"""Saying how often a customer is visited, what counts as a visit, and how far one may lie from its day."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.accounts.models import User
from crm.audit.actions import diff, record, record_many
from crm.clock import is_meant, today
from crm.refusing import refusal_of
from customers.profile.models import Customer
from visits.plan import cadence
from visits.plan.actions import tidy
from visits.plan.rhythm_models import (
    KINDS,
    LONGEST_DAYS,
    LONGEST_REASON,
    CadenceOverride,
    CadenceWindow,
    CountingRule,
    Source,
)

MOST_AT_ONCE = 500


@transaction.atomic
def set_cadence(
    *,
    customer: Customer,
    days: int,
    reason: str,
    by: User | None,
    since: datetime.date | None = None,
    until: datetime.date | None = None,
    least_days: int | None = None,
    most_days: int | None = None,
    by_call: bool = False,
) -> CadenceOverride:
    """A rhythm of its own from a day (today) until before another (None: until further notice). What was said before
    ends there. least_days, most_days: as far from `days` as usual where not given. Raises ValidationError by field.
    """
    values = _checked(days, least_days, most_days, by_call, reason, since, until)
    made = _write([customer.pk], values, by)
    return made[0]


@transaction.atomic
def keep_by_calls(
    *,
    customers: Collection[Customer],
    days: int,
    reason: str,
    by: User | None,
    since: datetime.date | None = None,
    until: datetime.date | None = None,
) -> list[CadenceOverride]:
    """These are called instead of visited: one rhythm for all of them. As many statements for many as for few."""
    if not customers:
        raise ValidationError(_("Choose at least one customer."), code="none")
    if len(customers) > MOST_AT_ONCE:
        text = ngettext("%(n)d customer at once at most.", "%(n)d customers at once at most.", MOST_AT_ONCE)
        raise ValidationError(text % {"n": MOST_AT_ONCE}, code="many")
    values = _checked(days, None, None, True, reason, since, until)
    return _write([one.pk for one in customers], values, by)


@transaction.atomic
def end_cadence(*, override: CadenceOverride, by: User | None) -> CadenceOverride:
    """From today on its tier's rhythm holds again; one that has not begun never will."""
    Customer.objects.select_for_update(of=("self",)).get(pk=override.customer_id)
    held = CadenceOverride.objects.select_for_update(of=("self",)).select_related("customer").get(pk=override.pk)
    if held.until is not None and held.until <= today():
        raise ValidationError(_("This is over already."), code="state")
    before = held.until
    held.until = max(held.since, today())
    held.save(update_fields=["until"])
    changes = {"cadence_days": [held.days, None], "until": [before, held.until]}
    record(action="cadence.end", target=held.customer, changes=changes, actor=by)
    return held


def _checked(days, least_days, most_days, by_call, reason, since, until) -> dict[str, Any]:
    wrong: dict[str, ValidationError] = {}
    since = since or today()
    reason = tidy(reason)
    if not 1 <= days <= LONGEST_DAYS:
        text = _("From 1 to %(most)d days.") % {"most": LONGEST_DAYS}
        raise refusal_of("days", text, "days")
    usual = cadence.rhythm_of(days)
    least = usual.least if least_days is None else least_days
    most = min(usual.most, LONGEST_DAYS) if most_days is None else most_days
    if not 1 <= least <= days:
        wrong["least_days"] = ValidationError(_("At least 1 day, and no more than between visits."), code="least")
    if not days <= most <= LONGEST_DAYS:
        wrong["most_days"] = ValidationError(
            _("Not less than between visits, and %(most)d days at most.") % {"most": LONGEST_DAYS}, code="most"
        )
    if not is_meant(since) or (until is not None and not is_meant(until)):
        wrong["until" if is_meant(since) else "since"] = ValidationError(_("There is no such day."), code="year")
    elif since < today():
        wrong["since"] = ValidationError(_("This day has passed."), code="past")
    if until is not None and until <= since:
        wrong["until"] = ValidationError(_("It must end after it begins."), code="order")
    if not reason:
        wrong["reason"] = ValidationError(_("Say why."), code="required")
    elif len(reason) > LONGEST_REASON:
        wrong["reason"] = ValidationError(_("%(most)d characters at most.") % {"most": LONGEST_REASON}, code="long")
    if wrong:
        raise ValidationError(wrong)
    return {
        "days": days,
        "least_days": least,
        "most_days": most,
        "by_call": by_call,
        "reason": reason,
        "since": since,
        "until": until,
    }


def _write(ids: list[int], values: dict[str, Any], by: User | None) -> list[CadenceOverride]:
    """Locked in one order; what overlaps ends on the day this begins, what would begin later never does."""
    held = list(Customer.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
    since, until = values["since"], values["until"]
    rows = CadenceOverride.objects.filter(customer__in=held, until__isnull=True) | CadenceOverride.objects.filter(
        customer__in=held, until__gt=since
    )
    before: dict[int, CadenceOverride] = {}
    for one in rows.in_force(since):
        before[one.customer_id] = one
    rows.filter(since__lt=since).update(until=since)
    later = rows.filter(since__gte=since)
    if until is not None:
        later = later.filter(since__lt=until)
    later.exclude(until=F("since")).update(until=F("since"))
    made = [CadenceOverride(customer=one, made_by=by, **values) for one in held]
    CadenceOverride.objects.bulk_create(made)
    new = {"cadence_days" if name == "days" else name: value for name, value in values.items()}
    record_many(
        action="cadence.set",
        targets=[(one, diff({"cadence_days": before[one.pk].days} if one.pk in before else {}, new)) for one in held],
        actor=by,
    )
    return made


# --- the brand's rules ------------------------------------------------------------------------------------------------


@transaction.atomic
def add_rule(*, by: User | None, **values: Any) -> CountingRule:
    """source, kind, direction, tier, only_met, is_active. Raises ValidationError, keyed by field where it can be."""
    made = CountingRule(**values)
    _check_rule(made)
    made.save()
    record(action="cadence.rule", target=made, changes=diff({}, _told(made)), actor=by)
    return made


@transaction.atomic
def change_rule(*, rule: CountingRule, by: User | None, **values: Any) -> CountingRule:
    """Last days are read by the rules in force: what changes holds for the past too."""
    list(CountingRule.objects.select_for_update().order_by("pk").values_list("pk"))
    held = CountingRule.objects.get(pk=rule.pk)
    before = _told(held)
    for name, value in values.items():
        setattr(held, name, value)
    _check_rule(held)
    if not held.is_active and not CountingRule.objects.filter(~Q(pk=held.pk), is_active=True).exists():
        raise ValidationError(_("Something has to count: leave one rule on."), code="last")
    changes = diff(before, _told(held))
    if changes:
        held.save()
        record(action="cadence.rule", target=held, changes=changes, actor=by)
    return held


@transaction.atomic
def change_window(*, window: CadenceWindow, by: User | None, least_percent: int, most_percent: int) -> CadenceWindow:
    held = CadenceWindow.objects.select_for_update().get(pk=window.pk)
    if not 1 <= least_percent <= 100:
        raise refusal_of("least_percent", _("From 1 to 100 percent."), "least")
    if not 100 <= most_percent <= 300:
        raise refusal_of("most_percent", _("From 100 to 300 percent."), "most")
    new = {"least_percent": least_percent, "most_percent": most_percent}
    changes = diff({name: getattr(held, name) for name in new}, new)
    if changes:
        held.least_percent, held.most_percent = least_percent, most_percent
        held.save()
        record(action="cadence.window", target=held, changes=changes, actor=by)
    return held


def _check_rule(rule: CountingRule) -> None:
    if rule.source not in KINDS:
        raise refusal_of("source", _("There is no such thing to count."), "source")
    if rule.kind and rule.kind not in KINDS[rule.source]:
        text = _("A visit counts by its purpose, a contact by its channel.")
        raise refusal_of("kind", text, "kind")
    if rule.source == Source.VISIT and rule.direction:
        raise refusal_of("direction", _("Only contacts have a direction."), "direction")
    if rule.source == Source.CONTACT and rule.only_met:
        raise refusal_of("only_met", _("Only visits have goals."), "goals")
    rule.full_clean()


def _told(rule: CountingRule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in ("source", "kind", "direction", "tier", "only_met", "is_active")}
