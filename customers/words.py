"""The words of the audit log for what is done to customers and tiers."""

from django.utils.translation import gettext_lazy as _

from crm.audit.words import Words
from customers.relationship.models import Trait

AUDIT = Words(
    actions={
        "customer.create": _("Customer added"),
        "customer.change": _("Customer changed"),
        "customer.remove": _("Customer removed"),
        "customer.assign": _("Put in charge"),
        "customer.observe": _("Observation written down"),
        "fact.note": _("Profile filled in"),
        "fact.undo": _("Profile taken back"),
        "fact.read": _("Sensitive fact read"),
        "tier_policy.create": _("Tier policy written"),
        "tier_policy.adopt": _("Tier policy adopted"),
        "tier_run.ask": _("Tier run asked for"),
        "tier_run.command": _("Tiers decided by command"),
    },
    kinds=("customers.customer", "customers.tierpolicy", "customers.tierrun"),
    values={("customers.customer", "trait"): lambda: dict(Trait.choices)},
)
