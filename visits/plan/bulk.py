"""Planning a visit to each of many customers: on one day, or spread over working days so that neighbours share one."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.accounts.models import User
from crm.audit.actions import record_many
from crm.clock import today
from crm.refusing import refusal_of
from crm.workdays import working_days
from customers.care import bulk
from customers.care.kinds import BulkKind
from customers.care.models import BulkAction, BulkStep, Result
from customers.care.outcome import Outcome
from customers.profile.models import Customer, Responsibility
from visits.plan.actions import check_day, check_minutes, check_visitor, goal_texts
from visits.plan.models import USUAL_MINUTES, PlannedVisit, Purpose, VisitGoal
from visits.plan.spreading import Place, spread
from visits.plan.visiting import VISIT, is_closed_on, seen_by, visitors_open_to

MOST_A_DAY = 50
USUAL_A_DAY = 6


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked, as `BulkAction.params` keeps it. visitor: None is whoever is in charge on the day. most: visits
    a day of one person, those planned already counted; None: all on `first`, however many.
    """

    visitor: int | None
    first: datetime.date
    last: datetime.date
    most: int | None
    purpose: str
    goal: str
    minutes: int

    @classmethod
    def of(cls, action: BulkAction) -> Wish:
        kept = action.params
        first, last = (datetime.date.fromisoformat(kept[name]) for name in ("first", "last"))
        names = ("visitor", "most", "purpose", "goal", "minutes")
        return cls(first=first, last=last, **{name: kept[name] for name in names})

    def days(self, earliest: datetime.date) -> list[datetime.date]:
        found = [self.first] if self.most is None else working_days(self.first, self.last)
        return [day for day in found if day >= earliest]


def plan_many(
    *,
    by: User,
    visitor: User | None,
    day: datetime.date | None = None,
    first: datetime.date | None = None,
    last: datetime.date | None = None,
    most: int | None = None,
    purpose: str = Purpose.ROUTINE,
    goal: str = "",
    minutes: int = USUAL_MINUTES,
    ids: Iterable[int] | None = None,
    query: str = "",
) -> BulkAction:
    """Either `day`, or `first` to `last` with at most `most` visits a day. Raises ValidationError keyed by field."""
    start, end, limit = _span(day, first, last, most)
    check_minutes(minutes)
    if purpose not in Purpose.values:
        raise refusal_of("purpose", _("There is no such purpose."), "purpose")
    if visitor is not None:
        check_visitor(visitor, by)
    try:
        (text,) = goal_texts([goal]) or [""]
    except ValidationError as refusal:
        raise ValidationError({"goal": refusal.error_dict["goals"]}) from refusal
    params = {
        "visitor": visitor.pk if visitor else None,
        "name": str(visitor) if visitor else "",
        "first": str(start),
        "last": str(end),
        "most": limit,
        "purpose": str(purpose),
        "goal": text,
        "minutes": minutes,
    }
    return bulk.start(kind=KIND.code, by=by, params=params, ids=ids, query=query)


def _span(day, first, last, most) -> tuple[datetime.date, datetime.date, int | None]:
    if day is not None:
        if first or last or most:
            raise refusal_of("day", _("Give one day, or a first and a last one with how many a day."), "both")
        check_day(day)
        return day, day, None
    wrong = {
        name: ValidationError(_("This field is required."), code="required")
        for name, value in (("first", first), ("last", last), ("most", most))
        if value is None
    }
    if wrong:
        raise ValidationError(wrong)
    check_day(first, "first")
    if last < first:
        raise refusal_of("last", _("The last day is before the first."), "order")
    check_day(last, "last")
    if not 1 <= most <= MOST_A_DAY:
        raise refusal_of("most", _("From 1 to %(most)d a day.") % {"most": MOST_A_DAY}, "most")
    if not working_days(first, last):
        raise refusal_of("last", _("There is no working day among these."), "free")
    return first, last, most


# --- a page of them -----------------------------------------------------------------------------------------------


