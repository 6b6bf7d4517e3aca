"""What one is told: the list, the way to what it is about, and how one wants to be told."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.notifications import actions
from crm.notifications.forms import HoursForm, choices_from, choices_of
from crm.notifications.models import Notification, NotificationHours

PAGE = 50


@require_safe
@login_required
def notification_list(request):
    """The latest first; `before` is the id to go on from."""
    rows = Notification.objects.visible_to(request.user).in_app()
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit():
        rows = rows.filter(pk__lt=int(before[:18]))
    found = list(rows[: PAGE + 1])
    context = {
        "notifications": found[:PAGE],
        "more": found[PAGE - 1].pk if len(found) > PAGE else None,
        "unread": Notification.objects.visible_to(request.user).in_app().unread().count(),
    }
    return render(request, "notifications/list.html", context)


@require_safe
@login_required
def unread(request):
    """The number on the letter of every page, asked for when the page is there: so that no page waits for it."""
    n = Notification.objects.visible_to(request.user).in_app().unread().count()
    return render(request, "notifications/_unread.html", {"unread": n})


@require_POST
@login_required
def open_one(request, pk):
    """It is read, and the way leads to what it is about."""
    one = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    actions.mark_read(user=request.user, ids=[one.pk])
    return redirect(one.url or "crm:notifications")


@require_POST
@login_required
def read_all(request):
    actions.mark_read(user=request.user)
    return redirect("crm:notifications")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def notification_settings(request):
    held = NotificationHours.objects.visible_to(request.user).first() or NotificationHours(user=request.user)
    form = HoursForm(request.POST or None, instance=held)
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose(user=request.user, choices=choices_from(request.POST), **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("crm:notification-settings")
    context = {"form": form, "kinds": choices_of(request.user)}
    return render(request, "notifications/settings.html", context, status=422 if form.errors else 200)
