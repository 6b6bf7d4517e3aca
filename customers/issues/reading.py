"""Issues as pages, programs and slices above read them: lists, counts, pace and what became of them in time."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Hashable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from crm.accounts.models import User
from crm.clock import today
from customers.issues.clocks import Clock, Pace, pace
from customers.issues.models import DONE, UNSOLVED, Issue, IssueStep, State
from customers.profile.models import Customer, SpecialCare

SOON = datetime.timedelta(days=2)
"""An issue is about to be late when its day is today or one of the next two."""
LATEST = 5
MOST = 12
UNSOLVED_WORD, LATE, ALL = "unsolved", "late", "all"


def with_names(rows: QuerySet[Issue]) -> QuerySet[Issue]:
    return rows.select_related("customer__standing", "owner")


def narrowed(user: User, asked: Filters, day: datetime.date) -> QuerySet[Issue]:
    rows = Issue.objects.visible_to(user)
    if asked.state == UNSOLVED_WORD:
        rows = rows.unsolved()
    elif asked.state == LATE:
        rows = rows.late(day)
    elif asked.state in State.values:
        rows = rows.filter(state=asked.state)
    for name in ("severity", "category", "origin"):
        value = getattr(asked, name)
        if value:
            rows = rows.filter(**{name: value})
    if asked.owner == "none":
        rows = rows.filter(owner__isnull=True)
    elif asked.owner:
        rows = rows.filter(owner_id=user.pk if asked.owner == "me" else int(asked.owner))
    if asked.customer:
        rows = rows.filter(customer_id=asked.customer)
    return rows


@dataclass(frozen=True, slots=True)
class Filters:
    """state: a State, `unsolved` (asked for by default), `late` or `all`. owner: `me`, `none` or a number, as text."""

    state: str = UNSOLVED_WORD
    severity: int | None = None
    category: str = ""
    origin: str = ""
    owner: str = ""
    customer: int | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    unsolved: int
    late: int
    escalated: int
    denied: int
    waiting: int


def counts(user: User, day: datetime.date) -> Counts:
    """One statement. denied: the customer says it is not solved. waiting: solved, and the customer has not said."""
    found = Issue.objects.visible_to(user).aggregate(
        unsolved=Count("pk", filter=Q(state__in=UNSOLVED)),
        late=Count("pk", filter=Q(state__in=UNSOLVED, due_on__lt=day)),
        escalated=Count("pk", filter=Q(state__in=UNSOLVED, escalated_at__isnull=False)),
        denied=Count("pk", filter=Q(state__in=UNSOLVED, word=False)),
        waiting=Count("pk", filter=Q(state=State.SOLVED)),
    )
    return Counts(**found)


def open_of(user: User, customer: Customer) -> QuerySet[Issue]:
    """Those of a customer that are not solved, the most pressing first."""
    rows = Issue.objects.visible_to(user).filter(customer=customer)
    return rows.unsolved().select_related("owner").most_pressing_first()


def for_today(user: User, day: datetime.date, most: int = MOST) -> list[Issue]:
    """One's own that are late, about to be, or not solved as the customer says; so too whoever's, of special customers
    that one is dedicated to; for heads those that were escalated. One statement.
    """
    given = SpecialCare.objects.in_force(day).filter(user_id=user.pk).order_by().values("customer_id")
    mine = (Q(owner=user) | Q(customer_id__in=given)) & (Q(due_on__lte=day + SOON) | Q(word=False))
    if user.is_head or user.is_admin:
        mine |= Q(escalated_at__isnull=False)
    rows = with_names(Issue.objects.visible_to(user).unsolved().filter(mine))
    return list(rows.most_pressing_first()[:most])


def steps_of(user: User, issue: Issue) -> list[IssueStep]:
    """The whole history, oldest first. One statement."""
    rows = IssueStep.objects.visible_to(user).filter(issue=issue).select_related("by")
    return list(rows.order_by("pk"))


# --- figures ------------------------------------------------------------------------------------------------------


def solved_in_time(
    customer_ids: Collection[int], since: datetime.date, until: datetime.date | None = None
) -> dict[int, tuple[int, int]]:
    """{customer: (in time, all)} of what was solved from a day until a day (today), or should have been and was not.

    Customers without any are left out: nothing is known of them. One statement.
    """
    rows = Issue.objects.filter(customer_id__in=customer_ids).filter(_judged(since, until or today())).order_by()
    found = rows.values("customer_id").annotate(n=Count("pk"), good=Count("pk", filter=Q(solved_on__lte=F("due_on"))))
    return {row["customer_id"]: (row["good"], row["n"]) for row in found}


def _judged(since: datetime.date, until: datetime.date) -> Q:
    """Solved in these days, or overdue at the end of the last of them with a due day in them."""
    return Q(state__in=DONE, solved_on__range=(since, until)) | Q(
        state__in=UNSOLVED, due_on__gte=since, due_on__lt=until
    )


@dataclass(frozen=True, slots=True)
class Part:
    key: Any
    name: str
    pace: Pace


def whole(user: User, since: datetime.date, day: datetime.date) -> Pace:
    rows = Issue.objects.visible_to(user).filter(_judged(since, day)).order_by().values_list(*_PARTS)
    return pace((Clock(*parts) for parts in rows.iterator(chunk_size=2000)), day)


BY = ("owner", "region", "category")


def paces(user: User, by: str, since: datetime.date, day: datetime.date) -> list[Part]:
    """How fast and how much in time, by owner, region or category, the most issues first. One statement."""
    key, name = {
        "owner": ("owner_id", "owner__name"),
        "region": ("customer__region_id", "customer__region__name"),
        "category": ("category", "category"),
    }[by]
    rows = Issue.objects.visible_to(user).filter(_judged(since, day)).order_by()
    groups: dict[Hashable, list[Clock]] = defaultdict(list)
    names: dict[Hashable, str] = {}
    login = "owner__username"
    for value, title, other, *parts in rows.values_list(key, name, login, *_PARTS).iterator(chunk_size=2000):
        groups[value].append(Clock(*parts))
        names[value] = (title or other or "") if by == "owner" else title
    found = [Part(value, names[value], pace(clocks, day)) for value, clocks in groups.items()]
    return sorted(found, key=lambda one: (-one.pace.n, str(one.name)))


_PARTS = ("opened_at", "due_on", "first_response_at", "solved_at", "solved_on")
