"""Pages of the support ledger: the list, one request, what is done to it, and the customer's own."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from crm.accounts.models import Region
from crm.clock import today
from crm.exports import actions as exports
from crm.listing.keyset import page
from customers.profile.doors import customer_of, edits, number_of, refuse_readers
from customers.support import actions, booking, budgeting, reading, words
from customers.support.entitlements import Card, entitlement_of
from customers.support.forms import (
    AskForm,
    CorrectForm,
    CostForm,
    DeliverForm,
    GrantForm,
    ReasonForm,
    TakeBackForm,
)
from customers.support.models import Kind, State, SupportCost, SupportRequest
from customers.support.showing import lines_of, points_of
from customers.tiers.models import Tier

MOST_REGIONS = 200
PAGE = 50


def request_of(request, pk) -> SupportRequest:
    rows = reading.rows_for(request.user).select_related(
        "customer__standing", "customer__region", "category", "decided_by", "written_by", "asker", "region", "corrects"
    )
    return get_object_or_404(rows, pk=pk)


def _editable(request, pk) -> SupportRequest:
    """Foreign is 404 as missing; who only reads is refused."""
    row = request_of(request, pk)
    refuse_readers(request)
    return row


@require_safe
@login_required
def request_list(request):
    """?state= kind= tier= region= over=1 narrow it; ?after= and ?before= page it."""
    user = request.user
    filters = reading.Filters.read(request.GET)
    found = page(
        reading.listed(user, filters),
        reading.NEWEST,
        True,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        size=PAGE,
    )
    context = {
        "rows": found.rows,
        "page": found,
        "filters": _chips(user, filters),
        "narrows": filters.narrows,
        "may_write": user.may_write,
        "here": request.GET.urlencode(),
    }
    return render(request, "customers/support/list.html", context)


def _chips(user, filters: reading.Filters) -> list[dict]:
    def chip(label, name, value, choices):
        shown = next((text for key, text in choices if key == value), "")
        return {"label": label, "name": name, "value": value if shown else "", "shown": shown, "choices": choices}

    named = [(str(one.pk), one.name) for one in Region.objects.visible_to(user).order_by("path")[:MOST_REGIONS]]
    chips = [
        chip(_("State"), "state", filters.state, State.choices),
        chip(pgettext("support", "Kind"), "kind", filters.kind, Kind.choices),
        chip(_("Tier"), "tier", filters.tier, Tier.choices),
        chip(_("Budget"), "over", "1" if filters.over else "", [("1", _("over the budget"))]),
    ]
    if named:
        chips.insert(3, chip(_("Region"), "region", str(filters.region or ""), named))
    return chips


@require_safe
@login_required
def customer_support(request, pk):
    """The customer's tab: what it is entitled to, what it asked for, was given and brought, and every request."""
    customer = customer_of(request, pk)
    day = today()
    rows = reading.rows_for(request.user).live().filter(customer=customer)
    found = page(
        rows,
        reading.NEWEST,
        True,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        size=PAGE,
    )
    over_time = reading.over_time(customer, day)
    card = entitlement_of(customer, day)
    exceptions = reading.exceptions_of(customer, day)
    context = {
        "customer": customer,
        "lines": lines_of(card),
        "card": card,
        "over_time": over_time,
        "points": points_of(over_time.quarters, day),
        "quarters": [(words.quarter(one.start), one) for one in reversed(over_time.quarters)],
        "balance": over_time.balance,
        "sentence": words.trend_sentence(over_time.balance),
        "rows": found.rows,
        "page": found,
        "exceptions": [(one, words.said(one.gives, one.amount, one.period)) for one in exceptions],
        "may_write": request.user.may_write,
        "may_agree": budgeting.may_overspend(request.user, customer.region),
    }
    return render(request, "customers/support/customer.html", context)


@require_safe
@login_required
def detail(request, pk):
    row = request_of(request, pk)
    costs = reading.costs_of(row)
    later = SupportRequest.objects.visible_to(request.user).filter(corrects=row).first()
    context = {
        "row": row,
        "costs": costs,
        "later": later,
        "may_write": request.user.may_write and row.live,
        "cost_form": CostForm(initial={"booked_on": today()}, auto_id="cost-%s"),
        "can_withdraw": row.state in (State.ASKED, State.GRANTED, State.PARTLY),
        "can_deliver": row.state in (State.GRANTED, State.PARTLY),
    }
    return render(request, "customers/support/detail.html", context)


