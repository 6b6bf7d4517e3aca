"""The page that plans a visit to each of the customers chosen in the list."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.care.choosing import answered, asked, chosen
from customers.profile.doors import refuse_readers
from customers.profile.views import chosen_customers
from visits.plan.bulk import plan_many
from visits.plan.forms import ManyForm


@require_POST
@login_required
def many(request):
    """Two steps with one address: without `how` it asks when and who, with it the visits are planned."""
    customers = chosen_customers(request.user, request.POST)
    refuse_readers(request)
    form = ManyForm(request.POST if "how" in request.POST else None, by=request.user)
    context = asked(request, customers, form)
    if not context["count"]:
        messages.error(request, _("Choose at least one customer."))
        return redirect("customers:list")
    if form.is_bound and form.is_valid():
        try:
            action = plan_many(by=request.user, **form.values(), **chosen(request))
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return answered(request, action)
    return render(request, "visits/many.html", context, status=422 if form.errors else 200)
