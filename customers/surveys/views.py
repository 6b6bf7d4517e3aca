"""Pages of surveys: rounds, one of them, what is asked, and a customer's own."""

from __future__ import annotations

import datetime
import itertools
from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import formats
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.accounts.models import Role
from crm.clock import today
from crm.listing.keyset import Order, page
from customers.profile.doors import edits, refuse_readers, tell
from customers.profile.models import Customer
from customers.surveys import actions, answering, letters, links, reading
from customers.surveys.forms import RoundForm, TemplateForm, WhomForm
from customers.surveys.models import State, Survey, SurveyInvitation, SurveyTemplate

NEWEST = Order("begun", "opens_on", form="date")
BY_KEY = Order("asked", "pk", form="int")
USUAL_DAYS = datetime.timedelta(days=14)


def survey_of(request, pk) -> Survey:
    return get_object_or_404(Survey.objects.visible_to(request.user).select_related("template", "made_by"), pk=pk)


@require_safe
@login_required
def rounds(request):
    found = page(
        reading.rounds(request.user),
        NEWEST,
        True,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {"page": found, "rounds": found.rows, "today": today(), "may_write": request.user.may_write}
    return render(request, "customers/surveys/rounds.html", context)


@edits
@login_required
def new(request):
    """The first round brings its questions: they are written when it begins."""
    refuse_readers(request)
    user, day = request.user, today()
    template = SurveyTemplate.objects.visible_to(user).active().first()
    if template is None and not _may_write_templates(user):
        messages.info(request, _("Nothing to ask is written yet: ask your head or an administrator."))
        return redirect("surveys:rounds")
    form = RoundForm(request.POST or None, by=user, initial={"template": template, "closes_on": day + USUAL_DAYS})
    whom = WhomForm(request.POST or None, by=user)
    if request.method == "POST" and form.is_valid() and whom.is_valid():
        customers = list(itertools.islice(whom.customers().iterator(), actions.MOST_AT_ONCE + 1))
        try:
            with transaction.atomic():
                asked = form.cleaned_data["template"] or actions.write_template(name=_("How content are you?"), by=user)
                made = actions.begin_survey(customers=customers, by=user, **form.cleaned_data | {"template": asked})
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("The round is open. Send the letters, or pass the links on yourself."))
            return redirect("surveys:round", pk=made.pk)
    context = {"form": form, "whom": whom}
    status = 422 if request.method == "POST" else 200
    return render(request, "customers/surveys/new.html", context, status=status)