@edits
@login_required
def ask(request):
    """?customer=ID: what a customer asks for."""
    number = number_of(request.GET.get("customer", ""))
    if number is None:
        refuse_readers(request)
        messages.info(request, _("Choose who asks: open a customer, then Support."))
        return redirect("customers:list")
    customer = customer_of(request, number)
    refuse_readers(request)
    form = AskForm(request.POST or None, user=request.user, customer=customer)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.ask(customer=customer, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The request is written down."))
            return redirect("support:detail", pk=row.pk)
    context = {"customer": customer, "form": form, "card_lines": lines_of(entitlement_of(customer))}
    return render(request, "customers/support/ask.html", context, status=422 if form.errors else 200)


@edits
@login_required
def grant(request, pk):
    """With what whoever decides must know beside it: entitlement, budgets, sales, and what was given before."""
    row = _editable(request, pk)
    form = GrantForm(request.POST or None, row=row)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.grant(request=row, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            _told_under(form, refusal)
        else:
            messages.success(request, _("Support is granted."))
            if made.over_budget:
                messages.warning(request, _("It goes over the budget, and stays marked so."))
            return redirect("support:detail", pk=pk)
    context = {"row": row, "form": form, **_known(request, row)}
    return render(request, "customers/support/grant.html", context, status=422 if form.errors else 200)


def _known(request, row: SupportRequest) -> dict:
    day = today()
    card: Card = entitlement_of(row.customer, day)
    over_time = reading.over_time(row.customer, day)
    left = card.left(row.category.draws_on)
    found = budgeting.spendings(row.customer.region, day)
    return {
        "card": card,
        "lines": lines_of(card),
        "left": left,
        "budgets": budgeting.seen_by(request.user, found, row.customer.region),
        "above": bool(found),
        "balance": over_time.balance,
        "sentence": words.trend_sentence(over_time.balance),
        "past": reading.past_of(row),
        "may_overspend": budgeting.may_overspend(request.user, row.customer.region),
    }


@edits
@login_required
def refuse(request, pk):
    row = _editable(request, pk)
    form = ReasonForm(request.POST or None, initial={"version": row.version})
    act = {"title": _("Refuse the request"), "button": _("Refuse"), "danger": True}
    return _acted(request, row, form, act, actions.refuse, _("The request is refused."))


@edits
@login_required
def withdraw(request, pk):
    row = _editable(request, pk)
    form = ReasonForm(request.POST or None, initial={"version": row.version})
    act = {"title": _("Withdraw the request"), "button": _("Withdraw"), "danger": True}
    return _acted(request, row, form, act, actions.withdraw, _("The request is withdrawn."))


@edits
@login_required
def deliver(request, pk):
    row = _editable(request, pk)
    form = DeliverForm(request.POST or None, initial={"version": row.version, "on": today()})
    act = {"title": _("It was delivered"), "button": _("Delivered")}
    return _acted(request, row, form, act, actions.deliver, _("Delivery is written down."))


@edits
@login_required
def correct(request, pk):
    row = _editable(request, pk)
    form = CorrectForm(request.POST or None, user=request.user, row=row)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.correct(request=row, by=request.user, **form.values())
        except ValidationError as refusal:
            _told_under(form, refusal)
        else:
            messages.success(request, _("Corrected: this row holds now."))
            return redirect("support:detail", pk=made.pk)
    act = {
        "title": _("Correct the request"),
        "button": _("Correct"),
        "hint": _("The row stays as it was and counts no more; a new one takes its place."),
    }
    context = {"row": row, "form": form, **act}
    return render(request, "customers/support/act.html", context, status=422 if form.errors else 200)


@edits
@login_required
def book(request, pk):
    row = _editable(request, pk)
    form = CostForm(request.POST or None, initial={"booked_on": today()})
    act = {"title": _("Book a cost"), "button": _("Book")}
    return _acted(request, row, form, act, booking.book_cost, _("The cost is booked."))


@edits
@login_required
def take_back(request, pk):
    rows = SupportCost.objects.visible_to(request.user).select_related("request__customer", "request__category")
    cost = get_object_or_404(rows, pk=pk)
    refuse_readers(request)
    form = TakeBackForm(request.POST or None)

    def act(*, request, by, note):
        return booking.take_back(cost=cost, by=by, note=note)

    shown = {"title": _("Take the cost back"), "button": _("Take back"), "hint": words.money(cost.amount)}
    return _acted(request, cost.request, form, shown, act, _("The cost is taken back."))


def _acted(request, row: SupportRequest, form, shown: dict, act, done: str):
    if request.method == "POST" and form.is_valid():
        try:
            act(request=row, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            _told_under(form, refusal)
        else:
            messages.success(request, done)
            return redirect("support:detail", pk=row.pk)
    context = {"row": row, "form": form, **shown}
    return render(request, "customers/support/act.html", context, status=422 if form.errors else 200)


def _told_under(form, refusal: ValidationError) -> None:
    """A refusal of a field that the form does not show stands at its top."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for name, errors in refusal.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


@require_POST
@login_required
def export(request):
    """The list with these filters as a file."""
    query = QueryDict(request.POST.get("query", "")[:4000]).urlencode()
    try:
        made = exports.ask(kind="support", format=request.POST.get("format", ""), query=query, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("support:list")
    messages.success(request, _("The file %(name)s is being made.") % {"name": made.name})
    return redirect("crm:exports")
