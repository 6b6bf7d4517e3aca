"""What was done to a customer, in words: the audit entries of one row as its page tells them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.accounts.models import Region
from crm.audit import words
from crm.audit.models import AuditEntry
from customers.care.models import Mood
from customers.facts.fields import FIELDS
from customers.facts.words import told as fact_told
from customers.files.models import Category
from customers.people.models import PersonRole, StandsAs
from customers.profile.models import Customer, Responsibility
from customers.receivables.models import PromiseState, Side
from customers.relationship.models import Trait

_CUSTOMER = "customers.customer"
_CREATE = "customer.create"
_WORDS = {
    _CREATE: (gettext_lazy("Added"), "plus"),
    "customer.change": (gettext_lazy("Changed"), "pencil"),
    "customer.assign": (gettext_lazy("Put in charge"), "user-check"),
    "customer.observe": (gettext_lazy("Observation written down"), "notes"),
    "promise.write": (gettext_lazy("Promise written down"), "notes"),
    "promise.settle": (gettext_lazy("Promise decided"), "check"),
    "promise.judge": (gettext_lazy("Promise judged"), "receipt-2"),
    "fact.note": (gettext_lazy("Profile filled in"), "notes"),
    "fact.read": (gettext_lazy("Sensitive fact read"), "eye"),
    "file.add": (gettext_lazy("File added"), "file-text"),
    "file.change": (gettext_lazy("File described anew"), "pencil"),
    "file.remove": (gettext_lazy("File removed"), "trash"),
    "file.restore": (gettext_lazy("File brought back"), "arrow-back-up"),
    "file.refuse": (gettext_lazy("File refused by the virus scanner"), "ban"),
    "file.purge": (gettext_lazy("File deleted for good"), "trash"),
    "customer.person_add": (gettext_lazy("Person added"), "user-plus"),
    "customer.person_change": (gettext_lazy("Person's role changed"), "user"),
    "customer.person_end": (gettext_lazy("Person's role ended"), "user"),
    "customer.person_remove": (gettext_lazy("Person's role removed"), "user"),
    "customer.merge": (gettext_lazy("Merged, stayed"), "users"),
    "customer.merged": (gettext_lazy("Merged, went"), "users"),
    "customer.unmerge": (gettext_lazy("Merge undone"), "arrow-back-up"),
    "note.write": (gettext_lazy("Note written"), "notes"),
    "note.change": (gettext_lazy("Note changed"), "pencil"),
    "note.remove": (gettext_lazy("Note removed"), "trash"),
    "note.restore": (gettext_lazy("Note brought back"), "arrow-back-up"),
    "special.begin": (gettext_lazy("Made special"), "star"),
    "special.review": (gettext_lazy("Special, reviewed"), "star"),
    "special.end": (gettext_lazy("Special, ended"), "star"),
    "customer.tag": (gettext_lazy("Tags changed"), "tag"),
    "customer.assign_undo": (gettext_lazy("Given back"), "arrow-back-up"),
    "duplicate.propose": (gettext_lazy("Put side by side"), "copy"),
    "duplicate.dismiss": (gettext_lazy("Not a duplicate"), "copy"),
    "duplicate.reopen": (gettext_lazy("Pair opened again"), "copy"),
}
_LABELS = {
    "manager": gettext_lazy("in charge"),
    "upstream": Customer._meta.get_field("upstream").verbose_name,
    "since": gettext_lazy("from"),
    "dedicated": gettext_lazy("dedicated person"),
    "review_on": gettext_lazy("review on"),
    "exit_rule": gettext_lazy("when it ends"),
    "ended_on": gettext_lazy("ended on"),
    "outcome": gettext_lazy("outcome"),
    "reason": gettext_lazy("reason"),
    "tag": gettext_lazy("tag"),
    "mood": gettext_lazy("mood"),
    "is_private": gettext_lazy("private"),
    "trait": gettext_lazy("what was seen"),
    "score": gettext_lazy("score"),
    "seen_on": gettext_lazy("seen on"),
    "note": gettext_lazy("what happened"),
    "promise": gettext_lazy("promise"),
    "made_by": gettext_lazy("promised by"),
    "amount": gettext_lazy("amount"),
    "due_on": gettext_lazy("until"),
    "promise_state": gettext_lazy("state"),
    "settled_on": gettext_lazy("settled on"),
    "field": gettext_lazy("field"),
    "file": gettext_lazy("file"),
    "title": gettext_lazy("title"),
    "shows": gettext_lazy("what it shows"),
    "file_note": gettext_lazy("note"),
    "person": gettext_lazy("contact person"),
    **{name: PersonRole._meta.get_field(name).verbose_name for name in ("role", "role_other", "until", "is_primary")},
    "merged": gettext_lazy("code"),
    "rows": gettext_lazy("rows moved"),
    "with": gettext_lazy("beside"),
}
_FACT = "fact."
_UNTOLD = {"sha256", "fact"}  # tell people nothing; the audit log has them
_CHOICES = {
    "mood": dict(Mood.choices),
    "trait": dict(Trait.choices),
    "made_by": dict(Side.choices),
    "promise_state": dict(PromiseState.choices),
    "shows": dict(Category.choices),
    "role": dict(StandsAs.choices),
}


@dataclass(slots=True)
class Line:
    label: Any
    old: str
    new: str


@dataclass(slots=True)
class Told:
    entry: AuditEntry
    title: Any
    icon: str
    lines: list[Line] = field(default_factory=list)


def told(entries: Sequence[AuditEntry], user) -> list[Told]:
    """The entries with names for numbers and codes. One query for each kind of row that is named.

    A supplier beyond this person's reach stays unnamed.
    """
    itemised = [entry for entry in entries if entry.action != _CREATE]
    names = {
        "region_id": _regions(_ids(itemised, "region_id")),
        "upstream_id": _suppliers(_ids(itemised, "upstream_id"), user),
        "manager": _people(itemised, user),
        "upstream": _codes({code for one in itemised for code in one.changes.get("upstream") or () if code}, user),
        "with": _codes({code for one in itemised for code in one.changes.get("with") or () if code}, user),
    }
    return [_tell(entry, names) for entry in entries]


def _ids(entries, name: str) -> set[int]:
    return {pk for entry in entries for pk in entry.changes.get(name) or () if isinstance(pk, int)}


def _regions(ids: set[int]) -> dict[int, str]:
    return dict(Region.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def _suppliers(ids: set[int], user) -> dict[int, str]:
    if not ids:
        return {}
    return dict(Customer.objects.visible_to(user).filter(pk__in=ids).values_list("pk", "name"))


def _people(entries, user) -> dict[Any, str]:
    """Who was in charge: a name already, or from imports a number. Whoever sees a customer sees who looks after it."""
    there = {value for entry in entries for value in entry.changes.get("manager") or () if value}
    ids = {value for value in there if isinstance(value, int)}
    found: dict[Any, str] = {value: value for value in there if isinstance(value, str)}
    if ids:
        customers = {int(entry.object_id) for entry in entries}
        held = Responsibility.objects.visible_to(user).filter(customer_id__in=customers, user_id__in=ids)
        found |= {one.user_id: str(one.user) for one in held.select_related("user")}
    return found


def _codes(codes: set[str], user) -> dict[str, str]:
    """Imports name suppliers by code."""
    if not codes:
        return {}
    return dict(Customer.objects.visible_to(user).filter(code__in=codes).values_list("code", "name"))


def _tell(entry: AuditEntry, names: dict[str, dict]) -> Told:
    title, icon = _WORDS.get(entry.action) or (words.action_name(entry.action), "history")
    # A new row's fields all stand in its profile beside this list.
    if entry.action == _CREATE:
        return Told(entry, title, icon)
    lines = []
    for name, value in entry.changes.items():
        if name in _UNTOLD:
            continue
        old, new = value if isinstance(value, list) and len(value) == 2 else (None, value)
        lines.append(Line(_label(name), word_of(name, old, names), word_of(name, new, names) or "—"))
    return Told(entry, title, icon, lines)


def _label(name: str):
    if name.startswith(_FACT) and name.removeprefix(_FACT) in FIELDS:
        return FIELDS[name.removeprefix(_FACT)].label
    if name in _LABELS:
        return _LABELS[name]
    found = next((one for one in Customer._meta.concrete_fields if one.attname == name), None)
    return found.verbose_name if found is not None else words.further_name(name) or name


def word_of(name: str, value, names: dict[str, dict]) -> str:
    """A value of the log as people know it; names: {field: {key: name}} of what is named by key."""
    if value is None or value == "":
        return ""
    if name.startswith(_FACT) and name.removeprefix(_FACT) in FIELDS:
        return fact_told(FIELDS[name.removeprefix(_FACT)], str(value))
    if name == "field" and value in FIELDS:
        return str(FIELDS[value].label)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in names:
        return str(names[name].get(value) or _("beyond your reach"))
    if name in _CHOICES:
        return str(_CHOICES[name].get(value, value))
    found = next((one for one in Customer._meta.concrete_fields if one.attname == name), None)
    if found is None:
        return words.value_name(_CUSTOMER, name, value)  # of slices above, which the log knows
    if not found.flatchoices and isinstance(value, str):
        return words.value_name(_CUSTOMER, name, value)  # another slice may call something of its own by this name
    return str(dict(found.flatchoices).get(value, value))
