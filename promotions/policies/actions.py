"""Writing a notice, its versions and papers, and withdrawing it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from crm.accounts.models import Role, User
from crm.audit.actions import diff, record
from crm.clock import now, today
from crm.refusing import refusal_of
from promotions.policies.audience import Audience, flaw_of, unknown_codes
from promotions.policies.models import Kind, Notice, NoticeClause, NoticeFile, NoticeVersion, State
from promotions.policies.texts import clauses_of, keyed

PARTS = ("title", "intro", "task")
LONGEST = {"title": 120, "intro": 2000, "task": 500}
MOST_CLAUSES, LONGEST_CLAUSE = 60, 1000
LONGEST_CHANGED = 500
MOST_DAYS = 366
BRAND_KINDS = (Kind.POLICY, Kind.RULE)
"""What heads and administrators alone lay down; a marketing plan may be anybody's who looks after customers."""


def may_write(user: User, kind: str = Kind.PLAN) -> bool:
    return user.may_write and (kind not in BRAND_KINDS or user.role in (Role.HEAD, Role.ADMIN))


@transaction.atomic
def write_notice(
    *,
    kind: str,
    language: str,
    texts: Mapping[str, Mapping[str, str]],
    answer_by: datetime.date,
    by: User,
    audience: Audience | None = None,
    joins: bool = True,
    asks_doing: bool = False,
    do_by: datetime.date | None = None,
) -> Notice:
    """A draft. texts: {language: {"title", "intro", "task", "clauses"}}, clauses parted by empty lines; the notice's
    own language must be there, others where they are written have as many clauses. Raises ValidationError by field.
    """
    _check_kind(kind, by)
    if language not in dict(settings.LANGUAGES):
        raise refusal_of("language", _("There is no such choice."), "language")
    words, clauses = _checked_texts(texts, language)
    _check_days(answer_by, asks_doing, do_by)
    notice = Notice.objects.create(
        kind=kind,
        language=language,
        audience=_checked_audience(audience, by).kept() if audience else {},
        joins=joins,
        answer_by=answer_by,
        asks_doing=asks_doing,
        do_by=do_by if asks_doing else None,
        made_by=by,
    )
    version = NoticeVersion.objects.create(notice=notice, number=1, texts=words, made_by=by)
    _put_clauses(version, clauses, [])
    record(action="notice.write", target=notice, changes={"notice": version.title, "kind": kind}, actor=by)
    return notice


@transaction.atomic
def change_notice(
    *,
    notice: Notice,
    by: User,
    version: int | None = None,
    texts: Mapping[str, Mapping[str, str]] | None = None,
    changed: Mapping[str, str] | None = None,
    asks_anew: bool | None = None,
    **fields: Any,
) -> Notice:
    """texts: of the version being written; where there is none (it is in force), the next one is begun.

    fields: kind, audience, joins, asks_doing before it was sent; answer_by and do_by always. version: of the notice as
    it was seen; another one raises ValidationError with the code `conflict`.
    """
    held = held_of(notice, version)
    if held.state == State.WITHDRAWN:
        raise ValidationError(_("This notice was withdrawn."), code="withdrawn")
    before = _told(held)
    _set_fields(held, fields, by)
    changes = diff(before, _told(held))
    draft = draft_of(held, by) if texts is not None or changed is not None or asks_anew is not None else None
    if draft is not None:
        _rewrite(held, draft, texts, changed, asks_anew)
        changes["notice_version"] = [None, draft.number]
    if not changes:
        return held
    held.version += 1
    held.save()
    record(action="notice.change", target=held, changes={"notice": held.title, **changes}, actor=by)
    return held


def held_of(notice: Notice, version: int | None = None) -> Notice:
    """Locked and read anew."""
    held = Notice.objects.select_for_update(of=("self",)).select_related("current").get(pk=notice.pk)
    if version is not None and held.version != version:
        raise ValidationError(_("Somebody else has changed this notice in the meantime; look at it again."), "conflict")
    return held


