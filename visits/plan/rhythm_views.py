"""Pages of rhythms: who is due, one customer's rhythm, and the brand's rules."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.clock import today
from customers.profile.colleagues import own_of
from customers.profile.doors import customer_of, edits, flaws_of, refuse_readers
from visits.plan import rhythm_words, rhythms, slipping
from visits.plan.choosing import asked_for, people_filter
from visits.plan.rhythm_forms import CadenceForm, RuleForm, WindowForm
from visits.plan.rhythm_models import CadenceOverride, CadenceWindow, CountingRule
from visits.plan.yearly import theirs_by_name

MOST_SHOWN = 100


def lines_of(found):
    """Slipping customers as a list shows them."""
    return [
        {
            "one": one,
            "customer": one.customer,
            "rhythm": rhythm_words.rhythm(one.due.rhythm),
            "standing": rhythm_words.standing(one.due),
            "tone": rhythm_words.TONES["late" if one.due.late else one.due.state],
        }
        for one in found
    ]


def customers_of(user, person, day):
    """Of one person by name; without one, one's own."""
    return theirs_by_name(user, person, day) if person is not None else own_of(user, day)


@require_safe
@login_required
def due(request):
    """?person=ID; ?stage=late or never: who has no visit planned, lateness × stake first."""
    user, day = request.user, today()
    person = asked_for(request)
    stage = request.GET.get("stage", "")
    stage = stage if stage in slipping.STAGES else slipping.DUE
    found = slipping.slipping(customers_of(user, person, day), day, MOST_SHOWN + 1, stage)
    stages = [("due", _("due and late")), ("late", _("late")), ("never", _("never visited"))]
    context = {
        "lines": lines_of(found[:MOST_SHOWN]),
        "more": len(found) > MOST_SHOWN,
        "stage": stage,
        "stages": stages,
        "filters": people_filter(request, person),
        "person": person,
        "may_write": user.may_write,
    }
    return render(request, "visits/due.html", context)


@edits
@login_required
def customer_cadence(request, pk):
    """How one customer stands, and its own rhythms; a form for another one."""
    customer = customer_of(request, pk)
    day = today()
    (found,) = slipping.judged([customer], day)
    rhythm = found.due.rhythm
    initial = {"days": rhythm.days, "least_days": rhythm.least, "most_days": rhythm.most, "by_call": rhythm.by_call}
    form = CadenceForm(request.POST or None, initial=initial) if request.user.may_write else None
    if request.method == "POST":
        refuse_readers(request)
        if form.is_valid():
            try:
                rhythms.set_cadence(customer=customer, by=request.user, **form.values())
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                messages.success(request, _("The rhythm is set."))
                return redirect("visits:cadence", pk=pk)
    rows = CadenceOverride.objects.visible_to(request.user).filter(customer=customer).select_related("made_by")
    context = {
        "customer": customer,
        "line": lines_of([found])[0],
        "words": [(one, rhythm_words.rhythm(one.rhythm), one.until is None or one.until > day) for one in rows[:30]],
        "form": form,
        "may_write": request.user.may_write,
    }
    return render(request, "visits/cadence.html", context, status=422 if form and form.errors else 200)


@require_POST
@login_required
def cadence_end(request, pk):
    override = get_object_or_404(CadenceOverride.objects.visible_to(request.user), pk=pk)
    refuse_readers(request)
    try:
        rhythms.end_cadence(override=override, by=request.user)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    else:
        messages.success(request, _("The rhythm of its tier holds again."))
    return redirect("visits:cadence", pk=override.customer_id)


@require_safe
@login_required
def rules(request):
    """What counts as a visit, and how far one may lie from its day. Administrators change both."""
    held = slipping.scheme()
    windows = CadenceWindow.objects.visible_to(request.user)
    context = {
        "rules": list(CountingRule.objects.visible_to(request.user)),
        "windows": [(one, held.of(one.tier)) for one in windows],
        "may_write": request.user.is_admin and request.user.may_write,
    }
    return render(request, "visits/rules.html", context)


def _refuse_others(request) -> None:
    if not (request.user.is_admin and request.user.may_write):
        raise PermissionDenied(_("What counts as a visit is set by administrators."))


@edits
@login_required
def rule_new(request):
    _refuse_others(request)
    form = RuleForm(request.POST or None)
    return _saved(request, form, None, lambda values: rhythms.add_rule(by=request.user, **values))


@edits
@login_required
def rule(request, pk):
    row = get_object_or_404(CountingRule.objects.visible_to(request.user), pk=pk)
    _refuse_others(request)
    names = ("source", "kind", "direction", "tier", "only_met", "is_active")
    form = RuleForm(request.POST or None, initial={name: getattr(row, name) for name in names})
    return _saved(request, form, row, lambda values: rhythms.change_rule(rule=row, by=request.user, **values))


@edits
@login_required
def window(request, pk):
    row = get_object_or_404(CadenceWindow.objects.visible_to(request.user), pk=pk)
    _refuse_others(request)
    initial = {"least_percent": row.least_percent, "most_percent": row.most_percent}
    form = WindowForm(request.POST or None, initial=initial)
    return _saved(request, form, row, lambda values: rhythms.change_window(window=row, by=request.user, **values))


def _saved(request, form, row, act):
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Saved. Who is due is reckoned with it from now on."))
            return redirect("visits:rules")
    context = {"form": form, "about": row, "title": _("What counts as a visit")}
    context |= {"back": reverse("visits:rules"), "back_name": _("What counts")}
    return render(request, "visits/entry.html", context, status=422 if form.errors else 200)


def unplanned(user, person, day, most: int) -> list[dict]:
    """The first of those without a planned visit, for the plan's page."""
    rows: list = slipping.slipping(customers_of(user, person, day), day, slipping.MOST)
    return lines_of(rows[:most])
