"""Who is due for a visit and who slips, read from visits and contacts by the brand's rules. Nothing is kept here.

Callers pass customers that came through `visible_to`. What is private counts for nothing.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import or_

from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.utils.timezone import localdate

from crm.clock import start_of
from customers.contacts.models import Contact, Direction
from customers.profile.models import Customer, State
from customers.tiers.policies import cadence_of_tiers
from visits.plan import cadence
from visits.plan.cadence import Counting, Due, Rhythm
from visits.plan.models import PlannedVisit, VisitGoal
from visits.plan.models import State as VisitState
from visits.plan.rhythm_models import CadenceOverride, CadenceWindow, CountingRule

MOST = 300
DUE, LATE, NEVER = cadence.DUE, cadence.LATE, cadence.NEVER
STAGES = (DUE, LATE, NEVER)


@dataclass(frozen=True, slots=True)
class Scheme:
    """rhythms: by tier, "" for who has none. rules: what counts."""

    rhythms: dict[str, Rhythm]
    rules: tuple[Counting, ...]

    def of(self, tier: str) -> Rhythm:
        return self.rhythms.get(tier) or self.rhythms[""]


def scheme() -> Scheme:
    """As the adopted policy and the brand's rules say. Three statements."""
    days: dict[str, int] = dict(cadence_of_tiers())  # type: ignore[arg-type]
    days.setdefault("", days["C"])
    rooms = {one.tier: (one.least_percent, one.most_percent) for one in CadenceWindow.objects.all()}
    rhythms = {tier: cadence.rhythm_of(n, *rooms.get(tier, ())) for tier, n in days.items()}
    return Scheme(rhythms, tuple(one.rule for one in CountingRule.objects.filter(is_active=True)))


@dataclass(frozen=True, slots=True)
class Slipping:
    """customer: with its standing. own: a rhythm of its own in force, if it has one. planned: the next visit's day."""

    customer: Customer
    due: Due
    own: CadenceOverride | None
    planned: datetime.date | None
    weight: Decimal

    @property
    def tier(self) -> str:
        return tier_of(self.customer)


def tier_of(customer: Customer) -> str:
    standing = getattr(customer, "standing", None)
    return standing.tier if standing is not None else ""


def slipping(
    customers: QuerySet[Customer],
    day: datetime.date,
    most: int = MOST,
    stage: str = DUE,
    *,
    unplanned: bool = True,
    held: Scheme | None = None,
) -> list[Slipping]:
    """Of these, those due (late, never visited), lateness × stake first. unplanned: without those whose visit is
    planned. Of more than `most` the largest are looked at. Eight statements at most.
    """
    held = held or scheme()
    rows = customers.filter(standing__isnull=False).exclude(state=State.CLOSED).filter(behind(stage, day, held))
    if unplanned:
        rows = rows.exclude(Exists(_ahead(day)))
    rows = rows.select_related("standing").order_by("-standing__w0", "pk")
    return sorted(judged(list(rows[:most]), day, held), key=lambda one: (-one.weight, -one.due.late, one.customer.pk))


def judged(customers: Collection[Customer], day: datetime.date, held: Scheme | None = None) -> list[Slipping]:
    """How each stands, in the order given; read with their standings. Two statements, five without the scheme."""
    if not customers:
        return []
    held = held or scheme()
    ids = [one.pk for one in customers]
    own = {one.customer_id: one for one in CadenceOverride.objects.in_force(day).filter(customer_id__in=ids)}
    last = _last(ids, day, held.rules, [pk for pk, one in own.items() if one.by_call])
    found = []
    for one in customers:
        tier, word = tier_of(one), own.get(one.pk)
        rhythm = word.rhythm if word is not None else held.of(tier)
        on, planned = last[one.pk]
        standing = cadence.due(on, rhythm, one.opened_on, day)
        yearly = one.standing.w0 if getattr(one, "standing", None) is not None else Decimal(0)
        found.append(Slipping(one, standing, word, planned, cadence.weight(yearly, rhythm, standing.late)))
    return found


def behind(stage: str, day: datetime.date, held: Scheme) -> Q:
    """The condition under which a customer is due (or worse), late, or was never visited. One statement: which rhythms
    of their own there are.
    """
    in_force = CadenceOverride.objects.in_force(day).order_by()
    theirs = in_force.filter(customer=OuterRef("pk"))
    found = Q(pk__in=[])
    for tier, rhythm in held.rhythms.items():
        found |= Q(_behind(stage, day, rhythm, held.rules, tier), ~Exists(theirs), standing__tier=tier)
    names = ("days", "least_days", "most_days", "by_call")
    for values in in_force.values_list(*names).distinct():
        same = theirs.filter(**dict(zip(names, values, strict=True)))
        found |= Q(_behind(stage, day, Rhythm(*values), held.rules, None), Exists(same))
    return found


