"""Pages about likely doubles: the list, two side by side, what was merged, and the hint while a customer is entered."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from crm.jobs.actions import enqueue
from crm.jobs.models import Job
from customers.duplicates import actions, comparing, telling, words
from customers.duplicates.comparing import FIRST, SECOND
from customers.duplicates.forms import DismissForm, MergeForm, ProposeForm
from customers.duplicates.models import DuplicatePair, Merge
from customers.profile import entry

PAGE = 50


def _pairs(user):
    return DuplicatePair.objects.visible_to(user).select_related(
        "first__region", "second__region", "decided_by", "first__standing", "second__standing"
    )


def _refuse_readers(user):
    if not user.may_write:
        raise PermissionDenied(_("Your role reads customers and changes none."))


def _whole(text: str) -> int | None:
    return int(text[:18]) if text.isascii() and text.isdigit() else None


@require_safe
@login_required
def pair_list(request):
    """The likeliest first; `after` is the score and number to go on from, so a page costs the same at any depth."""
    state = request.GET.get("state", "")
    state = state if state in DuplicatePair.State.values else DuplicatePair.State.OPEN
    rows = _pairs(request.user).filter(state=state).order_by("-score", "-pk")
    score, _dash, pk = request.GET.get("after", "").partition("-")
    low, last = _whole(score), _whole(pk)
    if low is not None and last is not None:
        rows = rows.filter(Q(score__lt=min(low, 101)) | Q(score=min(low, 101), pk__lt=last))
    found = list(rows[: PAGE + 1])
    more = f"{found[PAGE - 1].score}-{found[PAGE - 1].pk}" if len(found) > PAGE else None
    for pair in found:
        pair.words = words.reasons(pair.reasons)
    context = {
        "pairs": found[:PAGE],
        "more": more,
        "state": state,
        "may_write": request.user.may_write,
        "propose_form": ProposeForm(user=request.user, auto_id="propose-%s"),
    }
    return render(request, "customers/duplicates/list.html", context)


@require_POST
@login_required
def scan(request):
    """Look through all customers now; one look at a time."""
    _refuse_readers(request.user)
    if not Job.objects.visible_to(request.user).active().filter(kind="duplicates.scan").exists():
        enqueue(kind="duplicates.scan", asked_by=request.user)
    messages.success(request, _("Qiao is looking through all customers; what it finds appears here."))
    return redirect("customers:duplicates")


@require_POST
@login_required
def propose(request):
    _refuse_readers(request.user)
    form = ProposeForm(request.POST, user=request.user)
    if form.is_valid():
        try:
            pair = actions.propose(**form.cleaned_data, by=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect("customers:duplicate", pk=pair.pk)
    messages.error(request, " ".join(text for errors in form.errors.values() for text in errors))
    return redirect("customers:duplicates")


@require_POST
@login_required
def dismiss_many(request):
    _refuse_readers(request.user)
    ids = [pk for pk in map(_whole, request.POST.getlist("id")) if pk is not None]
    form = DismissForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    pairs = DuplicatePair.objects.editable_by(request.user).filter(pk__in=ids[:PAGE])
    try:
        done = actions.dismiss(pairs=pairs, by=request.user, note=note)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        text = ngettext("%(n)d pair is not proposed again.", "%(n)d pairs are not proposed again.", done)
        messages.success(request, text % {"n": done})
    return redirect("customers:duplicates")


@require_safe
@login_required
def pair(request, pk):
    """Both side by side; whoever may change them chooses what stays."""
    found = get_object_or_404(_pairs(request.user), pk=pk)
    return _side_by_side(request, found)


def _side_by_side(request, found, form=None):
    found.words = words.reasons(found.reasons)
    moving = comparing.counted(found)
    survivor = comparing.stays(found, moving)
    lines = comparing.lines(found, request.user, survivor)
    context = {
        "pair": found,
        "moving": moving,
        "survivor": survivor,
        "lines": lines,
        "form": form or MergeForm(),
        "dismiss_form": DismissForm(auto_id="dismiss-%s"),
        "may_write": request.user.may_write,
    }
    return render(request, "customers/duplicates/pair.html", context, status=422 if form and form.errors else 200)


def _editable(request, pk):
    found = get_object_or_404(_pairs(request.user), pk=pk)
    _refuse_readers(request.user)
    return found


@require_POST
@login_required
def dismiss(request, pk):
    found = _editable(request, pk)
    form = DismissForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    actions.dismiss(pairs=[found], by=request.user, note=note)
    undo_tag = f"undo={reverse('customers:duplicate-reopen', args=[pk])}"
    messages.success(request, _("The two are not proposed again."), extra_tags=undo_tag)
    return redirect("customers:duplicates")


@require_POST
@login_required
def reopen(request, pk):
    found = _editable(request, pk)
    try:
        actions.reopen(pair=found, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("customers:duplicate", pk=pk)


@require_POST
@login_required
def merge(request, pk):
    found = _editable(request, pk)
    form = MergeForm(request.POST)
    if not form.is_valid():
        return _side_by_side(request, found, form)
    sides = {FIRST: found.first, SECOND: found.second}
    survivor = sides.pop(form.cleaned_data["survivor"])
    (loser,) = sides.values()
    try:
        made = actions.merge(
            survivor=survivor, loser=loser, take=form.take(), by=request.user, reason=form.cleaned_data["reason"]
        )
    except ValidationError as refusal:
        form.add_error(None, ValidationError(refusal.messages))
        return _side_by_side(request, found, form)
    if made.state == Merge.State.WAITING:
        messages.success(request, _("There is much to move; the merge is under way."))
        return redirect("customers:merge", pk=made.pk)
    text = _("%(loser)s is now part of %(survivor)s.") % {"loser": made.loser_name, "survivor": made.survivor.name}
    messages.success(request, text, extra_tags=f"undo={reverse('customers:merge-undo', args=[made.pk])}")
    return redirect("customers:merge", pk=made.pk)


# --- what was merged ------------------------------------------------------------------------------------------


def _merges(user):
    return Merge.objects.visible_to(user).select_related("survivor", "done_by", "undone_by", "job")


@require_safe
@login_required
def merge_list(request):
    """Newest first; `before` is the number to go on from."""
    rows = _merges(request.user)
    before = _whole(request.GET.get("before", ""))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: PAGE + 1])
    more = found[PAGE - 1].pk if len(found) > PAGE else None
    return render(request, "customers/duplicates/merges.html", {"merges": found[:PAGE], "more": more})


@require_safe
@login_required
def merge_detail(request, pk):
    found = get_object_or_404(_merges(request.user), pk=pk)
    standing = found.state == Merge.State.DONE
    context = {
        "merge": found,
        "moved": telling.moved(found),
        "taken": telling.taken(found),
        "later": actions.later_merge(found) if standing else None,
        "ways": telling.ways(actions.what_stands_in_the_way(found)) if standing else [],
        "may_undo": standing and request.user.may_write,
    }
    return render(request, "customers/duplicates/merge.html", context)


@require_POST
@login_required
def undo(request, pk):
    found = get_object_or_404(_merges(request.user), pk=pk)
    _refuse_readers(request.user)
    try:
        done = actions.undo(merge=found, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        if done.state == Merge.State.UNDONE:
            messages.success(request, _("The two are apart again, each as it was."))
        else:
            messages.success(request, _("There is much to move; the undo is under way."))
    return redirect("customers:merge", pk=pk)


# --- while a customer is entered ------------------------------------------------------------------------------

_PLACES = ("province", "city", "district", "address")
_HINTED = ("name", "phone", *_PLACES)


@require_safe
@login_required
def hint(request):
    """The part of the form that says who is there already; asked for when a field is left."""
    names = (*_HINTED, *(one.name for one in entry.fields()))
    values = {name: request.GET.get(name, "")[:300].replace("\0", "") for name in names}
    alike = None
    if request.user.may_write and (
        len(values["name"].strip()) > 1 or any(values[one].strip() for one in names if one not in ("name", *_PLACES))
    ):
        alike = entry.look(values, request.user)
    return render(request, "customers/profile/_alike.html", {"alike": alike})