def do(action: BulkAction, customers: Sequence[Customer], by: User) -> list[Outcome]:
    """In the page's transaction; as many statements for many customers as for few."""
    wish = Wish.of(action)
    rows = Customer.objects.filter(pk__in=[one.pk for one in customers])
    held = {one.pk: one for one in rows.order_by("pk").select_for_update(of=("self",))}
    days = wish.days(today())
    if not days:
        return [Outcome(pk, Result.REFUSED, "past") for pk in held]
    there = PlannedVisit.objects.planned().between(wish.first, wish.last).filter(customer_id__in=held)
    planned = set(there.values_list("customer_id", flat=True))
    told = [Outcome(pk, Result.UNCHANGED, "planned") for pk in held if pk in planned]
    closed = {pk for pk, one in held.items() if pk not in planned and is_closed_on(one, days[-1])}
    told += [Outcome(pk, Result.REFUSED, "closed") for pk in closed]
    open_ = {pk: one for pk, one in held.items() if pk not in planned and pk not in closed}
    refused, placed = (_sent if wish.visitor else _by_charge)(wish, open_, days, by)
    told += [Outcome(pk, Result.REFUSED, reason) for pk, reason in refused.items()]
    return told + _write(wish, [(open_[pk], *where) for pk, where in placed.items()], by)


Refused = dict[int, str]
Placed = dict[int, tuple[User, datetime.date]]


def _sent(wish: Wish, customers: dict[int, Customer], days: list[datetime.date], by: User) -> tuple[Refused, Placed]:
    """One person goes to all whom they see."""
    visitor = _locked([wish.visitor]).get(wish.visitor)
    if visitor is None or not visitors_open_to(by).filter(pk=visitor.pk).exists():
        return dict.fromkeys(customers, "person"), {}
    sees = seen_by(visitor, customers, days[0])
    found = spread(_places(customers, sees), _rooms(wish, days, [visitor.pk], len(sees))[visitor.pk])
    refused: Refused = {pk: "sight" for pk in customers if pk not in sees}
    refused |= {pk: "full" for pk, day in found.items() if day is None}
    return refused, {pk: (visitor, day) for pk, day in found.items() if day is not None}


def _by_charge(
    wish: Wish, customers: dict[int, Customer], days: list[datetime.date], by: User
) -> tuple[Refused, Placed]:
    """Everybody goes to those they are in charge of by name on the day."""
    rows = Responsibility.objects.filter(customer_id__in=customers, since__lte=days[-1]).exclude(until__lte=days[0])
    held: dict[int, list[Responsibility]] = defaultdict(list)
    for one in rows.order_by("since", "pk"):
        held[one.customer_id].append(one)
    people = _locked({one.user_id for part in held.values() for one in part})
    rooms = _rooms(wish, days, people, len(customers))
    refused: Refused = {}
    whole: dict[int, list[int]] = defaultdict(list)
    parted: dict[int, list[int | None]] = {}
    for pk in customers:
        on_days = [_holder(held[pk], day) for day in days]
        able = {one for one in on_days if one in people}
        if not able:
            refused[pk] = "person" if any(on_days) else "nobody"
        elif set(on_days) == able and len(able) == 1:
            whole[able.pop()].append(pk)
        else:
            parted[pk] = on_days
    placed: Placed = {}
    for user_id in sorted(whole):
        for pk, day in spread(_places(customers, whole[user_id]), rooms[user_id]).items():
            if day is None:
                refused[pk] = "full"
            else:
                placed[pk] = (people[user_id], day)
                rooms[user_id][day] -= 1
    # Those that change hands on these days, or are in nobody's for some of them: the first day that has room.
    for pk, on_days in parted.items():
        pairs = ((one, day) for one, day in zip(on_days, days, strict=True) if one is not None and one in people)
        fit = next(((one, day) for one, day in pairs if rooms[one][day] > 0), None)
        if fit is None:
            refused[pk] = "full"
        else:
            placed[pk] = (people[fit[0]], fit[1])
            rooms[fit[0]][fit[1]] -= 1
    return refused, placed


def _holder(rows: list[Responsibility], day: datetime.date) -> int | None:
    return next((one.user_id for one in rows if one.since <= day and (one.until is None or one.until > day)), None)


def _locked(ids: Iterable[int | None]) -> dict[int, User]:
    """Those who make visits. Locked, so that of two plans for one person the second sees what the first has filled."""
    rows = User.objects.filter(pk__in=sorted(one for one in ids if one), is_active=True, role__in=VISIT)
    return {one.pk: one for one in rows.order_by("pk").select_for_update(of=("self",))}