def _behind(stage: str, day: datetime.date, rhythm: Rhythm, rules: Iterable[Counting], tier: str | None) -> Q:
    if stage == NEVER:
        return ~_been(None, rules, tier, rhythm.by_call) & (Q(opened_on__isnull=True) | Q(opened_on__lte=day))
    if stage == LATE:
        first = day - datetime.timedelta(days=rhythm.most)
        settled = Q(opened_on__isnull=True) | Q(opened_on__lt=first)
    else:
        first = day - datetime.timedelta(days=rhythm.least - 1)
        settled = Q(opened_on__isnull=True) | Q(opened_on__lte=day)
    return settled & ~_been(first, rules, tier, rhythm.by_call)


def _been(first: datetime.date | None, rules: Iterable[Counting], tier: str | None, by_call: bool) -> Q:
    """Whether anything counted (since a day). tier: of the customers asked about; None: read it with each."""
    rules = tuple(rules)
    visits = _visits(_of(rules, cadence.VISIT, tier)).filter(customer=OuterRef("pk"))
    said = _of(rules, cadence.CONTACT, tier)
    if by_call:
        said |= Q(direction=Direction.OUT)
    contacts = Contact.objects.open().filter(said, customer=OuterRef("pk")).order_by()
    if first is not None:
        visits, contacts = visits.filter(day__gte=first), contacts.filter(happened_at__gte=start_of(first))
    return Q(Exists(visits)) | Q(Exists(contacts))


def _visits(condition: Q) -> QuerySet[PlannedVisit]:
    return PlannedVisit.objects.filter(condition, state=VisitState.DONE).order_by()


def _of(rules: Iterable[Counting], source: str, tier: str | None) -> Q:
    """The rules as a condition on visits or contacts."""
    return reduce(or_, (_one(rule, tier) for rule in rules if _is_of(rule, source, tier)), Q(pk__in=[]))


def _is_of(rule: Counting, source: str, tier: str | None) -> bool:
    return rule.source == source and (tier is None or rule.tier in ("", tier))


def _one(rule: Counting, tier: str | None) -> Q:
    found = ~Q(pk__in=[])
    if rule.kind:
        found &= Q(purpose=rule.kind) if rule.source == cadence.VISIT else Q(channel=rule.kind)
    if rule.direction:
        found &= Q(direction=rule.direction)
    if rule.only_met:
        found &= Q(Exists(VisitGoal.objects.filter(visit=OuterRef("pk"), met=True)))
    if rule.tier and tier is None:
        found &= Q(customer__standing__tier=rule.tier)
    return found


def _ahead(day: datetime.date) -> QuerySet[PlannedVisit]:
    return PlannedVisit.objects.planned().filter(customer=OuterRef("pk"), day__gte=day).order_by()


def _last(
    ids: list[int], day: datetime.date, rules: tuple[Counting, ...], by_call: list[int]
) -> dict[int, tuple[datetime.date | None, datetime.date | None]]:
    """Of each the day of the last that counted, and of the next visit that is planned. One statement."""
    said = _of(rules, cadence.CONTACT, None)
    if by_call:
        said |= Q(direction=Direction.OUT, customer_id__in=by_call)
    visits = _visits(_of(rules, cadence.VISIT, None)).filter(customer=OuterRef("pk"))
    contacts = Contact.objects.open().filter(said, customer=OuterRef("pk")).order_by()
    rows = Customer.objects.filter(pk__in=ids).order_by()
    rows = rows.annotate(
        visited_on=Subquery(visits.values("customer").annotate(at=Max("day")).values("at")),
        spoken_at=Subquery(contacts.values("customer").annotate(at=Max("happened_at")).values("at")),
        planned_on=Subquery(_ahead(day).values("customer").annotate(at=Min("day")).values("at")),
    )
    found = {}
    for pk, visited, spoken, planned in rows.values_list("pk", "visited_on", "spoken_at", "planned_on"):
        days = [one for one in (visited, spoken and localdate(spoken)) if one is not None]
        found[pk] = (max(days, default=None), planned)
    return found
