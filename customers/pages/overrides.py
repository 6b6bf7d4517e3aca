"""Tiers set by hand: on a customer's page, on Today for those who look a second time, and all in one list."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.clock import today
from crm.listing.keyset import Order, page
from crm.panels import Panel
from customers.pages.explained import reason_text
from customers.profile.doors import customer_of, edits, flaws_of, refuse_readers
from customers.profile.models import Customer, State
from customers.tiers import overriding, reading
from customers.tiers.lab_forms import OverrideForm, SaidForm
from customers.tiers.models import OVERRIDE
from customers.tiers.overridden import OverrideState, TierOverride

PAGE, EARLIER = 50, 5
NEWEST = Order("id", "pk", form="int", descending_first=True)
SHOWS = {
    "open": [OverrideState.PROPOSED, OverrideState.IN_FORCE],
    "over": [OverrideState.REFUSED, OverrideState.EXPIRED, OverrideState.ENDED],
}
_PEOPLE = ("proposed_by", "decided_by", "ended_by")


@dataclass(frozen=True, slots=True)
class OverrideTold:
    """An override with what this person may do to it. days_left: while it holds."""

    row: TierOverride
    may_decide: bool
    may_end: bool
    may_withdraw: bool
    days_left: int | None

    @property
    def is_soon(self) -> bool:
        return self.days_left is not None and self.days_left <= overriding.EXPIRES_SOON

    @property
    def begins_later(self) -> bool:
        return self.row.state == OverrideState.IN_FORCE and self.row.since > today()

    @property
    def was_withdrawn(self) -> bool:
        row = self.row
        return row.state == OverrideState.REFUSED and row.proposed_by_id == row.decided_by_id


def told(row: TierOverride, user, day: datetime.date) -> OverrideTold:
    """row is of a customer in this person's reach. No statement."""
    looks = user.may_write and (user.is_head or user.is_admin)
    own = row.proposed_by_id is not None and row.proposed_by_id == user.pk
    waits, holds = row.state == OverrideState.PROPOSED, row.state == OverrideState.IN_FORCE
    return OverrideTold(
        row=row,
        may_decide=waits and looks and not own,
        may_end=holds and looks,
        may_withdraw=waits and own and user.may_write,
        days_left=(row.until - day).days if holds else None,
    )


# --- panels -----------------------------------------------------------------------------------------------------------


def customer_panel(request, *, customer: Customer, **context) -> Panel | None:
    """By the rule, by hand, in force; what waits. One statement: customer came through `visible_to`."""
    user, day = request.user, today()
    found = list(TierOverride.objects.filter(customer=customer).select_related(*_PEOPLE)[: EARLIER + 3])
    rows = [told(one, user, day) for one in found]
    current = [one for one in rows if one.row.is_open]
    standing = getattr(customer, "standing", None)
    may_propose = user.may_write and customer.state != State.CLOSED
    if not rows and not may_propose:
        return None
    values = {
        "customer": customer,
        "standing": standing,
        "by_hand": standing.tier if standing and standing.reason == OVERRIDE else "",
        "current": current,
        "earlier": [one for one in rows if not one.row.is_open][:EARLIER],
        "may_propose": may_propose and not any(one.row.state == OverrideState.PROPOSED for one in current),
    }
    return Panel("customers/tiers/_override.html", values, "side")


# --- pages ------------------------------------------------------------------------------------------------------------


@require_safe
@login_required
def overrides(request):
    """?show=over lists those that are past; the newest first."""
    show = request.GET.get("show", "open")
    show = show if show in SHOWS else "open"
    rows = TierOverride.objects.visible_to(request.user).filter(state__in=SHOWS[show])
    rows = rows.select_related("customer", "customer__standing", *_PEOPLE)
    listed = page(
        rows, NEWEST, True, after=request.GET.get("after", ""), before=request.GET.get("before", ""), size=PAGE
    )
    day = today()

    def address(**cursor) -> str:
        return "?" + urlencode({"show": show} | cursor)

    context = {
        "show": show,
        "rows": [told(one, request.user, day) for one in listed.rows],
        "next": address(after=listed.after) if listed.after else "",
        "previous": address(before=listed.before) if listed.before else "",
    }
    return render(request, "customers/tiers/overrides.html", context)


@edits
@login_required
def propose(request, pk):
    """What the rule says, what holds, and the form for another tier."""
    customer = customer_of(request, pk)
    refuse_readers(request)
    form = OverrideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            overriding.propose(customer=customer, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("It is proposed. It holds as soon as somebody else has approved it."))
            return redirect(f"{reverse('customers:detail', args=[pk])}#override")
    state = reading.state()
    standing = getattr(customer, "standing", None)
    context = {
        "customer": customer,
        "form": form,
        "standing": standing,
        "reason": reason_text(standing.computed_reason, state.policy) if standing and state else "",
    }
    return render(request, "customers/tiers/override_new.html", context, status=422 if form.errors else 200)


def _override(request, pk) -> TierOverride:
    rows = TierOverride.objects.visible_to(request.user).select_related("customer")
    return get_object_or_404(rows, pk=pk)


def _done(request, pk, action, word: str):
    """One of the three answers to an override, from wherever it was given."""
    found = _override(request, pk)
    refuse_readers(request)
    form = SaidForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError([text for errors in form.errors.values() for text in errors])
        action(override=found, by=request.user, **form.cleaned_data)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    else:
        messages.success(request, word)
    if request.POST.get("next") == "today":
        return redirect("crm:home")
    if request.POST.get("next") == "list":
        return redirect("customers:tier-overrides")
    return redirect(f"{reverse('customers:detail', args=[found.customer_id])}#override")


@require_POST
@login_required
def approve(request, pk):
    return _done(request, pk, overriding.approve, _("Approved; the tiers follow at once."))


@require_POST
@login_required
def refuse(request, pk):
    """By somebody else, or by whoever proposed it, who takes it back."""
    return _done(request, pk, overriding.refuse, _("It does not come into force."))


@require_POST
@login_required
def end(request, pk):
    return _done(request, pk, overriding.end, _("It has ended; the rule decides again."))
