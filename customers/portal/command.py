"""`create_user LOGIN --portal CODE`: what the ground floor's command asks of this slice, by name in settings."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from crm.address import own_address
from customers.portal import actions, links, reading
from customers.profile.models import Customer

NOWHERE = "http://localhost"
"""Before a server that says nothing about where it is found; whoever runs the command knows its host."""


def invite(*, code: str, login: str, name: str = "", email: str = "") -> str:
    """The one-time link of a new account. login: e-mail, phone or name. Raises ValidationError keyed by field."""
    customer = Customer.objects.filter(code=code).first()
    if customer is None:
        raise ValidationError({"portal": _("No customer has the code “%(code)s”.") % {"code": code}})
    phone = ""
    if _is_email(login):
        email = email or login
    elif sum(letter.isdigit() for letter in login) >= 5 and not any(letter.isalpha() for letter in login):
        phone = login
    account = actions.invite(customer=customer, by=None, name=name or login, email=email, phone=phone, by_hand=True)
    link = reading.open_link(account)
    assert link is not None
    return links.address(link, own_address() or NOWHERE)


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
