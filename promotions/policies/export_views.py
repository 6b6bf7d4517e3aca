"""Who has answered a notice, asked for as a file."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.exports import actions as exports
from promotions.policies.reading import WHO
from promotions.policies.views import notice_of


@require_POST
@login_required
def export(request, pk):
    """Those on the notice's page, with its filter."""
    notice = notice_of(request, pk)
    query = QueryDict(mutable=True)
    query["notice"] = str(notice.pk)
    if request.POST.get("who") in WHO:
        query["who"] = request.POST["who"]
    try:
        made = exports.ask(
            kind="notices", format=request.POST.get("format", ""), query=query.urlencode(), by=request.user
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("notices:detail", pk=pk)
    messages.success(request, _("The file %(name)s is being made.") % {"name": made.name})
    return redirect("crm:exports")
