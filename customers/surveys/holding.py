"""Invitations, locked, and whether they may still be answered."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.clock import today
from customers.profile.models import Customer
from customers.surveys import gaps
from customers.surveys.models import State, SurveyInvitation


def held_of(invitation: SurveyInvitation) -> SurveyInvitation:
    """The customer first, as opening an issue does: so neither waits for the other for ever."""
    list(Customer.objects.select_for_update(of=("self",)).filter(pk=invitation.customer_id).values_list("pk"))
    rows = SurveyInvitation.objects.select_for_update(of=("self",)).select_related("survey__template", "customer")
    return rows.get(pk=invitation.pk)


def waiting_of(invitation: SurveyInvitation) -> SurveyInvitation:
    held = held_of(invitation)
    if held.state == State.ANSWERED:
        raise ValidationError(_("This was answered already."), code="answered")
    if held.state == State.DECLINED:
        raise ValidationError(_("They said that they do not want to."), code="declined")
    if held.set_aside or held.state == State.EXPIRED or not held.survey.is_open(today()):
        raise ValidationError(_("This round is not open."), code="closed")
    return held


def fits(value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and gaps.LEAST <= value <= gaps.MOST
