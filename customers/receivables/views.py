"""Pages of what is owed: a customer's payments and promises, and who owes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.clock import today
from crm.exports import actions as exports
from customers.profile.actions import people_open_to, regions_open_to
from customers.profile.listing import TIERS, Filters, narrowed
from customers.profile.models import Customer
from customers.receivables import actions, reading
from customers.receivables.ageing import BUCKETS, Ageing
from customers.receivables.forms import PromiseForm
from customers.receivables.models import Allocation, OpenItem, Payment, Promise, PromiseState
from customers.receivables.terms import UNKNOWN, terms_of

PAGE = 50
SHOWN = 100
"""Settled items, payments and promises shown of a customer, the newest first; the API has all."""
LABELS = {
    "not_due": gettext_lazy("Not due"),
    "d1_30": gettext_lazy("1–30 days"),
    "d31_60": gettext_lazy("31–60 days"),
    "d61_90": gettext_lazy("61–90 days"),
    "d91": gettext_lazy("Over 90 days"),
}
TONES = {"not_due": "c4", "d1_30": "aged-1", "d31_60": "aged-2", "d61_90": "aged-3", "d91": "c5"}
ANY_LATE = "overdue"


def parts(aged: Ageing) -> list[dict[str, Any]]:
    """The ageing as the stacked bar takes it."""
    return [{"label": LABELS[name], "value": aged.of(name), "tone": TONES[name]} for name in BUCKETS]


def _customer(request, pk) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(request.user).select_related("standing"), pk=pk)


def _to_write(request, pk) -> Customer:
    customer = _customer(request, pk)
    if not request.user.may_write:
        raise PermissionDenied(_("Your role reads customers and changes none."))
    return customer


@require_safe
@login_required
def payments(request, pk):
    """What a customer owes, what was settled, what came in, and what was promised."""
    customer, user, day = _customer(request, pk), request.user, today()
    account = reading.account(customer, day)
    items = OpenItem.objects.visible_to(user).filter(customer=customer)
    settled = list(items.settled().order_by("-settled_on", "-pk")[: SHOWN + 1])
    came = list(Payment.objects.visible_to(user).filter(customer=customer)[: SHOWN + 1])
    used: dict[int, list[str]] = {}
    for payment_id, number in (
        Allocation.objects.visible_to(user)
        .filter(payment__in=[one.pk for one in came])
        .order_by("item__due_on", "pk")
        .values_list("payment_id", "item__number")
    ):
        used.setdefault(payment_id, []).append(number)
    promises = Promise.objects.visible_to(user).filter(customer=customer).select_related("written_by", "decided_by")
    context = {
        "customer": customer,
        "account": account,
        "aged": account.ageing,
        "parts": parts(account.ageing),
        "buckets": [(LABELS[name], account.ageing.of(name)) for name in BUCKETS],
        "recovery": account.terms.recovery(months_open(customer, day)),
        "day": day,
        "items": [(one, max(0, (day - one.due_on).days)) for one in items.unsettled()],
        "settled": [(one, max(0, (one.settled_on - one.due_on).days)) for one in settled[:SHOWN]],
        "payments": [(one, used.get(one.pk, [])) for one in came[:SHOWN]],
        "more": len(settled) > SHOWN or len(came) > SHOWN,
        "shown": SHOWN,
        "promises": list(promises[:SHOWN]),
        "may_write": user.may_write,
        "form": PromiseForm(auto_id="promise-%s") if user.may_write else None,
    }
    return render(request, "customers/receivables/payments.html", context)


def months_open(customer: Customer, day) -> int | None:
    """Full months since the customer opened, None where the day is unknown."""
    opened = customer.opened_on
    if opened is None or opened > day:
        return None
    return (day.year - opened.year) * 12 + day.month - opened.month - (day.day < opened.day)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def promise_new(request, pk):
    customer = _to_write(request, pk)
    form = PromiseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.promise(customer=customer, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _TOLD[PromiseState(made.state)])
            return redirect("customers:payments", pk=pk)
    context = {"form": form, "customer": customer}
    return render(request, "customers/receivables/promise.html", context, status=422 if form.errors else 200)


_TOLD = {
    PromiseState.OPEN: gettext_lazy("The promise is written down."),
    PromiseState.KEPT: gettext_lazy("The promise is kept."),
    PromiseState.BROKEN: gettext_lazy("The promise was not kept."),
    PromiseState.WITHDRAWN: gettext_lazy("The promise is withdrawn."),
}


@require_POST
@login_required
def promise_settle(request, pk, promise):
    """state=kept|broken|withdrawn|open, in the form or (the toast's Undo) in the address; next: back to which page."""
    customer = _to_write(request, pk)
    one = get_object_or_404(Promise.objects.visible_to(request.user), pk=promise, customer=customer)
    state = request.POST.get("state") or request.GET.get("state") or ""
    back = redirect(*(["customers:detail"] if request.POST.get("next") == "detail" else ["customers:payments"]), pk=pk)
    try:
        settled = actions.settle_promise(promise=one, state=state, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return back
    undo = reverse("customers:promise-settle", args=[pk, promise]) + "?state=open"
    tags = f"undo={undo}" if settled.state != PromiseState.OPEN and state != PromiseState.OPEN else ""
    messages.success(request, _TOLD[PromiseState(settled.state)], extra_tags=tags)
    return back


# --- who owes -------------------------------------------------------------------------------------------------


def bucket_of(params) -> str | None:
    """?bucket= of the list: a bucket, "overdue" for any that is late, None for whoever owes."""
    value = params.get("bucket") or ""
    return value if value in (*BUCKETS, ANY_LATE) else None


@require_safe
@login_required
def receivable_list(request):
    """Who owes, the most overdue first."""
    params, user, day = request.GET, request.user, today()
    filters, bucket = Filters.read(params), bucket_of(params)
    page = params.get("page") or ""
    number = int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 6 else 1
    number = max(1, number)
    at = (number - 1) * PAGE
    found = reading.debtors(narrowed(user, filters), user, day, bucket=bucket, at=at, size=PAGE)
    ids = [pk for pk, _aged in found.rows]
    people = Customer.objects.visible_to(user).select_related("standing", "region").in_bulk(ids)
    agreed, last = terms_of(ids), reading.last_payments(ids)
    context = {
        "day": day,
        "rows": [
            {
                "customer": people[pk],
                "aged": aged,
                "headroom": _headroom(agreed.get(pk, UNKNOWN).credit_limit, aged),
                "last": last.get(pk),
            }
            for pk, aged in found.rows
            if pk in people
        ],
        "total": found.total,
        "parts": parts(found.total),
        "segments": _segments(found.total, bucket),
        "customers": found.customers,
        "first": at + 1,
        "last": at + len(found.rows),
        "previous": number - 1 if number > 1 else None,
        "next": number + 1 if at + PAGE < found.customers else None,
        "filters": filters,
        "bucket": bucket,
        "narrowed": filters != Filters() or bucket is not None,
        "regions": regions_open_to(user).order_by("path"),
        "people": people_open_to(user),
        "tiers": [letter for letter in TIERS if len(letter) == 1],
        "here": params.urlencode(),
        "may_write": user.may_write,
    }
    return render(request, "customers/receivables/list.html", context)


def _headroom(limit, aged: Ageing):
    return None if limit is None else limit - aged.balance


def _segments(total: Ageing, bucket: str | None) -> list[dict[str, Any]]:
    names = [("", _("All")), (ANY_LATE, _("Overdue")), *LABELS.items()]
    return [{"value": name, "label": label, "current": (bucket or "") == name} for name, label in names]


@require_POST
@login_required
def export(request):
    """A file of the whole list with its filters."""
    query = QueryDict(request.POST.get("query", "")[:4000], mutable=True)
    try:
        made = exports.ask(
            kind="receivables", format=request.POST.get("format", ""), query=query.urlencode(), by=request.user
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("customers:receivables")
    messages.success(request, _("The file %(name)s is being made.") % {"name": made.name})
    return redirect("crm:exports")
