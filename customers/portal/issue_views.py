"""The dealers' issues: they raise them, follow what is done, and say whether they are solved."""

from __future__ import annotations

from allauth.core import ratelimit
from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from customers.issues import actions
from customers.issues.models import LONGEST, LONGEST_TITLE, Category, Origin, Severity
from customers.portal import reading
from customers.portal.door import dealers_only
from customers.profile.doors import edits

STARS = range(1, 6)


class RaiseForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("What is wrong"), max_length=LONGEST_TITLE)
    category = forms.ChoiceField(label=gettext_lazy("About"), choices=Category.choices, initial=Category.SUPPLY)
    severity = forms.TypedChoiceField(
        label=gettext_lazy("How bad"),
        choices=Severity.choices,
        coerce=int,
        initial=Severity.ANNOYING,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=gettext_lazy("What happened"), max_length=LONGEST, required=False, widget=forms.Textarea({"rows": 4})
    )


class SayForm(forms.Form):
    """solved: yes or no, the button that was pressed."""

    solved = forms.ChoiceField(choices=(("yes", "yes"), ("no", "no")))
    stars = forms.TypedChoiceField(
        choices=[("", "–"), *((str(n), str(n)) for n in STARS)], coerce=int, empty_value=None, required=False
    )
    text = forms.CharField(max_length=LONGEST, required=False)


def _issue(request, pk):
    issue = reading.issue(request.portal.account.customer, pk)
    if issue is None:
        raise Http404
    return issue


def _too_often(request) -> bool:
    return not ratelimit.consume(request, action="portal_issue", key=str(request.portal.account_id))


@require_safe
@dealers_only
def issues(request):
    context = {"account": request.portal.account, "issues": reading.issues(request.portal.account.customer)}
    return render(request, "portal/issues.html", context)


@edits
@dealers_only
def new(request):
    form = RaiseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if _too_often(request):
            return ratelimit.respond_429(request)
        account = request.portal.account
        try:
            made = actions.open_issue(
                customer=account.customer,
                by=None,
                origin=Origin.TOLD,
                told_by=account.name,
                person=reading.standing_person(account),
                **form.cleaned_data,
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect("portal:issue", pk=made.pk)
    return render(request, "portal/issue_new.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@dealers_only
def issue(request, pk):
    found = _issue(request, pk)
    return render(request, "portal/issue.html", _page(found))


def _page(found, flaw: str = "") -> dict:
    return {"issue": found, "steps": reading.steps(found), "stars": STARS, "flaw": flaw}


def _refused(request, found, flaw: str):
    return render(request, "portal/issue.html", _page(found, flaw), status=422)


@require_POST
@dealers_only
def comment(request, pk):
    found = _issue(request, pk)
    if _too_often(request):
        return ratelimit.respond_429(request)
    try:
        actions.comment(issue=found, text=request.POST.get("text", ""), by=None, told_by=request.portal.account.name)
    except ValidationError as refusal:
        return _refused(request, found, " ".join(refusal.messages))
    return redirect("portal:issue", pk=pk)


@require_POST
@dealers_only
def say(request, pk):
    """solved=yes or no, with stars where they like."""
    found = _issue(request, pk)
    form = SayForm(request.POST)
    if not form.is_valid():
        return _refused(request, found, _("Say whether it is solved."))
    if _too_often(request):
        return ratelimit.respond_429(request)
    given = {**form.cleaned_data, "solved": form.cleaned_data["solved"] == "yes"}
    try:
        actions.say(issue=found, by=None, told_by=request.portal.account.name, **given)
    except ValidationError as refusal:
        return _refused(request, found, " ".join(refusal.messages))
    return redirect("portal:issue", pk=pk)
