"""What the map asks for as it is moved, and a position suggested for an address."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm.geo import WGS84, convert
from customers.finding.clusters import Box, read_box, read_zoom
from customers.finding.geocoding import suggest as suggested
from customers.finding.mapping import spots
from customers.profile.forms import CustomerForm
from customers.profile.listing import Filters
from customers.profile.models import Customer


@require_safe
@login_required
def points(request):
    """?box=west,south,east,north&zoom=… and the list's filters -> clusters and single customers, as the tiles lie."""
    box, zoom = read_box(request.GET.get("box", "")), read_zoom(request.GET.get("zoom", ""))
    if box is None or zoom is None:
        return JsonResponse({"detail": _("Say which part of the map: ?box=west,south,east,north&zoom=…")}, status=400)
    found = spots(request.user, Filters.read(request.GET), _from_tiles(box), zoom)
    cells = [
        {
            "at": _on_tiles(cell.latitude, cell.longitude),
            "n": cell.count,
            "tiers": cell.tiers,
            "box": [
                *_on_tiles(cell.box.south, cell.box.west),
                *_on_tiles(cell.box.north, cell.box.east),
            ],
        }
        for cell in found.cells
    ]
    return JsonResponse(
        {
            "total": found.total,
            "cells": cells,
            "points": [_point(one) for one in found.alone],
            "listed": [_point(one) for one in found.listed],
        }
    )


def _point(customer: Customer) -> dict:
    return {
        "id": customer.pk,
        "name": customer.name,
        "place": " ".join(part for part in (customer.city, customer.district) if part) or customer.province,
        "tier": getattr(getattr(customer, "standing", None), "tier", ""),
        "url": reverse("customers:detail", args=[customer.pk]),
        "at": _on_tiles(customer.wgs_latitude, customer.wgs_longitude),
    }


def _on_tiles(latitude, longitude) -> list[float]:
    """A place as the tiles draw it."""
    return [round(degrees, 6) for degrees in convert(latitude, longitude, WGS84, settings.TILE_DATUM)]


def _from_tiles(box: Box) -> Box:
    south, west = convert(box.south, box.west, settings.TILE_DATUM, WGS84)
    north, east = convert(box.north, box.east, settings.TILE_DATUM, WGS84)
    return Box(west, south, east, north)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def suggest(request, pk: int | None = None):
    """The form again, with a position for its address where none was given; nothing is saved."""
    customer = None
    if pk is not None:
        customer = get_object_or_404(
            Customer.objects.visible_to(request.user).select_related("region", "upstream"), pk=pk
        )
    if not request.user.may_write:
        raise PermissionDenied(_("Your role reads customers and changes none."))
    if request.method != "POST":
        return redirect("customers:edit", pk=pk) if customer else redirect("customers:create")
    data = request.POST.copy()
    if (data.get("latitude") or "").strip() or (data.get("longitude") or "").strip():
        messages.info(request, _("There is a position already. Empty it first to have one suggested."))
    else:
        found = suggested(data.get("address", ""), data.get("city", ""), data.get("province", ""))
        if found is None:
            messages.warning(
                request, _("No position is known for this address. Enter city and province, or the position itself.")
            )
        else:
            data["latitude"], data["longitude"] = f"{found.latitude:.6f}", f"{found.longitude:.6f}"
            data["datum"] = found.datum
            messages.info(
                request,
                _("Approximate: the middle of the city. Correct it before saving if you know better.")
                if found.approximate
                else _("This position was found for the address. Check it, then save."),
            )
    form = CustomerForm(data, user=request.user, customer=customer)
    form.is_valid()  # shown with what it would refuse, as after sending
    return render(request, "customers/profile/form.html", {"form": form, "customer": customer})