def _set_fields(held: Notice, fields: Mapping[str, Any], by: User) -> None:
    fixed = {"kind", "audience", "joins", "asks_doing"} & set(fields)
    if fixed and held.state == State.SENT:
        raise refusal_of(min(fixed), _("It has gone out: this stays as it is."), "sent")
    if "kind" in fields:
        _check_kind(fields["kind"], by)
        held.kind = fields["kind"]
    if "audience" in fields:
        held.audience = _checked_audience(fields["audience"], by).kept()
    for name in ("joins", "asks_doing", "answer_by", "do_by"):
        if name in fields:
            setattr(held, name, fields[name])
    if not held.asks_doing:
        held.do_by = None
    if {"answer_by", "do_by", "asks_doing"} & set(fields):
        _check_days(held.answer_by, held.asks_doing, held.do_by)


def _told(notice: Notice) -> dict[str, Any]:
    return {
        "kind": notice.kind,
        "audience": str(notice.audience),
        "joins": notice.joins,
        "answer_by": notice.answer_by,
        "asks_doing": notice.asks_doing,
        "do_by": notice.do_by,
    }


# --- versions -----------------------------------------------------------------------------------------------------


def draft_of(notice: Notice, by: User) -> NoticeVersion:
    """The version being written; a new one that begins as the one in force, papers and all."""
    found = notice.versions.filter(published_at__isnull=True).first()
    if found is not None:
        return found
    before = notice.current
    assert before is not None
    number = notice.versions.aggregate(n=Max("number"))["n"] + 1
    made = NoticeVersion.objects.create(notice=notice, number=number, texts=before.texts, made_by=by)
    NoticeClause.objects.bulk_create(
        [
            NoticeClause(version=made, key=one.key, position=one.position, texts=one.texts)
            for one in before.clauses.all()
        ]
    )
    NoticeFile.objects.bulk_create([_copied(one, made) for one in before.files.all()])
    return made


def _copied(one: NoticeFile, version: NoticeVersion) -> NoticeFile:
    names = ("title", "name", "content_type", "size", "sha256", "file", "added_by", "added_at")
    return NoticeFile(version=version, **{name: getattr(one, name) for name in names})


def _rewrite(notice: Notice, draft: NoticeVersion, texts, changed, asks_anew) -> None:
    if texts is not None:
        words, clauses = _checked_texts(texts, notice.language)
        draft.texts = words
        before = [(one.key, one.texts.get(notice.language, "")) for one in _clauses_before(notice, draft)]
        _put_clauses(draft, clauses, before)
    if changed is not None:
        draft.changed = {code: text.strip() for code, text in changed.items() if text.strip()}
        if any(len(text) > LONGEST_CHANGED for text in draft.changed.values()):
            raise refusal_of("changed", _("%(most)d characters at most.") % {"most": LONGEST_CHANGED}, "long")
    if asks_anew is not None:
        draft.asks_anew = asks_anew
    draft.save()


def _clauses_before(notice: Notice, draft: NoticeVersion) -> list[NoticeClause]:
    """What a clause keeps its number from: the version in force, else the draft as it stood."""
    version = notice.current or draft
    return list(version.clauses.all())


def _put_clauses(version: NoticeVersion, clauses: list[dict[str, str]], before: Sequence[tuple[int, str]]) -> None:
    own = version.notice.language
    ever = NoticeClause.objects.filter(version__notice=version.notice_id, version__published_at__isnull=False)
    highest = ever.aggregate(n=Max("key"))["n"] or 0
    numbers = keyed(before, [one[own] for one in clauses], highest)
    version.clauses.all().delete()
    NoticeClause.objects.bulk_create(
        [
            NoticeClause(version=version, key=key, position=n, texts=one)
            for n, (key, one) in enumerate(zip(numbers, clauses, strict=True), 1)
        ]
    )


@transaction.atomic
def drop_draft(*, notice: Notice, by: User) -> None:
    """The version being written goes; a notice that was never sent goes with it."""
    held = held_of(notice)
    draft = held.versions.filter(published_at__isnull=True).first()
    if draft is None:
        raise ValidationError(_("Nothing is being written."), code="none")
    record(action="notice.drop", target=held, changes={"notice": draft.title}, actor=by)
    if held.current_id is None:
        held.delete()
    else:
        draft.delete()


