"""Logging a contact in seconds: the panel that opens over any page, the same form as a page, and whom to choose."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm.clock import today
from crm.listing.keyset import page
from customers.contacts import actions, reading
from customers.contacts.forms import ContactForm
from customers.contacts.models import Contact
from customers.profile.doors import number_of, refuse_readers
from customers.profile.listing import found_by, order_of
from customers.profile.models import Customer
from customers.promises.keeping import usual_days

HITS = 8
RECENT = 6
LOOKED_BACK = 40


def _customer(request) -> Customer | None:
    """?customer=ID; one that is not theirs to see is not there."""
    number = number_of(request.GET.get("customer", ""))
    if number is None:
        return None
    return get_object_or_404(Customer.objects.visible_to(request.user).select_related("standing"), pk=number)


def _latest(user) -> list[Contact]:
    rows = Contact.objects.visible_to(user).live().filter(by=user).select_related("customer__standing")
    return list(rows.order_by("-happened_at", "-pk")[:LOOKED_BACK])


def _recent(latest: list[Contact]) -> list[Customer]:
    """Whom this person spoke with last."""
    return list({one.customer_id: one.customer for one in latest}.values())[:RECENT]


def _channels(latest: list[Contact]) -> list[str]:
    return list(dict.fromkeys(one.channel for one in latest))


def _context(request, customer: Customer | None) -> dict:
    latest = _latest(request.user)
    context = {"customer": customer, "recent": _recent(latest)}
    if customer is not None:
        context["form"] = ContactForm(by=request.user, customer=customer, channels=_channels(latest))
        context |= _around(request, customer)
    return context


def _around(request, customer: Customer) -> dict:
    days = usual_days(today())
    labels = {"tomorrow": _("tomorrow"), "week": _("in a week"), "month": _("end of the month")}
    return {
        "shared": reading.shared_with(request.user, customer, today()),
        "days": [(day.isoformat(), labels[name]) for name, day in days.items()],
    }


@require_safe
@login_required
def quick(request):
    """The panel's content; ?customer=ID, without one the choice of whom."""
    customer = _customer(request)
    refuse_readers(request)
    return render(request, "contacts/quick.html", _context(request, customer))


@require_safe
@login_required
def find(request):
    """?q= customers in reach, for the panel."""
    refuse_readers(request)
    text = request.GET.get("q", "")[:80].strip()
    found: list[Customer] = []
    if text:
        order, descending = order_of({})
        rows = found_by(text, Customer.objects.visible_to(request.user).select_related("standing"))
        found = page(rows, order, descending, size=HITS).rows
    return render(request, "contacts/_hits.html", {"found": found, "text": text})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request):
    """?customer=ID. As a page; or sent by the panel's script, which wants JSON and keeps what it could not send."""
    customer = _customer(request)
    refuse_readers(request)
    if customer is None or request.method != "POST":
        context = _context(request, customer)
        text = request.GET.get("q", "")[:80].strip()
        if customer is None and text:
            order, descending = order_of({})
            rows = found_by(text, Customer.objects.visible_to(request.user).select_related("standing"))
            context |= {"found": page(rows, order, descending, size=HITS).rows, "text": text}
        return render(request, "contacts/new.html", context)
    form = ContactForm(request.POST, by=request.user, customer=customer)
    wants_json = request.headers.get("Accept") == "application/json"
    if form.is_valid():
        try:
            made = actions.log_contact(customer=customer, by=request.user, **form.values())
        except ValidationError as refusal:
            _add(form, refusal)
        else:
            return _logged(request, made, wants_json)
    if wants_json:
        flaws = {name: [str(one) for one in flaws] for name, flaws in form.errors.items()}
        return JsonResponse({"errors": flaws}, status=422)
    context = {"customer": customer, "form": form, **_around(request, customer)}
    return render(request, "contacts/new.html", context, status=422)


def _add(form: ContactForm, refusal: ValidationError) -> None:
    """What the action says of `promises` stands at no one field of the form."""
    for name, flaws in getattr(refusal, "error_dict", {None: refusal}).items():
        form.add_error(name if name in form.fields else None, flaws)


def _logged(request, made: Contact, wants_json: bool):
    text = _("The contact with %(name)s is logged.") % {"name": made.customer.name}
    # A page that stays as it is tells of it by script.
    if not (wants_json and request.headers.get("X-Stay")):
        messages.success(request, text, extra_tags=f"undo={reverse('contacts:remove', args=[made.pk])}")
    if wants_json:
        return JsonResponse(
            {"id": made.pk, "text": text, "url": reverse("contacts:detail", args=[made.pk])}, status=201
        )
    return redirect("contacts:customer", pk=made.customer_id)
