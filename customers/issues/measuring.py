"""How fast issues were answered and solved, of whom and what; one's own mirror; and one problem at many customers."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from crm.accounts.models import User
from crm.clock import now
from customers.issues.clocks import Clock, Pace, answer_minutes, in_time, pace, solve_minutes
from customers.issues.hours import WorkClock
from customers.issues.mirroring import Case, Mirror, mirror, months_until
from customers.issues.models import Issue, Origin, State
from customers.issues.reading import judged
from customers.issues.repeating import NO_CLASS
from customers.issues.rulemodels import IssueTerms, SharedMirror, team_of
from customers.issues.rules import start_moment, terms_now, work_clock

PACE_DAYS = datetime.timedelta(days=180)
"""So far back it is looked how fast issues are solved."""
PARTS = (
    "opened_at",
    "reported_on",
    "due_at",
    "first_response_at",
    "solved_at",
    "stopped_at",
    "waited_minutes",
    "origin",
)


def clock_of(opened_at, reported_on, due_at, answered_at, solved_at, stopped_at, waited, origin) -> Clock:
    """Of the PARTS of a row. Nobody waits for a first word on what we found ourselves."""
    start = start_moment(opened_at, reported_on)
    answered_at = answered_at if origin == Origin.TOLD else None
    return Clock(start, due_at, answered_at, solved_at, None if solved_at else stopped_at, waited)


def clock_of_issue(issue: Issue) -> Clock:
    return clock_of(*(getattr(issue, name) for name in PARTS))


# --- of whom and what ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """answered_by, solved_by: whose times its hours are made of; nobody's are left out."""

    key: Any
    name: str
    pace: Pace
    answered_by: frozenset[int]
    solved_by: frozenset[int]


BY = ("owner", "region", "category")
_OWNER = ("owner_id", "owner__name", "owner__username")
_REGION = ("customer__region_id", "customer__region__name")


def paces(user: User, since: datetime.date, day: datetime.date) -> tuple[Part, dict[str, list[Part]]]:
    """How fast and how much in time: the whole, and by each of BY, the most issues first. One statement, and those of
    the rules.
    """
    rows = Issue.objects.visible_to(user).filter(judged(since, day)).order_by()
    whole: list[tuple[int | None, Clock]] = []
    groups: dict[str, dict[Hashable, list[tuple[int | None, Clock]]]] = {by: defaultdict(list) for by in BY}
    names: dict[Hashable, str] = {}
    wanted = rows.values_list(*_OWNER, *_REGION, "category", *PARTS)
    for owner, title, login, region, region_name, category, *parts in wanted.iterator(chunk_size=2000):
        one = owner, clock_of(*parts)
        whole.append(one)
        named = {
            "owner": (owner, title or login or ""),
            "region": (region, region_name),
            "category": (category, category),
        }
        for by, (key, name) in named.items():
            groups[by][key].append(one)
            names[by, key] = name
    moment, work = now(), work_clock(terms_now())
    found = {by: [_part(key, names[by, key], held, moment, work) for key, held in groups[by].items()] for by in BY}
    for parts_of in found.values():
        parts_of.sort(key=lambda one: (-one.pace.n, str(one.name)))
    return _part(None, "", whole, moment, work), found


def _part(
    key: Any, name: str, held: Sequence[tuple[int | None, Clock]], moment: datetime.datetime, work: WorkClock
) -> Part:
    return Part(
        key,
        name,
        pace((clock for _owner, clock in held), moment, work),
        frozenset(owner for owner, clock in held if owner is not None and clock.answered_at is not None),
        frozenset(owner for owner, clock in held if owner is not None and clock.solved_at is not None),
    )


FEWEST = 2
"""Of so many people hours may be told: those of one alone are that one's to share."""


def is_told(owners: Collection[int], open_ones: Collection[int]) -> bool:
    """Whether hours made by these people may be shown to whoever may see those of open_ones."""
    return len(owners) >= FEWEST or all(one in open_ones for one in owners)


# --- one's own ----------------------------------------------------------------------------------------------------


_CASE = ("owner_id", "category", "solved_on", "due_on", "state", "reopened", "repeat_of_id", "stars")


