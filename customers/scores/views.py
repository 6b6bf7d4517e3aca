"""A customer's scores: components with their evidence, what they cost, what would lift them, and how they changed."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from crm.clock import today
from customers.profile.models import Customer
from customers.relationship import actions
from customers.scores import reading, telling
from customers.scores.forms import JudgementForm
from customers.scores.links import link_of
from customers.scores.terms import TRAITS

SHOWN = 60
"""Rows of evidence shown of a trait, the newest first; the API has all."""


def _customer(request, pk) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(request.user).select_related("standing"), pk=pk)


@require_safe
@login_required
def scores(request, pk):
    customer, day = _customer(request, pk), today()
    told = reading.told(customer, day)
    context = {
        "customer": customer,
        "day": day,
        "sections": [_section(customer, told[trait]) for trait in TRAITS],
        "may_write": request.user.may_write,
        "form": JudgementForm(auto_id="judge-%s") if request.user.may_write else None,
    }
    return render(request, "customers/scores/scores.html", context)


def _section(customer: Customer, told: reading.Told) -> dict:
    history = reading.history(customer, told.trait)
    return {
        "trait": told.trait,
        "label": telling.TRAITS[told.trait],
        "row": told.row,
        "points": telling.points(told.row.value) if told.row is not None else "—",
        "verdict": telling.verdict(told.row),
        "components": [
            {
                "label": telling.KINDS[one.kind],
                "weight": one.weight,
                "kept": telling.kept_of(one),
                "points": telling.points(one.points),
                "most": telling.points(one.most),
                "value": one.points,
                "of": max(one.most, 1),
            }
            for one in (told.found.components if told.found else ())
        ],
        "costs": telling.why_not_more(told),
        "steps": telling.way_up(told.steps),
        "evidence": [_evidence(customer, one) for one in told.rows[:SHOWN] if one.event is not None],
        "rest": [_evidence(customer, one) for one in told.rows if one.event is None],
        "more": len(told.rows) > SHOWN,
        "history": telling.changes(history),
        "chart": [
            {"value": one.value / 100, "title": formats.date_format(one.as_of, "DATE_FORMAT")}
            for one in reversed(history)
            if one.value is not None
        ],
    }


def _evidence(customer: Customer, row: reading.Row) -> dict:
    event = row.event
    source = event.source if event is not None else ""
    return {
        "label": telling.KINDS[row.component.kind],
        "event": event,
        "on": event.on if event is not None else None,
        "kept": event.kept if event is not None else None,
        "item": row.item,
        "source": SOURCES.get(source, source),
        "link": link_of(customer.pk, source, event.ref) if event is not None else None,
        "note": row.note,
        "seen_by": row.seen_by,
        "points": telling.points(row.points),
        "lost": telling.points(row.lost) if row.lost else "",
        "is_network": event is None and "decay" in row.component.facts,
    }


SOURCES = {"receivables": "", "manual": "", "api": "", "survey": pgettext_lazy("evidence", "survey")}
"""What sources are called; "" for those that say nothing to a reader: the row says more."""


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def judge(request, pk):
    """The manager's judgement, or an event seen, in the words of the scores."""
    customer = _customer(request, pk)
    if not request.user.may_write:
        raise PermissionDenied(_("Your role reads customers and changes none."))
    form = JudgementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.observe(customer=customer, seen_by=request.user, source="manual", **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("It is written down; score and tier follow in a moment."))
            return redirect("customers:scores", pk=pk)
    context = {"form": form, "customer": customer}
    return render(request, "customers/scores/judge.html", context, status=422 if form.errors else 200)
