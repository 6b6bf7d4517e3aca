"""The page on which heads see what their people have before them."""

from __future__ import annotations

import datetime

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.accounts.models import Role
from crm.clock import today
from visits.plan.team import board
from visits.plan.visiting import visitors_open_to

MOST = 200
SPANS = {"week": 7, "month": 28}
"""Days from this Monday on."""


@require_safe
@login_required
def team(request):
    """?span=week or month: those whom a head (or who sees several) may send; market managers find no such page."""
    user, day = request.user, today()
    if user.role == Role.MANAGER:
        raise Http404
    span = request.GET.get("span", "")
    span = span if span in SPANS else "week"
    first = day - datetime.timedelta(days=day.weekday())
    last = first + datetime.timedelta(days=SPANS[span] - 1)
    people = list(visitors_open_to(user)[: MOST + 1])
    context = {
        "rows": board(user, people[:MOST], first, last, day) if people else [],
        "more": len(people) > MOST,
        "first": first,
        "last": last,
        "today": day,
        "span": span,
        "spans": [("week", _("This week")), ("month", _("Four weeks"))],
    }
    return render(request, "visits/planning/team.html", context)
