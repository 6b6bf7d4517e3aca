"""Slumps as pages show them: the call list, one alert, and what stands in for calls."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from django.db.models import Case, Count, ExpressionWrapper, F, FloatField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.clock import start_of
from customers.contacts.models import Contact
from customers.profile.models import Customer
from customers.relationship.ordersilence import Silence, judge
from customers.relationship.slumprule import WATCHED
from customers.sales.models import SaleLine
from customers.slumps.models import Kind, SlumpAlert, SlumpCause, State

PAGE = 50
WEIGHTS = {"A": 2.0, "B": 1.5}
"""What an A customer loses counts twice in the order of calls, what a B customer loses half as much again."""
SILENCE_DAYS = 730
ANSWERED_DAYS = 90
CLOSING_HOUR = 18


class Point(NamedTuple):
    """A day of the chart."""

    day: datetime.date
    value: float | None
    expected: float
    low: float
    high: float


def rows_for(user: User) -> QuerySet[SlumpAlert]:
    """What this person sees, with what a line shows, and the weight in the order of calls."""
    rows = SlumpAlert.objects.visible_to(user).standing()
    return rows.select_related("customer__standing", "cause", "called_by").defer("evidence")


def by_weight(rows: QuerySet[SlumpAlert]) -> QuerySet[SlumpAlert]:
    """Money lost × tier, the most first."""
    times = Case(
        *(When(customer__standing__tier=tier, then=Value(weight)) for tier, weight in WEIGHTS.items()),
        default=Value(1.0),
        output_field=FloatField(),
    )
    weight = ExpressionWrapper(F("lost") * times, output_field=FloatField())
    return rows.annotate(weight=weight).order_by("-weight", "-third_day", "-pk")


def call_list(user: User, kind: str = Kind.SLUMP, state: str = "", start: int = 0) -> tuple[list[SlumpAlert], bool]:
    """A page of those that are on, and whether there are more. One statement."""
    rows = rows_for(user).on().filter(kind=kind)
    if state:
        rows = rows.filter(state=state)
    found = list(by_weight(rows)[start : start + PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def over(user: User, before: SlumpAlert | None = None) -> tuple[list[SlumpAlert], int | None]:
    """A page of those that are over or dismissed, the latest first, and the key of the one to go on from."""
    rows = rows_for(user).exclude(closed_on__isnull=True, state__in=[s for s in State.values if s != State.DISMISSED])
    if before is not None:
        rows = rows.filter(third_day__lte=before.third_day).exclude(third_day=before.third_day, pk__gte=before.pk)
    found = list(rows.order_by("-third_day", "-pk")[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None


def counted(user: User) -> dict[str, int]:
    """How many are on, by kind. One statement."""
    each = {kind: Count("pk", filter=Q(kind=kind)) for kind in Kind.values}
    return SlumpAlert.objects.visible_to(user).on().aggregate(**each)


def points_of(alert: SlumpAlert) -> list[Point]:
    """The chart's days: what was expected then, and what the ledger says today. One statement."""
    drawn = [(datetime.date.fromisoformat(day), *rest) for day, *rest in alert.evidence]
    if not drawn:
        return []
    first, last = drawn[0][0], drawn[-1][0]
    lines = SaleLine.objects.live().filter(customer_id=alert.customer_id, sold_on__range=(first, last))
    sold = {
        day: float(gross - returns)
        for day, gross, returns, is_open in lines.values_list("sold_on", "gross", "returns", "is_open")
        if is_open is not False
    }
    known = {day: (expected, low, high) for day, expected, low, high in drawn}
    days = (first + datetime.timedelta(days=n) for n in range((last - first).days + 1))
    return [Point(day, sold.get(day), *known[day]) for day in days if day in known]


def causes() -> list[tuple[str, list[SlumpCause]]]:
    """The tree as groups of a choice: [(branch, [the branch itself, its leaves…])]. One statement."""
    rows = list(SlumpCause.objects.filter(active=True).order_by("position", "pk"))
    roots = [one for one in rows if one.parent_id is None]
    return [(str(root), [*(one for one in rows if one.parent_id == root.pk), root]) for root in roots]


@dataclass(frozen=True, slots=True)
class Branch:
    """A cause of the first floor with those below it; slumps: how many of those in reach it explains."""

    cause: SlumpCause
    slumps: int
    leaves: list[tuple[SlumpCause, int]]


def tree_with_counts(user: User) -> list[Branch]:
    """Every cause, also those no longer offered. Two statements."""
    diagnosed = SlumpAlert.objects.visible_to(user).standing().filter(cause__isnull=False).order_by()
    counts = dict(diagnosed.values("cause_id").annotate(n=Count("pk")).values_list("cause_id", "n"))
    rows = list(SlumpCause.objects.visible_to(user).order_by("position", "pk"))
    return [
        Branch(
            root,
            counts.get(root.pk, 0),
            [(one, counts.get(one.pk, 0)) for one in rows if one.parent_id == root.pk],
        )
        for root in rows
        if root.parent_id is None
    ]


