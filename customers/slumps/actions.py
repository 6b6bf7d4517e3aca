"""What people do about a slump: call, find the cause, plan the visit, or say that it is none."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import diff, record
from crm.clock import now
from crm.refusing import refusal_of
from customers.profile.models import Customer
from customers.slumps.detecting import progress_of
from customers.slumps.models import LONGEST, SlumpAlert, SlumpCause, State
from customers.slumps.reading import first_contact


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
