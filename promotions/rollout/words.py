"""What is done about promotions, as the log calls it."""

from django.utils.translation import gettext_lazy as _

from crm.audit.words import Words
from promotions.rollout.models import Answer, Compliance

AUDIT = Words(
    actions={
        "promotion.write": _("Promotion prepared"),
        "promotion.change": _("Promotion changed"),
        "promotion.open": _("Customers asked to take part in a promotion"),
        "promotion.answer": _("Promotion answered"),
        "promotion.agree": _("Promotion agreed otherwise"),
        "promotion.send": _("Materials of a promotion sent"),
        "promotion.receive": _("Materials of a promotion received"),
        "promotion.show": _("Promotion seen in a shop"),
        "promotion.judge": _("Said how a promotion was run"),
        "promotion.claim": _("Money claimed for a promotion"),
        "promotion.settle": _("Promotion settled"),
        "promotion.close": _("Promotion closed"),
        "promotion.drop": _("Promotion called off"),
        "promotion.measure": _("Promotion measured"),
    },
    kinds=("promotions.promotion",),
    values={
        ("customers.customer", "participation"): lambda: dict(Answer.choices),
        ("customers.customer", "compliance"): lambda: dict(Compliance.choices),
    },
    names={
        "promotion": _("promotion"),
        "participation": _("answer"),
        "compliance": _("how it was run"),
        "claim": _("claimed"),
        "settled": _("settled"),
        "sent_on": _("materials sent on"),
        "received_on": _("materials received on"),
        "seen_on": _("seen on"),
    },
)
