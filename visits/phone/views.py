"""The page of what is on the phone and of what waits there to be sent, and the list of what to bring along."""

from __future__ import annotations

from itertools import groupby

from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from crm.clock import today
from crm.shell.installing import version
from visits.phone import reading
from visits.plan.visiting import visits_anybody


@require_safe
@login_required
def page(request):
    found = reading.stops(request.user, today())
    context = {
        "days": [(day, list(part)) for day, part in groupby(found, key=lambda one: one.visit.day)],
        "may_write": request.user.may_write,
        "visits_anybody": visits_anybody(request.user),
    }
    return render(request, "visits/phone.html", context)


@never_cache
@require_safe
@login_required
def what_to_keep(request):
    """version: of the pages' files. pages: addresses, each with a stamp that changes when it is to be brought anew."""
    day = today()
    found = reading.stops(request.user, day) if visits_anybody(request.user) else []
    kept = reading.pages(found, day)
    answer = {
        "user": request.user.pk,
        "version": version(),
        "pages": [{"url": url, "stamp": stamp} for url, stamp in kept],
    }
    return JsonResponse(answer)