@transaction.atomic
def withdraw_notice(*, notice: Notice, why: str, by: User) -> Notice:
    """Customers no longer read it, and nobody waits for answers; what was answered stays."""
    held = held_of(notice)
    why = " ".join(why.split())
    if held.state not in (State.SENT, State.SCHEDULED):
        raise ValidationError(_("Only what was sent can be withdrawn."), code="state")
    if not why or len(why) > 300:
        raise refusal_of("why", _("Say why in at most 300 characters."), "why")
    held.state, held.withdrawn_at, held.withdrawn_why = State.WITHDRAWN, now(), why
    held.version += 1
    held.save()
    record(action="notice.withdraw", target=held, changes={"notice": held.title}, reason=why, actor=by)
    return held


# --- checks -------------------------------------------------------------------------------------------------------


def _check_kind(kind: str, by: User) -> None:
    if kind not in Kind.values:
        raise refusal_of("kind", _("There is no such choice."), "kind")
    if not may_write(by, kind):
        raise PermissionDenied(_("Policies and rules are laid down by heads and administrators."))


def _check_days(answer_by: datetime.date, asks_doing: bool, do_by: datetime.date | None) -> None:
    last = today() + datetime.timedelta(days=MOST_DAYS)
    for name, day in (("answer_by", answer_by), ("do_by", do_by if asks_doing else None)):
        if day is not None and day < today():
            raise refusal_of(name, _("This day has passed."), "past")
        if day is not None and day > last:
            raise refusal_of(name, _("That is more than a year away."), "far")


def _checked_audience(audience: Audience, by: User) -> Audience:
    texts = {
        "nobody": _("Say who is told."),
        "tier": _("There is no such choice."),
        "kind": _("There is no such choice."),
        "region": _("This region is not in your reach."),
        "many": _("%(most)d customers by name at most."),
    }
    flaw = flaw_of(audience, by)
    if flaw:
        raise refusal_of("audience", texts[flaw] % {"most": 5000} if flaw == "many" else texts[flaw], flaw)
    unknown = unknown_codes(audience.codes, by)
    if unknown:
        text = _("Not in your reach: %(codes)s") % {"codes": "、".join(unknown[:10])}
        raise refusal_of("audience", text, "unknown")
    return audience


def _checked_texts(texts: Mapping[str, Mapping[str, str]], own: str):
    """-> {language: {title, intro, task}}, [{language: text of a clause}]"""
    words: dict[str, dict[str, str]] = {}
    by_language: dict[str, list[str]] = {}
    for code, parts in texts.items():
        if code not in dict(settings.LANGUAGES):
            raise refusal_of("language", _("There is no such choice."), "language")
        said = {name: (parts.get(name) or "").strip() for name in PARTS}
        said["title"] = " ".join(said["title"].split())
        clauses = clauses_of(parts.get("clauses") or "")
        if code != own and not any(said.values()) and not clauses:
            continue
        _check_words(code, said, clauses)
        words[code], by_language[code] = {name: text for name, text in said.items() if text}, clauses
    if own not in words:
        raise refusal_of(f"title_{own}", _("Write it in the notice's own language."), "own")
    for code, clauses in by_language.items():
        if len(clauses) != len(by_language[own]):
            text = _("%(here)d clauses here, %(there)d in the notice's own language: write each, or none.")
            if clauses:
                values = {"here": len(clauses), "there": len(by_language[own])}
                raise refusal_of(f"clauses_{code}", text % values, "clauses")
    return words, [
        {code: clauses[n] for code, clauses in by_language.items() if clauses} for n in range(len(by_language[own]))
    ]


def _check_words(code: str, said: Mapping[str, str], clauses: Sequence[str]) -> None:
    if not said["title"]:
        raise refusal_of(f"title_{code}", _("Give it a title."), "title")
    for name, most in LONGEST.items():
        if len(said[name]) > most:
            raise refusal_of(f"{name}_{code}", _("%(most)d characters at most.") % {"most": most}, "long")
    if len(clauses) > MOST_CLAUSES:
        raise refusal_of(f"clauses_{code}", _("%(most)d clauses at most.") % {"most": MOST_CLAUSES}, "many")
    if any(len(one) > LONGEST_CLAUSE for one in clauses):
        text = _("A clause has %(most)d characters at most.") % {"most": LONGEST_CLAUSE}
        raise refusal_of(f"clauses_{code}", text, "long")
