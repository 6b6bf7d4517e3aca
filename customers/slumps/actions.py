"""What people do about a slump: call, find the cause, plan the visit, or say that it is none."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import diff, record
from crm.clock import now
from crm.jobs.actions import enqueue
from crm.refusing import refusal_of
from customers.profile.models import Customer
from customers.slumps import keeping
from customers.slumps.detecting import progress_of
from customers.slumps.models import LONGEST, BrandDay, Sensitivity, SlumpAlert, SlumpCause, SlumpSetting, State
from customers.slumps.reading import first_contact

JOB = "slumps.detect"


@transaction.atomic
def mark_called(*, alert: SlumpAlert, by: User | None, version: int | None = None) -> SlumpAlert:
    """Somebody has called. A second call changes nothing: the first one counts."""
    held = _held(alert, version)
    if held.called_at is None:
        held.called_at, held.called_by = now(), by
        _save(held, "slump.call", {}, by)
    return held


@transaction.atomic
def diagnose(
    *, alert: SlumpAlert, cause: SlumpCause, by: User | None, note: str = "", version: int | None = None
) -> SlumpAlert:
    """What it came from, and what was heard. Who knows the cause has called; a contact that was logged is that call."""
    held = _held(alert, version)
    note = _said("note", note)
    if not cause.active and cause.pk != held.cause_id:
        raise refusal_of("cause", _("This cause is no longer offered."), "inactive")
    before = {"cause": str(held.cause) if held.cause_id else None, "note": held.note}
    held.cause, held.note, held.diagnosed_at, held.diagnosed_by = cause, note, now(), by
    if held.called_at is None:
        spoke = first_contact(held)
        held.called_at, held.called_by = (spoke.happened_at, spoke.by) if spoke else (held.diagnosed_at, by)
    _save(held, "slump.diagnose", diff(before, {"cause": str(cause), "note": note}), by)
    return held


@transaction.atomic
def mark_planned(*, alert: SlumpAlert, by: User | None, version: int | None = None) -> SlumpAlert:
    """A visit was planned for it."""
    held = _held(alert, version)
    if held.planned_at is None:
        held.planned_at = now()
        _save(held, "slump.plan", {}, by)
    return held


@transaction.atomic
def dismiss(*, alert: SlumpAlert, reason: str, by: User | None, version: int | None = None) -> SlumpAlert:
    """It is none: leave the call list. The figures stay."""
    held = _held(alert, version)
    reason = _said("reason", reason)
    if not reason:
        raise refusal_of("reason", _("Say why."), "required")
    held.dismissed_at, held.dismissed_by, held.dismissed_for = now(), by, reason
    _save(held, "slump.dismiss", {"reason": [None, reason]}, by, State.DISMISSED)
    return held


@transaction.atomic
def reopen(*, alert: SlumpAlert, by: User | None, version: int | None = None) -> SlumpAlert:
    """It is one after all."""
    held = _found(alert, version)
    if held.state != State.DISMISSED:
        raise ValidationError(_("Nobody has dismissed this slump."), code="state")
    before = held.dismissed_for
    held.dismissed_at, held.dismissed_by, held.dismissed_for = None, None, ""
    state = State.RECOVERED if held.closed_on else progress_of(held)
    _save(held, "slump.reopen", {"reason": [before, None]}, by, state)
    return held


# --- the brand's own settings -------------------------------------------------------------------------------------


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
        _learn_anew(day, by)
    return held


@transaction.atomic
def remove_day(*, day: BrandDay, by: User | None) -> None:
    record(action="brand_day.remove", target=day, changes={"day": [day.day, None], "kind": [day.kind, None]}, actor=by)
    when = day.day
    day.delete()
    _learn_anew(when, by)


def _learn_anew(day: datetime.date, by: User | None) -> None:
    """A day that was learned already meant something else."""
    as_of = SlumpSetting.objects.filter(pk=1).values_list("as_of", flat=True).first()
    if as_of is not None and day <= as_of:
        keeping.forget()
        enqueue(kind=JOB, asked_by=by)


# --- what is done in common ---------------------------------------------------------------------------------------


def _found(alert: SlumpAlert, version: int | None) -> SlumpAlert:
    Customer.objects.select_for_update(of=("self",)).get(pk=alert.customer_id)
    rows = SlumpAlert.objects.select_for_update(of=("self",)).select_related("customer", "cause")
    held = rows.get(pk=alert.pk)
    if version is not None and version != held.version:
        text = _("Somebody else has changed this in the meantime; look at it again.")
        raise ValidationError(text, code="conflict")
    return held


def _held(alert: SlumpAlert, version: int | None) -> SlumpAlert:
    held = _found(alert, version)
    if held.state == State.DISMISSED:
        raise ValidationError(_("Somebody said that this is no slump: open it again first."), code="state")
    return held


def _save(held: SlumpAlert, action: str, changes: dict[str, Any], by: User | None, state: State | None = None) -> None:
    if state is None:
        state = State.RECOVERED if held.closed_on else progress_of(held)
    before, held.state = held.state, state
    held.version += 1
    held.save()
    told = {"slump_of": [None, held.first_day], **diff({"slump_state": before}, {"slump_state": state}), **changes}
    record(action=action, target=held.customer, changes=told, actor=by)


def _said(field: str, text: str) -> str:
    text = text.replace("\0", "").replace("\r\n", "\n").strip()
    if len(text) > LONGEST:
        raise refusal_of(field, _("%(most)d characters at most.") % {"most": LONGEST}, "long")
    return text
