"""Pages of how slumps are watched for: everybody reads, administrators change."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.listing.keyset import Order, page
from customers.profile.doors import edits
from customers.relationship.branddays import BrandDay
from customers.slumps import causes, reading, schools, watching
from customers.slumps.detecting import setting as setting_in_force
from customers.slumps.forms import CauseForm, DayForm, SchoolForm, SettingForm
from customers.slumps.models import SchoolHoliday, SlumpCause

BY_FIRST_DAY = Order("first_day", "first_day", form="date")


def _refuse_others(request) -> None:
    if not request.user.is_admin:
        raise PermissionDenied(_("Only administrators change this."))


@edits
@login_required
def setting(request):
    """Three forms on one page; which one was sent says `what`."""
    held = setting_in_force()
    if request.method == "POST":
        _refuse_others(request)
    what = request.POST.get("what", "")
    initial = {"sensitivity": held.sensitivity, "silent_after": held.silent_after}
    sent: dict[str, tuple[Form, Callable[..., object]]] = {
        "rule": (SettingForm(request.POST if what == "rule" else None, initial=initial), watching.change_setting),
        "day": (DayForm(request.POST if what == "day" else None), watching.write_day),
        "school": (
            SchoolForm(request.POST if what == "school" else None, by=request.user),
            schools.write_school_holiday,
        ),
    }
    given, act = sent.get(what, sent["rule"])
    if request.method == "POST" and given.is_valid():
        try:
            act(by=request.user, **given.cleaned_data)
        except ValidationError as refusal:
            given.add_error(None, refusal)
        else:
            messages.success(request, _("Saved. Slumps are looked for anew."))
            return redirect("slumps:setting")
    holidays = page(
        SchoolHoliday.objects.visible_to(request.user).select_related("region"),
        BY_FIRST_DAY,
        True,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "setting": held,
        "form": sent["rule"][0],
        "day_form": sent["day"][0],
        "school_form": sent["school"][0],
        "days": BrandDay.objects.visible_to(request.user).order_by("-day")[:100],
        "school_holidays": holidays.rows,
        "page": holidays,
        "is_admin": request.user.is_admin,
    }
    return render(request, "customers/slumps/setting.html", context, status=422 if given.errors else 200)


@require_POST
@login_required
def remove_day(request, pk):
    day = get_object_or_404(BrandDay.objects.visible_to(request.user), pk=pk)
    _refuse_others(request)
    watching.remove_day(day=day, by=request.user)
    messages.success(request, _("Saved. Slumps are looked for anew."))
    return redirect("slumps:setting")


@require_POST
@login_required
def remove_school_holiday(request, pk):
    holiday = get_object_or_404(SchoolHoliday.objects.visible_to(request.user).select_related("region"), pk=pk)
    _refuse_others(request)
    schools.remove_school_holiday(holiday=holiday, by=request.user)
    messages.success(request, _("Saved. Slumps are looked for anew."))
    return redirect("slumps:setting")


@require_safe
@login_required
def cause_tree(request):
    """All causes, those no longer offered too, with how many slumps in reach each one explains."""
    context = {"tree": reading.tree_with_counts(request.user), "is_admin": request.user.is_admin}
    return render(request, "customers/slumps/causes.html", context)


@edits
@login_required
def add_cause(request):
    return _cause(request, None)


@edits
@login_required
def change_cause(request, pk):
    return _cause(request, get_object_or_404(SlumpCause.objects.visible_to(request.user), pk=pk))


def _cause(request, cause: SlumpCause | None):
    _refuse_others(request)
    form = CauseForm(
        request.POST or None, cause=cause, by=request.user, initial={"parent": request.GET.get("parent", "")}
    )
    if request.method == "POST" and form.is_valid():
        try:
            causes.write_cause(cause=cause, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("slumps:causes")
    title = _("A new cause") if cause is None else str(cause)
    context = {"form": form, "title": title}
    return render(request, "customers/slumps/cause.html", context, status=422 if form.errors else 200)
