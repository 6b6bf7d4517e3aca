"""Logging a contact, changing it within a day, taking it back; the promises made in it are made with it."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import HIDDEN, diff, record
from crm.clock import now, written_before
from crm.refusing import refusal_of
from customers.contacts import ground
from customers.contacts.models import (
    LONGEST,
    LONGEST_STEP,
    Business,
    Channel,
    Contact,
    Direction,
    Mood,
    Openness,
    Purpose,
    Topic,
)
from customers.contacts.openers import asks_nothing
from customers.people.models import Person
from customers.profile.models import Customer
from customers.promises.actions import check_person, make_commitment
from customers.promises.models import Side

CHANGEABLE = datetime.timedelta(days=1)
BACK_DAYS = 366
CLOCKS_DIFFER = datetime.timedelta(minutes=15)
"""A phone's clock may run ahead of ours by so much."""
MOST_PROMISES = 6
_FIELDS = (
    *(
        "person",
        "happened_at",
        "channel",
        "direction",
        "mood_before",
        "mood_after",
        "own_mood",
        "openness",
        "business",
        "text",
    ),
    *("next_step", "next_on", "purpose", "just_listened", "asked_nothing", "is_private"),
)
_UNTOLD = frozenset({"own_mood"})
"""The log of the customer is read by others; one's own mood is not."""


def may_change(contact: Contact, user: User) -> bool:
    """Its author, for a day; one that is part of something else is changed there."""
    return not contact.link and _is_fresh(contact, user)


def _is_fresh(contact: Contact, user: User) -> bool:
    return user.may_write and contact.by_id == user.pk and now() - contact.created_at < CHANGEABLE


def may_remove(contact: Contact, user: User) -> bool:
    return may_change(contact, user)


def log_contact(
    *,
    customer: Customer,
    by: User | None,
    channel: str,
    happened_at: datetime.datetime | None = None,
    person: Person | None = None,
    direction: str = Direction.OUT,
    mood_before: int | None = None,
    mood_after: int | None = None,
    own_mood: int | None = None,
    openness: int | None = None,
    business: int | None = None,
    text: str = "",
    next_step: str = "",
    next_on: datetime.date | None = None,
    purpose: str = "",
    promises: Sequence[dict[str, Any]] = (),
    topics: Sequence[Topic] = (),
    just_listened: bool = False,
    asked_nothing: bool | None = None,
    is_private: bool = False,
    client_key: uuid.UUID | None = None,
    written_at: datetime.datetime | None = None,
    link: str = "",
) -> Contact:
    """happened_at: None is when it was written, by default now. promises: {side, text, due_on} each. topics: common
    ground that was spoken of. asked_nothing: None is worked out from what was written. client_key: what was sent with
    it before makes no second one. written_at: kept where it lies before now. link: a path in Qiao to what it is part
    of. Raises ValidationError keyed by field; what is wrong with promises under `promises`.
    """
    written_at = written_before(written_at)
    values = {
        "person": person,
        "happened_at": happened_at or written_at or now(),
        "channel": channel,
        "direction": direction,
        "mood_before": mood_before,
        "mood_after": mood_after,
        "own_mood": own_mood,
        "openness": openness,
        "business": business,
        "text": text,
        "next_step": next_step,
        "next_on": next_on,
        "purpose": purpose,
        "just_listened": just_listened,
        "asked_nothing": asked_nothing,
        "is_private": is_private,
        "written_at": written_at,
        "link": link,
    }
    sent = _sent_before(by, client_key)
    if sent is not None:
        return _same(sent, customer)
    try:
        with transaction.atomic():
            return _log(customer, by, client_key, values, promises, topics)
    except IntegrityError:
        # Two of the same draft at one moment: the other one's is the one.
        sent = _sent_before(by, client_key)
        if sent is None:
            raise
        return _same(sent, customer)


def _sent_before(by: User | None, client_key: uuid.UUID | None) -> Contact | None:
    if client_key is None or by is None:
        return None
    return Contact.objects.select_related("customer").filter(by=by, client_key=client_key).first()


def _same(sent: Contact, customer: Customer) -> Contact:
    """What was sent before must be with the same customer, else one of two contacts would be lost in silence."""
    if sent.customer_id != customer.pk:
        raise refusal_of("client_key", _("This key was used for another contact."), "used")
    return sent


def _log(customer, by, client_key, values: dict, promises, topics) -> Contact:
    values = _checked(customer, values, by)
    if len(promises) > MOST_PROMISES:
        text = _("Write down %(most)d promises at most.") % {"most": MOST_PROMISES}
        raise refusal_of("promises", text, "many")
    if values["asked_nothing"] is None:
        values["asked_nothing"] = asks_nothing(
            they_reached_us=values["direction"] == Direction.IN,
            next_step=values["next_step"],
            promised_by_them=any(one["side"] == Side.THEIRS for one in promises),
        )
    made = Contact.objects.create(customer=customer, by=by, client_key=client_key, **values)
    # Where others may not read it, nothing may lead there.
    link = "" if made.is_private else made.link or f"/contacts/{made.pk}/"
    for one in promises:
        try:
            make_commitment(customer=customer, by=by, person=values["person"], link=link, **one)
        except ValidationError as refusal:
            raise ValidationError({"promises": refusal.messages}) from refusal
    # Others see when common ground was last spoken of: a private contact moves nothing there.
    if not made.is_private:
        ground.use_topics(topics=topics, customer=customer, day=_day(made), by=by)
    _record("contact.log", made, _told({}, made), by)
    return made


