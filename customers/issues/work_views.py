"""The page of one issue, and what is done about it there."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from crm.clock import today
from customers.issues import actions, reading
from customers.issues.clocks import Clock, in_time
from customers.issues.forms import (
    AnswerForm,
    AssignForm,
    ChangeForm,
    CommentForm,
    RejectForm,
    ReopenForm,
    WordForm,
)
from customers.issues.models import Issue
from customers.issues.views import issue_of
from customers.profile.doors import edits, refuse_readers


@require_safe
@login_required
def detail(request, pk):
    issue = issue_of(request, pk)
    day = today()
    clock = Clock(issue.opened_at, issue.due_on, issue.first_response_at, issue.solved_at, issue.solved_on)
    context = {
        "issue": issue,
        "steps": reading.steps_of(request.user, issue),
        "today": day,
        "is_late": issue.is_unsolved and issue.due_on < day,
        "days": (issue.due_on - day).days,
        "in_time": in_time(clock, day),
        "may_write": request.user.may_write,
        "comment_form": CommentForm(auto_id="comment-%s"),
        "answer_form": AnswerForm(initial={"version": issue.version}, auto_id="answer-%s"),
        "word_form": WordForm(initial={"version": issue.version}, auto_id="word-%s"),
        "is_mine": issue.owner_id == request.user.pk,
    }
    return render(request, "customers/issues/detail.html", context)


def _worked(request, pk, form_of, act, title, button, kind="pri"):
    """GET shows a form alone, POST does it; both say what is wrong under the field."""
    issue = issue_of(request, pk)
    refuse_readers(request)
    form = form_of(issue)
    if request.method == "POST" and form.is_valid():
        try:
            said = act(issue, form)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, said)
            return redirect("issues:detail", pk=pk)
    context = {"issue": issue, "form": form, "title": title, "button": button, "kind": kind}
    return render(request, "customers/issues/work.html", context, status=422 if form.errors else 200)


def _bound(request, form):
    return lambda issue: form(request.POST or None, initial={"version": issue.version})


def _act(action, request, said):
    def act(issue: Issue, form) -> str:
        action(issue=issue, by=request.user, **form.cleaned_data)
        return said

    return act


@edits
@login_required
def edit(request, pk):
    act = _act(actions.change, request, _("Saved."))
    return _worked(request, pk, lambda issue: ChangeForm(request.POST or None, issue=issue), act, _("Edit"), _("Save"))


@edits
@login_required
def assign(request, pk):
    def form_of(issue):
        initial = {"version": issue.version, "owner": issue.owner_id}
        return AssignForm(request.POST or None, by=request.user, issue=issue, initial=initial)

    act = _act(actions.assign, request, _("Saved."))
    return _worked(request, pk, form_of, act, _("Give it to somebody"), _("Give"))


@edits
@login_required
def solve(request, pk):
    act = _act(actions.solve, request, _("Solved. The customer is asked whether it is."))
    return _worked(request, pk, _bound(request, AnswerForm), act, _("Solved"), _("Solved"))


@edits
@login_required
def reject(request, pk):
    act = _act(actions.reject, request, _("The issue is rejected."))
    return _worked(request, pk, _bound(request, RejectForm), act, _("Reject"), _("Reject"), "danger")


@edits
@login_required
def reopen(request, pk):
    act = _act(actions.reopen, request, _("The issue is open again."))
    return _worked(request, pk, _bound(request, ReopenForm), act, _("Open again"), _("Open again"))


@edits
@login_required
def word(request, pk):
    act = _act(actions.say, request, _("The customer's word is written down."))
    return _worked(request, pk, _bound(request, WordForm), act, _("What the customer says"), _("Write it down"))


@edits
@login_required
def comment(request, pk):
    act = _act(actions.comment, request, _("Written down."))
    return _worked(
        request, pk, lambda issue: CommentForm(request.POST or None), act, _("What is new"), _("Write it down")
    )


TAPS = {
    "begin": (actions.begin, gettext_lazy("The issue is in work.")),
    "take": (lambda *, issue, by: actions.assign(issue=issue, owner=by, by=by), gettext_lazy("It is yours now.")),
}


@require_POST
@login_required
def begin(request, pk):
    """In one tap."""
    return _tapped(request, pk, "begin")


@require_POST
@login_required
def take(request, pk):
    """In one tap: whoever taps sees to it."""
    return _tapped(request, pk, "take")


def _tapped(request, pk, name):
    issue = issue_of(request, pk)
    refuse_readers(request)
    act, said = TAPS[name]
    try:
        act(issue=issue, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, said)
    return redirect("issues:detail", pk=pk)