def my_mirror(user: User, day: datetime.date) -> Mirror:
    """Of the issues one owns, whoever's customers they are by now. Three statements, however many they are."""
    months = months_until(day)
    cases = _cases(Issue.objects.filter(owner=user), months[0], day, work_clock(terms_now()))
    return mirror((one for _owner, one in cases), months)


@dataclass(frozen=True, slots=True)
class Member:
    name: str
    mirror: Mirror


def team(user: User, day: datetime.date) -> tuple[list[Member], int]:
    """(those who share their figures, how many keep theirs to themselves), of the managers a head sees.

    Counted are only issues of customers in the head's reach. A fixed number of statements.
    """
    months = months_until(day)
    named = {one.pk: str(one) for one in team_of(user)}
    shared = set(SharedMirror.objects.visible_to(user).filter(user__in=named).values_list("user_id", flat=True))
    rows = Issue.objects.visible_to(user).filter(owner_id__in=shared)
    of: dict[int, list[Case]] = {pk: [] for pk in shared}
    for owner, one in _cases(rows, months[0], day, work_clock(terms_now())):
        of[owner].append(one)
    found = [Member(named[pk], mirror(cases, months)) for pk, cases in of.items()]
    return sorted(found, key=lambda one: one.name), len(named) - len(shared)


def has_shared(user: User) -> bool:
    return SharedMirror.objects.filter(user=user).exists()


def _cases(
    rows: QuerySet[Issue], since: datetime.date, day: datetime.date, work: WorkClock
) -> Iterator[tuple[int, Case]]:
    """(owner, case) of what was reported, solved or due since a day. Rejected ones count as reported only."""
    moment = now()
    wanted = rows.filter(Q(reported_on__gte=since) | judged(since, day)).order_by()
    for owner, category, solved_on, due_on, state, reopened, former, stars, *parts in wanted.values_list(
        *_CASE, *PARTS
    ).iterator(chunk_size=2000):
        clock = clock_of(*parts)
        said = None if state == State.REJECTED else in_time(clock, moment)
        judged_on = None if said is None else solved_on or due_on
        yield (
            owner,
            Case(
                category=category,
                is_found=parts[-1] == Origin.FOUND,
                reported_in=parts[1].replace(day=1),
                judged_in=judged_on.replace(day=1) if judged_on else None,
                in_time=said,
                answer=answer_minutes(clock, work),
                solve=solve_minutes(clock, work),
                reopened=reopened > 0,
                repeat=former is not None,
                stars=stars,
            ),
        )


# --- one problem at many ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NamedWave:
    """since: the first of the days looked at."""

    region: int
    region_name: str
    region_path: str
    category: str
    customers: int
    issues: int
    since: datetime.date


def waves_seen_by(user: User, day: datetime.date, terms: IssueTerms) -> list[NamedWave]:
    """Of the regions in a person's reach, the widest first. One statement."""
    return _named(Issue.objects.visible_to(user), day, terms)


def all_waves(day: datetime.date, terms: IssueTerms) -> list[NamedWave]:
    """For the nightly run."""
    return _named(Issue.objects.all(), day, terms)


def _named(rows: QuerySet[Issue], day: datetime.date, terms: IssueTerms) -> list[NamedWave]:
    """What fits into no class makes no wave. One statement."""
    since = day - datetime.timedelta(days=terms.wave_days - 1)
    told = rows.filter(reported_on__range=(since, day)).exclude(state=State.REJECTED).exclude(category=NO_CLASS)
    region = {"region": F("customer__region_id"), "name": F("customer__region__name")}
    grouped = told.order_by().values("category", path=F("customer__region__path"), **region)
    counted = grouped.annotate(customers=Count("customer_id", distinct=True), issues=Count("pk"))
    wide = counted.filter(customers__gte=terms.wave_customers)
    return [
        NamedWave(one["region"], one["name"], one["path"], one["category"], one["customers"], one["issues"], since)
        for one in wide.order_by("-customers", "-issues", "region", "category")
    ]


def week_of(day: datetime.date) -> str:
    """A wave is told of once in such a week."""
    week = day.isocalendar()
    return f"{week.year}-{week.week}"
