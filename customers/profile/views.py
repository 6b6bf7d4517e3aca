"""Pages that write customers: new, changed, closed."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.exports import actions as exports
from customers.profile import actions, entry
from customers.profile.doors import edits
from customers.profile.forms import CloseForm, CustomerForm
from customers.profile.listing import filtered
from customers.profile.models import Customer


def _editable(request, pk):
    """The customer, if it is this person's to change: 404 out of reach, 403 in reach of one who only reads."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user).select_related("region", "upstream"), pk=pk)
    _refuse_readers(request.user)
    return customer


def _refuse_readers(user):
    if not user.may_write:
        raise PermissionDenied(_("Your role reads customers and changes none."))


@edits
@login_required
def create(request):
    _refuse_readers(request.user)
    form = CustomerForm(request.POST or None, user=request.user)
    alike = None
    if request.method == "POST" and form.is_valid() and "even_if_alike" not in request.POST:
        alike = entry.look({**form.values(), **form.further()}, request.user)
    if alike:
        return render(request, "customers/profile/form.html", {"form": form, "alike": alike}, status=409)
    if request.method == "POST" and form.is_valid():
        try:
            customer = entry.create(by=request.user, further=form.further(), **form.values())
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("%(name)s is now a customer.") % {"name": customer.name})
            return redirect("customers:detail", pk=customer.pk)
    status = 422 if form.errors else 200
    return render(request, "customers/profile/form.html", {"form": form}, status=status)


@edits
@login_required
def edit(request, pk):
    customer = _editable(request, pk)
    form = CustomerForm(request.POST or None, user=request.user, customer=customer)
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.change_customer(
                customer=customer, by=request.user, version=form.cleaned_data["version"], **form.values()
            )
        except ValidationError as refusal:
            if getattr(refusal, "code", None) == "conflict":
                return _conflict(request, customer, form)
            form.add_error(None, refusal)
        else:
            if changed.version != customer.version:
                messages.success(request, _("The changes to %(name)s are saved.") % {"name": changed.name})
            return redirect("customers:detail", pk=pk)
    status = 422 if form.errors else 200
    return render(request, "customers/profile/form.html", {"form": form, "customer": customer}, status=status)


def _conflict(request, customer, form):
    """Both texts side by side; sending the form again from here is a decision made knowing the other's."""
    now = CustomerForm(user=request.user, customer=customer)
    differing = [
        {
            "field": form[name],
            "mine": _shown(form, name, form[name].value()),
            "theirs": _shown(now, name, now[name].value()),
        }
        for _title, names in CustomerForm.GROUPS
        for name in names
    ]
    differing = [one for one in differing if one["mine"] != one["theirs"]]
    data = form.data.copy()
    data["version"] = customer.version
    again = CustomerForm(data, user=request.user, customer=customer)
    context = {"form": again, "customer": customer, "differing": differing}
    return render(request, "customers/profile/conflict.html", context, status=409)


def _shown(form, name, value) -> str:
    """A field's value as its reader knows it: the label of a choice, the name of a region."""
    text = "" if value is None else str(value)
    choices = getattr(form.fields[name], "choices", None)
    if choices is None:
        return text
    return next((str(label).strip() for key, label in choices if str(key) == text), text)


@edits
@login_required
def close(request, pk):
    customer = _editable(request, pk)
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.close_customer(customer=customer, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("%(name)s is closed.") % {"name": customer.name})
            return redirect("customers:detail", pk=pk)
    status = 422 if form.errors else 200
    return render(request, "customers/profile/close.html", {"form": form, "customer": customer}, status=status)


def chosen_customers(user, data: QueryDict):
    """Those ticked (id=…), or with all=1 everything that the list's query asks for."""
    if data.get("all"):
        return filtered(user, QueryDict(data.get("query", "")))
    ids = [int(text) for text in data.getlist("id") if text.isascii() and text.isdigit() and len(text) < 19]
    return Customer.objects.visible_to(user).filter(pk__in=ids)


@require_POST
@login_required
def export(request):
    """A file of the customers ticked, or of the whole list with its columns and order."""
    query = QueryDict(request.POST.get("query", ""), mutable=True)
    ids = [text for text in request.POST.getlist("id") if text.isascii() and text.isdigit()]
    if ids and not request.POST.get("all"):
        query["ids"] = ",".join(ids)
    try:
        made = exports.ask(
            kind="customers", format=request.POST.get("format", ""), query=query.urlencode(), by=request.user
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("customers:list")
    messages.success(request, _("The file %(name)s is being made.") % {"name": made.name})
    return redirect("crm:exports")