def first_contacts(alerts: Iterable[SlumpAlert]) -> Mapping[int, datetime.datetime]:
    """{alert: when somebody first spoke with the customer after its third bad day}. One statement.

    Private contacts count for nothing: a figure never tells that there is one.
    """
    alerts = list(alerts)
    if not alerts:
        return {}
    since = start_of(min(one.third_day for one in alerts))
    rows = Contact.objects.open().filter(customer_id__in={one.customer_id for one in alerts}, happened_at__gte=since)
    spoken: dict[int, list[datetime.datetime]] = {}
    for pk, moment in rows.order_by("happened_at").values_list("customer_id", "happened_at"):
        spoken.setdefault(pk, []).append(moment)
    found = {}
    for one in alerts:
        close = closed_at(one.third_day)
        first = next((moment for moment in spoken.get(one.customer_id, ()) if moment >= close), None)
        if first is not None:
            found[one.pk] = first
    return found


def first_contact(alert: SlumpAlert) -> Contact | None:
    """The first time somebody spoke with the customer after the third bad day. One statement."""
    rows = Contact.objects.open().filter(customer_id=alert.customer_id, happened_at__gte=closed_at(alert.third_day))
    return rows.select_related("by").order_by("happened_at", "pk").first()


def spoken_with(alerts: Iterable[SlumpAlert]) -> list[SlumpAlert]:
    """The same, each with `reached`: how far we are when a logged contact counts as the call. One statement."""
    alerts = list(alerts)
    spoken = first_contacts(one for one in alerts if one.state == State.OPEN)
    for one in alerts:
        one.reached = State.CALLED if one.pk in spoken else State(one.state)  # type: ignore[attr-defined]
    return alerts


def hours_to_call(alerts: Iterable[SlumpAlert]) -> dict[int, float]:
    """Hours from the close of the third bad day to the first call, of those that were called."""
    alerts = list(alerts)
    spoken = first_contacts(alerts)
    found = {}
    for one in alerts:
        moments = [moment for moment in (one.called_at, spoken.get(one.pk)) if moment is not None]
        if moments:
            since = closed_at(one.third_day)
            found[one.pk] = max((min(moments) - since).total_seconds() / 3600, 0.0)
    return found


class Answered(NamedTuple):
    """How fast slumps were answered: `called` of `n`; hours from the close of the third bad day, the middle one."""

    n: int
    called: int
    hours: float | None


def answered(user: User, day: datetime.date) -> Answered:
    """Of the slumps of 90 days in this person's reach. Two statements."""
    rows = SlumpAlert.objects.visible_to(user).standing().filter(kind=Kind.SLUMP)
    alerts = list(rows.filter(third_day__gt=day - datetime.timedelta(days=ANSWERED_DAYS)).defer("evidence"))
    hours = hours_to_call(alerts)
    return Answered(len(alerts), len(hours), median(hours.values()) if hours else None)


def closed_at(day: datetime.date) -> datetime.datetime:
    """When shops have sold most of a day: from then on somebody can call about it."""
    return start_of(day) + datetime.timedelta(hours=CLOSING_HOUR)


def all_causes() -> QuerySet[SlumpCause]:
    return SlumpCause.objects.all()


def on_of(customer: Customer) -> SlumpAlert | None:
    """The slump that is on, else the silence. customer came through visible_to. One statement."""
    rows = SlumpAlert.objects.filter(customer=customer).on().select_related("cause").defer("evidence")
    return rows.order_by("-kind", "-third_day").first()


def order_silence(customer: Customer, day: datetime.date) -> Silence | None:
    """For who orders now and then; None for who sold on half of the eight weeks' days before the last.

    customer came through visible_to. One statement.
    """
    since = day - datetime.timedelta(days=SILENCE_DAYS)
    lines = SaleLine.objects.live().filter(customer=customer, sold_on__gt=since, sold_on__lte=day, gross__gt=0)
    days = sorted(lines.values_list("sold_on", flat=True))
    if days and sum((days[-1] - one).days < WATCHED for one in days) * 2 >= WATCHED:
        return None
    return judge(days, day)


def asked_of(alert: SlumpAlert) -> list[str]:
    """What to ask on the phone, in the order of the article: listen first, then the causes nearest to hand."""
    return [
        _("How are you? How is business these days?"),
        _("What do your people on the floor say?"),
        _("Which goods are missing or no longer asked for?"),
        _("What do the shops next door do?"),
        _("What would help you most this week?"),
    ]
