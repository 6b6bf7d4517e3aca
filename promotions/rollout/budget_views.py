"""Asking customers, taking one in again or settling with one beyond what the budgets hold: a head is asked."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.profile.doors import edits, refuse_readers
from promotions.budgets.asking import Asking, ask_page
from promotions.budgets.holding import Purpose
from promotions.budgets.models import Source
from promotions.rollout import money, reading
from promotions.rollout.models import Participation, Promotion, State

MOST = Decimal(10) ** 10


def asking_of(promotion: Promotion, user) -> Asking:
    """For all who would be asked. Raises ValidationError where they were asked already, or it was called off."""
    if promotion.state != State.DRAFT:
        raise ValidationError(_("Customers were asked already."), code="open")
    return Asking(
        purpose=money.purpose_of(promotion),
        title=promotion.title,
        more=[one.draw for one in money.planned(promotion, user)],
        day=promotion.starts_on,
        back=reverse("promotions:run-who", args=[promotion.pk]),
    )


def settling_of(part: Participation, total: Decimal) -> Asking:
    """For what one customer takes in all beyond what was promised: settling, or taking part after all. Raises
    ValidationError where it was settled already, or the promotion is over.
    """
    if part.set_aside or part.promotion.state != State.OPEN:
        raise ValidationError(_("This promotion is over."), code="over")
    if part.settled_on:
        raise ValidationError(_("It was settled already."), code="settled")
    return Asking(
        purpose=Purpose(Source.PART, part.pk),
        title=f"{part.promotion.title} · {part.customer.name}",
        more=[money.settling(part, total)[1]],
        day=part.promotion.starts_on,
        back=reverse("promotions:part", args=[part.pk]),
    )


@edits
@login_required
def ask(request, pk):
    held = get_object_or_404(reading.promotions(request.user), pk=pk)
    refuse_readers(request)
    if not (held.made_by_id == request.user.pk or request.user.is_admin):
        raise PermissionDenied(_("Whoever planned a promotion, or an administrator, changes it."))
    try:
        asking = asking_of(held, request.user)
    except ValidationError:
        raise Http404 from None
    return ask_page(request, asking)


@edits
@login_required
def ask_settling(request, pk):
    """?total= what is to be spent on this customer in all."""
    held = get_object_or_404(reading.one(request.user), pk=pk)
    refuse_readers(request)
    try:
        total = Decimal(request.GET.get("total", "")).quantize(Decimal("0.01"))
        if not 0 < total < MOST:  # what is no number cannot be compared either
            raise Http404
        asking = settling_of(held, total)
    except (InvalidOperation, ValidationError):
        raise Http404 from None
    return ask_page(request, asking)
