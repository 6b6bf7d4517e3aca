"""What notes, stand-ins, special customers and actions on many are called: in the log, in lists, in refusals."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from crm.audit.words import Words
from customers.care.kinds import kinds
from customers.care.models import Mood

AUDIT = Words(
    actions={
        "note.write": gettext_lazy("Note written"),
        "note.change": gettext_lazy("Note changed"),
        "note.remove": gettext_lazy("Note removed"),
        "note.restore": gettext_lazy("Note brought back"),
        "stand_in.name": gettext_lazy("Stand-in named"),
        "stand_in.end": gettext_lazy("Stand-in ended"),
        "special.begin": gettext_lazy("Made special"),
        "special.review": gettext_lazy("Special, reviewed"),
        "special.end": gettext_lazy("Special, ended"),
        "customer.tag": gettext_lazy("Tags changed"),
        "customer.assign_undo": gettext_lazy("Given back"),
        "handover.read": gettext_lazy("Handover read"),
        "bulk.ask": gettext_lazy("Many changed"),
        "bulk.undo": gettext_lazy("Many taken back"),
    },
    kinds=("customers.note", "customers.standin", "customers.bulkaction", "customers.handover"),
    values={
        ("customers.customer", "mood"): lambda: dict(Mood.choices),
        ("customers.bulkaction", "kind"): lambda: {code: kind.label for code, kind in kinds().items()},
    },
    names={
        "customers": gettext_lazy("customers"),
        "tag": gettext_lazy("tag"),
        "note": gettext_lazy("note"),
        "mood": gettext_lazy("mood"),
        "reason": gettext_lazy("reason"),
    },
)
