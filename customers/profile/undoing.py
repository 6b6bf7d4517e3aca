"""Taking a customers' import back: every field as it was, every customer it made gone, or nothing at all."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.access import reach_of
from crm.appendonly import lifted_for
from crm.audit.actions import record_many
from crm.clock import today
from crm.imports.models import ImportChange, ImportRun
from crm.imports.staging import BATCH, advisory_lock
from customers.profile import merging
from customers.profile.merging import DERIVED, VALUES
from customers.profile.models import Customer, Responsibility
from customers.profile.places import wgs
from customers.profile.searching import search_text

_NAMED = 5


def undo(*, run: ImportRun, by=None) -> dict[str, int]:
    """In the caller's transaction, which a ValidationError (something stands on the import) must roll back.

    A customer stands if a later import or a person changed a field that this import wrote; a customer that it made
    stands if sales, observations, other customers or the like hang on it. (Decisions on its tier do not count: they
    were worked out from this import, and go with it.)
    """
    advisory_lock("imports.customers")
    _refuse_if_changed(run)
    refuse_beyond_reach(ImportChange.objects.filter(run=run), "object_id", by)
    restored = sum(_restore(page, by, run) for page in _pages(run, changed_only=True))
    made = ImportChange.objects.filter(run=run, before__isnull=True).order_by().values("object_id")
    _refuse_if_used(made)
    return {"removed": _remove(made, by, run), "restored": restored}


def refuse_beyond_reach(rows: models.QuerySet, path: str, by) -> None:
    """Nobody changes by an undo what they may not change any more. path: from the rows to the customer's key."""
    if by is None or (by.may_write and reach_of(by).everywhere):
        return
    if rows.exclude(**{f"{path}__in": Customer.objects.editable_by(by).values("pk")}).exists():
        text = _("Customers of this import are beyond your reach by now, so you cannot undo it.")
        raise ValidationError(text, code="reach")


