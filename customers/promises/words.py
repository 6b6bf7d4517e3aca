"""What is done to promises, as the log calls it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from crm.audit.words import Words
from customers.promises.models import Side, State

AUDIT = Words(
    actions={
        "commitment.make": gettext_lazy("Promise made"),
        "commitment.change": gettext_lazy("Promise put right"),
        "commitment.keep": gettext_lazy("Promise kept"),
        "commitment.break": gettext_lazy("Promise broken"),
        "commitment.renegotiate": gettext_lazy("Promise put off"),
        "commitment.take_back": gettext_lazy("Promise taken back"),
        "commitment.reopen": gettext_lazy("Promise opened again"),
    },
    values={
        ("customers.customer", "side"): lambda: dict(Side.choices),
        ("customers.customer", "commitment_state"): lambda: dict(State.choices),
    },
    names={
        "side": gettext_lazy("whose promise"),
        "due_on": gettext_lazy("until"),
        "owner": gettext_lazy("who keeps it"),
        "person": gettext_lazy("with whom"),
        "outcome": gettext_lazy("what became of it"),
        "commitment_state": gettext_lazy("promise"),
    },
)
