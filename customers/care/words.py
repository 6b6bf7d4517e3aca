"""What notes, stand-ins, special customers and actions on many are called: in the log, in lists, in refusals."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.audit.words import Words
from customers.care.models import BulkAction, Mood

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
        ("customers.bulkaction", "kind"): lambda: dict(BulkAction.Kind.choices),
    },
    names={
        "customers": gettext_lazy("customers"),
        "tag": gettext_lazy("tag"),
        "note": gettext_lazy("note"),
        "mood": gettext_lazy("mood"),
        "reason": gettext_lazy("reason"),
    },
)
REASONS = {
    "later": gettext_lazy("Somebody is put in charge from a later day already."),
    "reach": gettext_lazy("It is beyond your reach by now."),
    "person": gettext_lazy("This person has left."),
    "tag": gettext_lazy("The tag is gone."),
    "moved": gettext_lazy("Somebody else was put in charge since."),
    "tagged": gettext_lazy("Its tags were changed since."),
}


def title_of(action: BulkAction) -> str:
    """What it does, in one line."""
    n = {"n": action.total, "name": action.params.get("name", "")}
    if action.kind == BulkAction.Kind.TAG:
        return ngettext("Tag “%(name)s” on %(n)d customer", "Tag “%(name)s” on %(n)d customers", action.total) % n
    if action.kind == BulkAction.Kind.UNTAG:
        text = ngettext("Take “%(name)s” off %(n)d customer", "Take “%(name)s” off %(n)d customers", action.total)
        return text % n
    if not action.params.get("user"):
        return ngettext("Nobody in charge of %(n)d customer", "Nobody in charge of %(n)d customers", action.total) % n
    text = ngettext("%(name)s in charge of %(n)d customer", "%(name)s in charge of %(n)d customers", action.total)
    return text % n


def done_of(action: BulkAction) -> str:
    """What came of it, in one sentence, for the toast."""
    n = {"n": action.changed, "name": action.params.get("name", ""), "person": action.params.get("name", "")}
    if action.kind == BulkAction.Kind.TAG:
        if not action.changed:
            return _("All of them had “%(name)s” already.") % n
        return (
            ngettext("“%(name)s” is on %(n)d customer now.", "“%(name)s” is on %(n)d customers now.", action.changed)
            % n
        )
    if action.kind == BulkAction.Kind.UNTAG:
        if not action.changed:
            return _("None of them had “%(name)s”.") % n
        return ngettext("“%(name)s” is off %(n)d customer.", "“%(name)s” is off %(n)d customers.", action.changed) % n
    if action.refused and not action.changed:
        return str(REASONS["later"])
    if not action.params.get("user"):
        text = ngettext(
            "Nobody is in charge of %(n)d customer from then on.",
            "Nobody is in charge of %(n)d customers from then on.",
            action.changed,
        )
        return text % n
    if not action.changed:
        return _("%(person)s was in charge already.") % n
    text = ngettext(
        "%(person)s is now in charge of %(n)d customer.",
        "%(person)s is now in charge of %(n)d customers.",
        action.changed,
    )
    return text % n
