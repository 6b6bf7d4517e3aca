"""Asking one customer in person, guessing what they will answer, and writing down that they do not want to."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.profile.doors import edits, refuse_readers, tell
from customers.surveys import actions, answering, reading
from customers.surveys.forms import AnswerForm, GuessForm, WaiveForm
from customers.surveys.models import SurveyInvitation, Through


def _invitation(request, pk) -> SurveyInvitation:
    rows = SurveyInvitation.objects.visible_to(request.user).counting().select_related("survey__template", "customer")
    found = get_object_or_404(reading.with_guessers(rows, request.user), pk=pk)
    refuse_readers(request)
    return found


@edits
@login_required
def guess(request, pk):
    """Before the answers can be seen. Heads and administrators may only say that nobody will guess."""
    invitation = _invitation(request, pk)
    back = redirect("surveys:customer", pk=invitation.customer_id)
    if invitation.guessed_at is not None or invitation.waived:
        return back
    guesses = answering.must_guess(invitation)
    if not guesses and (request.method == "POST" or not answering.may_waive(invitation, request.user)):
        raise PermissionDenied(_("Whoever looks after the customer guesses."))
    points = reading.points_of(invitation.survey) if guesses else []
    form = GuessForm(request.POST or None, points=points)
    if request.method == "POST" and form.is_valid():
        try:
            answering.guess(invitation=invitation, guesses=form.guesses(), by=request.user)
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("Your guess is kept. Now you see what they answered, as soon as they do."))
            return back
    waive_form = WaiveForm(auto_id="waive-%s")
    context = {"invitation": invitation, "form": form, "guesses": guesses, "waive_form": waive_form}
    return render(request, "customers/surveys/guess.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def waive(request, pk):
    invitation = _invitation(request, pk)
    try:
        answering.waive_guess(invitation=invitation, reason=request.POST.get("reason", ""), by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("surveys:guess", pk=pk)
    return redirect("surveys:customer", pk=invitation.customer_id)


@edits
@login_required
def ask(request, pk):
    """In person: whoever looks after the customer guesses first, for afterwards they know."""
    invitation = _invitation(request, pk)
    if answering.must_guess(invitation):
        messages.info(request, _("First say what you think they will answer; then ask."))
        return redirect("surveys:guess", pk=pk)
    survey = invitation.survey
    form = AnswerForm(request.POST or None, points=reading.points_of(survey), template=survey.template)
    if request.method == "POST" and form.is_valid():
        try:
            answering.answer(invitation=invitation, through=Through.VISIT, by=request.user, **form.values())
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            if answering.is_held_up(invitation):
                text = _("Written down. Where we fell short, issues open once whoever looks after them has guessed.")
            else:
                text = _("Written down. Where we fell short, an issue is open now.")
            messages.success(request, text)
            return redirect("surveys:customer", pk=invitation.customer_id)
    context = {"invitation": invitation, "form": form}
    return render(request, "customers/surveys/ask.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def decline(request, pk):
    invitation = _invitation(request, pk)
    try:
        actions.decline(invitation=invitation, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("Written down: they do not want to answer."))
    return redirect("surveys:customer", pk=invitation.customer_id)
