"""The page of one issue, and what is done about it there."""

from __future__ import annotations

from decimal import Decimal

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from crm.clock import now
from customers.issues import actions, pausing, reading
from customers.issues.clocks import answer_minutes, hours_of, in_time, solve_minutes
from customers.issues.forms import (
    AnswerForm,
    AssignForm,
    CauseForm,
    ChangeForm,
    CommentForm,
    PauseForm,
    RejectForm,
    ReopenForm,
    ResumeForm,
    WordForm,
)
from customers.issues.measuring import clock_of_issue
from customers.issues.models import Issue
from customers.issues.rules import terms_now, work_clock
from customers.issues.views import issue_of
from customers.profile.doors import edits, refuse_readers


@require_safe
@login_required
def detail(request, pk):
    issue = issue_of(request, pk)
    moment, clock, work = now(), clock_of_issue(issue), work_clock(terms_now())
    to_go = None if issue.is_late or not issue.is_unsolved else work.minutes(issue.stopped_at or moment, issue.due_at)
    answered, solved = answer_minutes(clock, work), solve_minutes(clock, work)
    context = {
        "issue": issue,
        "steps": reading.steps_of(request.user, issue),
        "now": moment,
        "left": _hours(to_go),
        "answer_hours": _hours(answered),
        "solve_hours": _hours(solved),
        "in_time": in_time(clock, moment),
        "others_again": issue.repeats.visible_to(request.user).order_by("pk")[:10],
        "former": _former(request.user, issue),
        "may_write": request.user.may_write,
        "comment_form": CommentForm(auto_id="comment-%s"),
        "answer_form": AnswerForm(initial={"version": issue.version}, auto_id="answer-%s"),
        "word_form": WordForm(initial={"version": issue.version}, auto_id="word-%s"),
        "is_mine": issue.owner_id == request.user.pk,
    }
    return render(request, "customers/issues/detail.html", context)


def _hours(minutes: int | None) -> Decimal | None:
    return None if minutes is None else hours_of(minutes)


def _former(user, issue: Issue) -> Issue | None:
    """What it is again, where this person may read it."""
    return Issue.objects.visible_to(user).filter(pk=issue.repeat_of_id).first() if issue.repeat_of_id else None


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
def pause(request, pk):
    act = _act(pausing.pause, request, _("The clock stands until the customer has done their part."))
    return _worked(request, pk, _bound(request, PauseForm), act, _("Wait for the customer"), _("Wait"))


@edits
@login_required
def resume(request, pk):
    act = _act(pausing.resume, request, _("The clock runs again."))
    return _worked(request, pk, _bound(request, ResumeForm), act, _("Go on"), _("Go on"))


@edits
@login_required
def cause(request, pk):
    act = _act(pausing.name_cause, request, _("Saved."))
    return _worked(
        request, pk, lambda issue: CauseForm(request.POST or None, issue=issue), act, _("Why it came about"), _("Save")
    )


@edits
@login_required
def comment(request, pk):
    act = _act(actions.comment, request, _("Written down."))
    return _worked(
        request, pk, lambda issue: CommentForm(request.POST or None), act, _("What is new"), _("Write it down")
    )


BOARDS = {"board": "", "board-mine": "?owner=me"}
TAPS = {
    "begin": (actions.begin, gettext_lazy("The issue is in work.")),
    "take": (lambda *, issue, by: actions.assign(issue=issue, owner=by, by=by), gettext_lazy("It is yours now.")),
    "unlink": (pausing.unlink, gettext_lazy("It stands by itself now.")),
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


@require_POST
@login_required
def unlink(request, pk):
    """In one tap: another matter than the former one."""
    return _tapped(request, pk, "unlink")


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
    if request.GET.get("back") in BOARDS:  # a card was moved there
        return redirect(reverse("issues:board") + BOARDS[request.GET["back"]])
    return redirect("issues:detail", pk=pk)
