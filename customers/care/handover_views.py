"""Pages of handovers: the brief before, the handover itself, and the briefs for the new manager."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.care import briefs, bulk, handovers
from customers.care.forms import HandoverForm
from customers.care.kinds import done_of
from customers.care.models import Handover, HandoverBrief
from customers.care.standard import LATER
from customers.profile.doors import customer_of, edits, refuse_readers

PAGE = 10
SHOWN = 50


@edits
@login_required
def hand_over(request, pk):
    """The brief of a customer, and whom it goes to. `reveal` shows the sensitive facts in it, each reading noted."""
    customer = customer_of(request, pk)
    writes = request.user.may_write
    reveal = "reveal" in request.POST
    bound = request.POST if request.method == "POST" and not reveal else None
    form = HandoverForm(bound, by=request.user) if writes else None
    if request.method == "POST":
        refuse_readers(request)
        if not reveal and form.is_valid():
            answer = _handed_over(request, customer, form)
            if answer is not None:
                return answer
    sections, may_ask = briefs.read(customer, briefs.build([customer])[customer.pk], request.user, reveal=reveal)
    context = {"customer": customer, "sections": sections, "may_ask": may_ask and writes, "form": form}
    return render(request, "customers/care/handover.html", context, status=422 if form and form.errors else 200)


def _handed_over(request, customer, form):
    try:
        action = bulk.assign(by=request.user, ids=[customer.pk], **form.cleaned_data)
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return None
    if action.refused:
        form.add_error("since", str(LATER))
        return None
    undo = f"undo={reverse('customers:bulk-undo', args=[action.pk])}" if action.may_be_undone else ""
    messages.success(request, done_of(action), extra_tags=undo)
    if action.handover_id:
        return redirect("customers:handover-detail", pk=action.handover_id)
    return redirect("customers:list")


@require_safe
@login_required
def handover_list(request):
    """Those for oneself that wait to be read come first."""
    rows = Handover.objects.visible_to(request.user).select_related("to", "done_by")
    found = list(rows[:SHOWN])
    mine = {one.pk for one in found if one.to_id == request.user.pk and not one.read_at and not one.undone_at}
    found.sort(key=lambda one: one.pk not in mine)
    return render(request, "customers/care/handover_list.html", {"rows": found, "unread": mine, "tab": "handovers"})


@edits
@login_required
def handover_detail(request, pk):
    """The briefs as they were written, a few at a time; `after` is the brief to go on from."""
    handover = get_object_or_404(Handover.objects.visible_to(request.user).select_related("to", "done_by"), pk=pk)
    if request.method == "POST":
        refuse_readers(request)
    reveal = request.POST.get("reveal", "")
    rows = HandoverBrief.objects.visible_to(request.user).filter(handover=handover)
    total = rows.count()
    after = request.GET.get("after", "")
    if after.isascii() and after.isdigit() and len(after) < 19:
        rows = rows.filter(pk__gt=int(after))
    found = list(rows.select_related("customer__standing", "given_by").order_by("pk")[: PAGE + 1])
    for one in found[:PAGE]:
        wanted = reveal == str(one.pk)
        one.shown, one.may_ask = briefs.read(one.customer, one.sections, request.user, reveal=wanted)
    context = {
        "handover": handover,
        "briefs": found[:PAGE],
        "total": total,
        "more": found[PAGE - 1].pk if len(found) > PAGE else None,
        "may_write": request.user.may_write,
        "is_mine": handover.to_id == request.user.pk,
        "tab": "handovers",
    }
    return render(request, "customers/care/handover_detail.html", context)


@require_POST
@login_required
def mark_read(request, pk):
    handover = get_object_or_404(Handover.objects.visible_to(request.user), pk=pk)
    refuse_readers(request)
    if handover.to_id != request.user.pk:
        raise PermissionDenied(_("Only the new manager says that it is read."))
    handovers.mark_read(handover=handover, by=request.user)
    messages.success(request, _("Read. It stays here to look up."))
    return redirect("customers:handover-detail", pk=pk)
