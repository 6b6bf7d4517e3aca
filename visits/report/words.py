"""What is done to reports of visits, as the log calls it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from crm.audit.words import Words

AUDIT = Words(
    actions={
        "report.file": gettext_lazy("Report of a visit filed"),
        "report.change": gettext_lazy("Report of a visit changed"),
        "report.add": gettext_lazy("Report of a visit added to"),
        "report.photo": gettext_lazy("Photos added to the report of a visit"),
    },
    names={
        "found": gettext_lazy("what they did not see"),
        "solved": gettext_lazy("solved on the spot"),
        "shared": gettext_lazy("shared with the customer"),
        "addition": gettext_lazy("addition"),
        "photos": gettext_lazy("photos"),
    },
)
