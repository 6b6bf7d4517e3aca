"""The board: what is open by state, a card an issue; moved by dragging, or by the buttons that dragging presses."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from crm.clock import today
from customers.issues import reading
from customers.issues.views import waves_shown


@require_safe
@login_required
def board(request):
    """?owner=me for one's own, else everybody's in reach."""
    user = request.user
    mine = request.GET.get("owner") == "me"
    found = reading.board(user, mine=mine)
    heads = {
        reading.TO_BEGIN: (_("To begin"), ""),
        "in_work": (pgettext("lane", "In work"), "acc"),
        "waiting": (_("Waiting for the customer"), "warn"),
        "solved": (_("Solved: does the customer say so?"), "ok"),
    }
    context = {
        "columns": [(name, *heads[name], column) for name, column in found.items()],
        "mine": mine,
        "waves": waves_shown(user, today()),
        "may_write": user.may_write,
    }
    return render(request, "customers/issues/board.html", context)