@require_safe
@login_required
def one_round(request, pk):
    survey, user, day = survey_of(request, pk), request.user, today()
    found = page(
        reading.invitations(user, survey),
        BY_KEY,
        False,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    whole = reading.whole(user, survey)
    points = reading.by_point(user, survey)
    context = {
        "survey": survey,
        "whole": whole,
        "points": points,
        "bars": [
            {
                "label": one.name,
                "title": one.name,
                "value": one.reality,
                "reference": one.expectation,
            }
            for one in points
        ],
        "blind": reading.blindness(user, survey),
        "months": [
            replace(one, key=formats.date_format(one.key, "YEAR_MONTH_FORMAT"))
            for one in reading.by_group(user, survey, "month")
        ],
        "tiers": reading.by_group(user, survey, "tier"),
        "regions": reading.by_group(user, survey, "region"),
        "calls": reading.to_call(user, whole.calls),
        "invitations": found.rows,
        "page": found,
        "is_open": survey.is_open(day),
        "today": day,
        "may_write": user.may_write,
    }
    return render(request, "customers/surveys/round.html", context)


@require_safe
@login_required
def pass_on(request, pk):
    """The addresses of those who have not answered, to copy. Who has seen them stands in the log."""
    survey = survey_of(request, pk)
    refuse_readers(request)
    rows = SurveyInvitation.objects.editable_by(request.user).waiting(today()).filter(survey=survey)
    found = page(rows.select_related("customer"), BY_KEY, False, after=request.GET.get("after", ""))
    base = links.base_of(request)
    if found.rows:
        actions.note_shown(survey=survey, invitations=found.rows, by=request.user)
    context = {
        "survey": survey,
        "lines": [(one, links.address(one, base)) for one in found.rows],
        "page": found,
    }
    return render(request, "customers/surveys/links.html", context)


@require_POST
@login_required
def send(request, pk):
    survey = survey_of(request, pk)
    refuse_readers(request)
    if not survey.is_open(today()):
        messages.error(request, _("This round is not open."))
        return redirect("surveys:round", pk=pk)
    letters.ask_to_send(survey, links.base_of(request), request.user)
    messages.success(request, _("The letters are on their way to those with an e-mail address."))
    return redirect("surveys:round", pk=pk)


@require_POST
@login_required
def end(request, pk):
    """By whoever began it, or an administrator."""
    survey = survey_of(request, pk)
    refuse_readers(request)
    if survey.made_by_id != request.user.pk and not request.user.is_admin:
        raise PermissionDenied(_("Whoever began a round ends it."))
    try:
        actions.end_survey(survey=survey, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The round is over."))
    return redirect("surveys:round", pk=pk)


# --- what is asked ------------------------------------------------------------------------------------------------


@require_safe
@login_required
def templates(request):
    rows = SurveyTemplate.objects.visible_to(request.user).select_related("made_by").prefetch_related("points")
    context = {"templates": list(rows[:200]), "may_write": _may_write_templates(request.user)}
    return render(request, "customers/surveys/templates.html", context)


def _may_write_templates(user) -> bool:
    return user.may_write and user.role in ("admin", "head")


@edits
@login_required
def template(request, pk=None):
    """A new one, or the next version of one."""
    user = request.user
    held = get_object_or_404(SurveyTemplate.objects.visible_to(user), pk=pk) if pk else None
    if not _may_write_templates(user):
        raise PermissionDenied(_("Heads and administrators write what is asked."))
    form = TemplateForm(request.POST or None, initial=TemplateForm.initial_of(held) if held else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.write_template(by=user, template=held, **form.values())
        except ValidationError as refusal:
            told = refusal.message_dict if hasattr(refusal, "error_dict") else {None: refusal.messages}
            for name, texts in told.items():
                field = "categories" if name == "points" else name
                form.add_error(field if field in form.fields else None, texts)
        else:
            messages.success(request, _("Saved."))
            return redirect("surveys:templates")
    context = {"form": form, "template": held}
    return render(request, "customers/surveys/template.html", context, status=422 if form.errors else 200)


# --- of one customer ----------------------------------------------------------------------------------------------


@require_safe
@login_required
def customer(request, pk):
    """The tab: how content they are over time, the last answer by point against our guess, and what is asked now."""
    user, day = request.user, today()
    rows = Customer.objects.visible_to(user).select_related("standing", "region")
    held = get_object_or_404(rows, pk=pk)
    responses = list(reading.responses_of(user, held)[:24])
    asked = SurveyInvitation.objects.visible_to(user).counting().filter(customer=held).select_related("survey")
    invitations = list(reading.with_guessers(asked, user).order_by("-pk")[:24])
    shown = {one.invitation_id for one in responses}
    context = {
        "customer": held,
        "responses": responses,
        "latest": responses[0] if responses else None,
        "lines": reading.lines(user, responses[0]) if responses else [],
        "trend": [
            {
                "label": formats.date_format(localtime(one.answered_at), "n/y"),
                "title": formats.date_format(localtime(one.answered_at), "DATE_FORMAT"),
                "value": round(one.reality, 1),
            }
            for one in reversed(responses)
        ],
        "waiting": [one for one in invitations if one.state == State.ASKED and one.survey.is_open(day)],
        "to_guess": [one for one in invitations if one.mine and one.guessed_at is None and not one.waived],
        "hidden": [one for one in invitations if one.state == State.ANSWERED and one.pk not in shown],
        "waivable": [
            one for one in invitations if one.state == State.ANSWERED and answering.is_held_up(one) and not one.mine
        ]
        if user.role in (Role.HEAD, Role.ADMIN)
        else [],
        "silent": [one for one in invitations if one.state in (State.EXPIRED, State.DECLINED)],
        "may_write": user.may_write,
    }
    return render(request, "customers/surveys/customer.html", context)
