"""Jobs: telling many, the night's sending, joining, reminding and silence."""

from __future__ import annotations

import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy

from crm.clock import today
from crm.jobs.actions import enqueue
from crm.jobs.kinds import JobKind
from promotions.policies import evidence, integrity, letters, sending
from promotions.policies.models import Notice, State

REMIND_BEFORE = datetime.timedelta(days=2)
"""Who has not answered so long before the last day is reminded."""
SILENT_SINCE = datetime.timedelta(days=30)


def tell(ctx) -> dict:
    """The rest of a large audience; killed and run again it goes on where it was. Each page is kept as it is told."""
    notice = Notice.objects.select_related("sent_by").get(pk=ctx.input["notice"])
    total = sending.audience_of(notice, notice.sent_by).count() if notice.sent_by else 0
    told = _tell_all(notice, lambda n: ctx.progress(n, total))
    with ctx.effect() as effect:
        sending.letters(notice, ctx.asked_by, f"notices.letters:{ctx.job.pk}")
        effect.result = {"told": told}
    return effect.result


def _tell_all(notice: Notice, say=lambda n: None, *, joined: bool = False) -> int:
    told = 0
    while n := sending.tell_page(notice, 0, joined=joined):
        told += n
        say(told)
    return told


def follow(ctx) -> dict:
    """Each night: what is due goes out, who has come to fit is told, who has not answered is reminded, and who was
    silent is noted. A notice that cannot go out stops no other.
    """
    day = today()
    sent, refused = _send_due(day)
    found = {"sent": sent, "refused": refused, "joined": 0}
    for notice in Notice.objects.filter(state=State.SENT, joins=True, answer_by__gte=day).select_related("sent_by"):
        ctx.check()
        with transaction.atomic():  # who is told is written to, whatever dies in between
            told = _tell_all(notice, joined=True)
            if told:
                sending.letters(notice, None)
        found["joined"] += told
    for notice in Notice.objects.filter(state=State.SENT, answer_by=day + REMIND_BEFORE):
        enqueue(
            kind="notices.letters",
            input={"notice": notice.pk, "reminds": True},
            key=f"notices.remind:{notice.pk}:{notice.answer_by}",
        )
    with ctx.effect() as effect:
        effect.result = {
            **found,
            "silent": evidence.silent(day, since=day - SILENT_SINCE),
            "purged": integrity.STORED.purge(),
        }
    return effect.result


def _send_due(day: datetime.date) -> tuple[int, int]:
    sent = refused = 0
    for notice in Notice.objects.due_by(day).select_related("sent_by").order_by("pk"):
        try:
            with transaction.atomic():
                sending.send_notice(notice=notice, by=notice.sent_by)
        except (ValidationError, PermissionDenied):
            # Its audience is empty by now, or its sender no longer may: it stays, and its page says so.
            refused += 1
        else:
            sent += 1
    return sent, refused


TELL = JobKind(
    code="notices.tell",
    label=gettext_lazy("Tell customers a notice"),
    handler=tell,
    result_url=lambda job: reverse("notices:detail", args=[job.input["notice"]]),
)
LETTERS = JobKind(
    code="notices.letters",
    label=gettext_lazy("Letters about a notice"),
    handler=letters.send,
    result_url=lambda job: reverse("notices:detail", args=[job.input["notice"]]),
)
FOLLOW = JobKind(code="notices.follow", label=gettext_lazy("Follow up notices"), handler=follow, whole_brand=True)
