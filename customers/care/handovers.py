"""What the new manager does with a handover."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import record
from crm.clock import now
from customers.care.models import Handover


@transaction.atomic
def mark_read(*, handover: Handover, by: User) -> Handover:
    """It leaves their Today. Once read it stays so."""
    held = Handover.objects.select_for_update().get(pk=handover.pk)
    if held.to_id != by.pk:
        raise ValidationError(_("Only the new manager says that it is read."), code="right")
    if held.read_at is None:
        held.read_at = now()
        held.save(update_fields=["read_at"])
        record(action="handover.read", target=held, actor=by)
    return held
