"""Pages of drafts: asking for one, what it proposes, and deciding on it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.clock import now
from crm.jobs.models import Job
from customers.profile.doors import edits, flaws_of, number_of, refuse_readers
from customers.profile.models import Customer
from visits.plan.busy import may_keep
from visits.plan.visiting import visits_anybody
from visits.planning import actions
from visits.planning.drawing import Picture, picture
from visits.planning.forms import DraftForm, WorkingDayForm
from visits.planning.instances import NOTES
from visits.planning.models import Change, DraftVisit, PlanDraft, State, WorkingDay
from visits.planning.situation import place_of, time_of
from visits.planning.trip_models import Trip
from visits.planning.trips import nights_of
from visits.planning.words import remark_text
from visits.planning.workdays import set_working_day

SHOWN = 20


@dataclass(slots=True)
class DraftDay:
    """departs, back: times of the day. more: stops that this person does not see."""

    day: datetime.date
    rows: list[DraftVisit]
    picture: Picture | None = None
    departs: datetime.time | None = None
    back: datetime.time | None = None
    km: float = 0.0
    minutes: int = 0


@dataclass(slots=True)
class Told:
    days: list[DraftDay] = field(default_factory=list)
    dropped: list[DraftVisit] = field(default_factory=list)
    unserved: list[tuple[Customer, str]] = field(default_factory=list)
    notes: list[tuple[Customer, str]] = field(default_factory=list)


def draft_of(request, pk) -> PlanDraft:
    rows = PlanDraft.objects.visible_to(request.user).select_related("visitor", "asked_by", "decided_by")
    return get_object_or_404(rows, pk=pk)


@edits
@login_required
def drafts(request):
    """The latest drafts, and the form that asks for one."""
    form = DraftForm(request.POST or None, by=request.user)
    if request.method == "POST":
        refuse_readers(request)
        if form.is_valid():
            try:
                draft = actions.ask(by=request.user, **form.cleaned_data)
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                return redirect("visits:draft", pk=draft.pk)
    rows = PlanDraft.objects.visible_to(request.user).select_related("visitor", "asked_by")[:SHOWN]
    context = {"form": form, "drafts": rows, "may_write": request.user.may_write}
    context["has_day"] = request.user.may_write and visits_anybody(request.user)
    return render(request, "visits/planning/drafts.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
def draft(request, pk):
    found = draft_of(request, pk)
    may_undo = found.state == State.ACCEPTED and found.decided_at and now() - found.decided_at <= actions.UNDONE_FOR
    context = {
        "draft": found,
        "job": _job(request, found),
        "told": told(found, request.user) if found.result else None,
        "may_write": request.user.may_write,
        "may_undo": may_undo,
        "difference": difference(found) if found.result else None,
        "source": found.result.get("travel", "") if found.result else "",
        "drives": found.result.get("drives", 0) if found.result else 0,
    }
    return render(request, "visits/planning/draft.html", context)


def difference(found: PlanDraft) -> dict:
    """What accepting it changes, as the page and the API say it."""
    result = found.result
    return {
        **{name: result[name] for name in ("same", "moved", "new", "dropped", "left")},
        "minutes": round(result["minutes"] - result["minutes_before"]),
        "km": round(result["km"] - result["km_before"], 1),
    }


def _job(request, found: PlanDraft) -> Job | None:
    """The job while it is not over."""
    if not found.job_id:
        return None
    job = Job.objects.visible_to(request.user).filter(pk=found.job_id).first()
    return job if job is not None and (job.is_active or job.state == Job.State.FAILED) else None


def told(found: PlanDraft, user) -> Told:
    """Three statements, whatever its size. Remarks on customers out of reach are left out; where those of one's own
    days are, the drawing does not tell.
    """
    rows = DraftVisit.objects.visible_to(user).filter(draft=found).select_related("customer__standing")
    seen = Exists(Customer.objects.visible_to(user).filter(pk=OuterRef("customer_id")))
    rows = list(rows.annotate(sees_customer=seen).order_by("day", "position", "pk"))
    told_home = found.result["home"]
    home = tuple(told_home) if told_home else place_of(user, found.visitor)
    made = Told(dropped=[one for one in rows if one.change == Change.DROPPED])
    kept = [one for one in rows if one.day is not None]
    trips = Trip.objects.visible_to(user).filter(person=found.visitor_id).touching(found.first, found.last)
    nights = nights_of(trips, found.first, found.last) if kept else {}
    for day, part in groupby(kept, key=lambda one: one.day):
        made.days.append(_day(day, list(part), home, found.result["back"].get(str(day)), nights.get(day)))
    ids = {one["customer_id"] for one in found.result["remarks"]}
    names = Customer.objects.visible_to(user).filter(pk__in=ids).select_related("standing").in_bulk() if ids else {}
    for one in found.result["remarks"]:
        customer = names.get(one["customer_id"])
        if customer is not None:
            (made.notes if one["code"] in NOTES else made.unserved).append((customer, remark_text(one)))
    return made


def _day(day: datetime.date, rows: list[DraftVisit], home, times, ends) -> DraftDay:
    made = DraftDay(day, rows)
    points = []
    for one in rows:
        one.time = time_of(one.begins) if one.begins is not None else None
        lat, lon = one.customer.wgs_latitude, one.customer.wgs_longitude
        if one.sees_customer and one.position is not None and lat is not None and lon is not None:
            points.append((one.position, (lat, lon)))
    if times:
        made.departs, made.back, made.km = time_of(times[0]), time_of(times[1]), times[2]
        made.minutes = times[3]
    made.picture = picture(points, home, ends) if points else None
    return made


@require_POST
@login_required
def accept(request, pk):
    found = draft_of(request, pk)
    refuse_readers(request)
    try:
        actions.accept(draft=found, by=request.user)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    else:
        undo = f"undo={reverse('visits:draft-undo', args=[pk])}"
        messages.success(request, _("The plan is accepted."), extra_tags=undo)
    return redirect("visits:draft", pk=pk)


@require_POST
@login_required
def discard(request, pk):
    found = draft_of(request, pk)
    refuse_readers(request)
    try:
        actions.discard(draft=found, by=request.user)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
        return redirect("visits:draft", pk=pk)
    messages.success(request, _("The draft is discarded."))
    return redirect("visits:drafts")


@require_POST
@login_required
def undo(request, pk):
    found = draft_of(request, pk)
    refuse_readers(request)
    try:
        actions.undo(draft=found, by=request.user)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    else:
        messages.success(request, _("Everything is planned as it was before."))
    return redirect("visits:draft", pk=pk)


@edits
@login_required
def working_day(request):
    """?person=ID, whose days one writes down; without it one's own."""
    people = may_keep(request.user)
    asked = request.GET.get("person", "")
    person = get_object_or_404(people, pk=number_of(asked) if asked else request.user.pk)
    held = WorkingDay.objects.visible_to(request.user).filter(user=person).first() or WorkingDay(user=person)
    form = WorkingDayForm(request.POST or None, held=held)
    if request.method == "POST":
        refuse_readers(request)
        if form.is_valid():
            try:
                set_working_day(person=person, by=request.user, **form.cleaned_data)
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                messages.success(request, _("Saved."))
                return redirect("visits:drafts")
    context = {"form": form, "person": person}
    return render(request, "visits/planning/working_day.html", context, status=422 if form.errors else 200)
