"""The channel's page, and moving a branch of it."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.channel.actions import move_branch
from customers.channel.forms import MoveForm
from customers.channel.reading import channel_of, overview
from customers.profile.models import Customer


def _customer(request, pk) -> Customer:
    rows = Customer.objects.visible_to(request.user).select_related("region", "standing", "upstream")
    return get_object_or_404(rows, pk=pk)


@require_safe
@login_required
def channels(request):
    """Every branch of the brand's channel, in sum."""
    return render(request, "customers/channel/overview.html", {"found": overview(request.user)})


@require_safe
@login_required
def channel(request, pk):
    customer = _customer(request, pk)
    form = MoveForm(user=request.user, initial={"version": customer.version})
    return _page(request, customer, form)


def _page(request, customer, form, status: int = 200):
    context = {
        "customer": customer,
        "channel": channel_of(customer, request.user),
        "form": form,
        "may_write": request.user.may_write,
    }
    return render(request, "customers/channel/channel.html", context, status=status)


@require_POST
@login_required
def move(request, pk):
    """upstream (a code, empty: the brand), version. With `back` in the address, the undo of a move just made."""
    customer = _customer(request, pk)
    if not request.user.may_write:
        raise PermissionDenied(_("Your role reads customers and changes none."))
    form = MoveForm(request.POST if "back" not in request.GET else _back(request, customer), user=request.user)
    if form.is_valid():
        before = customer.upstream
        try:
            moved = move_branch(customer=customer, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            _say(request, moved, before)
            return redirect("customers:channel", pk=pk)
    return _page(request, customer, form, status=422)


def _back(request, customer) -> dict[str, str]:
    """The code of the supplier it hung under, if this person sees it; what was said of the version still holds."""
    code, version = request.GET.get("back", ""), request.GET.get("version", "")
    return {"upstream": code, "version": version}


def _say(request, moved: Customer, before: Customer | None) -> None:
    text = (
        _("%(name)s and its branch now hang under %(supplier)s.")
        % {"name": moved.name, "supplier": moved.upstream.name}
        if moved.upstream
        else _("The brand now supplies %(name)s and its branch.") % {"name": moved.name}
    )
    seen = before is None or Customer.objects.visible_to(request.user).filter(pk=before.pk).exists()
    tags = ""
    # A supplier out of reach cannot be named, so there is no way back from here.
    if seen and "back" not in request.GET:
        query = urlencode({"back": before.code if before else "", "version": moved.version})
        tags = f"undo={reverse('customers:channel-move', args=[moved.pk])}?{query}"
    messages.success(request, text, extra_tags=tags)
