"""Writing notes, changing one within a day, removing one and bringing it back."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import HIDDEN, diff, record
from crm.clock import now
from customers.care.models import LONGEST, Mood, Note
from customers.profile.models import Customer

CHANGEABLE = datetime.timedelta(days=1)


def may_change(note: Note, user: User) -> bool:
    """Its author, for a day."""
    return user.may_write and note.written_by_id == user.pk and now() - note.at < CHANGEABLE


def may_remove(note: Note, user: User) -> bool:
    """Its author; of one that all read, heads and administrators, too."""
    return user.may_write and (
        note.written_by_id == user.pk or (not note.is_private and (user.is_head or user.is_admin))
    )


@transaction.atomic
def write_note(
    *,
    customer: Customer,
    text: str,
    by: User | None,
    mood: int | None = None,
    is_private: bool = False,
    at: datetime.datetime | None = None,
) -> Note:
    """at: None is now. Raises ValidationError keyed by field."""
    text = _checked(text, mood)
    note = Note.objects.create(
        customer=customer, text=text, mood=mood, is_private=is_private, written_by=by, at=at or now()
    )
    _record("note.write", note, _told({}, note), by)
    return note


@transaction.atomic
def change_note(
    *, note: Note, by: User, text: str, mood: int | None = None, is_private: bool = False, version: int | None = None
) -> Note:
    """Only by its author within a day. Raises ValidationError: `conflict` for another version than was seen, `late`."""
    held = Note.objects.select_for_update().select_related("customer").get(pk=note.pk)
    if version is not None and version != held.version:
        raise ValidationError(_("This note was changed in the meantime; look at it again."), code="conflict")
    if held.removed_at is not None:
        raise ValidationError(_("This note was removed; bring it back first."), code="removed")
    if not may_change(held, by):
        raise ValidationError(
            _("A note is changed by its author within a day; after that, write another one."), code="late"
        )
    if is_private and not held.is_private:
        text = _("Others may have read it already: write another one only for you, and remove this one.")
        raise ValidationError({"is_private": ValidationError(text, code="public")})
    before = _values(held)
    was_private = held.is_private
    held.text, held.mood, held.is_private = _checked(text, mood), mood, is_private
    if _values(held) != before:
        held.version += 1
        held.save()
        # One that was private at either end keeps its words out of the log.
        told = _told(before, held) if not was_private else {"note": [HIDDEN, HIDDEN]}
        _record("note.change", held, told, by)
    return held


@transaction.atomic
def remove_note(*, note: Note, by: User) -> Note:
    """Hide it; `restore_note` takes that back. One removed already stays so."""
    held = Note.objects.select_for_update().select_related("customer").get(pk=note.pk)
    if not may_remove(held, by):
        raise ValidationError(_("Only its author removes a note."), code="author")
    if held.removed_at is None:
        held.removed_at, held.removed_by, held.version = now(), by, held.version + 1
        held.save(update_fields=["removed_at", "removed_by", "version"])
        _record("note.remove", held, {}, by)
    return held


@transaction.atomic
def restore_note(*, note: Note, by: User) -> Note:
    held = Note.objects.select_for_update().select_related("customer").get(pk=note.pk)
    if not may_remove(held, by):
        raise ValidationError(_("Only its author brings a note back."), code="author")
    if held.removed_at is not None:
        held.removed_at, held.removed_by, held.version = None, None, held.version + 1
        held.save(update_fields=["removed_at", "removed_by", "version"])
        _record("note.restore", held, {}, by)
    return held


def _checked(text: str, mood: int | None) -> str:
    text = text.replace("\0", "").replace("\r\n", "\n").strip()
    wrong = {}
    if not text:
        wrong["text"] = _("Write a few words.")
    elif len(text) > LONGEST:
        wrong["text"] = _("A note has %(most)d characters at most.") % {"most": LONGEST}
    if mood is not None and mood not in Mood.values:
        wrong["mood"] = _("Choose a mood from 1 to 5.")
    if wrong:
        raise ValidationError(wrong)
    return text


def _values(note: Note) -> dict:
    return {"note": note.text, "mood": note.mood, "is_private": note.is_private}


def _told(before: dict, note: Note) -> dict:
    if note.is_private:
        return {"note": [HIDDEN if before else None, HIDDEN]}
    return {name: pair for name, pair in diff(before, _values(note)).items() if pair != [None, None]}


def _record(action: str, note: Note, changes: dict, by: User | None) -> None:
    """Of a private note the customer's own history tells nothing, not even that there is one."""
    record(action=action, target=note if note.is_private else note.customer, changes=changes, actor=by)
