"""Moving a branch: a customer, with all that hang below it, to another supplier."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.accounts.models import User
from customers.profile.actions import change_customer
from customers.profile.models import Customer


def move_branch(
    *, customer: Customer, upstream: Customer | None, by: User | None = None, version: int | None = None
) -> Customer:
    """Hang a customer and everything below it under another supplier (None: the brand itself).

    Raises ValidationError keyed by `upstream`: under itself or its own branch (code `loop`), out of reach, where it
    hangs already (code `same`); and with code `conflict` when somebody changed the customer since `version`.
    """
    if upstream is not None and upstream.pk == customer.upstream_id:
        raise ValidationError({"upstream": ValidationError(_("It hangs there already."), code="same")})
    if upstream is None and customer.upstream_id is None:
        raise ValidationError({"upstream": ValidationError(_("The brand supplies it already."), code="same")})
    return change_customer(customer=customer, by=by, version=version, reason=_("Branch moved"), upstream=upstream)
