"""What is done to drafts of plans, as the log calls it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from crm.audit.words import Words
from visits.planning.models import State

AUDIT = Words(
    actions={
        "plan_draft.ask": gettext_lazy("Plan of visits asked for"),
        "plan_draft.accept": gettext_lazy("Plan of visits accepted"),
        "plan_draft.discard": gettext_lazy("Plan of visits discarded"),
        "plan_draft.undo": gettext_lazy("Plan of visits taken back"),
    },
    values={("visits.plandraft", "draft_state"): lambda: dict(State.choices)},
    names={
        "first": gettext_lazy("first day"),
        "last": gettext_lazy("last day"),
        "draft_state": gettext_lazy("draft"),
    },
)
