"""What the audit log and the pages say of privacy."""

from __future__ import annotations

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from crm.audit.words import Words
from customers.privacy.models import Erasure

AUDIT = Words(
    actions={
        "privacy.export": _("Copy asked for"),
        "privacy.ask": _("Erasure asked for"),
        "privacy.agree": _("Erasure agreed to"),
        "privacy.refuse": _("Erasure refused"),
        "privacy.erase": _("Erased"),
        "privacy.replay": _("Erased again"),
        "privacy.retain": _("Retention carried out"),
        "fact.erase": _("Sensitive fact erased"),
        "audit.redact": _("Log redacted"),
        "audit.restate": _("Seal stated anew"),
    },
    kinds=("customers.erasure",),
    values={
        ("customers.erasure", "ground"): lambda: dict(Erasure.Ground.choices),
        ("customers.erasure", "subject"): lambda: dict(Erasure.Subject.choices),
    },
    names={"row": _("row")},
)


# What no model has a word for that people know.
_TABLES = {
    "crm.ImportChange": _("rows as an import left them"),
    "customers.MergeStep": _("rows as a merge left them"),
    "customers.TierStanding": _("present standing"),
    "customers.DuplicateKey": _("keys of likely duplicates"),
    "crm.IdempotencyKey": _("saved answers of the API"),
}


def table_name(label: str) -> str:
    """What people call a table."""
    if label in _TABLES:
        return str(_TABLES[label])
    return str(apps.get_model(label)._meta.verbose_name_plural)
