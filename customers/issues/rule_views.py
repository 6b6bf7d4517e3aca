"""The page of the rules for issues: everybody reads them, administrators change them."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from crm.notifications.forms import ClockInput
from customers.issues import ruling
from customers.issues.models import Category, Severity
from customers.issues.rulemodels import IssueCause, IssueTerms, IssueTime
from customers.issues.terms import MOST_HOURS, MOST_PERCENT, SEVERITIES, TIERS
from customers.profile.doors import edits


class TermsForm(forms.Form):
    """percent_1 … percent_4: of the hours, by severity."""

    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    opens = forms.TimeField(label=gettext_lazy("Business opens"), widget=ClockInput())
    closes = forms.TimeField(label=gettext_lazy("Business closes"), widget=ClockInput())
    break_from = forms.TimeField(label=gettext_lazy("Break from"), required=False, widget=ClockInput())
    break_to = forms.TimeField(label=gettext_lazy("Break until"), required=False, widget=ClockInput())
    repeat_days = forms.IntegerField(
        label=gettext_lazy("The same again: within so many days"), min_value=1, max_value=730
    )
    wave_customers = forms.IntegerField(
        label=gettext_lazy("One problem at many: so many customers of a region"), min_value=2, max_value=1000
    )
    wave_days = forms.IntegerField(
        label=gettext_lazy("One problem at many: within so many days"), min_value=1, max_value=90
    )

    def __init__(self, *args, row: IssueTerms, **kwargs):
        kwargs["initial"] = {name: getattr(row, name) for name in ruling.TERMS} | {"version": row.version}
        super().__init__(*args, **kwargs)
        for severity in SEVERITIES:
            label = _("Percent of the hours: %(severity)s") % {"severity": Severity(severity).label}
            self.fields[f"percent_{severity}"] = forms.IntegerField(
                label=label, min_value=1, max_value=MOST_PERCENT, initial=row.percents[severity - 1]
            )

    def fields_given(self) -> dict:
        given = {name: self.cleaned_data[name] for name in ruling.TERMS if name != "percents"}
        return given | {"percents": [self.cleaned_data[f"percent_{n}"] for n in SEVERITIES]}


class TimeForm(forms.Form):
    category = forms.ChoiceField(
        label=gettext_lazy("About"), choices=[("", gettext_lazy("every class")), *Category.choices], required=False
    )
    tier = forms.ChoiceField(
        label=gettext_lazy("Tier"),
        choices=[("", gettext_lazy("every other")), *((one, one) for one in TIERS)],
        required=False,
    )
    answer_hours = forms.DecimalField(
        label=gettext_lazy("Working hours until the first answer"), max_value=MOST_HOURS, decimal_places=1
    )
    solve_hours = forms.DecimalField(
        label=gettext_lazy("Working hours until it is solved"), max_value=MOST_HOURS, decimal_places=1
    )


def _refuse_others(user) -> None:
    if not (user.is_admin and user.may_write):
        raise PermissionDenied(_("Only administrators change the times."))


@edits
@login_required
def terms(request):
    """POST with `answer_hours` writes a row of class and tier, else the other rules."""
    user = request.user
    row = IssueTerms.objects.visible_to(user).select_related("changed_by").filter(pk=1).first() or IssueTerms()
    of_row = request.method == "POST" and "answer_hours" in request.POST
    form = TermsForm(None if of_row else request.POST or None, row=row, auto_id="rule-%s")
    time_form = TimeForm(request.POST if of_row else None, auto_id="time-%s")
    if request.method == "POST":
        _refuse_others(user)
        if _written(time_form if of_row else form, user):
            messages.success(request, _("Saved. It counts for issues from now on."))
            return redirect("issues:terms")
    may_write = user.is_admin and user.may_write
    labels = dict(Category.choices)
    context = {
        "form": form,
        "time_form": time_form,
        "row": row,
        "severities": [(Severity(n).label, row.percents[n - 1]) for n in SEVERITIES],
        "times": [
            (one, labels.get(one.category, _("every class")), bool(one.category or one.tier))
            for one in IssueTime.objects.visible_to(user)
        ],
        "day_hours": row.hours.minutes() / 60,
        "causes": [one for one in IssueCause.objects.visible_to(user) if one.active],
        "may_write": may_write,
    }
    failed = bool(form.errors or time_form.errors)
    return render(request, "customers/issues/terms.html", context, status=422 if failed else 200)


def _written(form, user) -> bool:
    if not form.is_valid():
        return False
    try:
        if isinstance(form, TimeForm):
            ruling.set_time(by=user, **form.cleaned_data)
        else:
            ruling.change_terms(by=user, version=form.cleaned_data["version"], **form.fields_given())
    except ValidationError as refusal:
        fields = getattr(refusal, "error_dict", {})
        form.add_error(None, refusal if set(fields) <= set(form.fields) else refusal.messages)
        return False
    return True


@require_POST
@login_required
def drop_time(request, pk):
    row = get_object_or_404(IssueTime.objects.visible_to(request.user), pk=pk)
    _refuse_others(request.user)
    try:
        ruling.drop_time(row=row, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The row is gone; the next more general one holds."))
    return redirect("issues:terms")
