"""What is done to contacts and common ground, as the log calls it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from crm.audit.words import Words
from customers.contacts.models import Business, Channel, Direction, Ground, Mood, Openness

_C = "customers.customer"
AUDIT = Words(
    actions={
        "contact.log": gettext_lazy("Contact logged"),
        "contact.change": gettext_lazy("Contact changed"),
        "contact.remove": gettext_lazy("Contact taken back"),
        "contact.restore": gettext_lazy("Contact brought back"),
        "topic.add": gettext_lazy("Common ground added"),
        "topic.retire": gettext_lazy("Common ground set aside"),
        "topic.bring_back": gettext_lazy("Common ground brought back"),
    },
    kinds=("customers.contact",),
    values={
        (_C, "channel"): lambda: dict(Channel.choices),
        (_C, "direction"): lambda: dict(Direction.choices),
        (_C, "mood_before"): lambda: dict(Mood.choices),
        (_C, "mood_after"): lambda: dict(Mood.choices),
        (_C, "openness"): lambda: dict(Openness.choices),
        (_C, "business"): lambda: dict(Business.choices),
        (_C, "kind_of_ground"): lambda: dict(Ground.choices),
    },
    names={
        "contact": gettext_lazy("what was said"),
        "happened_at": gettext_lazy("when"),
        "channel": gettext_lazy("channel"),
        "direction": gettext_lazy("who reached whom"),
        "mood_before": gettext_lazy("mood before"),
        "mood_after": gettext_lazy("mood after"),
        "openness": gettext_lazy("openness"),
        "business": gettext_lazy("how business goes, they say"),
        "next_step": gettext_lazy("next step"),
        "next_on": gettext_lazy("when next"),
        "just_listened": gettext_lazy("just listened"),
        "asked_nothing": gettext_lazy("asked for nothing"),
        "is_private": gettext_lazy("private"),
        "topic": gettext_lazy("common ground"),
        "kind_of_ground": gettext_lazy("kind"),
    },
)
