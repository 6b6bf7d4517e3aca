"""Pages of the promise book."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from crm.clock import today
from customers.profile.doors import customer_of, edits, flaws_of, number_of, refuse_readers
from customers.profile.models import Customer
from customers.promises import actions, reading
from customers.promises.forms import CommitmentForm, KeepForm, PutOffForm, SettleForm
from customers.promises.keeping import nearness, usual_days
from customers.promises.models import Commitment, Side
from customers.receivables.models import Promise

SHOWN = 50
TABS = {
    "open": pgettext_lazy("promises", "Open"),
    "overdue": pgettext_lazy("promises", "Overdue"),
    "today": pgettext_lazy("promises", "Today"),
    "week": pgettext_lazy("promises", "This week"),
    "later": pgettext_lazy("promises", "Later"),
    "settled": pgettext_lazy("promises", "Settled"),
}


def told(rows: list[Commitment], day) -> list[Commitment]:
    """Each open one with how near it is."""
    for one in rows:
        one.near = nearness(one.due_on, day) if one.is_open else ""  # type: ignore[attr-defined]
    return rows


def _promise(request, pk) -> Commitment:
    rows = Commitment.objects.visible_to(request.user)
    names = ("customer__standing", "owner", "person", "written_by", "settled_by", "earlier")
    return get_object_or_404(rows.select_related(*names), pk=pk)


def _back(request, one: Commitment):
    """Where a tap came from."""
    back = request.POST.get("next", "")
    if back == "today":
        return redirect("crm:home")
    if back == "list":
        return redirect("promises:list")
    if back == "detail":
        return redirect(f"{reverse('customers:detail', args=[one.customer_id])}#promises")
    if back == "customer":
        return redirect("promises:customer", pk=one.customer_id)
    return redirect("promises:detail", pk=one.pk)


@require_safe
@login_required
def promise_list(request):
    """?who=all, ?side=ours|theirs, ?when=overdue|today|week|later|settled; ?after= and ?before= page."""
    user, day, params = request.user, today(), request.GET
    when = params.get("when", "")
    when = when if when in TABS else "open"
    mine = params.get("who") != "all" and user.may_write
    side = params.get("side", "")
    rows = Commitment.objects.visible_to(user)
    if mine:
        rows = rows.concerning(user, day)
    if side in Side.values:
        rows = rows.filter(side=side)
    counts = reading.counts(rows, day)
    found = reading.listed(
        reading.narrowed(rows, when, day), when, params.get("after", ""), params.get("before", ""), SHOWN
    )
    counts["open"] = counts["overdue"] + counts["week"] + counts["later"]
    context = {
        "promises": told(found.rows, day),
        "page": found,
        "when": when,
        "tabs": [(name, label, counts.get(name)) for name, label in TABS.items()],
        "filters": _filters(mine, side, user),
        "today": day,
        "may_write": user.may_write,
        "back": "list",
    }
    return render(request, "promises/list.html", context)


def _filters(mine: bool, side: str, user) -> list[dict]:
    who = [("mine", _("Mine")), ("all", _("All in my reach"))]
    sides = [("", _("Both sides")), (Side.OURS.value, _("We promised")), (Side.THEIRS.value, _("They promised"))]
    found = [
        {
            "label": _("Whose promise"),
            "name": "side",
            "value": side,
            "shown": dict(sides).get(side, ""),
            "choices": sides,
        }
    ]
    if user.may_write:
        value = "mine" if mine else "all"
        found.insert(
            0, {"label": _("Whose customers"), "name": "who", "value": value, "shown": dict(who)[value], "choices": who}
        )
    return found


@require_safe
@login_required
def customer_promises(request, pk):
    """Both sides' promises of a customer, how they are kept, and its promises to pay beside them."""
    customer, day = customer_of(request, pk), today()
    rows = Commitment.objects.visible_to(request.user).filter(customer=customer)
    found = reading.listed(
        reading.narrowed(rows, "settled", day),
        "settled",
        request.GET.get("after", ""),
        request.GET.get("before", ""),
        SHOWN,
    )
    book = reading.book(customer, SHOWN)
    money = Promise.objects.visible_to(request.user).filter(customer=customer)
    told(book.open, day)
    context = {
        "customer": customer,
        "sides": [
            (side, side.label, [one for one in book.open if one.side == side], book.rates[side]) for side in Side
        ],
        "more": book.more,
        "settled": told(found.rows, day),
        "page": found,
        "money": list(money.order_by("-due_on", "-pk")[:10]),
        "today": day,
        "may_write": request.user.may_write,
        "back": "customer",
    }
    return render(request, "promises/customer.html", context)


