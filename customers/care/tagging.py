"""Sticking tags onto customers and taking them off."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import record_many
from crm.clock import now
from customers.profile.models import Customer
from customers.profile.tags import LONGEST, CustomerTag, Tag


def tag_named(name: str, by: User | None) -> Tag:
    """The tag of that name, made if there is none. Raises ValidationError under `tag`."""
    name = clean_name(name)
    found = Tag.objects.filter(name__iexact=name).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return Tag.objects.create(name=name, made_by=by)
    except IntegrityError:  # somebody was quicker
        return Tag.objects.get(name__iexact=name)


def clean_name(name: str) -> str:
    name = " ".join("".join(c for c in name if c.isprintable() or c == " ").split())
    if not name:
        raise ValidationError({"tag": ValidationError(_("Give the tag a name."), code="required")})
    if len(name) > LONGEST:
        text = _("A tag has %(most)d characters at most.") % {"most": LONGEST}
        raise ValidationError({"tag": ValidationError(text, code="long")})
    return name


def add(*, customers: list[Customer], tag: Tag, by: User | None) -> dict[int, CustomerTag]:
    """{customer id: the new row} of those that did not have it, in the caller's transaction."""
    ids = [one.pk for one in customers]
    had = set(CustomerTag.objects.filter(tag=tag, customer_id__in=ids).values_list("customer_id", flat=True))
    moment = now()
    rows = [CustomerTag(customer=one, tag=tag, added_by=by, added_at=moment) for one in customers if one.pk not in had]
    made = CustomerTag.objects.bulk_create(rows, batch_size=500)
    _record([row.customer for row in made], None, tag, by)
    return {row.customer_id: row for row in made}


def take_off(*, customers: list[Customer], tag: Tag, by: User | None) -> dict[int, CustomerTag]:
    """{customer id: the row that is gone} of those that had it, in the caller's transaction."""
    by_id = {one.pk: one for one in customers}
    rows = {row.customer_id: row for row in CustomerTag.objects.filter(tag=tag, customer_id__in=list(by_id))}
    CustomerTag.objects.filter(pk__in=[row.pk for row in rows.values()]).delete()
    _record([by_id[pk] for pk in rows], tag, None, by)
    return rows


def put_back(*, rows: list[CustomerTag], by: User | None) -> None:
    """Rows as they were, with who had added them and when."""
    CustomerTag.objects.bulk_create(rows, batch_size=500)
    if rows:
        _record([row.customer for row in rows], None, rows[0].tag, by)


def _record(customers: list[Customer], before: Tag | None, after: Tag | None, by: User | None) -> None:
    names = [None if one is None else one.name for one in (before, after)]
    record_many(action="customer.tag", targets=[(one, {"tag": names}) for one in customers], actor=by)
