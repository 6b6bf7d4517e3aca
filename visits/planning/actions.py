"""Asking for a draft, accepting it, throwing it away, taking it back; and putting a day into another order."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import formats
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import record
from crm.clock import now, today
from crm.jobs.actions import enqueue, stop
from crm.jobs.models import Job
from crm.refusing import refusal_of
from crm.workdays import is_working_day
from visits.plan.actions import check_day, check_visitor
from visits.plan.models import PlannedVisit
from visits.plan.replacing import New, Put, put_back, replace
from visits.planning import rhythms
from visits.planning.differences import DROPPED, MOVED, NEW, SAME
from visits.planning.models import PlanDraft, State
from visits.planning.routes import Stop, timed
from visits.planning.situation import situation_of, time_of

LONGEST_DAYS = 100
"""A quarter and a week."""
LEAST_SECONDS, MOST_SECONDS, USUAL_SECONDS = 1, 120, 10
UNDONE_FOR = datetime.timedelta(days=1)


def check_span(first: datetime.date, last: datetime.date) -> None:
    check_day(first, "first")
    if last < first:
        raise refusal_of("last", _("The last day is before the first."), "order")
    if (last - first).days >= LONGEST_DAYS:
        text = _("A plan is made for %(days)d days at most.") % {"days": LONGEST_DAYS}
        raise refusal_of("last", text, "long")
    check_day(last, "last")


def check_seconds(seconds: int) -> None:
    if not LEAST_SECONDS <= seconds <= MOST_SECONDS:
        text = _("From %(least)d to %(most)d seconds.") % {"least": LEAST_SECONDS, "most": MOST_SECONDS}
        raise refusal_of("seconds", text, "seconds")


@transaction.atomic
def ask(
    *,
    visitor: User,
    first: datetime.date,
    last: datetime.date,
    by: User | None,
    seconds: int = USUAL_SECONDS,
    as_job: bool = True,
) -> PlanDraft:
    """Begin a draft, which a job works out; a person has one at a time worked out. Raises ValidationError keyed by
    field, or with code `waiting`.
    """
    check_visitor(visitor, by)
    check_span(first, last)
    check_seconds(seconds)
    if as_job and by is not None:
        _refuse_second(by)
    draft = PlanDraft.objects.create(visitor=visitor, first=first, last=last, seconds=seconds, asked_by=by)
    if as_job:
        draft.job_id = enqueue(kind="visits.draft", input={"draft": draft.pk}, asked_by=by, title=_title(draft)).pk
        draft.save(update_fields=["job_id"])
    record(
        action="plan_draft.ask",
        target=draft,
        changes={"visitor": [None, str(visitor)], "first": [None, first], "last": [None, last]},
        actor=by,
    )
    return draft


def _refuse_second(by: User) -> None:
    """Locked, so that of two asked for at once the second is told."""
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    active = Job.objects.active().values("pk")
    waits = PlanDraft.objects.filter(asked_by=by, state=State.WAITING, job_id__in=active).first()
    if waits is not None:
        text = _("A draft you asked for is still being worked out (%(first)s to %(last)s): wait for it, or discard it.")
        values = {name: formats.date_format(getattr(waits, name), "MONTH_DAY_FORMAT") for name in ("first", "last")}
        raise ValidationError(text % values, code="waiting")


def _title(draft: PlanDraft) -> str:
    return _("Visits of %(name)s, %(first)s to %(last)s") % {
        "name": draft.visitor,
        "first": draft.first,
        "last": draft.last,
    }


@transaction.atomic
def accept(*, draft: PlanDraft, by: User) -> PlanDraft:
    """Plan what it proposes, all or nothing; a `conflict` names what changed since it was worked out."""
    held = _held(draft, State.READY)
    rows = list(held.visits.select_related("customer").order_by("day", "position", "pk"))
    _refuse_days_off(held, {one.day for one in rows if one.change in (NEW, MOVED) and one.day is not None})
    put = [
        Put(one.visit_id, one.day, None if one.begins is None else time_of(one.begins))
        for one in rows
        if one.visit_id and one.day and one.change in (SAME, MOVED) and not one.is_agreed and one.begins is not None
    ]
    new = [
        New(one.customer_id, one.day, None if one.begins is None else time_of(one.begins), one.minutes)
        for one in rows
        if one.change == NEW and one.day
    ]
    seen = {int(pk): version for pk, version in held.seen.items()}
    still = dict(PlannedVisit.objects.filter(pk__in=[one.visit_id for one in put]).values_list("pk", "starts_at"))
    put = [one for one in put if _differs(one, still, rows)]
    held.done = replace(
        visitor=held.visitor,
        first=held.first,
        last=held.last,
        seen=seen,
        new=new,
        put=put,
        dropped=[one.visit_id for one in rows if one.change == DROPPED and one.visit_id],
        why=_("The plan was made anew."),
        by=by,
    )
    return _decide(held, State.ACCEPTED, "plan_draft.accept", by)


def _differs(one: Put, times: dict[int, datetime.time | None], rows) -> bool:
    before = next(row.before for row in rows if row.visit_id == one.visit_id)
    return before != one.day or times.get(one.visit_id) != one.starts_at


@transaction.atomic
def discard(*, draft: PlanDraft, by: User) -> PlanDraft:
    held = _held(draft, State.READY, State.WAITING)
    if held.job_id and held.state == State.WAITING:
        job = Job.objects.filter(pk=held.job_id).first()
        if job is not None and job.is_active:
            stop(job=job, by=by)
    return _decide(held, State.DISCARDED, "plan_draft.discard", by)


@transaction.atomic
def undo(*, draft: PlanDraft, by: User) -> PlanDraft:
    """For a day after it was accepted everything can be as it was, unless somebody changed one of the visits."""
    held = _held(draft, State.ACCEPTED)
    if held.decided_at is None or now() - held.decided_at > UNDONE_FOR:
        raise ValidationError(_("It was accepted more than a day ago: make another plan."), code="late")
    put_back(visitor=held.visitor, journal=held.done, by=by)
    held.done = {}
    return _decide(held, State.UNDONE, "plan_draft.undo", by)


@transaction.atomic
def order_day(*, visitor: User, day: datetime.date, order: Sequence[int], by: User) -> list[int]:
    """Give the visits of a day these places; times follow from the way, what is agreed keeps its own.

    order: the ids of all that are planned. Returns those whose agreed time this order misses.
    """
    check_visitor(visitor, by)
    check_day(day)
    current = situation_of(visitor, day, day, by_rhythm=False)
    visits = {one.id: one for one in current.visits}
    if sorted(order) != sorted(visits):
        text = _("Somebody else has changed this in the meantime; look at it again.")
        raise ValidationError(text, code="conflict")
    stops: list[Stop] = [stop for pk in order if (stop := current.stop_of(visits[pk])) is not None]
    route = timed(stops, current.legs, current.shift_of(day))
    begins = {one.stop.key: one.begins for one in route.stops}
    put = [
        Put(pk, day, time_of(begins[pk]))
        for pk in order
        if pk in begins and not visits[pk].is_agreed and visits[pk].begins != int(begins[pk])
    ]
    seen = {one.id: one.version for one in current.visits}
    replace(visitor=visitor, first=day, last=day, seen=seen, new=[], put=put, dropped=[], why="", by=by)
    return [one.stop.key for one in route.stops if one.late > 0 and visits[one.stop.key].is_agreed]


def _refuse_days_off(draft: PlanDraft, days: set[datetime.date]) -> None:
    off = rhythms.days_off(draft.visitor, draft.first, draft.last)
    wrong = sorted(day for day in days if off.get(day) == "day" or not is_working_day(day) or day < today())
    if wrong:
        text = _("%(day)s is no day for visits any more, so nothing was written.")
        raise ValidationError(text % {"day": wrong[0]}, code="conflict")


def _held(draft: PlanDraft, *states: str) -> PlanDraft:
    held = PlanDraft.objects.select_for_update(of=("self",)).select_related("visitor").get(pk=draft.pk)
    if held.state not in states:
        text = _("This draft is %(state)s.") % {"state": held.get_state_display()}
        raise ValidationError(text, code="state")
    return held


def _decide(held: PlanDraft, state: State, action: str, by: User) -> PlanDraft:
    before = held.state
    held.state, held.decided_by, held.decided_at = state, by, now()
    held.save()
    record(action=action, target=held, changes={"draft_state": [before, state]}, actor=by)
    return held
