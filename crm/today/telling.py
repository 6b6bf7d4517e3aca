"""Somebody handed a line of theirs to you."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.notifications.kinds import NOW, NotificationKind


def _words(params) -> tuple[str, str]:
    title = _("%(person)s hands you something to do") % {"person": params["person"]}
    return title, " · ".join(part for part in (params["name"], params["reason"], params["note"]) if part)


HANDED = NotificationKind("today.handed", gettext_lazy("Somebody hands me something to do"), "users", _words, mail=NOW)
