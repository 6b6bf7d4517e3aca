"""Our side of the portal: who of a customer's has access, their links, and inviting many."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from crm.exports.writer import csv_cell
from customers.care import bulk
from customers.care.choosing import answered, asked, chosen
from customers.care.models import BulkAction, BulkStep, Result
from customers.portal import actions, jobs, links, qr, reading
from customers.portal.forms import InviteForm
from customers.portal.models import LINK_DAYS, PortalAccount
from customers.profile.doors import customer_of, edits, flaws_of, refuse_readers
from customers.profile.models import Customer, State
from customers.profile.views import chosen_customers

PASSED_ON = 200
BOM = "\ufeff"


@edits
@login_required
def accounts(request, pk):
    """Who has, or had, access; and inviting somebody."""
    customer = customer_of(request, pk)
    may_write = request.user.may_write
    form = None
    if may_write:
        form = InviteForm(request.POST or None, user=request.user, customer=customer)
    if request.method == "POST":
        refuse_readers(request)
        if form is not None and form.is_valid():
            account = _invited(request, customer, form)
            if account is not None:
                return redirect("customers:portal-link", pk=account.pk)
    rows = PortalAccount.objects.visible_to(request.user).filter(customer=customer).with_link()
    context = {
        "customer": customer,
        "accounts": list(rows.select_related("invited_by", "ended_by")[:PASSED_ON]),
        "form": form if customer.state != State.CLOSED else None,
        "is_closed": customer.state == State.CLOSED,
        "may_write": may_write,
        "days": LINK_DAYS,
    }
    return render(request, "customers/portal/accounts.html", context, status=422 if form and form.errors else 200)


def _invited(request, customer: Customer, form: InviteForm) -> PortalAccount | None:
    values = dict(form.cleaned_data)
    mail = values.pop("send")
    try:
        with transaction.atomic():
            account = actions.invite(customer=customer, by=request.user, **values)
            if mail:
                jobs.ask_to_mail(account, links.base_of(request), request.user)
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return None
    messages.success(request, _("%(name)s is invited.") % {"name": account.name})
    return account


def _account(request, pk) -> PortalAccount:
    account = get_object_or_404(PortalAccount.objects.visible_to(request.user).select_related("customer"), pk=pk)
    refuse_readers(request)
    return account


@edits
@login_required
def link(request, pk):
    """The link to show or to scan; sent to, it makes a new one. A link is as good as the dealer's own key: not for
    who only reads."""
    account = _account(request, pk)
    if request.method == "POST":
        try:
            with transaction.atomic():
                actions.new_link(account=account, by=request.user)
                if "send" in request.POST:
                    jobs.ask_to_mail(account, links.base_of(request), request.user)
        except ValidationError as refusal:
            messages.error(request, flaws_of(refusal))
            return redirect("customers:portal", pk=account.customer_id)
        messages.success(request, _("A new link is made; the one before opens nothing any more."))
        return redirect("customers:portal-link", pk=pk)
    found = reading.open_link(account)
    context: dict[str, Any] = {"account": account, "customer": account.customer, "link": found}
    if found is not None:
        actions.note_shown(accounts=[account], by=request.user)
        context["address"] = links.address(found, links.base_of(request))
        context["side"], context["path"] = qr.drawn(context["address"])
    return render(request, "customers/portal/link.html", context)


def _done(request, pk, act, text: str):
    account = _account(request, pk)
    try:
        act(account=account, by=request.user)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    else:
        messages.success(request, text % {"name": account.name})
    return redirect("customers:portal", pk=account.customer_id)


@require_POST
@login_required
def revoke(request, pk):
    return _done(request, pk, actions.revoke_link, _("The link of %(name)s opens nothing any more."))


@require_POST
@login_required
def end(request, pk):
    return _done(request, pk, actions.end_access, _("%(name)s has no access any more."))


# --- many at once -------------------------------------------------------------------------------------------------


@require_POST
@login_required
def invite(request):
    """Two steps with one address: without `sure` it tells what will happen, with it the customers are invited."""
    customers = chosen_customers(request.user, request.POST)
    refuse_readers(request)
    context = asked(request, customers, None, days=LINK_DAYS)
    if not context["count"]:
        messages.error(request, _("Choose at least one customer."))
        return redirect("customers:list")
    if "sure" in request.POST:
        try:
            action = bulk.start(
                kind="invite", by=request.user, params={"base": links.base_of(request)}, **chosen(request)
            )
        except ValidationError as refusal:
            messages.error(request, flaws_of(refusal))
            return redirect("customers:list")
        by_hand = action.job_id is None and action.changed and _waiting(request, action).exists()
        if by_hand and not action.refused:
            messages.success(request, _("They are invited; these links are yours to pass on."))
            return redirect(f"{reverse('customers:portal-links')}?action={action.pk}")
        return answered(request, action)
    return render(request, "customers/portal/invite.html", context)


def _waiting(request, action: BulkAction | None = None):
    """Accounts in reach without an e-mail address whose link nobody has used yet."""
    rows = PortalAccount.objects.editable_by(request.user).active().with_link()
    rows = rows.filter(email="", last_seen_at__isnull=True, link_expires_at__gt=timezone.now())
    rows = rows.filter(link_used_at__isnull=True, link_revoked_at__isnull=True).exclude(customer__state=State.CLOSED)
    if action is not None:
        steps = BulkStep.objects.visible_to(request.user).filter(action=action, result=Result.CHANGED)
        invited = [after["account"] for after in steps.values_list("after", flat=True) if after]
        rows = rows.filter(pk__in=invited)
    return rows.select_related("customer").order_by("customer__code", "pk")


@require_safe
@login_required
def pass_on(request):
    """Links that no letter takes along: to copy one by one, or all as a file. ?action=ID: of one action on many."""
    refuse_readers(request)
    action = None
    number = request.GET.get("action", "")
    if number:
        mine = BulkAction.objects.visible_to(request.user).filter(kind="invite")
        action = get_object_or_404(mine, pk=int(number[:18]) if number.isascii() and number.isdigit() else 0)
    rows = _waiting(request, action)
    as_file = request.GET.get("format") == "csv"
    found = list(rows if as_file else rows[: PASSED_ON + 1])
    there = reading.open_links(found)
    base = links.base_of(request)
    lines = [(one, there[one.pk], links.address(there[one.pk], base)) for one in found if one.pk in there]
    lines = lines if as_file else lines[:PASSED_ON]
    actions.note_shown(accounts=[account for account, _link, _address in lines], by=request.user)
    if as_file:
        return _file(lines)
    context = {"lines": lines, "more": len(found) > PASSED_ON, "action": action}
    return render(request, "customers/portal/links.html", context)


def _file(lines) -> HttpResponse:
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow([_("Code"), _("Customer"), pgettext("person", "Name"), _("Phone"), _("Link"), _("Valid until")])
    for account, found, address in lines:
        until = formats.date_format(timezone.localtime(found.expires_at), "DATETIME_FORMAT")
        shop = account.customer
        out.writerow([csv_cell(one) for one in (shop.code, shop.name, account.name, account.phone, address, until)])
    response = HttpResponse(BOM + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="links.csv"'
    return response
