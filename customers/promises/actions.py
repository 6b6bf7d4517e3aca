"""Making a promise, keeping or breaking it, putting it off, taking it back, and opening it again within a day."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import diff, record
from crm.clock import now, today
from crm.refusing import refusal_of
from customers.people.models import Person, PersonRole
from customers.profile.actions import people_open_to
from customers.profile.models import Customer, customer_scope
from customers.promises.models import LONGEST, Commitment, Side, State

AHEAD_DAYS = 800
BACK_DAYS = 366
REOPENED_FOR = datetime.timedelta(days=1)
_FIELDS = ("text", "owner", "person")


@transaction.atomic
def make_commitment(
    *,
    customer: Customer,
    side: str,
    text: str,
    due_on: datetime.date,
    by: User | None,
    made_on: datetime.date | None = None,
    owner: User | None = None,
    person: Person | None = None,
    link: str = "",
) -> Commitment:
    """made_on: today if nothing is said. owner: who keeps one of ours, by default whoever writes it down. person: who
    said it, or to whom it was said. Raises ValidationError keyed by field.
    """
    made_on = made_on or today()
    if side == Side.OURS:
        owner = owner or by
    wrong: dict[str, Any] = {}
    text = _line(text)
    if side not in Side.values:
        raise refusal_of("side", _("Say whose promise it is."), "side")
    if not text:
        wrong["text"] = ValidationError(_("Say what was promised."), code="required")
    elif len(text) > LONGEST:
        wrong["text"] = _long()
    if made_on > today():
        wrong["made_on"] = ValidationError(_("This day is yet to come."), code="future")
    elif (today() - made_on).days > BACK_DAYS:
        wrong["made_on"] = ValidationError(_("This lies more than a year back."), code="past")
    if due_on < made_on:
        wrong["due_on"] = ValidationError(_("A promise cannot be due before it was made."), code="order")
    elif (due_on - today()).days > AHEAD_DAYS:
        wrong["due_on"] = ValidationError(_("This is too far ahead for a promise."), code="far")
    if side == Side.THEIRS and owner is not None:
        wrong["owner"] = ValidationError(_("Only a promise of ours is kept by one of us."), code="theirs")
    if wrong:
        raise ValidationError(wrong)
    if side == Side.OURS:
        check_owner(owner, customer, by)
    check_person(person, customer)
    if link and (not link.startswith("/") or link.startswith("//") or len(link) > 200):
        raise refusal_of("link", _("This is no address in Qiao."), "link")
    made = Commitment.objects.create(
        customer=customer,
        side=side,
        text=text,
        made_on=made_on,
        due_on=due_on,
        owner=owner,
        person=person,
        link=link,
        written_by=by,
    )
    _record("commitment.make", made, by, {"side": [None, side], "due_on": [None, due_on], **_owner_of(made)})
    return made


@transaction.atomic
def keep(
    *,
    commitment: Commitment,
    by: User | None,
    on: datetime.date | None = None,
    note: str = "",
    version: int | None = None,
) -> Commitment:
    """on: the day it was kept, today if nothing is said; after its due day it was kept late."""
    held = _held(commitment, version)
    on = on or today()
    if on > today():
        raise refusal_of("on", _("This day is yet to come."), "future")
    if on < held.made_on:
        raise refusal_of("on", _("It was not promised yet."), "order")
    return _settle(held, State.KEPT, on, note, "commitment.keep", by)


@transaction.atomic
def break_(*, commitment: Commitment, by: User | None, note: str = "", version: int | None = None) -> Commitment:
    """It was not kept and will not be; note: what happened."""
    return _settle(_held(commitment, version), State.BROKEN, today(), note, "commitment.break", by)


@transaction.atomic
def renegotiate(
    *,
    commitment: Commitment,
    due_on: datetime.date,
    by: User | None,
    note: str = "",
    text: str | None = None,
    version: int | None = None,
) -> Commitment:
    """Both agreed on another day: this one ends as put off, and the one that follows is returned."""
    held = _held(commitment, version)
    if due_on < today():
        raise refusal_of("due_on", _("This day has passed."), "past")
    if due_on == held.due_on:
        raise refusal_of("due_on", _("It is due on that day already."), "same")
    _settle(held, State.RENEGOTIATED, today(), note, "commitment.renegotiate", by, {"due_on": [held.due_on, due_on]})
    later = Commitment(
        customer=held.customer,
        side=held.side,
        text=_line(text) if text is not None else held.text,
        made_on=today(),
        due_on=due_on,
        owner=held.owner,
        person=held.person,
        earlier=held,
        link=held.link,
        written_by=by,
    )
    if not later.text:
        raise refusal_of("text", _("Say what was promised."), "required")
    if len(later.text) > LONGEST:
        raise ValidationError({"text": _long()})
    if (due_on - today()).days > AHEAD_DAYS:
        raise refusal_of("due_on", _("This is too far ahead for a promise."), "far")
    later.save()
    return later


@transaction.atomic
def take_back(*, commitment: Commitment, by: User | None, note: str = "", version: int | None = None) -> Commitment:
    """It was written down by mistake and counts for nobody."""
    return _settle(_held(commitment, version), State.TAKEN_BACK, today(), note, "commitment.take_back", by)


@transaction.atomic
def reopen(*, commitment: Commitment, by: User | None) -> Commitment:
    """Undo what was said of it, for a day. Of one that was put off, the one that follows is taken back."""
    held = _found(commitment)
    if held.settled_at is None:
        raise ValidationError(_("This promise is open."), code="state")
    if now() - held.settled_at > REOPENED_FOR:
        raise ValidationError(_("This was said more than a day ago: write down another promise."), code="late")
    before = held.earlier if held.state == State.TAKEN_BACK else None
    if before is not None and (before.state != State.RENEGOTIATED or _followed(before)):
        raise ValidationError(_("The promise before it is open again."), code="follow")
    if held.state == State.RENEGOTIATED:
        later = held.later.select_for_update().exclude(state=State.TAKEN_BACK).first()
        if later is not None and not later.is_open:
            raise ValidationError(_("The promise that followed is settled already."), code="follow")
        if later is not None:
            later.customer = held.customer
            _settle(later, State.TAKEN_BACK, today(), "", "commitment.take_back", by)
    told = {"commitment_state": held.state, "outcome": held.outcome}
    held.state, held.settled_on, held.settled_at, held.settled_by, held.outcome = State.OPEN, None, None, None, ""
    held.version += 1
    held.save()
    _record("commitment.reopen", held, by, diff(told, {"commitment_state": held.state, "outcome": ""}))
    return held


@transaction.atomic
def change_commitment(
    *, commitment: Commitment, by: User | None, version: int | None = None, **fields: Any
) -> Commitment:
    """Put right its text, who keeps it (`owner`) or who said it (`person`). Another day is agreed: `renegotiate`."""
    unknown = set(fields) - set(_FIELDS)
    if unknown:
        raise TypeError(f"a promise has no {', '.join(sorted(unknown))} to change")
    held = _held(commitment, version)
    before = {name: _name(getattr(held, name)) for name in _FIELDS}
    if "text" in fields:
        fields["text"] = _line(fields["text"])
        if not fields["text"]:
            raise refusal_of("text", _("Say what was promised."), "required")
        if len(fields["text"]) > LONGEST:
            raise ValidationError({"text": _long()})
    if "owner" in fields and fields["owner"] != held.owner:
        if held.side == Side.THEIRS:
            raise refusal_of("owner", _("Only a promise of ours is kept by one of us."), "theirs")
        check_owner(fields["owner"], held.customer, by)
    if "person" in fields and fields["person"] != held.person:
        check_person(fields["person"], held.customer)
    for name, value in fields.items():
        setattr(held, name, value)
    changes = diff(before, {name: _name(getattr(held, name)) for name in _FIELDS})
    if changes:
        held.version += 1
        held.save()
        changes["promise"] = changes.pop("text", [None, held.text])
        record(action="commitment.change", target=held.customer, changes=changes, actor=by)
    return held


# --- what is written in common ------------------------------------------------------------------------------------


def check_owner(owner: User | None, customer: Customer, by: User | None) -> None:
    if owner is None:
        raise refusal_of("owner", _("Say who of us keeps it."), "required")
    if not owner.may_write:
        raise refusal_of("owner", _("This person changes nothing here."), "role")
    if not Customer.objects.filter(customer_scope(owner), pk=customer.pk).exists():
        raise refusal_of("owner", _("This person does not see the customer."), "sight")
    if by is not None and owner.pk != by.pk and not people_open_to(by).filter(pk=owner.pk).exists():
        raise refusal_of("owner", _("This person is not in your reach."), "reach")


def owners_open_to(by: User, now_kept_by: int | None = None) -> QuerySet[User]:
    """Who may keep a promise of ours: whoever writes it down, whom they may put in charge, and who keeps it so far."""
    open_to = people_open_to(by).order_by().values("pk")
    wanted = Q(pk__in=open_to) | Q(pk=by.pk) | Q(pk=now_kept_by)
    return User.objects.filter(wanted, is_active=True).order_by("name", "username")


def check_person(person: Person | None, customer: Customer) -> None:
    if person is not None and not PersonRole.objects.filter(person=person, customer=customer).exists():
        raise refusal_of("person", _("This person does not stand with the customer."), "person")


def _followed(commitment: Commitment) -> bool:
    return commitment.later.exclude(state=State.TAKEN_BACK).exists()


def _found(commitment: Commitment) -> Commitment:
    rows = Commitment.objects.select_for_update(of=("self",)).select_related("customer", "owner", "person", "earlier")
    return rows.get(pk=commitment.pk)


def _held(commitment: Commitment, version: int | None) -> Commitment:
    held = _found(commitment)
    if version is not None and version != held.version:
        text = _("Somebody else has changed this in the meantime; look at it again.")
        raise ValidationError(text, code="conflict")
    if not held.is_open:
        raise ValidationError(_("This promise is settled already."), code="over")
    return held


def _settle(held: Commitment, state: State, on, note: str, action: str, by, changes: dict | None = None) -> Commitment:
    note = _line(note)
    if len(note) > LONGEST:
        raise ValidationError({"note": _long()})
    held.state, held.settled_on, held.settled_at, held.settled_by, held.outcome = state, on, now(), by, note
    held.version += 1
    held.save()
    told = {**(changes or {}), **({"outcome": [None, note]} if note else {})}
    _record(action, held, by, told)
    return held


def _record(action: str, row: Commitment, by: User | None, changes: dict[str, Any]) -> None:
    """A customer has many promises: the log says which."""
    record(action=action, target=row.customer, changes={"promise": [None, row.text], **changes}, actor=by)


def _owner_of(row: Commitment) -> dict[str, Any]:
    return {"owner": [None, str(row.owner)]} if row.owner else {}


def _name(value: Any) -> Any:
    return value if value is None or isinstance(value, str) else str(value)


def _line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())


def _long() -> ValidationError:
    return ValidationError(_("%(most)d characters at most.") % {"most": LONGEST}, code="long")
