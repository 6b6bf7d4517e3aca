"""One customer in one promotion: their answer, materials, what was seen, how it was run, the money."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.clock import today
from customers.profile.doors import flaws_of, refuse_readers
from promotions.budgets.holding import OverBudget
from promotions.rollout import actions, reading
from promotions.rollout.forms import (
    ClaimForm,
    ExecutionForm,
    JudgeForm,
    OnForm,
    SettleForm,
    TakenAnswerForm,
)
from promotions.rollout.models import Participation, State


def part_of(request, pk) -> Participation:
    return get_object_or_404(reading.one(request.user), pk=pk)


@require_safe
@login_required
def part(request, pk):
    held = part_of(request, pk)
    context = {
        "part": held,
        "promotion": held.promotion,
        "customer": held.customer,
        "executions": _with_items(held),
        "stage_name": reading.STAGES[held.stage][0],
        "answer_form": TakenAnswerForm(auto_id="answer-%s"),
        "execution_form": ExecutionForm(promotion=held.promotion, auto_id="seen-%s"),
        "judge_form": JudgeForm(initial={"version": held.version}, auto_id="judge-%s"),
        "claim_form": ClaimForm(initial={"amount": held.claim, "text": held.claim_text}, auto_id="claim-%s"),
        "settle_form": SettleForm(initial={"amount": held.claim}, auto_id="settle-%s"),
        "on_form": OnForm(auto_id="on-%s"),
        "today": today(),
        "may_write": request.user.may_write and held.promotion.state == State.OPEN,
    }
    return render(request, "promotions/rollout/part.html", context)


def _with_items(held: Participation) -> list[tuple]:
    """(what was seen, [(item of the checklist, whether it held)])."""
    items = held.promotion.checklist
    return [(one, [(text, n in one.done) for n, text in enumerate(items)]) for one in reading.executions_of(held)]


def _done(request, held: Participation, form, act):
    """What the form says, done; its flaws and refusals as a message. Beyond a budget, a head is asked first."""
    refuse_readers(request)
    if not form.is_valid():
        messages.error(request, " ".join(text for texts in form.errors.values() for text in texts))
        return redirect("promotions:part", pk=held.pk)
    try:
        act()
    except OverBudget as refusal:
        messages.error(request, flaws_of(refusal))
        return redirect(f"{reverse('promotions:part-budget', args=[held.pk])}?total={form.costs(held)}")
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    else:
        messages.success(request, _("Written down."))
    return redirect("promotions:part", pk=held.pk)


@require_POST
@login_required
def answer(request, pk):
    held, form = part_of(request, pk), TakenAnswerForm(request.POST)
    return _done(request, held, form, lambda: actions.answer(participation=held, by=request.user, **form.cleaned_data))


@require_POST
@login_required
def take_counter(request, pk):
    held = part_of(request, pk)
    refuse_readers(request)
    try:
        actions.take_counter(participation=held, by=request.user)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    return redirect("promotions:part", pk=pk)


@require_POST
@login_required
def receive(request, pk):
    held, form = part_of(request, pk), OnForm(request.POST)
    return _done(
        request,
        held,
        form,
        lambda: actions.receive_materials(participation=held, by=request.user, **form.cleaned_data),
    )


@require_POST
@login_required
def execution(request, pk):
    held = part_of(request, pk)
    form = ExecutionForm(request.POST, request.FILES, promotion=held.promotion)
    return _done(
        request, held, form, lambda: actions.show_execution(participation=held, by=request.user, **form.values())
    )


@require_POST
@login_required
def judge(request, pk):
    held, form = part_of(request, pk), JudgeForm(request.POST)
    return _done(request, held, form, lambda: actions.judge(participation=held, by=request.user, **form.cleaned_data))


@require_POST
@login_required
def claim(request, pk):
    held, form = part_of(request, pk), ClaimForm(request.POST)
    return _done(request, held, form, lambda: actions.claim(participation=held, by=request.user, **form.cleaned_data))


@require_POST
@login_required
def settle(request, pk):
    held, form = part_of(request, pk), SettleForm(request.POST)
    return _done(request, held, form, lambda: actions.settle(participation=held, by=request.user, **form.cleaned_data))