def _rooms(
    wish: Wish, days: list[datetime.date], people: Iterable[int], count: int
) -> dict[int, dict[datetime.date, int]]:
    """How many more each person takes on each day."""
    ids = list(people)
    rooms = {pk: dict.fromkeys(days, count if wish.most is None else wish.most) for pk in ids}
    if wish.most is not None:
        there = PlannedVisit.objects.planned().filter(visitor_id__in=ids, day__range=(days[0], days[-1])).order_by()
        for pk, day, taken in there.values_list("visitor_id", "day").annotate(taken=Count("pk")):
            if day in rooms[pk]:
                rooms[pk][day] -= taken
    return rooms


def _places(customers: dict[int, Customer], ids: Iterable[int]) -> list[Place]:
    found = (customers[pk] for pk in ids)
    return [Place(one.pk, one.wgs_latitude, one.wgs_longitude, one.city) for one in found]


def _write(wish: Wish, found: list[tuple[Customer, User, datetime.date]], by: User) -> list[Outcome]:
    visits = PlannedVisit.objects.bulk_create(
        [
            PlannedVisit(
                customer=customer,
                visitor=visitor,
                day=day,
                minutes=wish.minutes,
                purpose=wish.purpose,
                planned_by=by,
            )
            for customer, visitor, day in found
        ],
        batch_size=500,
    )
    if wish.goal:
        goals = [VisitGoal(visit=one, position=1, text=wish.goal) for one in visits]
        VisitGoal.objects.bulk_create(goals, batch_size=500)
    told: dict[str, Any] = {"minutes": [None, wish.minutes], "purpose": [None, wish.purpose]}
    if wish.goal:
        told["goals"] = [None, wish.goal]
    targets = [(one.customer, {"visitor": [None, str(one.visitor)], "day": [None, one.day], **told}) for one in visits]
    record_many(action="visit.plan", targets=targets, actor=by)
    return [
        Outcome(one.customer_id, Result.CHANGED, "", None, [one.pk, one.visitor_id, str(one.day)]) for one in visits
    ]


def undo(action: BulkAction, steps: Sequence[BulkStep], by: User) -> list[Outcome]:
    """The visits that are still as the action made them are gone; the others stay and are named."""
    ids = [one.customer_id for one in steps]
    list(Customer.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",)).values_list("pk"))
    rows = PlannedVisit.objects.planned().filter(pk__in=[one.became[0] for one in steps], version=1)
    there = {one.pk: one for one in rows.select_for_update(of=("self",)).order_by("pk")}
    back = [one for one in steps if _is_as_left(one, there.get(one.became[0]))]
    gone = [one.became[0] for one in back]
    VisitGoal.objects.filter(visit_id__in=gone).delete()
    PlannedVisit.objects.filter(pk__in=gone).delete()
    targets = [(one.customer, {"day": [one.became[2], None]}) for one in back]
    record_many(action="visit.plan_undo", targets=targets, actor=by)
    done = {one.pk for one in back}
    return [
        Outcome(one.customer_id, Result.UNDONE if one.pk in done else Result.LEFT, "" if one.pk in done else "changed")
        for one in steps
    ]


def _is_as_left(step: BulkStep, visit: PlannedVisit | None) -> bool:
    return visit is not None and visit.customer_id == step.customer_id


# --- what it is called --------------------------------------------------------------------------------------------


def _title(action: BulkAction) -> str:
    n = {"n": action.total}
    return ngettext("Plan a visit to %(n)d customer", "Plan a visit to each of %(n)d customers", action.total) % n


def _done(action: BulkAction) -> str:
    if not action.changed:
        if action.refused:
            return _("No visit was planned.")
        return _("All of them have a visit planned in that time already.")
    text = ngettext("%(n)d visit is planned.", "%(n)d visits are planned.", action.changed)
    return text % {"n": action.changed}


KIND = BulkKind(
    code="visit",
    label=gettext_lazy("Plan a visit"),
    do=do,
    undo=undo,
    title=_title,
    done=_done,
    icon="calendar-event",
    url="visits:plan-many",
    button=gettext_lazy("Plan a visit"),
    reasons={
        "past": gettext_lazy("These days are over."),
        "closed": gettext_lazy("This customer is closed then."),
        "person": gettext_lazy("Whoever should go has left, makes no visits, or is beyond your reach."),
        "sight": gettext_lazy("This person does not see the customer."),
        "nobody": gettext_lazy("Nobody is in charge of it then."),
        "full": gettext_lazy("The days are full."),
        "planned": gettext_lazy("A visit is planned in that time already."),
        "changed": gettext_lazy("The visit was changed since."),
    },
)
