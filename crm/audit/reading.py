"""Entries as a person may see them: filtered, and silent about rows beyond that person's reach."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence

from django.apps import apps
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.access import ScopedQuerySet, reach_of
from crm.audit import words
from crm.audit.models import AuditEntry

# Fields in which a row of another is named by its code: it may lie beyond the reach of who sees this one.
_NAME_OTHERS = ("upstream", "with", "merged")

# What entries name and no model calls a field.
_NAMES = {
    "adopted": _("in force"),
    "file": _("file"),
    "file_note": _("note"),
    "label": _("label"),
    "made_at": _("made at"),
    "merged": _("code"),
    "manager": _("manager in charge"),
    "mapping": _("columns"),
    "page": _("page"),
    "partial": _("good rows only"),
    "is_primary": _("first to call"),
    "person": _("contact person"),
    "role": _("stands as"),
    "role_other": _("as what else"),
    "password": _("password"),
    "policy": _("policy"),
    "query": _("filters and order"),
    "recovery_codes": _("recovery codes"),
    "region": _("region"),
    "removed": _("removed"),
    "rows": _("rows moved"),
    "restored": _("restored"),
    "scope": _("scope"),
    "sha256": _("checksum"),
    "since": _("from"),
    "shows": _("what it shows"),
    "size": _("bytes"),
    "title": _("title"),
    "totp": _("authenticator app"),
    "until": _("until"),
    "upstream": _("supplied by"),
    "with": _("beside"),
}


def found(
    user,
    *,
    actor: int | None = None,
    action: str = "",
    model: str = "",
    row: str = "",
    since: datetime.date | None = None,
    until: datetime.date | None = None,
) -> QuerySet[AuditEntry]:
    """Newest first. action may be a beginning (`customer.`); since and until are days, both included."""
    entries = AuditEntry.objects.visible_to(user)
    if actor is not None:
        entries = entries.filter(actor_id=actor)
    if action:
        entries = entries.filter(action__startswith=action)
    if model:
        entries = entries.filter(model=model)
    if row:
        entries = entries.filter(object_id=row)
    if since is not None and since > datetime.date.min:
        entries = entries.filter(at__gte=_midnight(since))
    if until is not None and until < datetime.date.max:
        entries = entries.filter(at__lt=_midnight(until + datetime.timedelta(days=1)))
    return entries.order_by("-pk")


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def changes_of(entry: AuditEntry) -> list[tuple[str, str, str]]:
    """(field, old, new) to show; values kept alone stand as new. In the order of the model's fields: PostgreSQL keeps
    keys by their length, SQLite as they were written.
    """
    lines = []
    for field, value in sorted(entry.changes.items(), key=lambda change: words.place_of(entry.model, change[0])):
        old, new = value if isinstance(value, list) and len(value) == 2 else (None, value)
        lines.append((field, words.value_name(entry.model, field, old), words.value_name(entry.model, field, new)))
    return lines


def name_of(model: str, field: str) -> str:
    """What people call a field of an entry, in the language in force."""
    found = words.field_of(model, field)
    name = getattr(found, "verbose_name", "")
    # A verbose name that Django made from the field's own is nobody's word for it.
    if not name or str(name) == found.name.replace("_", " "):
        name = words.further_name(field) or _NAMES.get(field, name or field)
    return str(name)


def shown(entries: Sequence[AuditEntry], user) -> Sequence[AuditEntry]:
    """The same entries, each with `done` and `kind` in words, `lines` to show (the `codes` of their fields beside them)
    and `hidden`: its row is beyond reach (or gone).

    A colleague may have worked on what this person does not see. Costs one query a kind of row on the page.
    """
    for entry in _masked(entries, user):
        entry.done, entry.kind = words.action_name(entry.action), words.kind_name(entry.model)
        entry.codes = [field for field, _old, _new in entry.lines]
        entry.lines = [(name_of(entry.model, field), old, new) for field, old, new in entry.lines]
    return entries


def _masked(entries: Sequence[AuditEntry], user) -> Sequence[AuditEntry]:
    wanted: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        entry.hidden = False
        entry.lines = changes_of(entry)
        if entry.model:
            wanted[entry.model].add(entry.object_id)
    if user.is_admin:
        return entries
    visible = {label: _visible(label, ids, user) for label, ids in wanted.items()}
    everywhere = reach_of(user).everywhere
    for entry in entries:
        if entry.model and entry.object_id not in visible[entry.model]:
            entry.hidden = True
            entry.object_name, entry.changes, entry.reason, entry.lines = "", {}, "", []
        elif not everywhere:
            entry.lines = [
                (name, "•••", "•••") if name in _NAME_OTHERS else (name, old, new) for name, old, new in entry.lines
            ]
    return entries


def _visible(label: str, ids: set[str], user) -> set[str]:
    try:
        rows = apps.get_model(label)._default_manager.get_queryset()
    except LookupError:
        return set()
    if not isinstance(rows, ScopedQuerySet):
        return set()
    whole = [key for key in ids if key.isascii() and key.isdigit()]
    return {str(pk) for pk in rows.visible_to(user).filter(pk__in=whole).values_list("pk", flat=True)}
