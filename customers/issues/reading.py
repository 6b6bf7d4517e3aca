"""Issues as pages, programs and slices above read them: lists, counts, pace and what became of them in time."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from crm.accounts.models import User
from crm.clock import start_of, today
from customers.issues.models import DONE, RUNNING, UNSOLVED, Issue, IssueStep, State, late_at
from customers.profile.models import Customer, SpecialCare

SOON = datetime.timedelta(days=2)
"""An issue is about to be late when its day is today or one of the next two."""
LATEST = 5
MOST = 12
UNSOLVED_WORD, TO_BEGIN, LATE, ALL = "unsolved", "to_begin", "late", "all"


def with_names(rows: QuerySet[Issue]) -> QuerySet[Issue]:
    return rows.select_related("customer__standing", "owner")


def narrowed(user: User, asked: Filters, moment: datetime.datetime) -> QuerySet[Issue]:
    rows = Issue.objects.visible_to(user)
    if asked.state == UNSOLVED_WORD:
        rows = rows.unsolved()
    elif asked.state == TO_BEGIN:
        rows = rows.filter(state__in=COLUMNS[TO_BEGIN])
    elif asked.state == LATE:
        rows = rows.late(moment)
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
    if asked.region:
        rows = rows.filter(customer__region_id=asked.region)
    if asked.cause:
        rows = rows.filter(cause_id=asked.cause)
    if asked.again:
        rows = rows.filter(repeat_of__isnull=False)
    if asked.since:
        rows = rows.filter(reported_on__gte=asked.since)
    return rows


@dataclass(frozen=True, slots=True)
class Filters:
    """state: a State, `unsolved` (by default), `to_begin`, `late` or `all`. owner: `me`, `none` or a number, as text.

    again: only what came back. since: the first day of reporting.
    """

    state: str = UNSOLVED_WORD
    severity: int | None = None
    category: str = ""
    origin: str = ""
    owner: str = ""
    customer: int | None = None
    region: int | None = None
    cause: int | None = None
    again: bool = False
    since: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    unsolved: int
    late: int
    escalated: int
    denied: int
    waiting: int


def counts(user: User, moment: datetime.datetime) -> Counts:
    """One statement. denied: the customer says it is not solved. waiting: solved, and the customer has not said."""
    found = Issue.objects.visible_to(user).aggregate(
        unsolved=Count("pk", filter=Q(state__in=UNSOLVED)),
        late=Count("pk", filter=late_at(moment)),
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
    """One's own that are late, about to be, to be answered today, or not solved as the customer says; so too whoever's,
    of special customers that one is dedicated to; for heads those that were shown to them. One statement.
    """
    given = SpecialCare.objects.in_force(day).filter(user_id=user.pk).order_by().values("customer_id")
    mine = (Q(owner=user) | Q(customer_id__in=given)) & (
        Q(due_on__lte=day + SOON) & ~Q(state=State.WAITING)
        | Q(word=False)
        | Q(first_response_at=None, answer_due_at__lt=start_of(day + datetime.timedelta(days=1)))
    )
    if user.is_head or user.is_admin:
        mine |= Q(escalated_at__isnull=False) | Q(unheard_at__isnull=False, first_response_at=None)
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
    rows = Issue.objects.filter(customer_id__in=customer_ids).filter(judged(since, until or today())).order_by()
    found = rows.values("customer_id").annotate(n=Count("pk"), good=Count("pk", filter=Q(solved_at__lte=F("due_at"))))
    return {row["customer_id"]: (row["good"], row["n"]) for row in found}


def judged(since: datetime.date, until: datetime.date) -> Q:
    """Solved in these days, or overdue at the end of the last of them with a due day in them."""
    due = Q(due_on__gte=since, due_on__lt=until)
    stands = Q(state=State.WAITING, due_at__lt=F("stopped_at"))
    return Q(state__in=DONE, solved_on__range=(since, until)) | due & (Q(state__in=RUNNING) | stands)


# --- the board ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Column:
    """n: all there are; issues: those that are shown of them."""

    n: int
    issues: list[Issue]


COLUMNS: dict[str, tuple[State, ...]] = {
    TO_BEGIN: (State.OPEN, State.REOPENED),
    State.IN_WORK.value: (State.IN_WORK,),
    State.WAITING.value: (State.WAITING,),
    State.SOLVED.value: (State.SOLVED,),
}
"""By what the list finds each by."""
MOST_CARDS = 25


def board(user: User, *, mine: bool) -> dict[str, Column]:
    """By state, the most pressing first; what is solved, the longest unconfirmed first. Five statements."""
    rows = Issue.objects.visible_to(user)
    if mine:
        rows = rows.filter(owner=user)
    counted = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    found = {}
    for name, states in COLUMNS.items():
        of_column = with_names(rows.filter(state__in=states))
        ordered = of_column.order_by("solved_at", "pk") if name == State.SOLVED else of_column.most_pressing_first()
        n = sum(counted.get(state, 0) for state in states)
        found[name] = Column(n, list(ordered[:MOST_CARDS]))
    return found