def _pages(run: ImportRun, *, changed_only: bool = False) -> Iterator[list[tuple[ImportChange, Customer | None]]]:
    """The import's changes with their customers, locked, page by page."""
    last = 0
    rows = ImportChange.objects.filter(run=run)
    if changed_only:
        rows = rows.filter(before__isnull=False)
    while page := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = page[-1].pk
        ids = [change.object_id for change in page]
        # Locked first and read then: who waited for a lock would see the supplier as it was before the wait.
        list(Customer.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
        found = Customer.objects.select_related("upstream").in_bulk(ids)
        yield [(change, found.get(change.object_id)) for change in page]


def _refuse_if_changed(run: ImportRun) -> None:
    moved: list[str] = []
    for page in _pages(run):
        charges = _charges([customer.pk for _change, customer in page if customer])
        for change, customer in page:
            if customer is None or not _as_left(change, customer, charges.get(customer.pk)):
                moved.append(customer.code if customer else str(change.object_id))
    if moved:
        text = ngettext(
            "%(n)d customer of this import was changed later (%(codes)s), so the import cannot be undone.",
            "%(n)d customers of this import were changed later (%(codes)s), so the import cannot be undone.",
            len(moved),
        )
        raise ValidationError(text % {"n": len(moved), "codes": _some(moved)}, code="changed")


def _charges(ids: list[int]) -> dict[int, Responsibility]:
    """The last responsibility of each that has not ended by today."""
    held = Responsibility.objects.filter(customer_id__in=ids).exclude(until__lte=today()).order_by("since")
    return {one.customer_id: one for one in held}


def _as_left(change: ImportChange, customer: Customer, charge: Responsibility | None) -> bool:
    after = change.after
    for name, value in after.items():
        if name == "upstream":
            if (customer.upstream.code if customer.upstream else None) != value:
                return False
        elif name == "manager":
            if charge is None or charge.user_id != value or str(charge.since) != after["since"] or charge.until:
                return False
        elif name != "since" and merging.as_json(_field(customer, name)) != value:
            return False
    return True


def _field(customer: Customer, name: str) -> Any:
    value = getattr(customer, name)
    return merging.degrees(value) if name in ("latitude", "longitude") else value


def _refuse_if_used(made) -> None:
    """Everything that points at a customer by a protecting key, but for rows that say they hold nothing in place."""
    for relation in _relations():
        if relation.on_delete is not models.PROTECT:
            continue
        rows = relation.related_model._default_manager.all()
        if hasattr(rows, "holding"):
            rows = rows.holding()
        rows = rows.filter(**{f"{relation.field.name}__in": made})
        if relation.related_model is Customer:
            rows = rows.exclude(pk__in=made)
        codes = list(rows.order_by().values_list(f"{relation.field.name}__code", flat=True).distinct()[:_NAMED])
        if codes:
            text = _("Something stands on customers of this import (%(what)s: %(codes)s), so it cannot be undone.")
            what = relation.related_model._meta.verbose_name_plural
            raise ValidationError(text % {"what": what, "codes": _some(codes)}, code="used")


def _relations() -> list:
    """Every key of any table that points at a customer."""
    return [
        found for found in Customer._meta.get_fields(include_hidden=True) if found.auto_created and found.is_relation
    ]


def _some(codes: list[str]) -> str:
    shown = ", ".join(codes[:_NAMED])
    return shown if len(codes) <= _NAMED else f"{shown} …"


def _restore(page: list[tuple[ImportChange, Customer]], by, run: ImportRun) -> int:
    suppliers = {change.before["upstream"] for change, _customer in page if change.before.get("upstream")}
    by_code = dict(Customer.objects.filter(code__in=suppliers).values_list("code", "pk"))
    entries = []
    for change, customer in page:
        _put_back(customer, change.before, by_code)
        entries.append((customer, {k: [change.after.get(k), v] for k, v in change.before.items() if k != "charge"}))
    names = [*(Customer._meta.get_field(n.removesuffix("_id")).name for n in VALUES), *DERIVED, "upstream", "version"]
    Customer.objects.bulk_update([customer for _change, customer in page], names, batch_size=200)
    _put_charges_back(page)
    record_many(action="customer.change", targets=entries, reason=run.name, actor=by)
    return len(page)


def _put_back(customer: Customer, before: dict[str, Any], by_code: dict[str, int]) -> None:
    for name, value in before.items():
        if name == "upstream":
            customer.upstream_id = by_code[value] if value else None
        elif name in ("opened_on", "closed_on"):
            setattr(customer, name, datetime.date.fromisoformat(value) if value else None)
        elif name in VALUES:
            setattr(customer, name, merging.degrees(value) if name in ("latitude", "longitude") else value)
    customer.wgs_latitude, customer.wgs_longitude = wgs(
        merging.degrees(customer.latitude), merging.degrees(customer.longitude), customer.datum
    )
    customer.search_text = search_text(
        customer.code, customer.name, customer.phone, customer.city, customer.district, customer.address
    )
    customer.version += 1


def _put_charges_back(page: list[tuple[ImportChange, Customer]]) -> None:
    """Who was in charge is so again, under the same row; what the import began is gone."""
    begun = [change.object_id for change, _customer in page if "manager" in change.after]
    if not begun:
        return
    Responsibility.objects.filter(customer_id__in=begun).exclude(until__lte=today()).delete()
    old = {change.before["charge"][0]: change for change, _customer in page if change.before.get("charge")}
    Responsibility.objects.filter(pk__in=old).delete()
    Responsibility.objects.bulk_create(
        [
            Responsibility(pk=pk, customer_id=change.object_id, user_id=user, since=since, until=until)
            for pk, change in old.items()
            for _pk, user, since, until in [change.before["charge"]]
        ],
        batch_size=500,
    )


def _remove(made, by, run: ImportRun) -> int:
    gone = list(Customer.objects.filter(pk__in=made).order_by("pk"))
    if not gone:
        return 0
    record_many(
        action="customer.remove", targets=[(one, {"code": [one.code, None]}) for one in gone], reason=run.name, actor=by
    )
    sql, params = made.query.sql_with_params()
    relations = [relation for relation in _relations() if relation.related_model is not Customer]
    tables = {relation.related_model._meta.db_table for relation in relations if relation.on_delete is models.PROTECT}
    with lifted_for(connection, sorted(tables)), connection.cursor() as cursor:
        for relation in relations:
            table, column = relation.related_model._meta.db_table, relation.field.column
            cursor.execute(f'DELETE FROM "{table}" WHERE "{column}" IN ({sql})', params)  # noqa: S608 - our own names
        cursor.execute(f"DELETE FROM customers_customer WHERE id IN ({sql})", params)  # noqa: S608
    return len(gone)
