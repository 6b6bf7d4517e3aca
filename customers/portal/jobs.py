"""Jobs: sending links by e-mail, and the night's clearing away of old links and sessions."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.core.mail import get_connection
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy

from crm.clock import now
from crm.jobs.actions import enqueue
from crm.jobs.kinds import JobKind
from crm.jobs.models import Job
from customers.portal import letters, reading
from customers.portal.models import PortalAccount, PortalLink, PortalSession

_AT_ONCE = 500


def ask_to_send(links: list[PortalLink], base: str, by, *, key: str | None = None) -> Job:
    """In the caller's transaction. key: of several askings with one key only the first counts."""
    return enqueue(kind="portal.send", input={"links": [one.pk for one in links], "base": base}, asked_by=by, key=key)


def ask_to_mail(account: PortalAccount, base: str, by) -> None:
    """The account's open link, where there are a link and an address; asked for once a link."""
    link = reading.open_link(account)
    if link is not None and account.email:
        ask_to_send([link], base, by, key=f"portal.send:link:{link.pk}")


def send(ctx) -> dict:
    """Each once: what went out before a crash is not sent again. One that does not go out keeps none waiting."""
    wanted, sent = ctx.input["links"], 0
    failed = ""
    connection = get_connection()
    try:
        for at, pk in enumerate(wanted):
            ctx.progress(at, len(wanted))
            try:
                sent += letters.send(pk, ctx.input["base"], connection)
            except OSError as error:
                failed = type(error).__name__
    finally:
        connection.close()
    if failed:
        raise OSError(failed)  # without its text: that may hold the address
    return {"sent": sent}


def purge(ctx) -> dict:
    """Links and sessions that ended, or ran out, so many days ago."""
    before = now() - datetime.timedelta(days=settings.RETAIN_PORTAL_DAYS)
    gone = {}
    for model, over in (
        (PortalLink, Q(used_at__lt=before) | Q(revoked_at__lt=before) | Q(expires_at__lt=before)),
        (PortalSession, Q(ended_at__lt=before) | Q(expires_at__lt=before)),
    ):
        count = 0
        while page := list(model.objects.filter(over).order_by("pk").values_list("pk", flat=True)[:_AT_ONCE]):
            count += model.objects.filter(pk__in=page).delete()[0]
        gone[model._meta.model_name] = count
    return {"links": gone["portallink"], "sessions": gone["portalsession"]}


SEND = JobKind(
    code="portal.send",
    label=gettext_lazy("Send links to dealers"),
    handler=send,
    result_url=lambda job: reverse("customers:portal-links"),
)
PURGE = JobKind(
    code="portal.purge",
    label=gettext_lazy("Delete old links and sessions of dealers"),
    handler=purge,
    whole_brand=True,
)
