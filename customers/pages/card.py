"""The customer's page, and the part of it that changes by itself: the sales chart."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from crm import panels
from crm.access import reach_of
from crm.accounts.models import Posting
from crm.clock import today
from customers.pages.chart import VIEWS, chart_of, read_month
from customers.profile import moved
from customers.profile.forms import CloseForm
from customers.profile.models import Customer, Responsibility, SpecialCare, StandIn
from customers.profile.tags import split, tag_names
from customers.relationship.forms import ObservationForm
from customers.tiers.models import StandingState

HANDOVERS = 10


def _customer(request, pk):
    """With `sees_supplier`: whether who is upstream lies in this person's reach too."""
    visible = Customer.objects.visible_to(request.user)
    rows = visible.select_related("region", "upstream", "standing")
    seen = Exists(visible.filter(pk=OuterRef("upstream_id")))
    return get_object_or_404(rows.annotate(sees_supplier=seen, tag_names=tag_names()), pk=pk)


def _gone_to(request, pk):
    """Where a customer went that was merged into one that this person sees. Not to be kept: a merge can be undone."""
    gone = moved.by_id(pk)
    if gone is None or not Customer.objects.visible_to(request.user).filter(pk=gone.customer_id).exists():
        return None
    response = redirect("customers:detail", pk=gone.customer_id, permanent=True)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@login_required
def detail(request, pk):
    try:
        customer = _customer(request, pk)
    except Http404:
        if (elsewhere := _gone_to(request, pk)) is not None:
            return elsewhere
        raise
    rows = Responsibility.objects.filter(customer=customer).select_related("user")
    responsibilities, day = list(rows[:HANDOVERS]), today()
    held = next((one for one in responsibilities if one.since <= day and (not one.until or one.until > day)), None)
    supplier = customer.upstream if customer.sees_supplier else None
    care = SpecialCare.objects.filter(customer=customer).open().select_related("user").first()
    may_write = request.user.may_write
    context = {
        "customer": customer,
        "manager": held.user if held else None,
        "panels": panels.collect(
            settings.CUSTOMER_PANELS, request, customer=customer, held=responsibilities, supplier=supplier, care=care
        ),
        "why_visible": why_visible(request.user, customer, held, care),
        "care": care,
        "tags": split(customer.tag_names),
        "may_write": may_write,
    }
    if may_write:
        context["close_form"] = CloseForm(auto_id="close-%s")
        context["observation_form"] = ObservationForm(auto_id="observe-%s")
    return render(request, "customers/detail.html", context)


def why_visible(user, customer, held, care) -> list[str]:
    """Every reason why this person sees this customer, one sentence each. Two statements at most, none for who sees
    the whole brand.

    held: who is in charge today; care: the special care that holds, each or None.
    """
    reach = reach_of(user)
    reasons = []
    if held is not None and held.user_id == user.pk:
        reasons.append(_("You are in charge of it since %(day)s.") % {"day": _day(held.since)})
    if care is not None and care.user_id == user.pk and care.since <= today():
        reasons.append(_("It is yours as a special customer since %(day)s.") % {"day": _day(care.since)})
    if reach.everywhere:
        reasons.append(_("Your role covers the whole brand."))
        return reasons
    if held is not None and reach.user_id is not None and held.user_id != user.pk:
        standing = StandIn.objects.visible_to(user).in_force(today()).filter(stand_in=user, absent=held.user_id)
        reasons += [
            _("You stand in for %(person)s until %(day)s.") % {"person": held.user, "day": _day(one.last_day)}
            for one in standing
        ]
    if customer.region_id in reach.region_ids:
        posted = Posting.objects.in_force(today()).filter(user=user).select_related("region").order_by("region__path")
        reasons += [
            _("You are posted to %(region)s since %(day)s, where it stands.")
            % {"region": one.region.name, "day": _day(one.since)}
            for one in posted
            if customer.region.path.startswith(one.region.path)
        ]
    return reasons


def _day(value) -> str:
    return formats.date_format(value, "DATE_FORMAT")


@require_safe
@login_required
@vary_on_headers("HX-Request")
def sales(request, pk):
    """?by=day|month|year, and &month=2026-10 for the days of one month."""
    customer = _customer(request, pk)
    by = request.GET.get("by", "month")
    chart = chart_of(
        customer,
        by if by in VIEWS else "month",
        figures_until(),
        read_month(request.GET.get("month", "")),
    )
    template = "customers/_sales.html" if request.htmx else "customers/sales.html"
    back = reverse("customers:detail", args=[pk])
    return render(request, template, {"customer": customer, "chart": chart, "back": back})


def figures_until():
    """The day up to which sales are shown: that of the figures, today before there are any."""
    day = StandingState.objects.filter(figures_as_of__isnull=False).values_list("figures_as_of", flat=True).first()
    return day or today()
