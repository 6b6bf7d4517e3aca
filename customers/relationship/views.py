"""Observations entered by hand."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers.profile.models import Customer
from customers.relationship import actions
from customers.relationship.forms import ObservationForm


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def observe(request, pk):
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    if not request.user.may_write:
        raise PermissionDenied(_("Your role reads customers and changes none."))
    form = ObservationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.observe(customer=customer, seen_by=request.user, source="manual", **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The observation is written down; the tier follows in a moment."))
            return redirect("customers:detail", pk=pk)
    context = {"form": form, "customer": customer}
    return render(request, "customers/relationship/observe.html", context, status=422 if form.errors else 200)
