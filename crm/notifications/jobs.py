"""Letters that tell what waits, and the end of what was read long ago."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.accounts.models import User
from crm.address import own_address
from crm.clock import now, today
from crm.jobs.kinds import JobKind
from crm.notifications.actions import ask_for_letters
from crm.notifications.hours import is_quiet
from crm.notifications.kinds import NOW
from crm.notifications.models import Notification, NotificationHours

MOST = 50
"""Lines of one letter; the rest is counted."""
KEPT_DAYS = 90
_AT_ONCE = 1000


def mail(ctx) -> dict:
    """One letter with everything that waits for one person; with the digest goes what was to go at once as well.

    Claimed before it goes and given back if it does not. A letter that comes late into quiet hours waits for their end.
    """
    user = User.objects.filter(pk=ctx.input["user"], is_active=True).exclude(email="").first()
    if user is None:
        return {"sent": 0}
    wanted = ctx.input["mail"]
    hours = NotificationHours.objects.filter(user=user).first() or NotificationHours()
    if wanted == NOW and is_quiet(timezone.localtime().time(), hours.quiet_from, hours.quiet_until):
        ask_for_letters({user.pk: NOW})
        return {"sent": 0}
    rows = Notification.objects.filter(user=user).to_mail()
    with transaction.atomic():
        claimed = list((rows.filter(mail=NOW) if wanted == NOW else rows).select_for_update().order_by("-pk"))
        held = Notification.objects.filter(pk__in=[one.pk for one in claimed])
        held.update(mailed_at=now())
    if not claimed:
        return {"sent": 0}
    try:
        compose(user, claimed).send()
    except OSError:
        held.update(mailed_at=None)
        raise
    return {"sent": len(claimed)}


def compose(user: User, rows: list[Notification]) -> EmailMessage:
    """In the reader's language, plain text, the latest first. Without an address of our own there are no links."""
    base = own_address()
    with translation.override(user.language or settings.LANGUAGE_CODE):
        subject = ngettext("%(company)s: %(n)d thing to look at", "%(company)s: %(n)d things to look at", len(rows)) % {
            "company": settings.COMPANY_NAME or "Qiao",
            "n": len(rows),
        }
        lines = [_("Hello %(name)s,") % {"name": user}, ""]
        for one in rows[:MOST]:
            title, text = one.words
            lines += [f"• {title}", *([f"  {text}"] if text else [])]
            if one.url and base:
                lines.append(f"  {base}{one.url}")
        if len(rows) > MOST:
            lines.append(_("… and %(n)d more.") % {"n": len(rows) - MOST})
        if base:
            settings_url = f"{base}{reverse('crm:notification-settings')}"
            lines += ["", _("What you are told, and when: %(url)s") % {"url": settings_url}, ""]
        else:
            lines += ["", _("Open Qiao to look at them; under Notifications you say what you are told, and when."), ""]
    return EmailMessage(" ".join(subject.split()), "\n".join(lines), to=[user.email])


def purge(ctx) -> dict:
    """What was told so many days ago goes, read or not; and with it what people said of lines of Today."""
    before, count = now() - datetime.timedelta(days=KEPT_DAYS), 0
    while page := list(Notification.objects.filter(created_at__lt=before).values_list("pk", flat=True)[:_AT_ONCE]):
        count += Notification.objects.filter(pk__in=page).delete()[0]
    day = today() - datetime.timedelta(days=KEPT_DAYS)
    for path in settings.PURGED_WITH_NOTIFICATIONS:
        count += import_string(path)(day)
    return {"gone": count}


MAIL = JobKind(code="notifications.mail", label=gettext_lazy("Mail what somebody is told"), handler=mail)
PURGE = JobKind(
    code="notifications.purge", label=gettext_lazy("Delete old notifications"), handler=purge, whole_brand=True
)
