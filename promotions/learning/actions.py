"""What is learned from a promotion is written down when it is over."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import record
from crm.clock import now, today
from crm.refusing import refusal_of
from promotions.learning.models import LONGEST, PromotionLesson
from promotions.rollout.models import Promotion, State


def is_over(promotion: Promotion) -> bool:
    """Closed, or past its last day; what was called off was never run."""
    return promotion.state == State.CLOSED or (promotion.state == State.OPEN and promotion.ends_on < today())


@transaction.atomic
def write_lesson(*, promotion: Promotion, text: str, by: User) -> PromotionLesson:
    """What worked, and what we would do otherwise. Whoever may write and sees the promotion writes one, and more later.

    Raises ValidationError keyed by field, or with code early or dropped; PermissionDenied.
    """
    held = Promotion.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=promotion.pk).first()
    if held is None or not by.may_write:
        raise PermissionDenied(_("Your role reads promotions and changes none."))
    if held.state == State.DROPPED:
        raise ValidationError(_("It was called off: there is nothing to learn from how it ran."), code="dropped")
    if not is_over(held):
        raise ValidationError(_("It is not over yet: what it taught is written down when it is."), code="early")
    text = text.strip()
    if not text:
        raise refusal_of("text", _("Say what worked, or what we would do otherwise."), "text")
    if len(text) > LONGEST:
        raise refusal_of("text", _("%(most)d characters at most.") % {"most": LONGEST}, "long")
    if PromotionLesson.objects.filter(promotion=held, by=by, text=text).exists():
        raise refusal_of("text", _("You have written this already."), "twice")
    made = PromotionLesson.objects.create(promotion=held, text=text, by=by, at=now())
    record(action="promotion.learn", target=held, changes={"promotion": held.title}, actor=by)
    return made
