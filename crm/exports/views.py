"""One's own files: ask, see, fetch."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.audit.actions import record
from crm.clock import now
from crm.exports import actions
from crm.exports.kinds import registry
from crm.exports.models import Export

PAGE = 50
TYPES = {
    "zip": "application/zip",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _exports(request):
    return Export.objects.visible_to(request.user).filter(expires_at__gt=now()).select_related("job")


@require_safe
@login_required
def export_list(request):
    labels = {code: kind.label for code, kind in registry().items()}
    rows = list(_exports(request)[:PAGE])
    for export in rows:
        export.kind_label = labels.get(export.kind, export.kind)
    pending = any(export.job and export.job.is_active for export in rows)
    return render(request, "exports/list.html", {"exports": rows, "pending": pending})


@require_POST
@login_required
def ask(request):
    """kind, format, query: the list's own query string. Analysts export too: it reads, it changes nothing."""
    try:
        export = actions.ask(
            kind=request.POST.get("kind", ""),
            format=request.POST.get("format", ""),
            query=request.POST.get("query", ""),
            by=request.user,
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("crm:exports")
    messages.success(request, _("The file %(name)s is being made.") % {"name": export.name})
    return redirect("crm:exports")


@require_safe
@login_required
def file(request, pk):
    return send(get_object_or_404(_exports(request), pk=pk), by=request.user)


def send(export: Export, *, by) -> FileResponse:
    """The file as a download, written down in the audit log. 404 while it is not made.

    403 for whoever saw further when it was made than now: rights that were taken away count at once.
    """
    if not export.file:
        raise Http404
    kind = registry().get(export.kind)
    if kind is None or not kind.still_holds(by, export.rights):
        raise PermissionDenied(_("You see less now than when this file was made; ask for it again."))
    record(action="export.download", target=export, actor=by)
    response = FileResponse(
        export.file.open("rb"), as_attachment=True, filename=export.name, content_type=TYPES[export.format]
    )
    response["Cache-Control"] = "private, no-store"
    return response
