"""How slumps are watched for: the brand's sensitivity and its calendar. Changes have things worked out anew."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import diff, record
from crm.jobs.actions import enqueue
from crm.refusing import refusal_of
from customers.relationship.branddays import BrandDay
from customers.slumps import keeping
from customers.slumps.models import Sensitivity, SlumpSetting

JOB = "slumps.detect"


@transaction.atomic
def change_setting(*, by: User | None, **fields: Any) -> SlumpSetting:
    """sensitivity, silent_after. Everything is worked out anew by a job."""
    SlumpSetting.objects.get_or_create(pk=1)
    held = SlumpSetting.objects.select_for_update().get(pk=1)
    if fields.get("sensitivity", held.sensitivity) not in Sensitivity.values:
        raise refusal_of("sensitivity", _("There is no such sensitivity."), "invalid")
    if not 1 <= fields.get("silent_after", held.silent_after) <= 30:
        raise refusal_of("silent_after", _("Between 1 and 30 days."), "invalid")
    before = {name: getattr(held, name) for name in ("sensitivity", "silent_after")}
    changes = diff(before, before | {name: value for name, value in fields.items() if name in before})
    if changes:
        for name in changes:
            setattr(held, name, fields[name])
        held.save()
        record(action="slump_setting.change", target=held, changes=changes, actor=by)
        enqueue(kind=JOB, input={"full": True}, asked_by=by)
    return held


@transaction.atomic
def write_day(*, day: datetime.date, kind: str, by: User | None, name: str = "") -> BrandDay:
    """A day of the brand's calendar, over what was there. A past one has everything worked out anew."""
    if kind not in BrandDay.Kind.values:
        raise refusal_of("kind", _("There is no such kind of day."), "invalid")
    name = " ".join(name.replace("\0", "").split())
    if len(name) > 80:
        raise refusal_of("name", _("%(most)d characters at most.") % {"most": 80}, "long")
    held = BrandDay.objects.select_for_update().filter(day=day).first()
    before = {"kind": held.kind, "name": held.name} if held else {}
    held = held or BrandDay(day=day)
    held.kind, held.name = kind, name
    held.save()
    changes = diff(before, {"kind": kind, "name": name})
    if changes:
        record(action="brand_day.write", target=held, changes={"day": [None, day], **changes}, actor=by)
        learn_anew(day, by)
    return held


@transaction.atomic
def remove_day(*, day: BrandDay, by: User | None) -> None:
    record(action="brand_day.remove", target=day, changes={"day": [day.day, None], "kind": [day.kind, None]}, actor=by)
    when = day.day
    day.delete()
    learn_anew(when, by)


def learn_anew(day: datetime.date, by: User | None) -> None:
    """A day that was learned already meant something else."""
    as_of = SlumpSetting.objects.filter(pk=1).values_list("as_of", flat=True).first()
    if as_of is not None and day <= as_of:
        keeping.forget()
        enqueue(kind=JOB, asked_by=by)
