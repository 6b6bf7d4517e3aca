"""The page of visits that days off have taken, and the draft that finds other days for them."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.clock import today
from customers.profile.doors import flaws_of, refuse_readers
from visits.plan.choosing import people_filter, person_of
from visits.planning import actions
from visits.planning.lost import lost_visits, span_of


@require_safe
@login_required
def lost_days(request):
    """?person=ID: planned visits on days without visits, and what may be done about them."""
    person = person_of(request)
    visits = lost_visits(request.user, person)
    free = [one for one in visits if not one.is_agreed]
    context = {
        "person": person,
        "filters": people_filter(request, person),
        "visits": visits,
        "agreed": len(visits) - len(free),
        "span": span_of({one.day for one in free}, today()) if free else None,
        "may_write": request.user.may_write,
    }
    return render(request, "visits/planning/lost.html", context)


@require_POST
@login_required
def plan_anew(request):
    """person: whose lost days. Asks for a draft around what is agreed; nothing moves before that is accepted."""
    person = person_of(request)
    refuse_readers(request)
    days = {one.day for one in lost_visits(request.user, person) if not one.is_agreed}
    back = f"{reverse('visits:lost-days')}?{urlencode({'person': person.pk})}"
    if not days:
        messages.info(request, _("No visit is planned on a day without visits."))
        return redirect(back)
    first, last = span_of(days, today())
    try:
        draft = actions.ask(visitor=person, first=first, last=last, by=request.user)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
        return redirect(back)
    return redirect("visits:draft", pk=draft.pk)
