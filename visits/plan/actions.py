"""Planning a visit, changing it, calling it off, and saying what came of it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import diff, record
from crm.clock import now, today
from crm.refusing import refusal_of
from customers.profile.models import Customer
from visits.plan.models import (
    LEAST_MINUTES,
    LONGEST,
    LONGEST_GOAL,
    LONGEST_WHY,
    MOST_MINUTES,
    USUAL_MINUTES,
    PlannedVisit,
    Purpose,
    State,
    VisitGoal,
)
from visits.plan.shortnotice import forget_calling_off, note_calling_off, note_move
from visits.plan.visiting import VISIT, check_may_end, is_closed_on, seen_by, visitors_open_to

AHEAD_DAYS = 400
MOST_GOALS = 10
REOPENED_FOR = datetime.timedelta(days=1)
"""So long after it ended a visit is planned again as it was."""
BACK_DAYS = 14
"""So long ago a visit may have been made that nobody planned."""
GOALS_JOINED = " · "
_FIELDS = ("visitor", "day", "starts_at", "minutes", "purpose", "note", "is_agreed", "goals")


@transaction.atomic
def plan_visit(
    *,
    customer: Customer,
    visitor: User,
    day: datetime.date,
    by: User | None,
    starts_at: datetime.time | None = None,
    minutes: int = USUAL_MINUTES,
    purpose: str = Purpose.ROUTINE,
    note: str = "",
    is_agreed: bool = False,
    goals: Sequence[str] = (),
    links: Mapping[str, str] | None = None,
) -> PlannedVisit:
    """by: None is the system, which may send anybody. links: {text of a goal: a path in Qiao to what it is about}.

    Raises ValidationError keyed by field.
    """
    held = _locked(customer.pk)
    values = _checked(
        customer=held,
        by=by,
        day=day,
        visitor=visitor,
        starts_at=starts_at,
        minutes=minutes,
        purpose=purpose,
        note=note,
        is_agreed=is_agreed,
    )
    texts = goal_texts(goals)
    _refuse_twice(held, visitor, day)
    visit = PlannedVisit.objects.create(customer=held, planned_by=by, **values)
    about = links or {}
    VisitGoal.objects.bulk_create(
        [VisitGoal(visit=visit, position=n, text=one, link=about.get(one, "")) for n, one in enumerate(texts, 1)]
    )
    told = {name: pair for name, pair in diff({}, told_of(visit, texts)).items() if pair[1] not in (None, "")}
    record(action="visit.plan", target=held, changes=told, actor=by)
    return visit


@transaction.atomic
def change_visit(
    *,
    visit: PlannedVisit,
    by: User | None,
    version: int | None = None,
    links: Mapping[str, str] | None = None,
    they_asked: bool = False,
    **fields: Any,
) -> PlannedVisit:
    """Change the fields given, of `plan_visit`; the others stand, but another day is agreed only if that is given.
    goals: all of them, those kept keep what was said; links: of those that are new. they_asked: the customer wanted it.

    version: the one the person saw; when somebody saved in between nothing is written, and a ValidationError with
    code `conflict` says so. Other refusals are keyed by field.
    """
    unknown = set(fields) - set(_FIELDS)
    if unknown:
        raise TypeError(f"a visit has no {', '.join(sorted(unknown))}")
    held = _held(visit, version)
    goals = list(held.goals.all())
    before = told_of(held, [one.text for one in goals])
    was = (held.is_agreed, held.day, held.starts_at)
    texts = goal_texts(fields.pop("goals")) if "goals" in fields else None
    if fields.get("day", held.day) != held.day and not they_asked:
        fields.setdefault("is_agreed", False)  # another day is agreed only where somebody says so
    values = {name: getattr(held, name) for name in _FIELDS if name != "goals"} | fields
    changed = {name for name, value in fields.items() if value != getattr(held, name)}
    _checked(customer=held.customer, by=by, only=changed, **values)
    if changed & {"visitor", "day"}:
        _refuse_twice(held.customer, values["visitor"], values["day"], but=held.pk)
    for name, value in values.items():
        setattr(held, name, tidy(value) if name == "note" else value)
    if texts is not None:
        _replace_goals(held, goals, texts, links or {})
    changes = diff(before, told_of(held, texts if texts is not None else [one.text for one in goals]))
    if changes:
        held.version += 1
        held.save()
        record(action="visit.change", target=held.customer, changes=_with_day(held, changes), actor=by)
        note_move(held, was, by, they_asked=they_asked)
    return held


@transaction.atomic
def call_off(
    *, visit: PlannedVisit, reason: str, by: User | None, version: int | None = None, they_asked: bool = False
) -> PlannedVisit:
    """It will not be made; reason: why not. they_asked: the customer wanted it."""
    held = _held(visit, version, by)
    reason = _said("reason", reason)
    if not reason:
        raise refusal_of("reason", _("Say why."), "required")
    note_calling_off(held, by, they_asked=they_asked)
    return _end(held, State.CANCELLED, reason, "visit.call_off", by)


@transaction.atomic
def mark_done(
    *,
    visit: PlannedVisit,
    by: User | None,
    outcome: str = "",
    met: Mapping[int, bool | None] | None = None,
    version: int | None = None,
) -> PlannedVisit:
    """It was made. outcome: what came of it. met: whether goals were reached, by their ids; others stay as they are."""
    held = _held(visit, version, by)
    outcome = _said("outcome", outcome)
    if held.day > today():
        raise ValidationError(_("This day is yet to come: move the visit first."), code="early")
    _answer(held, met or {}, {})
    return _end(held, State.DONE, outcome, "visit.done", by)


@transaction.atomic
def note_visit(
    *,
    customer: Customer,
    visitor: User,
    day: datetime.date,
    by: User | None,
    starts_at: datetime.time | None = None,
    minutes: int = USUAL_MINUTES,
    purpose: str = Purpose.ROUTINE,
) -> PlannedVisit:
    """One made today or lately that nobody planned, for `mark_reported` to end; where it was planned, that one."""
    held = _locked(customer.pk)
    there = PlannedVisit.objects.planned().filter(customer=held, visitor=visitor, day=day).first()
    if there is not None:
        return there
    values = {"day": day, "visitor": visitor, "minutes": minutes, "purpose": purpose, "note": ""}
    _checked(customer=held, by=by, only={"visitor", "minutes"}, **values)
    if day > today():
        raise refusal_of("day", _("This day is yet to come."), "early")
    if (today() - day).days > BACK_DAYS:
        text = _("No longer than %(days)d days ago.") % {"days": BACK_DAYS}
        raise refusal_of("day", text, "past")
    visit = PlannedVisit.objects.create(customer=held, planned_by=by, starts_at=starts_at, **values)
    changes = {"visitor": [None, str(visitor)], "day": [None, day], "purpose": [None, str(purpose)]}
    record(action="visit.note", target=held, changes=changes, actor=by)
    return visit


@transaction.atomic
def mark_reported(
    *,
    visit: PlannedVisit,
    by: User | None,
    met: Mapping[int, bool | None] | None = None,
    why: Mapping[int, str] | None = None,
) -> PlannedVisit:
    """A report is written about it: it was made, whether or not that was said before. met, why: of goals, by id."""
    held = _found(visit, by)
    if held.is_reported:
        raise ValidationError(_("There is a report of this visit already."), code="reported")
    if held.state == State.CANCELLED:
        raise ValidationError(_("This visit was called off."), code="over")
    if held.day > today():
        raise ValidationError(_("This day is yet to come: move the visit first."), code="early")
    _answer(held, met or {}, why or {})
    held.state, held.ended_at, held.is_reported = State.DONE, held.ended_at or now(), True
    held.version += 1
    held.save()
    record(action="visit.report", target=held.customer, changes=_with_day(held, {}), actor=by)
    return held


@transaction.atomic
def answer_goals(
    *, visit: PlannedVisit, met: Mapping[int, bool | None], why: Mapping[int, str], by: User | None
) -> PlannedVisit:
    """Of a visit that is reported: for its report, whose log tells it."""
    held = _found(visit)
    _answer(held, met, why)
    return held


@transaction.atomic
def reopen_visit(*, visit: PlannedVisit, by: User | None) -> PlannedVisit:
    """Plan one again that was said to be made or called off by mistake, for a day after that was said."""
    held = _found(visit, by)
    if held.ended_at is None:
        raise ValidationError(_("This visit is planned."), code="state")
    if held.is_reported:
        raise ValidationError(_("Its report says that it was made."), code="reported")
    if now() - held.ended_at > REOPENED_FOR:
        raise ValidationError(_("It ended more than a day ago: plan another one."), code="late")
    _refuse_twice(held.customer, held.visitor, held.day)
    before = {"visit_state": held.state, "outcome": held.outcome}
    held.state, held.ended_at, held.outcome, held.version = State.PLANNED, None, "", held.version + 1
    held.save()
    held.goals.update(met=None, why="")
    forget_calling_off(held)
    changes = diff(before, {"visit_state": held.state, "outcome": ""})
    record(action="visit.reopen", target=held.customer, changes=_with_day(held, changes), actor=by)
    return held


@transaction.atomic
def add_goal(*, visit: PlannedVisit, text: str, by: User | None, link: str = "") -> VisitGoal:
    """One more thing for a planned visit to reach. link: a path in Qiao to what it is about (for slices above)."""
    held = _held(visit, None)
    (text,) = goal_texts([text]) or [""]
    if not text:
        raise refusal_of("text", _("Write a few words."), "required")
    # A browser reads a backslash as a slash, and skips tabs.
    if link and not (link.startswith("/") and url_has_allowed_host_and_scheme(link, None) and len(link) <= 200):
        raise refusal_of("link", _("This is no address in Qiao."), "link")
    if held.goals.count() >= MOST_GOALS:
        raise refusal_of("text", _too_many(), "many")
    last = held.goals.aggregate(last=Max("position"))["last"] or 0
    made = VisitGoal.objects.create(visit=held, position=last + 1, text=text, link=link)
    held.version += 1
    held.save(update_fields=["version"])
    record(action="visit.goal", target=held.customer, changes=_with_day(held, {"goal": [None, text]}), actor=by)
    return made


@transaction.atomic
def take_goal(*, visit: PlannedVisit, text: str, by: User | None, link: str) -> VisitGoal:
    """`add_goal` for what a list offers: a goal about the same thing, or in the same words, stays the only one."""
    held = _found(visit)
    there = held.goals.filter(Q(text=text) | Q(link=link) if link else Q(text=text)).first()
    return there or add_goal(visit=held, text=text, by=by, link=link)


# --- what is written in common ------------------------------------------------------------------------------------


def tidy(text: str) -> str:
    return text.replace("\0", "").replace("\r\n", "\n").strip()


def goal_texts(goals: Sequence[str]) -> list[str]:
    """One line each, without empty and repeated ones. Raises ValidationError under `goals`."""
    found = list(dict.fromkeys(text for text in (" ".join(tidy(one).split()) for one in goals) if text))
    if len(found) > MOST_GOALS:
        raise refusal_of("goals", _too_many(), "many")
    if any(len(one) > LONGEST_GOAL for one in found):
        text = _("A goal has %(most)d characters at most.") % {"most": LONGEST_GOAL}
        raise refusal_of("goals", text, "long")
    return found


def told_of(visit: PlannedVisit, goals: Sequence[str]) -> dict[str, Any]:
    """What the log tells of a visit."""
    return {
        "visitor": str(visit.visitor),
        "day": visit.day,
        "starts_at": visit.starts_at,
        "minutes": visit.minutes,
        "purpose": visit.purpose,
        "note": visit.note,
        "is_agreed": visit.is_agreed,
        "goals": GOALS_JOINED.join(goals),
    }


def check_day(day: datetime.date, field: str = "day") -> None:
    if day < today():
        raise refusal_of(field, _("This day has passed."), "past")
    if (day - today()).days > AHEAD_DAYS:
        text = _("Visits are planned %(days)d days ahead at most.") % {"days": AHEAD_DAYS}
        raise refusal_of(field, text, "far")


def check_minutes(minutes: int) -> None:
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        text = _("A visit takes %(least)d to %(most)d minutes.") % {"least": LEAST_MINUTES, "most": MOST_MINUTES}
        raise refusal_of("minutes", text, "minutes")


def check_visitor(visitor: User, by: User | None) -> None:
    """Whether this person makes visits at all, and may be sent by `by`."""
    if not visitor.is_active or visitor.role not in VISIT:
        raise refusal_of("visitor", _("Visits are made by market managers and heads who work here."), "role")
    if by is not None and visitor.pk != by.pk and not visitors_open_to(by).filter(pk=visitor.pk).exists():
        raise refusal_of("visitor", _("This person is not in your reach."), "reach")


def _checked(*, customer: Customer, by: User | None, only: set[str] | None = None, **values: Any) -> dict[str, Any]:
    """The values as they are kept. only: those that are new, where the others were judged before."""
    wrong: dict[str, Any] = {}

    def judge(name: str, check) -> None:
        if only is None or name in only:
            try:
                check()
            except ValidationError as refusal:
                wrong.update(refusal.error_dict)

    judge("day", lambda: check_day(values["day"]))
    judge("minutes", lambda: check_minutes(values["minutes"]))
    judge("visitor", lambda: check_visitor(values["visitor"], by))
    values["note"] = tidy(values["note"])
    if len(values["note"]) > LONGEST:
        wrong["note"] = [_long()]
    if values["purpose"] not in Purpose.values:
        wrong["purpose"] = [ValidationError(_("There is no such purpose."), code="purpose")]
    if wrong:
        raise ValidationError(wrong)
    if only is None or only & {"day", "visitor"}:
        _check_meeting(customer, values["visitor"], values["day"])
    return values


def _check_meeting(customer: Customer, visitor: User, day: datetime.date) -> None:
    if is_closed_on(customer, day):
        raise refusal_of("day", _("This customer is closed then."), "closed")
    if not seen_by(visitor, [customer.pk], day):
        raise refusal_of("visitor", _("This person does not see the customer."), "sight")


def _refuse_twice(customer: Customer, visitor: User, day: datetime.date, but: int | None = None) -> None:
    same = PlannedVisit.objects.planned().filter(customer=customer, visitor=visitor, day=day)
    if same.exclude(pk=but).exists():
        raise refusal_of("day", _("This visit is planned for that day already."), "twice")


def _locked(customer_id: int) -> Customer:
    """Two who plan for one customer wait for each other, so that the second is told."""
    return Customer.objects.select_for_update(of=("self",)).get(pk=customer_id)


def _found(visit: PlannedVisit, by: User | None = None) -> PlannedVisit:
    """The customer first, then the visit, as the bulk action does, so that nobody waits in a ring. by: ends it."""
    check_may_end(visit, by)
    _locked(PlannedVisit.objects.values_list("customer_id", flat=True).get(pk=visit.pk))
    rows = PlannedVisit.objects.select_for_update(of=("self",)).select_related("customer", "visitor")
    return rows.get(pk=visit.pk)


def _held(visit: PlannedVisit, version: int | None, by: User | None = None) -> PlannedVisit:
    held = _found(visit, by)
    if version is not None and version != held.version:
        text = _("Somebody else has changed this in the meantime; look at it again.")
        raise ValidationError(text, code="conflict")
    if held.state == State.DONE:
        raise ValidationError(_("This visit was made already."), code="over")
    if held.state == State.CANCELLED:
        raise ValidationError(_("This visit was called off."), code="over")
    return held


def _answer(held: PlannedVisit, met: Mapping[int, bool | None], why: Mapping[int, str]) -> None:
    goals = {one.pk: one for one in held.goals.all()}
    said = set(met) | set(why)
    if said - set(goals):
        raise refusal_of("goals", _("There is no such goal."), "goal")
    for pk in said:
        goals[pk].met = met.get(pk, goals[pk].met)
        goals[pk].why = " ".join(tidy(why.get(pk, goals[pk].why)).split())
        if len(goals[pk].why) > LONGEST_WHY:
            text = _("%(most)d characters at most.") % {"most": LONGEST_WHY}
            raise refusal_of("goals", text, "long")
    VisitGoal.objects.bulk_update([goals[pk] for pk in sorted(said)], ["met", "why"])


def _end(held: PlannedVisit, state: State, outcome: str, action: str, by: User | None) -> PlannedVisit:
    held.state, held.ended_at, held.outcome, held.version = state, now(), outcome, held.version + 1
    held.save()
    changes = {"outcome": [None, outcome]} if outcome else {}
    record(action=action, target=held.customer, changes=_with_day(held, changes), actor=by)
    return held


def _with_day(held: PlannedVisit, changes: dict[str, Any]) -> dict[str, Any]:
    """A customer has many visits: the log says which."""
    return changes if "day" in changes else {"visit_of": [None, held.day], **changes}


def _replace_goals(held: PlannedVisit, goals: list[VisitGoal], texts: list[str], links: Mapping[str, str]) -> None:
    kept = {one.text: one for one in goals if one.text in texts}
    VisitGoal.objects.filter(pk__in=[one.pk for one in goals if kept.get(one.text) is not one]).delete()
    for number, text in enumerate(texts, 1):
        if text in kept:
            kept[text].position = number
    VisitGoal.objects.bulk_update(kept.values(), ["position"])
    VisitGoal.objects.bulk_create(
        [
            VisitGoal(visit=held, position=n, text=text, link=links.get(text, ""))
            for n, text in enumerate(texts, 1)
            if text not in kept
        ]
    )


def _said(field: str, text: str) -> str:
    text = tidy(text)
    if len(text) > LONGEST:
        raise ValidationError({field: _long()})
    return text


def _long() -> ValidationError:
    return ValidationError(_("%(most)d characters at most.") % {"most": LONGEST}, code="long")


def _too_many() -> str:
    return _("A visit has %(most)d goals at most.") % {"most": MOST_GOALS}
