"""What is done about calendars' addresses, as the log calls it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from crm.audit.words import Words

AUDIT = Words(
    actions={
        "calendar_feed.create": gettext_lazy("Calendar address made"),
        "calendar_feed.revoke": gettext_lazy("Calendar address revoked"),
    }
)
