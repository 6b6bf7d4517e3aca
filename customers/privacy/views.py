"""Pages: what is held about one, a copy of it, erasing it; erasures and what the night erases."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.jobs.actions import enqueue
from crm.jobs.models import Job
from customers.facts.fields import SENSITIVE
from customers.facts.rights import may_change
from customers.people.models import Person
from customers.privacy import actions, reading, retention, rights
from customers.privacy.forms import CopyForm, EraseForm
from customers.privacy.models import Erasure
from customers.privacy.subjects import of
from customers.privacy.words import table_name
from customers.profile.doors import edits
from customers.profile.models import Customer

PAGE = 50


def _customer(request, pk) -> Customer:
    rows = Customer.objects.visible_to(request.user).select_related("region", "standing")
    return get_object_or_404(rows, pk=pk)


def _person(request, pk) -> Person:
    return get_object_or_404(Person.objects.visible_to(request.user), pk=pk)


def _page(request, row, template: str, form=None, **more):
    """Who reads it and may not have a copy still sees how much of what is kept, and for what purpose."""
    may_copy = rights.may_copy(request.user, row)
    named = actions.named(row)
    context = {
        named.kind if isinstance(row, Customer) else "person": row,
        "row": row,
        "kind": named.kind,
        "held": reading.held(of(named.kind, row.pk)),
        "readings": reading.readings(row) if may_copy else [],
        "may_copy": may_copy,
        "why_not": rights.why_not(request.user, row),
        "form": form or CopyForm(),
        "erasures": Erasure.objects.visible_to(request.user).filter(subject=named.kind, subject_id=row.pk)[:5],
        **more,
    }
    return render(request, template, context, status=422 if form is not None and form.errors else 200)


@require_safe
@login_required
def privacy(request, pk):
    return _of_customer(request, _customer(request, pk))


def _of_customer(request, customer, form=None):
    return _page(
        request,
        customer,
        "customers/privacy/customer.html",
        form,
        kept=reading.sensitive(customer),
        may_withdraw=may_change(request.user, customer, sensitive=True),
    )


@require_safe
@login_required
def person_privacy(request, pk):
    return _page(request, _person(request, pk), "customers/privacy/person.html")


@require_POST
@login_required
def copy(request, pk):
    customer = _customer(request, pk)
    return _copy(request, customer) or _of_customer(request, customer, _refused(request))


@require_POST
@login_required
def person_copy(request, pk):
    person = _person(request, pk)
    return _copy(request, person) or _page(request, person, "customers/privacy/person.html", _refused(request))


def _copy(request, row):
    rights.refuse_copy(request.user, row)
    form = CopyForm(request.POST)
    if not form.is_valid():
        return None
    actions.ask_copy(row=row, by=request.user, **form.cleaned_data)
    messages.success(request, _("The copy is being made; fetch it here within a day."))
    return redirect("crm:exports")


def _refused(request) -> CopyForm:
    form = CopyForm(request.POST)
    form.is_valid()
    return form


@require_POST
@login_required
def withdraw(request, pk, field):
    customer = _customer(request, pk)
    if field not in SENSITIVE:
        raise Http404
    if not may_change(request.user, customer, sensitive=True):
        raise PermissionDenied(_("Sensitive facts are written by the manager in charge, their heads and admins."))
    try:
        actions.withdraw(customer=customer, field=field, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("Consent is withdrawn, and what was held of it is erased."))
    return redirect("customers:privacy", pk=pk)


# --- erasing ------------------------------------------------------------------------------------------------------


@edits
@login_required
def erase(request, pk):
    return _erase(request, _customer(request, pk), reverse("customers:privacy", args=[pk]))


@edits
@login_required
def person_erase(request, pk):
    return _erase(request, _person(request, pk), reverse("customers:person-privacy", args=[pk]))


def _erase(request, row, back):
    rights.refuse_erasing(request.user, row)
    named = actions.named(row)
    form = EraseForm(request.POST or None, named=named, user=request.user)
    if form.is_valid():
        try:
            erasure = actions.ask_erasure(row=row, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            if erasure.state == Erasure.State.ASKED:
                messages.success(request, _("An administrator other than you has to agree now."))
            return redirect("customers:erasure", pk=erasure.pk)
    goes, stays = reading.preview(of(named.kind, row.pk))
    context = {
        "row": row,
        "kind": named.kind,
        "form": form,
        "goes": goes,
        "stays": stays,
        "back": back,
        "second": rights.needs_second(),
    }
    return render(request, "customers/privacy/erase.html", context, status=422 if form.errors else 200)


def _erasures(request):
    if not rights.may_follow(request.user):
        raise PermissionDenied(_("Erasing is for heads and administrators."))
    return Erasure.objects.visible_to(request.user).select_related("asked_by", "decided_by", "job", "region")


@require_safe
@login_required
def erasures(request):
    """Newest first; `before` is the number to go on from."""
    rows = _erasures(request)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit():
        rows = rows.filter(pk__lt=int(before[:18]))
    found = list(rows[: PAGE + 1])
    more = found[PAGE - 1].pk if len(found) > PAGE else None
    return render(request, "customers/privacy/erasures.html", {"erasures": found[:PAGE], "more": more})


@require_safe
@login_required
def erasure(request, pk):
    """The certificate, or how far it is."""
    found = get_object_or_404(_erasures(request), pk=pk)
    context = {
        "erasure": found,
        "counts": [(table_name(label), n) for label, n in found.counts.items()],
        "may_decide": found.state == Erasure.State.ASKED and rights.may_decide(request.user, found),
    }
    return render(request, "customers/privacy/erasure.html", context)


@require_POST
@login_required
def agree(request, pk):
    return _decide(request, pk, agreed=True)


@require_POST
@login_required
def refuse(request, pk):
    return _decide(request, pk, agreed=False)


def _decide(request, pk, *, agreed: bool):
    found = get_object_or_404(_erasures(request), pk=pk)
    if not rights.may_decide(request.user, found):
        raise PermissionDenied(_("An administrator other than whoever asked decides."))
    try:
        actions.decide(erasure=found, agreed=agreed, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("customers:erasure", pk=pk)


# --- retention ----------------------------------------------------------------------------------------------------


def _admins_only(request) -> None:
    if not request.user.is_admin:
        raise PermissionDenied(_("What is kept how long is for administrators."))


@require_safe
@login_required
def retention_page(request):
    _admins_only(request)
    counts = retention.tonight()
    context = {
        "rules": [(rule, rule.value(), counts[rule.code]) for rule in retention.RULES],
        "prospects": retention.idle_prospects().select_related("region")[:PAGE],
        "erases_prospects": retention.erases_prospects(),
        "last": Job.objects.visible_to(request.user).filter(kind="privacy.retain").order_by("-pk").first(),
    }
    return render(request, "customers/privacy/retention.html", context)


@require_POST
@login_required
def retention_run(request):
    _admins_only(request)
    if not Job.objects.visible_to(request.user).active().filter(kind="privacy.retain").exists():
        enqueue(kind="privacy.retain", asked_by=request.user)
    messages.success(request, _("What was kept long enough is being erased."))
    return redirect("customers:retention")