@require_safe
@login_required
def detail(request, pk):
    one, day = _promise(request, pk), today()
    told([one], day)
    later = Commitment.objects.visible_to(request.user).filter(earlier=one).exclude(state="taken_back").first()
    context = {
        "one": one,
        "customer": one.customer,
        "later": later,
        "today": day,
        "may_write": request.user.may_write,
        "back": "",
    }
    return render(request, "promises/detail.html", context)


@edits
@login_required
def new(request):
    """?customer=ID"""
    number = number_of(request.GET.get("customer", ""))
    rows = Customer.objects.visible_to(request.user).select_related("standing")
    customer = get_object_or_404(rows, pk=number) if number is not None else None
    refuse_readers(request)
    if customer is None:
        messages.info(request, _("Open a customer first: a promise is made to somebody."))
        return redirect("customers:list")
    form = CommitmentForm(request.POST or None, by=request.user, customer=customer)
    if request.method == "POST" and form.is_valid():
        try:
            actions.make_commitment(customer=customer, by=request.user, **form.values())
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The promise is written down."))
            return redirect("promises:customer", pk=customer.pk)
    context = {"customer": customer, "form": form}
    return render(request, "promises/form.html", context, status=422 if form.errors else 200)


@edits
@login_required
def edit(request, pk):
    one = _promise(request, pk)
    refuse_readers(request)
    form = CommitmentForm(request.POST or None, by=request.user, customer=one.customer, commitment=one)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_commitment(
                commitment=one, by=request.user, version=form.cleaned_data["version"], **form.values()
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("promises:detail", pk=pk)
    context = {"customer": one.customer, "one": one, "form": form}
    return render(request, "promises/form.html", context, status=422 if form.errors else 200)


# how it ends: (form, action, title, what the toast says)
_ENDS: dict[str, tuple[type[SettleForm], Callable[..., Commitment], Any, Any]] = {
    "keep": (KeepForm, actions.keep, gettext_lazy("Promise kept"), gettext_lazy("The promise is kept.")),
    "break": (SettleForm, actions.break_, gettext_lazy("Promise broken"), gettext_lazy("The promise is broken.")),
    "put_off": (
        PutOffForm,
        actions.renegotiate,
        gettext_lazy("Put the promise off"),
        gettext_lazy("The promise is put off."),
    ),
    "take_back": (
        SettleForm,
        actions.take_back,
        gettext_lazy("Take the promise back"),
        gettext_lazy("The promise is taken back."),
    ),
}


def _end(request, pk, how: str):
    """With a form, or in one tap from a list."""
    shape, action, title, said = _ENDS[how]
    one = _promise(request, pk)
    refuse_readers(request)
    initial = {"version": one.version, "on": today(), "due_on": usual_days(today())["week"]}
    form = shape(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            action(commitment=one, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, said, extra_tags=f"undo={reverse('promises:reopen', args=[pk])}")
            return _back(request, one)
    context = {"one": one, "customer": one.customer, "form": form, "title": title, "how": how}
    return render(request, "promises/settle.html", context, status=422 if form.errors else 200)


@edits
@login_required
def keep(request, pk):
    return _end(request, pk, "keep")


@edits
@login_required
def break_(request, pk):
    return _end(request, pk, "break")


@edits
@login_required
def put_off(request, pk):
    return _end(request, pk, "put_off")


@edits
@login_required
def take_back(request, pk):
    return _end(request, pk, "take_back")


@require_POST
@login_required
def reopen(request, pk):
    one = _promise(request, pk)
    refuse_readers(request)
    try:
        actions.reopen(commitment=one, by=request.user)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    else:
        messages.success(request, _("The promise is open again."))
    return redirect("promises:detail", pk=pk)
