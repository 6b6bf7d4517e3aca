"""Tags stuck onto a page of customers or taken off it, with what an undo needs."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.dateparse import parse_datetime

from crm.accounts.models import User
from customers.care import tagging
from customers.care.models import BulkAction, BulkStep, Result
from customers.care.outcome import Outcome
from customers.profile.models import Customer
from customers.profile.tags import CustomerTag, Tag


def do(action: BulkAction, customers: Sequence[Customer], by: User) -> list[Outcome]:
    tag = Tag.objects.filter(pk=action.params["tag"]).first()
    if tag is None:
        return [Outcome(one.pk, Result.REFUSED, "tag") for one in customers]
    locked = _locked([one.pk for one in customers])
    adds = action.kind == "tag"
    moved = (tagging.add if adds else tagging.take_off)(customers=locked, tag=tag, by=by)
    return [
        Outcome(one.pk, Result.CHANGED, "", *((None, _kept(moved[one.pk])) if adds else (_kept(moved[one.pk]), None)))
        if one.pk in moved
        else Outcome(one.pk, Result.UNCHANGED)
        for one in locked
    ]


def undo(action: BulkAction, steps: Sequence[BulkStep], by: User) -> list[Outcome]:
    """What was stuck on comes off, what was taken off is back with who had added it and when."""
    tag = Tag.objects.filter(pk=action.params["tag"]).first()
    if tag is None:
        return [Outcome(one.customer_id, Result.LEFT, "tag") for one in steps]
    locked = {one.pk: one for one in _locked([one.customer_id for one in steps])}
    has = dict(CustomerTag.objects.filter(tag=tag, customer_id__in=locked).values_list("customer_id", "pk"))
    if action.kind == "tag":
        back = [one for one in steps if has.get(one.customer_id) == one.became[0]]
        tagging.take_off(customers=[locked[one.customer_id] for one in back], tag=tag, by=by)
    else:
        back = [one for one in steps if one.customer_id not in has]
        rows = [
            CustomerTag(
                pk=one.was[0],
                customer=locked[one.customer_id],
                tag=tag,
                added_by_id=one.was[1],
                added_at=parse_datetime(one.was[2]),
            )
            for one in back
        ]
        tagging.put_back(rows=rows, by=by)
    done = {one.pk for one in back}
    return [
        Outcome(one.customer_id, Result.UNDONE if one.pk in done else Result.LEFT, "" if one.pk in done else "tagged")
        for one in steps
    ]


def _locked(ids: list[int]) -> list[Customer]:
    return list(Customer.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",)))


def _kept(row: CustomerTag) -> list:
    """[pk, added_by, added_at]"""
    return [row.pk, row.added_by_id, row.added_at.isoformat()]
