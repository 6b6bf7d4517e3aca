"""What we do about a time that does not suit the customer, in one tap each."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.profile.doors import flaws_of, refuse_readers
from visits.agenda import actions
from visits.plan.models import PlannedVisit


def _visit(request, pk) -> PlannedVisit:
    return get_object_or_404(PlannedVisit.objects.visible_to(request.user).select_related("customer"), pk=pk)


def _back(request, pk):
    return redirect("crm:home") if request.POST.get("next") == "today" else redirect("visits:detail", pk=pk)


@require_POST
@login_required
def accept(request, pk):
    visit = _visit(request, pk)
    refuse_readers(request)
    try:
        moved = actions.accept_proposal(visit=visit, by=request.user)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
        return redirect("visits:detail", pk=pk)
    told = {"name": visit.customer.name, "day": formats.date_format(moved.day, "MONTH_DAY_FORMAT")}
    messages.success(request, _("The visit to %(name)s is on %(day)s now.") % told)
    return _back(request, pk)


@require_POST
@login_required
def settle(request, pk):
    visit = _visit(request, pk)
    refuse_readers(request)
    try:
        actions.settle(visit=visit, by=request.user)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    else:
        messages.success(request, _("Settled."))
    return _back(request, pk)
