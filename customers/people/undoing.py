"""Taking an import of people back: everybody as they were, those it made gone, or nothing at all."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.audit.actions import record_many
from crm.imports.models import ImportChange, ImportRun
from crm.imports.staging import BATCH, advisory_lock
from customers.people.actions import PERSON, derive, discreet
from customers.people.models import Person, PersonRole
from customers.profile.models import Customer

_NAMED = 5
_DAYS = ("since", "until")
_ROLE_FIELDS = ["role", "role_other", "since", "until", "is_primary", "note", "version"]


def undo(*, run: ImportRun, by=None) -> dict[str, int]:
    """In the caller's transaction, which a ValidationError must roll back.

    Refused if somebody has changed a field that this import wrote, or if anything else stands on a person it made.
    """
    advisory_lock("imports.people")
    changes = ImportChange.objects.filter(run=run)
    _refuse_beyond_reach(changes, by)
    made = list(changes.filter(before__isnull=True).order_by().values_list("object_id", flat=True))
    for page in _pages(changes):
        _refuse_if_changed(page)
    _refuse_if_used(changes, made)
    restored = sum(_restore(page, by, run) for page in _pages(changes))
    _remove(made, by, run)
    return {"removed": len(made), "restored": restored}


def _pages(changes) -> Iterator[list[tuple[ImportChange, Person | None, dict[int, PersonRole]]]]:
    """The import's changes with people and roles, locked, page by page."""
    last = 0
    while page := list(changes.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = page[-1].pk
        people = Person.objects.select_for_update().order_by("pk").in_bulk([one.object_id for one in page])
        ids = [int(pk) for one in page for pk in one.after["roles"]]
        roles = PersonRole.objects.select_for_update().order_by("pk").in_bulk(ids)
        yield [
            (one, people.get(one.object_id), {int(pk): roles.get(int(pk)) for pk in one.after["roles"]}) for one in page
        ]


def _refuse_beyond_reach(changes, by) -> None:
    if by is not None and changes.exclude(object_id__in=Person.objects.editable_by(by).values("pk")).exists():
        text = _("People of this import are beyond your reach by now, so you cannot undo it.")
        raise ValidationError(text, code="reach")


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, datetime.date) else value


def _refuse_if_changed(page) -> None:
    moved = []
    for change, person, roles in page:
        same = person is not None and all(getattr(person, k) == v for k, v in change.after["person"].items())
        for pk, role in roles.items():
            left = change.after["roles"][str(pk)]
            same = same and role is not None and all(_plain(getattr(role, k)) == v for k, v in left.items())
        if not same:
            moved.append(person.name if person else str(change.object_id))
    if moved:
        text = ngettext(
            "%(n)d person of this import was changed later (%(names)s), so the import cannot be undone.",
            "%(n)d people of this import were changed later (%(names)s), so the import cannot be undone.",
            len(moved),
        )
        raise ValidationError(text % {"n": len(moved), "names": _some(moved)}, code="changed")


def _refuse_if_used(changes, made: list[int]) -> None:
    """Whatever points at a person that this import made, but for the roles it made with them."""
    written = {int(pk) for after in changes.values_list("after", flat=True) for pk in after["roles"]}
    for relation in Person._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and relation.is_relation):
            continue
        for at in range(0, len(made), BATCH):
            rows = relation.related_model._default_manager.filter(
                **{f"{relation.field.name}__in": made[at : at + BATCH]}
            )
            names = [
                name
                for pk, name in rows.order_by().values_list("pk", f"{relation.field.name}__name")
                if not (relation.related_model is PersonRole and pk in written)
            ]
            if names:
                text = _("Something stands on people of this import (%(what)s: %(names)s), so it cannot be undone.")
                what = relation.related_model._meta.verbose_name_plural
                raise ValidationError(text % {"what": what, "names": _some(sorted(set(names)))}, code="used")


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:_NAMED])
    return shown if len(names) <= _NAMED else f"{shown} …"


def _restore(page, by, run: ImportRun) -> int:
    """People and roles as they were; roles that the import made are gone. Says how many people were there before."""
    people, entries, gone, back, told = [], [], [], [], []
    for change, person, roles in page:
        before = change.before or {"person": {}, "roles": {}}
        if before["person"]:
            for name, value in before["person"].items():
                setattr(person, name, value)
            derive(person)
            person.version += 1
            people.append(person)
            pairs = {name: [change.after["person"][name], value] for name, value in before["person"].items()}
            entries.append((person, discreet(pairs)))
        for pk, role in roles.items():
            was = before["roles"].get(str(pk))
            if was is None:
                gone.append(role)
            else:
                for name, value in was.items():
                    value = datetime.date.fromisoformat(value) if name in _DAYS and value else value
                    setattr(role, name, value)
                role.version += 1
                back.append(role)
                after = change.after["roles"][str(pk)]
                told.append((role.customer_id, person.name, {k: [after[k], v] for k, v in was.items() if k != "note"}))
    PersonRole.objects.filter(pk__in=[role.pk for role in gone]).delete()
    PersonRole.objects.filter(pk__in=[role.pk for role in back], is_primary=True).update(is_primary=False)
    PersonRole.objects.bulk_update(back, _ROLE_FIELDS, batch_size=200)
    Person.objects.bulk_update(people, [*PERSON, "phone_digits", "search_text", "version"], batch_size=200)
    record_many(action="person.change", targets=entries, reason=run.name, actor=by)
    names = {change.object_id: person.name for change, person, _roles in page if person}
    removed = [(role.customer_id, names[role.person_id], {"role": [role.role, None]}) for role in gone]
    for action, lines in (("customer.person_change", told), ("customer.person_remove", removed)):
        customers = Customer.objects.in_bulk({customer_id for customer_id, _name, _pairs in lines})
        record_many(
            action=action,
            targets=[
                (customers[pk], {"person": [name, None if action.endswith("remove") else name], **pairs})
                for pk, name, pairs in lines
            ],
            reason=run.name,
            actor=by,
        )
    return sum(1 for change, _person, _roles in page if change.before is not None)


def _remove(made: list[int], by, run: ImportRun) -> None:
    for at in range(0, len(made), BATCH):
        rows = Person.objects.filter(pk__in=made[at : at + BATCH])
        record_many(
            action="person.remove",
            targets=[(one, {"name": [one.name, None]}) for one in rows.order_by("pk")],
            reason=run.name,
            actor=by,
        )
        rows.delete()
