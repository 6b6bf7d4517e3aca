"""Today in full, what is said of its lines, and what waits in the team."""

from __future__ import annotations

import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.clock import today
from crm.today import actions
from crm.today.forms import HandOverForm
from crm.today.panels import has_team
from crm.today.ranking import Task
from crm.today.reading import lines_of, team_of


@require_safe
@login_required
def whole(request):
    """Everything that waits, also what makes more than a day."""
    context = {"lines": lines_of(request.user, today()), "may_write": request.user.may_write, "back": "whole"}
    return render(request, "today/whole.html", context)


@require_safe
@login_required
def team(request):
    user = request.user
    if not has_team(user):
        raise PermissionDenied(_("Heads see what waits in their team."))
    return render(request, "today/team.html", {"shares": team_of(user, today())})


def _task(request, key: str) -> Task:
    """One of this person's own lines; anything else is not there."""
    if not request.user.may_write:
        raise PermissionDenied(_("Your role reads customers and changes none."))
    found = next((one for one in lines_of(request.user, today()).tasks if one.key == key), None)
    if found is None:
        raise Http404
    return found


def _back(request) -> str:
    return reverse("crm:today" if request.POST.get("back") == "whole" else "crm:home")


@require_POST
@login_required
def mark(request):
    """key, and do=done or do=snooze with days."""
    task = _task(request, request.POST.get("key", ""))
    try:
        if request.POST.get("do") == "done":
            actions.done(user=request.user, task=task)
            text = _("Done.")
        else:
            actions.snooze(user=request.user, task=task, until=today() + _days(request.POST.get("days", "")))
            text = _("Put aside.")
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        undo = f"{reverse('crm:today-take-back')}?{urlencode({'key': task.key})}"
        messages.success(request, text, extra_tags=f"undo={undo}")
    return redirect(_back(request))


def _days(text: str) -> datetime.timedelta:
    """Nothing where it is no number of days; the action refuses that."""
    return datetime.timedelta(days=int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0)


@require_POST
@login_required
def take_back(request):
    actions.take_back(user=request.user, key=request.GET.get("key", "")[:80])
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(target if safe else "crm:home")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def hand(request):
    """?key= of the line; to whom, and a word with it."""
    task = _task(request, request.GET.get("key", ""))
    form = HandOverForm(request.POST or None, people=actions.takers(request.user, task), is_private=task.is_private)
    if request.method == "POST" and form.is_valid():
        try:
            actions.hand_over(user=request.user, task=task, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Handed to %(person)s.") % {"person": form.cleaned_data["to"]})
            return redirect("crm:home")
    return render(request, "today/hand.html", {"form": form, "task": task}, status=422 if form.errors else 200)