@transaction.atomic
def change_contact(
    *, contact: Contact, by: User, version: int | None = None, through: str = "", **fields: Any
) -> Contact:
    """Change the fields given; only by its author within a day. through: the link of what it is part of, if any.

    Raises ValidationError: `conflict` for another version than was seen, `late`; others keyed by field.
    """
    unknown = set(fields) - set(_FIELDS)
    if unknown:
        raise TypeError(f"a contact has no {', '.join(sorted(unknown))} to change")
    held = _held(contact)
    if version is not None and version != held.version:
        raise ValidationError(_("This contact was changed in the meantime; look at it again."), code="conflict")
    if held.removed_at is not None:
        raise ValidationError(_("This contact was taken back; bring it back first."), code="removed")
    if held.link != through:
        raise ValidationError(_("It is part of a visit's report: change it there."), code="linked")
    if not _is_fresh(held, by):
        raise ValidationError(
            _("A contact is changed by its author within a day; after that, log another one."), code="late"
        )
    if fields.get("is_private") and not held.is_private:
        text = _("Others may have read it already: log another one only for you, and take this one back.")
        raise refusal_of("is_private", text, "public")
    before, was_private = _values(held), held.is_private
    kept = {name: getattr(held, name) for name in _FIELDS}
    for name, value in _checked(held.customer, kept | fields, by).items():
        setattr(held, name, value)
    if _values(held) != before:
        held.version += 1
        held.save()
        # One that was private at either end keeps its words out of the log.
        told = {"contact": [HIDDEN, HIDDEN]} if was_private else _told(before, held)
        _record("contact.change", held, told, by)
    return held


@transaction.atomic
def remove_contact(*, contact: Contact, by: User, reason: str = "") -> Contact:
    """Take back within a day what was logged by mistake; promises made in it stay. `restore_contact` undoes it."""
    held = _held(contact)
    if held.link:
        raise ValidationError(_("It is part of a visit's report: change it there."), code="linked")
    if not may_remove(held, by):
        raise ValidationError(_("Its author takes a contact back, within a day."), code="late")
    if held.removed_at is None:
        held.removed_at, held.removed_by, held.version = now(), by, held.version + 1
        held.save(update_fields=["removed_at", "removed_by", "version"])
        _record("contact.remove", held, {}, by, "" if held.is_private else reason)
    return held


@transaction.atomic
def restore_contact(*, contact: Contact, by: User) -> Contact:
    held = _held(contact)
    if not may_remove(held, by):
        raise ValidationError(_("Its author brings a contact back, within a day."), code="late")
    if held.removed_at is not None:
        held.removed_at, held.removed_by, held.version = None, None, held.version + 1
        held.save(update_fields=["removed_at", "removed_by", "version"])
        _record("contact.restore", held, {}, by)
    return held


# --- what is written in common ------------------------------------------------------------------------------------


def _held(contact: Contact) -> Contact:
    rows = Contact.objects.select_for_update(of=("self",)).select_related("customer", "person")
    return rows.get(pk=contact.pk)


def _checked(customer: Customer, values: dict[str, Any], by: User | None) -> dict[str, Any]:
    """The values as they are kept. Raises ValidationError keyed by field."""
    found, wrong = dict(values), {}
    found["text"] = values["text"].replace("\0", "").replace("\r\n", "\n").strip()
    found["next_step"] = " ".join(values["next_step"].replace("\0", "").split())
    if len(found["text"]) > LONGEST:
        wrong["text"] = _long(LONGEST)
    if len(found["next_step"]) > LONGEST_STEP:
        wrong["next_step"] = _long(LONGEST_STEP)
    for name, known in (("channel", Channel), ("direction", Direction)):
        if found[name] not in known.values:
            wrong[name] = ValidationError(_("Choose one of those offered."), code="choice")
    if found["purpose"] not in ("", *Purpose.values):
        wrong["purpose"] = ValidationError(_("Choose one of those offered."), code="choice")
    for name, scale in (("mood_before", Mood), ("mood_after", Mood), ("own_mood", Mood), ("openness", Openness)):
        if found[name] is not None and found[name] not in scale.values:
            wrong[name] = ValidationError(_("Choose from 1 to 5."), code="choice")
    if found["business"] is not None and found["business"] not in Business.values:
        wrong["business"] = ValidationError(_("Choose one of those offered."), code="choice")
    at, moment = found["happened_at"], now()
    if at > moment + CLOCKS_DIFFER:
        wrong["happened_at"] = ValidationError(_("This is yet to come."), code="future")
    elif (moment - at).days > BACK_DAYS:
        wrong["happened_at"] = ValidationError(_("This lies more than a year back."), code="past")
    elif at > moment:
        found["happened_at"] = moment
    if found["is_private"] and by is None:
        wrong["is_private"] = ValidationError(_("A private contact needs an author."), code="author")
    if wrong:
        raise ValidationError(wrong)
    check_person(found["person"], customer)
    return found


def _values(contact: Contact) -> dict[str, Any]:
    found = {name: getattr(contact, name) for name in _FIELDS}
    found["contact"] = found.pop("text")
    found["person"] = found["person"].name if found["person"] else None
    return found


def _told(before: dict, contact: Contact) -> dict:
    if contact.is_private:
        return {"contact": [HIDDEN if before else None, HIDDEN]}
    nothing = (None, "", False) if not before else ()
    return {
        name: pair
        for name, pair in diff(before, _values(contact)).items()
        if name not in _UNTOLD and not (nothing and pair[1] in nothing)
    }


def _record(action: str, contact: Contact, changes: dict, by: User | None, reason: str = "") -> None:
    """Of a private one the customer's own history tells nothing, not even that there is one."""
    target = contact if contact.is_private else contact.customer
    record(action=action, target=target, changes=changes, actor=by, reason=reason)


def _day(contact: Contact) -> datetime.date:
    return localdate(contact.happened_at)


def _long(most: int) -> ValidationError:
    return ValidationError(_("%(most)d characters at most.") % {"most": most}, code="long")
