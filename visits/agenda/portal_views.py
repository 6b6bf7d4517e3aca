"""The dealers' page of a visit agreed with them: they say whether the time suits, and what they want to speak of."""

from __future__ import annotations

from allauth.core import ratelimit
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from crm.clock import today
from customers.portal.door import dealers_only
from visits.agenda import actions, reading
from visits.agenda.forms import AnswerForm, PointForm
from visits.agenda.models import MOST_POINTS
from visits.plan.models import PlannedVisit


def _visit(request, pk) -> PlannedVisit:
    return get_object_or_404(reading.agreed_with(request.portal.account.customer, today()), pk=pk)


def _too_often(request) -> bool:
    return not ratelimit.consume(request, action="portal_visit", key=str(request.portal.account_id))


def _page(request, visit: PlannedVisit, answer: AnswerForm | None = None, point: PointForm | None = None):
    points = reading.points_of_many([visit.pk])[visit.pk]
    seen = {"day": visit.day, "starts_at": visit.starts_at}
    context = {
        "visit": visit,
        "standing": reading.standing_of(visit),
        "points": points,
        "more_points": len(points) < MOST_POINTS,
        "answer_form": answer or AnswerForm(initial=seen, auto_id="answer-%s"),
        "point_form": point or PointForm(auto_id="point-%s"),
    }
    flaws = any(one is not None and one.errors for one in (answer, point))
    return render(request, "portal/visit.html", context, status=422 if flaws else 200)


@require_safe
@dealers_only
def visit(request, pk):
    return _page(request, _visit(request, pk))


@require_POST
@dealers_only
def answer(request, pk):
    """says=yes, or says=no with another day where they know one."""
    found = _visit(request, pk)
    form = AnswerForm(request.POST, auto_id="answer-%s")
    if form.is_valid():
        if _too_often(request):
            return ratelimit.respond_429(request)
        try:
            actions.answer_time(visit=found, told_by=request.portal.account.name, **form.values())
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect("visits_portal:visit", pk=pk)
    return _page(request, found, answer=form)


@require_POST
@dealers_only
def add_point(request, pk):
    found = _visit(request, pk)
    form = PointForm(request.POST, auto_id="point-%s")
    if form.is_valid():
        if _too_often(request):
            return ratelimit.respond_429(request)
        try:
            actions.add_point(visit=found, told_by=request.portal.account.name, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect("visits_portal:visit", pk=pk)
    return _page(request, found, point=form)
