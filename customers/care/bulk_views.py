"""Pages that change many customers: whom to put in charge, which tag, and what became of it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from customers.care import bulk
from customers.care.choosing import answered, asked, chosen
from customers.care.forms import TagForm
from customers.care.kinds import onward_of, reason_of, title_of
from customers.care.models import BulkAction, BulkStep, Result
from customers.care.standard import LATER
from customers.profile.doors import flaws_of, refuse_readers
from customers.profile.forms import AssignForm
from customers.profile.tags import Tag
from customers.profile.views import chosen_customers

NAMED = 200
PAGE = 50


@require_POST
@login_required
def assign(request):
    """Two steps with one address: without `since` it asks whom and from when, with it the handover is written."""
    customers = chosen_customers(request.user, request.POST)
    refuse_readers(request)
    nobody = "nobody" in request.POST
    form = AssignForm(request.POST if "since" in request.POST else None, by=request.user, nobody=nobody)
    context = asked(request, customers, form)
    if not context["count"]:
        messages.error(request, _("Choose at least one customer."))
        return redirect("customers:list")
    if form.is_bound and form.is_valid():
        try:
            action = bulk.assign(by=request.user, **form.cleaned_data, **chosen(request))
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            if action.total == 1 and action.refused:
                form.add_error("since", str(LATER))
            else:
                return answered(request, action)
    return render(request, "customers/profile/assign.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def tag(request):
    """Two steps like `assign`: without `tag` it asks which; `off` takes it off."""
    customers = chosen_customers(request.user, request.POST)
    refuse_readers(request)
    form = TagForm(request.POST if "tag" in request.POST else None)
    names = Tag.objects.visible_to(request.user).values_list("name", flat=True)[:200]
    context = asked(request, customers, form, names=names)
    if not context["count"]:
        messages.error(request, _("Choose at least one customer."))
        return redirect("customers:list")
    if form.is_bound and form.is_valid():
        try:
            action = bulk.tag(
                by=request.user, name=form.cleaned_data["tag"], off="off" in request.POST, **chosen(request)
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return answered(request, action)
    return render(request, "customers/care/tag.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
def actions(request):
    rows = list(BulkAction.objects.visible_to(request.user).select_related("asked_by")[:PAGE])
    for one in rows:
        one.title = title_of(one)
    return render(request, "customers/care/bulk_list.html", {"rows": rows, "tab": "bulk"})


@require_safe
@login_required
def result(request, pk):
    """How many changed, were so already or were refused, and why; named as far as they are in reach."""
    action = get_object_or_404(BulkAction.objects.visible_to(request.user).select_related("asked_by", "job"), pk=pk)
    steps = BulkStep.objects.visible_to(request.user).filter(action=action).select_related("customer")
    told = list(steps.filter(result__in=[Result.REFUSED, Result.LEFT]).order_by("pk")[:NAMED])
    for one in told:
        one.why = reason_of(action, one.reason)
    context = {
        "action": action,
        "title": title_of(action),
        "onward": onward_of(action),
        "told": told,
        "some": list(steps.filter(result__in=[Result.CHANGED, Result.UNDONE]).order_by("pk")[:20]),
        "job": action.job if action.job and action.job.is_active else None,
        "may_undo": action.may_be_undone and request.user.may_write,
        "tab": "bulk",
    }
    return render(request, "customers/care/bulk.html", context)


@require_POST
@login_required
def undo(request, pk):
    action = get_object_or_404(BulkAction.objects.visible_to(request.user), pk=pk)
    refuse_readers(request)
    try:
        done = bulk.ask_undo(action=action, by=request.user)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
        return redirect("customers:bulk", pk=pk)
    if done.state == BulkAction.State.UNDOING or done.left:
        return redirect("customers:bulk", pk=pk)
    text = ngettext("%(n)d customer is as it was.", "%(n)d customers are as they were.", done.undone)
    messages.success(request, text % {"n": done.undone})
    back = request.GET.get("next", "")
    if back.isascii() and back.isdigit() and len(back) < 19:
        return redirect("customers:detail", pk=int(back))
    return redirect("customers:list")
