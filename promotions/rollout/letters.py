"""Letters to dealers: that they are asked to take part, and that their answer is still missing. Each account once a
time, at most every few days, and none any more once the day to answer has passed.
"""

from __future__ import annotations

import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import formats, translation
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.clock import now, today
from crm.jobs.actions import enqueue
from customers.portal.models import PortalAccount
from customers.profile.models import State as CustomerState
from promotions.policies.posting import post
from promotions.rollout.models import Participation, Promotion

KIND = "promotions.letters"
MOST_REMINDERS = 3
EVERY = datetime.timedelta(days=3)
"""So often the night reminds."""
PAUSE = datetime.timedelta(hours=20)
"""So long nobody is reminded a second time, whoever asks for it."""
NIGHT = datetime.timedelta(hours=4)
"""The night does not begin at the same minute: who was written to three days ago, less this, is due."""


def compose(account: PortalAccount, part: Participation, *, reminds: bool) -> EmailMessage:
    """In the dealer's language, else the company's. It holds no more than the title and the days."""
    promotion = part.promotion
    with translation.override(account.language or settings.LANGUAGE_CODE):
        path = reverse("promotions_portal:run", args=[part.pk])
        values = {
            "name": account.name,
            "company": settings.COMPANY_NAME or "Qiao",
            "title": promotion.title,
            "first": formats.date_format(promotion.starts_on, "DATE_FORMAT"),
            "last": formats.date_format(promotion.ends_on, "DATE_FORMAT"),
            "until": formats.date_format(promotion.answer_by, "DATE_FORMAT"),
            "link": f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else "",
        }
        subject = (_("Do you take part? %(title)s") if reminds else _("%(company)s: %(title)s")) % values
        body = (
            _("Hello %(name)s,\n\nwe wait for your answer to “%(title)s”, until %(until)s.\n\n%(link)s\n")
            if reminds
            else _(
                "Hello %(name)s,\n\nyou are asked to take part in “%(title)s”, %(first)s to %(last)s. What you do and "
                "what you get stands in the portal. Please say until %(until)s whether you take part, or what you want "
                "otherwise.\n\n%(link)s\n"
            )
        ) % values
    return EmailMessage(" ".join(subject.split()), body, to=[account.email])


# --- whom ---------------------------------------------------------------------------------------------------------


def waiting(moment: datetime.datetime, pause: datetime.timedelta = PAUSE) -> QuerySet[Participation]:
    """Those of promotions under way without an answer, in time for one, to whom no letter went within the pause."""
    rows = Participation.objects.unanswered().filter(promotion__answer_by__gte=today(), reminders__lt=MOST_REMINDERS)
    return rows.filter(Q(reminded_at__isnull=True) | Q(reminded_at__lt=moment - pause))


def remindable(user: User, promotion: Promotion) -> QuerySet[Participation]:
    """Those in reach who would get a letter now: unanswered, with an address, not written to lately."""
    rows = Participation.objects.editable_by(user).filter(pk__in=_reached(waiting(now())).order_by().values("pk"))
    return rows.filter(promotion=promotion)


def _reached(rows: QuerySet[Participation]) -> QuerySet[Participation]:
    """Of them those with an address to write to."""
    able = PortalAccount.objects.active().filter(customer=OuterRef("customer")).exclude(email="")
    return rows.filter(Exists(able)).exclude(customer__state=CustomerState.CLOSED)


def due(moment: datetime.datetime) -> QuerySet[Participation]:
    """Who is to be reminded this night: asked and last written to days ago."""
    since = moment - EVERY + NIGHT
    return _reached(waiting(moment, EVERY - NIGHT)).filter(promotion__opened_at__lt=since)


def ask_to_invite(promotion: Promotion, by: User | None, key: str | None = None) -> None:
    """The first letter to everybody who had none. key: of whoever may ask for the same letters twice."""
    enqueue(kind=KIND, input={"promotion": promotion.pk}, asked_by=by, key=key)


def ask_to_remind(promotion: Promotion, by: User) -> None:
    """Those in the asker's reach without an answer; who was written to lately is left in peace."""
    enqueue(kind=KIND, input={"promotion": promotion.pk, "reminds": True}, asked_by=by)


# --- sending ------------------------------------------------------------------------------------------------------


def send(ctx) -> dict:
    """The first letter goes to those who had none, a reminder also to those who had one."""
    reminds, user = bool(ctx.input.get("reminds")), ctx.asked_by
    rows = waiting(now()).filter(promotion=ctx.input["promotion"])
    rows = rows if reminds else rows.filter(reminders=0, reminded_at__isnull=True)
    if user is not None and reminds:
        rows = rows.filter(pk__in=Participation.objects.editable_by(user).order_by().values("pk"))
    return _send_all(ctx, rows, reminds)


def remind(ctx) -> dict:
    """Each night: who was asked days ago and has not answered."""
    return _send_all(ctx, due(now()), True)


def _send_all(ctx, rows: QuerySet[Participation], reminds: bool) -> dict:
    """Who answers in between is left in peace."""
    claims = Participation.objects.unanswered()
    return post(ctx, rows.select_related("promotion"), compose, reminds=reminds, claims=claims)
