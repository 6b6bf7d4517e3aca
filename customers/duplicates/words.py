"""What people read of likeness and merges: reasons in words, deeds of the audit log."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.audit.words import Words

AUDIT = Words(
    actions={
        "customer.merge": gettext_lazy("Merged, stayed"),
        "customer.merged": gettext_lazy("Merged, went"),
        "customer.unmerge": gettext_lazy("Merge undone"),
        "duplicate.propose": gettext_lazy("Put side by side"),
        "duplicate.dismiss": gettext_lazy("Not a duplicate"),
        "duplicate.reopen": gettext_lazy("Pair opened again"),
    },
)


def reason(code: str, value: str) -> str:
    """A reason as a few words, in the language in force."""
    sentences = {
        "licence": _("same licence number …%(value)s"),
        "phone": _("same phone …%(value)s"),
        "name": _("same name"),
        "name_alike": _("name alike (%(value)s %%)"),
        "name_within": _("one name holds the other"),
        "sound": _("names sound the same"),
        "address": _("same address"),
        "address_alike": _("address alike (%(value)s %%)"),
        "near": _("%(value)s m apart"),
        "city": _("same city"),
    }
    return sentences[code] % {"value": value} if code in sentences else code


def reasons(found: Sequence) -> list[str]:
    """found: [[code, value]] as a pair keeps them."""
    return [reason(code, value) for code, value in found]
