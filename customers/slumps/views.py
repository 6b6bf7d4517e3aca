"""Pages of slumps: whom to call, and one slump with its play."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.clock import today
from customers.profile.doors import edits, number_of, refuse_readers
from customers.slumps import actions, network, reading
from customers.slumps.detecting import setting as setting_in_force
from customers.slumps.forms import DiagnosisForm, DismissForm
from customers.slumps.models import Kind, SlumpAlert, State
from customers.slumps.words import sentence, shock_sentence, visit_url

SHOWN = ("on", "silent", "over")
MOST_PAGES = 40


def _alert(request, pk) -> SlumpAlert:
    rows = SlumpAlert.objects.visible_to(request.user)
    related = ("customer__standing", "customer__region", "cause", "called_by", "diagnosed_by", "dismissed_by")
    return get_object_or_404(rows.select_related(*related), pk=pk)


@require_safe
@login_required
def slump_list(request):
    """?show=on (whom to call, by money lost × tier), silent, over; ?state= of those that are on; ?page= or ?before=."""
    user = request.user
    show = request.GET.get("show", "on")
    show = show if show in SHOWN else "on"
    shock = network.news(today()) if network.sees_news(user) else None
    context = {
        "show": show,
        "counts": reading.counted(user),
        "answered": reading.answered(user, today()),
        "setting": setting_in_force(),
        "shock": shock_sentence(shock) if shock else "",
        "may_write": user.may_write,
        "is_admin": user.is_admin,
        "today": today(),
    }
    if show == "over":
        number = number_of(request.GET.get("before", ""))
        before = reading.rows_for(user).filter(pk=number).first() if number is not None else None
        context["alerts"], context["more"] = reading.over(user, before)
    else:
        page = min(number_of(request.GET.get("page", "")) or 0, MOST_PAGES)
        state = request.GET.get("state", "")
        state = state if state in State.values else ""
        kind = Kind.SLUMP if show == "on" else Kind.SILENT
        context["alerts"], more = reading.call_list(user, kind, state, page * reading.PAGE)
        context["next_page"] = page + 1 if more and page < MOST_PAGES else None
        context["filters"] = [_state_filter(state)] if show == "on" else []
    for one in reading.spoken_with(context["alerts"]):
        one.sentence = sentence(one)
    return render(request, "customers/slumps/list.html", context)


def _state_filter(state: str) -> dict:
    offered = [State.OPEN, State.CALLED, State.DIAGNOSED, State.PLANNED]
    choices = [("", _("All")), *((one.value, one.label) for one in offered)]
    return {
        "label": _("How far"),
        "name": "state",
        "value": state,
        "shown": dict(choices).get(state, ""),
        "choices": choices,
    }


@require_safe
@login_required
def detail(request, pk):
    alert = _alert(request, pk)
    return _page(request, alert, DiagnosisForm(alert=alert, auto_id="cause-%s"))


def _page(request, alert: SlumpAlert, form, status: int = 200):
    points = reading.points_of(alert)
    spoke = reading.first_contact(alert) if alert.called_at is None else None
    context = {
        "alert": alert,
        "customer": alert.customer,
        "sentence": sentence(alert),
        "form": form,
        "points": [
            {
                "title": formats.date_format(one.day, "MONTH_DAY_FORMAT"),
                "value": one.value,
                "expected": one.expected,
                "low": one.low,
                "high": one.high,
                "tip": _("expected %(amount)s") % {"amount": f"{one.expected:,.0f}"},
            }
            for one in points
        ],
        "asked": reading.asked_of(alert),
        "visit_url": visit_url(alert),
        "may_write": request.user.may_write,
        "called": alert.called_at is not None or spoke is not None,
        "spoke": spoke,
        "reached": State.CALLED if spoke is not None and alert.state == State.OPEN else State(alert.state),
    }
    return render(request, "customers/slumps/detail.html", context, status=status)


@require_POST
@login_required
def call(request, pk):
    """Somebody has called, in one tap."""
    alert = _alert(request, pk)
    refuse_readers(request)
    _do(request, lambda: actions.mark_called(alert=alert, by=request.user), _("It is written down that you called."))
    return redirect("slumps:detail", pk=pk)


@edits
@login_required
def diagnose(request, pk):
    alert = _alert(request, pk)
    refuse_readers(request)
    form = DiagnosisForm(request.POST or None, alert=alert, auto_id="cause-%s")
    if request.method == "POST" and form.is_valid():
        try:
            actions.diagnose(alert=alert, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("slumps:detail", pk=pk)
    return _page(request, alert, form, 422 if form.errors else 200)


@edits
@login_required
def dismiss(request, pk):
    alert = _alert(request, pk)
    refuse_readers(request)
    form = DismissForm(request.POST or None, initial={"version": alert.version})
    if request.method == "POST" and form.is_valid():
        try:
            actions.dismiss(alert=alert, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            undo = f"undo={reverse('slumps:reopen', args=[pk])}"
            messages.success(request, _("It is off the call list."), extra_tags=undo)
            return redirect("slumps:list")
    context = {"alert": alert, "customer": alert.customer, "form": form}
    return render(request, "customers/slumps/dismiss.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def reopen(request, pk):
    alert = _alert(request, pk)
    refuse_readers(request)
    _do(request, lambda: actions.reopen(alert=alert, by=request.user), _("It is a slump again."))
    return redirect("slumps:detail", pk=pk)


def _do(request, act, done: str) -> None:
    try:
        act()
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, done)
