"""Filing the report of a visit once, changing it within a day, adding to it after that, and its photos."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.timezone import get_current_timezone, localdate
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import diff, record
from crm.clock import now, written_before
from crm.refusing import refusal_of
from customers.care.notes import change_note, remove_note, write_note
from customers.contacts.actions import change_contact, log_contact
from customers.contacts.models import Channel, Direction
from customers.files.models import Attachment
from customers.issues.actions import open_issue
from customers.issues.models import Issue
from customers.profile.models import Customer, Datum
from customers.relationship.actions import observe
from customers.relationship.models import Trait
from visits.plan.actions import BACK_DAYS, answer_goals, check_minutes, mark_reported, note_visit, tidy
from visits.plan.models import PlannedVisit, Purpose
from visits.plan.visiting import visits_anybody
from visits.report.checkin import Fix, metres_between
from visits.report.models import LONGEST, LONGEST_SHARED, Cooperation, ReportAddition, VisitReport

CHANGEABLE = datetime.timedelta(days=1)
MOST_ISSUES = 5
MOST_PHOTOS = 20
SOURCE = "visit"
_OF_CONTACT = ("mood_before", "mood_after", "person", "next_step", "next_on")
_TEXTS = {"found": LONGEST, "solved": LONGEST, "shared": LONGEST_SHARED}
_NAMES = {"text": "listened", "happened_at": "starts_at"}
"""What the contact calls by another name."""


def may_change(report: VisitReport, user: User) -> bool:
    """Its author, for a day."""
    return user.may_write and report.by_id == user.pk and now() - report.filed_at < CHANGEABLE


def file_report(
    *,
    by: User,
    visit: PlannedVisit | None = None,
    customer: Customer | None = None,
    day: datetime.date | None = None,
    starts_at: datetime.time | None = None,
    minutes: int | None = None,
    purpose: str = Purpose.ROUTINE,
    fix: Fix | None = None,
    checked_in_at: datetime.datetime | None = None,
    listened: str = "",
    found: str = "",
    solved: str = "",
    met: Mapping[int, bool | None] | None = None,
    why: Mapping[int, str] | None = None,
    issues: Sequence[dict[str, Any]] = (),
    promises: Sequence[dict[str, Any]] = (),
    photos: Sequence[Attachment] = (),
    cooperation: int | None = None,
    shared: str = "",
    private: str = "",
    client_key: uuid.UUID | None = None,
    written_at: datetime.datetime | None = None,
    **contact: Any,
) -> VisitReport:
    """Of a visit, or of one that nobody planned (customer; day: by default that of writing), which is then there.

    starts_at, minutes: as planned if nothing is said. met, why: of goals, by id. issues: what `open_issue` takes, each.
    contact: mood_before, mood_after, person, next_step, next_on. client_key: sent twice with the same one, it is filed
    once. written_at: kept where it lies before now. All or nothing; raises ValidationError keyed by field.
    """
    unknown = set(contact) - set(_OF_CONTACT)
    if unknown:
        raise TypeError(f"a report has no {', '.join(sorted(unknown))}")
    sent = _sent_before(by, client_key)
    if sent is not None:
        return _same(sent, visit, customer)
    written_at = written_before(written_at)
    values: dict[str, Any] = {"found": found, "solved": solved, "shared": shared, "written_at": written_at}
    try:
        with transaction.atomic():
            held = _locked(visit.customer_id if visit is not None else customer.pk)  # type: ignore[union-attr]
            # The other one of two at one moment has filed it while this one waited.
            sent = _sent_before(by, client_key)
            if sent is not None:
                return _same(sent, visit, customer)
            values |= _checked_in(held, fix, checked_in_at)
            if visit is None:
                visit = _unplanned(held, by, day or localdate(written_at or now()), starts_at, minutes, purpose)
            made = _file(held, visit, by, client_key, values, starts_at, minutes, listened, promises, met, why, contact)
            _open_issues(made, held, issues, by)
            _take_photos(made, held, photos)
            if cooperation is not None:
                _observe(made, held, cooperation, by)
            if private.strip():
                made.note = _private_note(held, private, by)
            made.save()
            return made
    except IntegrityError:
        sent = _sent_before(by, client_key)
        if sent is None:
            raise
        return _same(sent, visit, customer)


@transaction.atomic
def change_report(*, report: VisitReport, by: User, version: int | None = None, **fields: Any) -> VisitReport:
    """Change the fields given, by its author within a day: listened, found, solved, shared, private, minutes, met, why
    and those of the contact. Raises ValidationError: `conflict`, `late`; others keyed by field.
    """
    unknown = set(fields) - {*_TEXTS, *_OF_CONTACT, "listened", "private", "minutes", "met", "why"}
    if unknown:
        raise TypeError(f"a report has no {', '.join(sorted(unknown))} to change")
    held = _held(report)
    if version is not None and version != held.version:
        text = _("Somebody else has changed this in the meantime; look at it again.")
        raise ValidationError(text, code="conflict")
    if not may_change(held, by):
        text = _("A report is changed by its author within a day; after that, add to it.")
        raise ValidationError(text, code="late")
    before = {name: getattr(held, name) for name in (*_TEXTS, "minutes")}
    for name, value in _texts({name: fields[name] for name in _TEXTS if name in fields}).items():
        setattr(held, name, value)
    if "minutes" in fields:
        check_minutes(fields["minutes"])
        held.minutes = fields["minutes"]
    changes = diff(before, {name: getattr(held, name) for name in before})
    told = {name: fields[name] for name in _OF_CONTACT if name in fields}
    if "listened" in fields:
        told["text"] = fields["listened"]
    if told:
        _renamed(
            lambda: change_contact(contact=held.contact, by=by, through=held.contact.link, **told),
        )
        held.contact.refresh_from_db()
    met, why = fields.get("met") or {}, fields.get("why") or {}
    if met or why:
        goals = {one.pk: (one.met, one.why) for one in held.visit.goals.all()}
        answer_goals(visit=held.visit, met=met, why=why, by=by)
        if goals != {one.pk: (one.met, one.why) for one in held.visit.goals.all()}:
            changes["goals"] = [None, held.visit.day]
    if "private" in fields:
        held.edits += _change_private(held, fields["private"], by)
    if changes:
        held.edits += 1
        record(action="report.change", target=held.visit.customer, changes=_of_day(held, changes), actor=by)
    held.save()
    return held


@transaction.atomic
def add_to(*, report: VisitReport, text: str, by: User) -> ReportAddition:
    """What was put right or came up later."""
    held = _held(report)
    text = tidy(text)
    if not text:
        raise refusal_of("text", _("Write a few words."), "required")
    if len(text) > LONGEST:
        raise ValidationError({"text": _long(LONGEST)})
    made = ReportAddition.objects.create(report=held, by=by, at=now(), text=text)
    record(action="report.add", target=held.visit.customer, changes=_of_day(held, {"addition": [None, text]}), actor=by)
    return made


@transaction.atomic
def add_photos(*, report: VisitReport, photos: Sequence[Attachment], by: User) -> VisitReport:
    """Photos of the customer that were taken there; one that is with it already stays once."""
    held = _held(report)
    _take_photos(held, held.visit.customer, photos)
    if photos:
        changes = _of_day(held, {"photos": [None, len(photos)]})
        record(action="report.photo", target=held.visit.customer, changes=changes, actor=by)
    return held


# --- what is written in common ------------------------------------------------------------------------------------


def _sent_before(by: User, client_key: uuid.UUID | None) -> VisitReport | None:
    if client_key is None:
        return None
    rows = VisitReport.objects.select_related("visit__customer", "contact")
    return rows.filter(by=by, client_key=client_key).first()


def _same(sent: VisitReport, visit: PlannedVisit | None, customer: Customer | None) -> VisitReport:
    """What was sent before must be of the same visit, else one of two reports would be lost in silence."""
    of_another = sent.visit_id != visit.pk if visit is not None else sent.visit.customer_id != customer.pk  # type: ignore[union-attr]
    if of_another:
        raise refusal_of("client_key", _("This key was used for another report."), "used")
    return sent


def _locked(customer_id: int) -> Customer:
    return Customer.objects.select_for_update(of=("self",)).get(pk=customer_id)


def _held(report: VisitReport) -> VisitReport:
    """The customer first, as everywhere in visits, so that nobody waits in a ring."""
    _locked(PlannedVisit.objects.values_list("customer_id", flat=True).get(report=report.pk))
    rows = VisitReport.objects.select_for_update(of=("self",))
    return rows.select_related("visit__customer", "contact", "note").get(pk=report.pk)


def _unplanned(customer, by, day, starts_at, minutes, purpose) -> PlannedVisit:
    if not visits_anybody(by):
        raise ValidationError(_("Visits are made by market managers and heads who work here."), code="role")
    given = {"minutes": minutes} if minutes is not None else {}
    return note_visit(customer=customer, visitor=by, day=day, by=by, starts_at=starts_at, purpose=purpose, **given)


def _file(held, visit, by, client_key, values, starts_at, minutes, listened, promises, met, why, contact):
    minutes = visit.minutes if minutes is None else minutes
    check_minutes(minutes)
    values |= _texts({name: values[name] for name in _TEXTS})
    visit = mark_reported(visit=visit, by=by, met=met, why=why)
    logged = _renamed(
        lambda: log_contact(
            customer=held,
            by=by,
            channel=Channel.VISIT,
            direction=Direction.OUT,
            happened_at=_begun(visit, starts_at, minutes, values["written_at"] or now()),
            written_at=values["written_at"],
            text=listened,
            promises=promises,
            link=f"/visits/{visit.pk}/report/",
            **contact,
        )
    )
    made = VisitReport.objects.create(
        visit=visit, contact=logged, by=by, client_key=client_key, minutes=minutes, filed_at=now(), **values
    )
    told = {name: [None, values[name]] for name in _TEXTS if values[name]} | {"minutes": [None, minutes]}
    record(action="report.file", target=held, changes=_of_day(made, told), actor=by)
    return made


def _begun(visit: PlannedVisit, starts_at: datetime.time | None, minutes: int, written: datetime.datetime):
    """As said, else as planned where that had passed; else as long before it was written as it took, on another day at
    noon. Returns a moment.
    """
    said = starts_at or visit.starts_at
    moment = datetime.datetime.combine(visit.day, said or datetime.time(12), get_current_timezone())
    if starts_at is None and visit.day == localdate(written) and (said is None or moment > written):
        begun = written - datetime.timedelta(minutes=minutes)
        return max(begun, datetime.datetime.combine(visit.day, datetime.time(), get_current_timezone()))
    return moment


def _renamed(act):
    """Refusals of the contact under the names that a report has for them."""
    try:
        return act()
    except ValidationError as refusal:
        if not hasattr(refusal, "error_dict"):
            raise
        found = {_NAMES.get(name, name): flaws for name, flaws in refusal.error_dict.items()}
        raise ValidationError(found) from refusal  # type: ignore[arg-type]


def _checked_in(customer: Customer, fix: Fix | None, at: datetime.datetime | None) -> dict[str, Any]:
    if fix is None:
        return {}
    shop = customer.wgs_latitude, customer.wgs_longitude
    try:
        distance = metres_between(fix, None if None in shop else shop)  # type: ignore[arg-type]
    except ValueError as error:
        raise refusal_of("latitude", _("This is no position."), "point") from error
    if fix.datum not in Datum.values:
        raise refusal_of("datum", _("Choose one of those offered."), "choice")
    # A phone's clock may be wrong; where somebody stood is a note that stops no report.
    moment = now()
    if at is None or not moment - datetime.timedelta(days=BACK_DAYS) <= at <= moment:
        at = moment
    return {
        "latitude": round(fix.latitude, 7),
        "longitude": round(fix.longitude, 7),
        "datum": fix.datum,
        "accuracy_m": fix.accuracy_m,
        "age_s": fix.age_s,
        "checked_in_at": at,
        "distance_m": distance,
    }


def _texts(values: Mapping[str, str]) -> dict[str, str]:
    found = {name: tidy(value) for name, value in values.items()}
    wrong = {name: _long(_TEXTS[name]) for name, value in found.items() if len(value) > _TEXTS[name]}
    if wrong:
        raise ValidationError(wrong)  # type: ignore[arg-type]
    return found


def _open_issues(report: VisitReport, customer: Customer, issues: Sequence[dict[str, Any]], by: User) -> None:
    if len(issues) > MOST_ISSUES:
        raise refusal_of("issues", _("A report opens %(most)d issues at most.") % {"most": MOST_ISSUES}, "many")
    opened: list[Issue] = []
    for number, one in enumerate(issues, 1):
        try:
            # With a key its owner is told, if that is somebody else.
            issue = open_issue(
                customer=customer,
                by=by,
                once=f"visit-report:{report.pk}:{number}",
                reported_on=report.visit.day,
                person=report.contact.person if one.get("origin") == "told" else None,
                **one,
            )
        except ValidationError as refusal:
            raise ValidationError({"issues": refusal.messages}) from refusal
        opened.append(issue)
    report.issues.set(opened)


def _take_photos(report: VisitReport, customer: Customer, photos: Sequence[Attachment]) -> None:
    if any(one.customer_id != customer.pk or not one.is_photo or one.removed_at is not None for one in photos):
        raise refusal_of("photos", _("These are no photos of this customer."), "photo")
    report.photos.add(*photos)
    if report.photos.count() > MOST_PHOTOS:
        raise refusal_of("photos", _("A report has %(most)d photos at most.") % {"most": MOST_PHOTOS}, "many")


def _observe(report: VisitReport, customer: Customer, score: int, by: User) -> None:
    if score not in Cooperation.values:
        raise refusal_of("cooperation", _("Choose one of those offered."), "choice")
    report.cooperation = score
    observe(
        customer=customer,
        trait=Trait.COOPERATION,
        score=score,
        seen_on=report.visit.day,
        seen_by=by,
        source=SOURCE,
        ref=str(report.visit_id),
    )


def _private_note(customer: Customer, text: str, by: User):
    try:
        return write_note(customer=customer, text=text, by=by, is_private=True)
    except ValidationError as refusal:
        raise ValidationError({"private": refusal.messages}) from refusal


def _change_private(held: VisitReport, text: str, by: User) -> bool:
    """Written, changed or taken away; the log of the customer says nothing of it. Returns whether anything changed."""
    note = held.note if held.note is not None and held.note.removed_at is None else None
    if tidy(text) == (note.text if note is not None else ""):
        return False
    if not text.strip():
        assert note is not None
        remove_note(note=note, by=by)
        held.note = None
    elif note is None:
        held.note = _private_note(held.visit.customer, text, by)
    else:
        try:
            held.note = change_note(note=note, by=by, text=text, mood=note.mood, is_private=note.is_private)
        except ValidationError as refusal:
            raise ValidationError({"private": refusal.messages}) from refusal
    return True


def _of_day(report: VisitReport, changes: dict[str, Any]) -> dict[str, Any]:
    return {"visit_of": [None, report.visit.day], **changes}


def _long(most: int) -> ValidationError:
    return ValidationError(_("%(most)d characters at most.") % {"most": most}, code="long")
