"""Saving and deleting views; the lists themselves show them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.listing import actions
from crm.listing.models import SavedView


def _back(request, query: str = ""):
    target = request.POST.get("next", "")
    host = {request.get_host()}
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=host, require_https=request.is_secure()):
        target = "/"
    path = target.split("?", 1)[0]
    return HttpResponseRedirect(f"{path}?{query}" if query else path)


@require_POST
@login_required
def save(request):
    """page, name, query, shared, next (the list's address). A person's own setting: analysts have views too."""
    query = request.POST.get("query", "")
    try:
        view = actions.save_view(
            owner=request.user,
            page=request.POST.get("page", "")[:40],
            name=request.POST.get("name", ""),
            query=query,
            shared=bool(request.POST.get("shared")) and request.user.may_write,
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return _back(request, query.lstrip("?"))
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
    return _back(request, view.query)


@require_POST
@login_required
def delete(request, pk):
    view = get_object_or_404(SavedView.objects.editable_by(request.user), pk=pk)
    actions.delete_view(view=view, by=request.user)
    messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view.name})
    return _back(request)
