"""Notices as they stand: the list, one with where it sticks, its versions; reminding and withdrawing."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from crm.clock import today
from crm.listing.keyset import Order, page
from customers.profile.doors import flaws_of, refuse_readers
from promotions.policies import actions, letters, reading
from promotions.policies.answer_models import Answer, Reason
from promotions.policies.forms import WithdrawForm
from promotions.policies.models import Kind, Notice, NoticeVersion, State

NEWEST = Order("written", "pk", form="int")
BY_KEY = Order("told", "pk", form="int")
STATES = {"open": [State.SENT], "draft": [State.DRAFT, State.SCHEDULED], "over": [State.WITHDRAWN]}


def notice_of(request, pk) -> Notice:
    return get_object_or_404(reading.notices(request.user), pk=pk)


def may_change(user, notice: Notice) -> bool:
    """Whoever wrote it, as long as such a notice is theirs to lay down, and administrators."""
    return actions.may_write(user, notice.kind) and (notice.made_by_id == user.pk or user.is_admin)


def may_read(user, notice: Notice, version: NoticeVersion) -> bool:
    """Of a notice in reach: what is in force or was, and what is being written as the notice's page shows it."""
    return version.published_at is not None or notice.current_id is None or may_change(user, notice)


def refuse_others(request, notice: Notice) -> None:
    refuse_readers(request)
    if not may_change(request.user, notice):
        raise PermissionDenied(_("Whoever wrote a notice, or an administrator, changes it."))


@require_safe
@login_required
def notice_list(request):
    user, day, state = request.user, today(), request.GET.get("state", "")
    rows = reading.notices(user)
    kind = request.GET.get("kind", "")
    if state in STATES:
        rows = rows.filter(state__in=STATES[state])
    if kind in Kind.values:
        rows = rows.filter(kind=kind)
    found = page(rows, NEWEST, True, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    stands = reading.standings(user, [one.pk for one in found.rows], day)
    context = {
        "page": found,
        "lines": [(one, stands.get(one.pk, reading.Standing())) for one in found.rows],
        "filters": [
            _filter(_("State"), "state", state, _states()),
            _filter(_("Kind"), "kind", kind, Kind.choices),
        ],
        "narrowed": bool(state or kind),
        "questions": reading.open_questions(user).filter(owner=user).count(),
        "today": day,
        "may_write": actions.may_write(user),
    }
    return render(request, "promotions/policies/list.html", context)


def _states() -> list[tuple[str, str]]:
    return [
        ("open", pgettext("notices", "sent")),
        ("draft", pgettext("notices", "not sent yet")),
        ("over", pgettext("notices", "withdrawn")),
    ]


def _filter(label: str, name: str, value: str, choices) -> dict:
    return {
        "label": label,
        "name": name,
        "value": value,
        "shown": dict(choices).get(value, value),
        "choices": choices,
    }


def whos(notice: Notice) -> list[tuple[str, str]]:
    found = [
        ("silent", _("no answer")),
        ("unread", pgettext("notice", "not read")),
        ("agree", str(Answer.AGREE.label)),
        ("unclear", str(Answer.UNCLEAR.label)),
        ("cannot", str(Answer.CANNOT.label)),
        ("propose", str(Answer.PROPOSE.label)),
    ]
    if notice.asks_doing:
        found += [("done", pgettext("notice", "done")), ("undone", pgettext("notice", "not done"))]
    return [*found, ("joined", _("came later"))]


@require_safe
@login_required
def detail(request, pk):
    notice, user, day = notice_of(request, pk), request.user, today()
    who = request.GET.get("who", "")
    who = who if who in dict(whos(notice)) else ""
    found = page(
        reading.deliveries(user, notice, who),
        BY_KEY,
        False,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    draft = next((one for one in notice.versions.all() if one.published_at is None), None)
    labels = dict(Reason.choices)
    context = {
        "notice": notice,
        "shown": notice.shown,
        "draft": draft,
        "stands": reading.standings(user, [notice.pk], day).get(notice.pk, reading.Standing()),
        "tiers": reading.by_tier(user, notice, day),
        "regions": reading.by_region(user, notice, day),
        "clauses": reading.clauses(user, notice),
        "plain": list(notice.shown.clauses.all()) if notice.current_id is None and notice.shown else [],
        "papers": list(notice.shown.files.all()) if notice.shown else [],
        "reasons": [(labels.get(code, code), n) for code, n in reading.reasons(user, notice)],
        "words": reading.words(user, notice),
        "questions": list(reading.open_questions(user, notice).order_by("due_on", "pk")[:20]),
        "page": found,
        "who": who,
        "filters": [_filter(_("Who"), "who", who, whos(notice))],
        "today": day,
        "may_write": user.may_write,
        "may_change": may_change(user, notice),
        "withdraw_form": WithdrawForm(auto_id="withdraw-%s"),
    }
    return render(request, "promotions/policies/detail.html", context)


@require_safe
@login_required
def version(request, pk, number):
    """One version against the one before."""
    notice = notice_of(request, pk)
    rows = list(notice.versions.prefetch_related("clauses").select_related("notice", "made_by"))
    if not may_change(request.user, notice):
        rows = [one for one in rows if one.published_at is not None]
    held = next((one for one in rows if one.number == number), None)
    if held is None:
        raise Http404
    before = max((one for one in rows if one.number < number), key=lambda one: one.number, default=None)
    context = {
        "notice": notice,
        "compared": reading.compared(held, before),
        "versions": sorted(rows, key=lambda one: -one.number),
    }
    return render(request, "promotions/policies/version.html", context)


@require_POST
@login_required
def remind(request, pk):
    """Those in the asker's reach who have not answered: also by who did not write the notice."""
    notice = notice_of(request, pk)
    refuse_readers(request)
    if notice.state != State.SENT:
        messages.error(request, _("This notice was withdrawn."))
    else:
        letters.ask_to_remind(notice, request.user)
        messages.success(request, _("Reminders are on their way to those with access and no answer."))
    return redirect("notices:detail", pk=pk)


@require_POST
@login_required
def withdraw(request, pk):
    notice = notice_of(request, pk)
    refuse_others(request, notice)
    try:
        actions.withdraw_notice(notice=notice, why=request.POST.get("why", ""), by=request.user)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    else:
        messages.success(request, _("Withdrawn. Customers no longer see it."))
    return redirect("notices:detail", pk=pk)
