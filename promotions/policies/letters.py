"""Letters to dealers: that a notice is there, and that its answer is still missing. Each account once a time."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import formats, translation
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.clock import now
from crm.jobs.actions import enqueue
from customers.portal.models import PortalAccount
from promotions.policies.answer_models import NoticeDelivery
from promotions.policies.models import Notice
from promotions.policies.posting import post

MOST_REMINDERS = 3
PAUSE = datetime.timedelta(hours=20)
"""So long nobody is reminded a second time, whoever asks for it."""


def compose(account: PortalAccount, delivery: NoticeDelivery, *, reminds: bool) -> EmailMessage:
    """In the dealer's language, else the company's. It holds no more than the title."""
    with translation.override(account.language or settings.LANGUAGE_CODE):
        path = reverse("notices_portal:one", args=[delivery.pk])
        values = {
            "name": account.name,
            "company": settings.COMPANY_NAME or "Qiao",
            "title": delivery.version.title,
            "kind": delivery.notice.get_kind_display(),
            "until": formats.date_format(delivery.answer_by, "DATE_FORMAT"),
            "link": f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else "",
        }
        subject = (_("Please answer: %(title)s") if reminds else _("%(company)s: %(title)s")) % values
        body = (
            _("Hello %(name)s,\n\nwe wait for your answer to “%(title)s”, until %(until)s.\n\n%(link)s\n")
            if reminds
            else _(
                "Hello %(name)s,\n\n“%(title)s” is in the portal for you to read. Please answer until %(until)s: "
                "agreed, not understood, cannot, or what you would change.\n\n%(link)s\n"
            )
        ) % values
    return EmailMessage(" ".join(subject.split()), body, to=[account.email])


def waiting(notice: Notice, moment: datetime.datetime) -> QuerySet[NoticeDelivery]:
    """Those without an answer to whom no letter went lately."""
    rows = NoticeDelivery.objects.of_sent().unanswered().filter(notice=notice, reminders__lt=MOST_REMINDERS)
    return rows.filter(Q(reminded_at__isnull=True) | Q(reminded_at__lt=moment - PAUSE))


def ask_to_remind(notice: Notice, by: User) -> None:
    """Those in the asker's reach without an answer; who was written to lately is left in peace."""
    enqueue(kind="notices.letters", input={"notice": notice.pk, "reminds": True}, asked_by=by)


def send(ctx) -> dict:
    """The first letter goes to those who had none, a reminder to those who had one."""
    notice = Notice.objects.select_related("current").get(pk=ctx.input["notice"])
    reminds, user = bool(ctx.input.get("reminds")), ctx.asked_by
    rows = waiting(notice, now()).select_related("notice", "version__notice")
    rows = rows if reminds else rows.filter(reminders=0, reminded_at__isnull=True)
    if user is not None and reminds:
        rows = rows.filter(pk__in=NoticeDelivery.objects.editable_by(user).order_by().values("pk"))
    return post(ctx, rows, compose, reminds=reminds)
