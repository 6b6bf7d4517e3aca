"""The words of the audit log for what is done to customers and tiers."""

from django.utils.translation import gettext_lazy as _

from crm.audit.words import Words
from customers.facts.fields import FIELDS
from customers.facts.words import told
from customers.files.models import Category
from customers.receivables.models import PromiseState, Side
from customers.relationship.models import Trait

_FACT = "fact."


def fact_value(model: str, name: str, value) -> str | None:
    """Values of facts by their field; of a sensitive one the log holds only that there was one."""
    if name.startswith(_FACT) and name.removeprefix(_FACT) in FIELDS and isinstance(value, str):
        return told(FIELDS[name.removeprefix(_FACT)], value)
    if name == "field" and value in FIELDS:
        return str(FIELDS[value].label)
    return None


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
        "promise.judge": _("Promise judged"),
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
    names={
        **{f"{_FACT}{key}": one.label for key, one in FIELDS.items()},
        "field": _("field"),
        "fact": _("fact"),
        "promise": _("promise"),
        "promise_state": _("state"),
        "settled_on": _("settled on"),
    },
    value=fact_value,
)
