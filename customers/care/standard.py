"""The kinds of action on many customers that care itself brings: put in charge, tag, take a tag off."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.care import charging, labelling
from customers.care.kinds import BulkKind
from customers.care.models import BulkAction

LATER = gettext_lazy("Somebody is put in charge from a later day already.")


def _assign_title(action: BulkAction) -> str:
    n = {"n": action.total, "name": action.params.get("name", "")}
    if not action.params.get("user"):
        return ngettext("Nobody in charge of %(n)d customer", "Nobody in charge of %(n)d customers", action.total) % n
    return ngettext("%(name)s in charge of %(n)d customer", "%(name)s in charge of %(n)d customers", action.total) % n


def _assign_done(action: BulkAction) -> str:
    n = {"n": action.changed, "person": action.params.get("name", "")}
    if action.refused and not action.changed:
        return str(LATER)
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


def _tag_title(action: BulkAction) -> str:
    n = {"n": action.total, "name": action.params.get("name", "")}
    return ngettext("Tag “%(name)s” on %(n)d customer", "Tag “%(name)s” on %(n)d customers", action.total) % n


def _tag_done(action: BulkAction) -> str:
    n = {"n": action.changed, "name": action.params.get("name", "")}
    if not action.changed:
        return _("All of them had “%(name)s” already.") % n
    return ngettext("“%(name)s” is on %(n)d customer now.", "“%(name)s” is on %(n)d customers now.", action.changed) % n


def _untag_title(action: BulkAction) -> str:
    n = {"n": action.total, "name": action.params.get("name", "")}
    return ngettext("Take “%(name)s” off %(n)d customer", "Take “%(name)s” off %(n)d customers", action.total) % n


def _untag_done(action: BulkAction) -> str:
    n = {"n": action.changed, "name": action.params.get("name", "")}
    if not action.changed:
        return _("None of them had “%(name)s”.") % n
    return ngettext("“%(name)s” is off %(n)d customer.", "“%(name)s” is off %(n)d customers.", action.changed) % n


ASSIGN = BulkKind(
    code="assign",
    label=gettext_lazy("Put in charge"),
    do=charging.do,
    undo=charging.undo,
    title=_assign_title,
    done=_assign_done,
    icon="user-check",
    url="customers:assign",
    button=gettext_lazy("Assign"),
    reasons={
        "later": LATER,
        "person": gettext_lazy("This person has left."),
        "moved": gettext_lazy("Somebody else was put in charge since."),
    },
)
_TAG_REASONS = {
    "tag": gettext_lazy("The tag is gone."),
    "tagged": gettext_lazy("Its tags were changed since."),
}
TAG = BulkKind(
    code="tag",
    label=gettext_lazy("Tag"),
    do=labelling.do,
    undo=labelling.undo,
    title=_tag_title,
    done=_tag_done,
    icon="tag",
    url="customers:tag",
    button=gettext_lazy("Tag"),
    reasons=_TAG_REASONS,
)
UNTAG = BulkKind(
    code="untag",
    label=gettext_lazy("Take a tag off"),
    do=labelling.do,
    undo=labelling.undo,
    title=_untag_title,
    done=_untag_done,
    reasons=_TAG_REASONS,
)
