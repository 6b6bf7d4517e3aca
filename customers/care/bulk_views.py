"""Pages that change many customers: whom to put in charge, which tag, and what became of it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from customers.care import bulk
from customers.care.forms import TagForm
from customers.care.models import BulkAction, BulkStep, Result
from customers.care.views import flaws_of, refuse_readers
from customers.care.words import REASONS, done_of, title_of
from customers.profile.forms import AssignForm
from customers.profile.tags import Tag
from customers.profile.views import chosen_customers

NAMED = 200
PAGE = 50


def _chosen(request) -> dict:
    """What the actions take: the customers ticked, or the list's query."""
    if request.POST.get("all"):
        return {"query": request.POST.get("query", "")}
    ids = [int(text) for text in request.POST.getlist("id") if text.isascii() and text.isdigit() and len(text) < 19]
    return {"ids": ids}


def _asked(request, customers, form, **more) -> dict:
    return {
        "form": form,
        "count": customers.count(),
        "some": customers.order_by("name")[:5],
        "ids": [] if request.POST.get("all") else request.POST.getlist("id"),
        "all": request.POST.get("all", ""),
        "query": request.POST.get("query", ""),
        "next": request.POST.get("next", ""),
        **more,
    }


@require_POST
@login_required
def assign(request):
    """Two steps with one address: without `since` it asks whom and from when, with it the handover is written."""
    customers = chosen_customers(request.user, request.POST)
    refuse_readers(request)
    nobody = "nobody" in request.POST
    form = AssignForm(request.POST if "since" in request.POST else None, by=request.user, nobody=nobody)
    context = _asked(request, customers, form)
    if not context["count"]:
        messages.error(request, _("Choose at least one customer."))
        return redirect("customers:list")
    if form.is_bound and form.is_valid():
        try:
            action = bulk.assign(by=request.user, **form.cleaned_data, **_chosen(request))
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            if action.total == 1 and action.refused:
                form.add_error("since", str(REASONS["later"]))
            else:
                return _answered(request, action)
    return render(request, "customers/profile/assign.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def tag(request):
    """Two steps like `assign`: without `tag` it asks which; `off` takes it off."""
    customers = chosen_customers(request.user, request.POST)
    refuse_readers(request)
    form = TagForm(request.POST if "tag" in request.POST else None)
    names = Tag.objects.visible_to(request.user).values_list("name", flat=True)[:200]
    context = _asked(request, customers, form, names=names)
    if not context["count"]:
        messages.error(request, _("Choose at least one customer."))
        return redirect("customers:list")
    if form.is_bound and form.is_valid():
        try:
            action = bulk.tag(
                by=request.user, name=form.cleaned_data["tag"], off="off" in request.POST, **_chosen(request)
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return _answered(request, action)
    return render(request, "customers/care/tag.html", context, status=422 if form.errors else 200)


def _answered(request, action: BulkAction):
    """Back where one came from with a toast that undoes it; to the action's page while a job works, or if some were
    refused."""
    if action.job_id is not None:
        messages.success(request, _("Many customers: this goes on by itself, and the bell tells when it is done."))
        return redirect("customers:bulk", pk=action.pk)
    undo = f"undo={reverse('customers:bulk-undo', args=[action.pk])}" if action.may_be_undone else ""
    messages.success(request, done_of(action), extra_tags=undo)
    if action.refused:
        return redirect("customers:bulk", pk=action.pk)
    only = request.POST.getlist("id")
    if request.POST.get("next") == "detail" and len(only) == 1 and only[0].isdigit():
        return redirect("customers:detail", pk=int(only[0]))
    query = request.POST.get("query", "")
    response = redirect("customers:list")
    if query:
        response["Location"] += f"?{QueryDict(query).urlencode()}"
    return response


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
        one.why = REASONS.get(one.reason, "")
    context = {
        "action": action,
        "title": title_of(action),
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
