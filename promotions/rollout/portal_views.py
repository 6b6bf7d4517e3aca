"""Where dealers answer a promotion, say that materials came, show that it runs, and claim what they are owed."""

from __future__ import annotations

from allauth.core import ratelimit
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from crm.clock import today
from customers.portal.door import dealers_only
from promotions.rollout import actions, reading
from promotions.rollout.forms import AnswerForm, ClaimForm, ExecutionForm
from promotions.rollout.models import Participation, State


def _part(request, pk) -> Participation:
    return get_object_or_404(reading.for_dealer(request.portal.account.customer), pk=pk)


def _too_often(request) -> bool:
    return not ratelimit.consume(request, action="portal_promotion", key=str(request.portal.account_id))


def _page(request, held: Participation, *, form=None, flaw: str = ""):
    forms = {
        "answer_form": AnswerForm(auto_id="answer-%s"),
        "execution_form": ExecutionForm(promotion=held.promotion, auto_id="seen-%s"),
        "claim_form": ClaimForm(initial={"amount": held.claim, "text": held.claim_text}, auto_id="claim-%s"),
    }
    if form is not None:
        forms[form[0]] = form[1]
    items = held.promotion.checklist
    context = {
        "part": held,
        "promotion": held.promotion,
        "executions": [
            (one, [text for n, text in enumerate(items) if n in one.done]) for one in reading.executions_of(held)
        ],
        "flaw": flaw,
        "is_open": held.promotion.state == State.OPEN,
        "today": today(),
        **forms,
    }
    return render(request, "portal/run.html", context, status=422 if flaw or form is not None else 200)


@require_safe
@dealers_only
def run(request, pk):
    return _page(request, _part(request, pk))


def _act(request, pk, name: str, form, act):
    held = _part(request, pk)
    if not form.is_valid():
        return _page(request, held, form=(name, form))
    if _too_often(request):
        return ratelimit.respond_429(request)
    try:
        act(held, request.portal.account.name)
    except ValidationError as refusal:
        return _page(request, held, flaw=" ".join(refusal.messages))
    return redirect("promotions_portal:run", pk=pk)


@require_POST
@dealers_only
def answer(request, pk):
    form = AnswerForm(request.POST, auto_id="answer-%s")
    return _act(
        request,
        pk,
        "answer_form",
        form,
        lambda held, name: actions.answer(participation=held, told_by=name, **form.cleaned_data),
    )


@require_POST
@dealers_only
def received(request, pk):
    held = _part(request, pk)
    try:
        actions.receive_materials(participation=held, on=today(), told_by=request.portal.account.name)
    except ValidationError as refusal:
        return _page(request, held, flaw=" ".join(refusal.messages))
    return redirect("promotions_portal:run", pk=pk)


@require_POST
@dealers_only
def execution(request, pk):
    form = ExecutionForm(request.POST, request.FILES, promotion=_part(request, pk).promotion, auto_id="seen-%s")
    return _act(
        request,
        pk,
        "execution_form",
        form,
        lambda held, name: actions.show_execution(participation=held, told_by=name, **form.values()),
    )


@require_POST
@dealers_only
def claim(request, pk):
    form = ClaimForm(request.POST, auto_id="claim-%s")
    return _act(
        request,
        pk,
        "claim_form",
        form,
        lambda held, name: actions.claim(participation=held, told_by=name, **form.cleaned_data),
    )
