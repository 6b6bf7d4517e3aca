"""The two steps of every page that does one thing to many customers: ask (which, and what), then answer.

The list's form posts the ticked customers, or `all` with its query, to the kind's page; that page carries them along.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.care.kinds import done_of
from customers.care.models import BulkAction


def chosen(request) -> dict:
    """What the actions take: the customers ticked, or the list's query."""
    if request.POST.get("all"):
        return {"query": request.POST.get("query", "")}
    ids = [int(text) for text in request.POST.getlist("id") if text.isascii() and text.isdigit() and len(text) < 19]
    return {"ids": ids}


def asked(request, customers, form, **more) -> dict:
    """The context of `customers/care/_chosen.html` and of the form below it. customers: `chosen_customers`."""
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


def answered(request, action: BulkAction):
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
