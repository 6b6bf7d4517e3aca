"""Letters with a link: by a job, or when the answer to somebody who asked for one is out."""

from __future__ import annotations

import contextvars
import logging
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.signals import request_finished
from django.db import DatabaseError
from django.dispatch import receiver
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from crm.clock import now
from customers.portal import actions, links
from customers.portal.models import PortalAccount, PortalLink
from customers.profile.models import State

logger = logging.getLogger(__name__)
MOST_SHOPS = 5
"""Somebody may have access to several customers by one address: a letter each, no more than so many."""


def masked(email: str) -> str:
    """wang@shop.example -> w•••@shop.example"""
    name, _at, host = email.partition("@")
    return f"{name[:1]}•••@{host}"[:80]


def compose(link: PortalLink, base: str) -> EmailMessage:
    """In the dealer's language, else the company's. link: with account and customer."""
    account = link.account
    with translation.override(account.language or settings.LANGUAGE_CODE):
        values = {
            "name": account.name,
            "shop": account.customer.name,
            "company": settings.COMPANY_NAME or "Qiao",
            "link": links.address(link, base),
            "until": formats.date_format(timezone.localtime(link.expires_at), "DATETIME_FORMAT"),
        }
        subject = _("Your access to %(company)s") % values
        body = (
            _(
                "Hello %(name)s,\n\nwith this link you see the figures of %(shop)s:\n\n%(link)s\n\n"
                "It works once (until %(until)s). If you did not expect this letter, leave it alone: nothing happens.\n"
            )
            % values
        )
    return EmailMessage(" ".join(subject.split()), body, to=[account.email])


def send(link_id: int, base: str, connection=None) -> bool:
    """Send a link unless that was done, or it opens nothing any more; says whether it went out.

    Claimed before it goes and given back if it does not: of two who try, one sends. Raises OSError of the mail server.
    """
    rows = PortalLink.objects.open().filter(pk=link_id, sent_at__isnull=True, account__is_active=True)
    link = rows.exclude(account__customer__state=State.CLOSED).select_related("account__customer").first()
    if link is None or not link.account.email:
        return False
    claim = PortalLink.objects.filter(pk=link_id, sent_at__isnull=True)
    if not claim.update(sent_at=now(), sent_to=masked(link.account.email)):
        return False
    letter = compose(link, base)
    letter.connection = connection
    try:
        letter.send()
    except OSError:
        PortalLink.objects.filter(pk=link_id).update(sent_at=None, sent_to="")
        raise
    return True


# --- asked for at the door ----------------------------------------------------------------------------------------


class _Asked(NamedTuple):
    email: str
    base: str


_asked: contextvars.ContextVar[list[_Asked] | None] = contextvars.ContextVar("portal_asked", default=None)


def ask(email: str, base: str) -> None:
    """Noted now, looked up and sent when the answer is out: how long that takes must not tell who has access."""
    _asked.set([*(_asked.get() or []), _Asked(email.strip(), base)])


@receiver(request_finished, dispatch_uid="portal_letters")
def _answer(**kwargs) -> None:
    asked = _asked.get() or []
    _asked.set(None)
    for one in asked:
        try:
            answer(one.email, one.base)
        except (OSError, DatabaseError, ValidationError) as error:
            # Not its text: that may hold the address.
            logger.error("a portal link that was asked for could not be sent: %s", type(error).__name__)


def answer(email: str, base: str) -> int:
    """A new link to each account of this address; how many went out."""
    if not email:
        return 0
    rows = PortalAccount.objects.active().filter(email__iexact=email).exclude(customer__state=State.CLOSED)
    sent = 0
    for account in rows.select_related("customer").order_by("pk")[:MOST_SHOPS]:
        sent += send(actions.new_link(account=account, by=None).pk, base)
    return sent
