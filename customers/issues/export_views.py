"""The list of issues as a file, asked for."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.exports import actions as exports


@require_POST
@login_required
def export(request):
    """A file of the whole list with its filters."""
    query = QueryDict(request.POST.get("query", "")[:4000], mutable=True)
    try:
        made = exports.ask(
            kind="issues", format=request.POST.get("format", ""), query=query.urlencode(), by=request.user
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("issues:list")
    messages.success(request, _("The file %(name)s is being made.") % {"name": made.name})
    return redirect("crm:exports")
