"""What is done about budgets, as the log calls it."""

from django.utils.translation import gettext_lazy as _

from crm.audit.words import Words
from promotions.budgets.models import Basis

AUDIT = Words(
    actions={
        "promotion_budget.set": _("Promotion budget set"),
        "promotion_budget.ask": _("Asked to go over a promotion budget"),
        "promotion_budget.approve": _("Going over a promotion budget agreed"),
        "promotion_budget.refuse": _("Going over a promotion budget refused"),
    },
    kinds=(),
    values={("accounts.region", "basis"): lambda: dict(Basis.choices)},
    names={
        "tier": _("tier"),
        "basis": _("what it goes by"),
        "rate": _("percent of net sales"),
        "needed": _("needed"),
        "over": _("over the budget by"),
    },
)
