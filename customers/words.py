"""The words of the audit log for what is done to customers and tiers."""

from django.utils.translation import gettext_lazy as _

from crm.audit.words import Words
from customers.files.models import Category
from customers.receivables.models import PromiseState, Side
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
        "file.add": _("File added"),
        "file.change": _("File described anew"),
        "file.remove": _("File removed"),
        "file.restore": _("File brought back"),
        "file.refuse": _("File refused by the virus scanner"),
        "file.purge": _("File deleted for good"),
        "promise.write": _("Promise written down"),
        "promise.settle": _("Promise decided"),
        "promise.judge": _("Promise judged by the money that came"),
        "tier_policy.create": _("Tier policy written"),
        "tier_policy.adopt": _("Tier policy adopted"),
        "tier_run.ask": _("Tier run asked for"),
        "tier_run.command": _("Tiers decided by command"),
    },
    kinds=("customers.customer", "customers.tierpolicy", "customers.tierrun"),
    values={
        ("customers.customer", "trait"): lambda: dict(Trait.choices),
        ("customers.customer", "shows"): lambda: dict(Category.choices),
        ("customers.customer", "made_by"): lambda: dict(Side.choices),
        ("customers.customer", "promise_state"): lambda: dict(PromiseState.choices),
    },
)
