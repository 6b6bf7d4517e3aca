"""`create_user LOGIN --portal CODE`: what the ground floor's command asks of this slice, by name in settings."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from customers.portal import actions, links, reading
from customers.profile.models import Customer


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
    return links.address(link, settings.PUBLIC_URL or _own_address())


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _own_address() -> str:
    """Where nothing is said, the first host that this server answers to."""
    host = next((one for one in settings.ALLOWED_HOSTS if one and "*" not in one and not one.startswith(".")), "")
    if settings.DEBUG and host in ("", "127.0.0.1", "localhost"):
        return "http://127.0.0.1:8000"
    return f"{'https' if settings.TLS else 'http'}://{host or 'localhost'}"
