"""The page of overnight trips: those that are marked, and the form that marks one."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.clock import today
from customers.profile.doors import edits, flaws_of, refuse_readers
from visits.plan.busy import keeps
from visits.plan.choosing import people_filter, person_of
from visits.planning import trips
from visits.planning.forms import TripForm
from visits.planning.trip_models import Trip

SHOWN = 30


@edits
@login_required
def trip_list(request):
    """?person=ID: the trips of somebody that are not over; a form for another one for those who keep their days."""
    person = person_of(request)
    may_keep = keeps(request.user, person)
    form = TripForm(request.POST or None) if may_keep else None
    if request.method == "POST":
        refuse_readers(request)
        if form is not None and form.is_valid():
            try:
                trips.mark_trip(person=person, by=request.user, **form.cleaned_data)
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                messages.success(request, _("The trip is marked. Drafts plan its days from there."))
                return _back(person)
    rows = Trip.objects.visible_to(request.user).filter(person=person, last__gte=today())
    context = {
        "person": person,
        "filters": people_filter(request, person),
        "trips": list(rows[:SHOWN]),
        "form": form,
        "may_keep": may_keep,
    }
    return render(request, "visits/planning/trips.html", context, status=422 if form and form.errors else 200)


@require_POST
@login_required
def trip_remove(request, pk):
    trip = get_object_or_404(Trip.objects.visible_to(request.user).select_related("person"), pk=pk)
    refuse_readers(request)
    try:
        trips.remove_trip(trip=trip, by=request.user)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    else:
        messages.success(request, _("These days begin and end at home again."))
    return _back(trip.person)


def _back(person):
    return redirect(f"{reverse('visits:trips')}?{urlencode({'person': person.pk})}")
