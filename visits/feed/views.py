"""The page on which a person makes and revokes their calendar's address, and that address itself."""

from __future__ import annotations

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.clock import now, today
from customers.profile.doors import refuse_readers
from visits.feed import actions
from visits.feed.calendar import calendar
from visits.feed.models import CalendarFeed
from visits.feed.reading import entries


def _page(request, token: str = ""):
    feed = CalendarFeed.objects.visible_to(request.user).open().first()
    address = request.build_absolute_uri(reverse("calendar-feed", args=[token])) if token else ""
    context = {
        "feed": feed,
        "address": address,
        "subscribe": f"webcal://{address.partition('://')[2]}" if address else "",
        "may_write": request.user.may_write,
    }
    response = render(request, "visits/calendar.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@login_required
def page(request):
    return _page(request)


@require_POST
@login_required
def create(request):
    """Answers with the page itself and not with a redirect: the address is shown this once and kept nowhere."""
    refuse_readers(request)
    _feed, token = actions.create_feed(user=request.user)
    return _page(request, token)


@require_POST
@login_required
def revoke(request):
    refuse_readers(request)
    actions.revoke_feed(user=request.user)
    messages.success(request, _("The address opens nothing any more."))
    return redirect("visits:calendar")


@require_safe
def feed(request, token):
    """For calendar programs: whoever knows the address reads it. Nobody signs in, and no session is looked at."""
    if not ratelimit.consume(request, action="calendar_feed"):
        return HttpResponse(status=429, content_type="text/plain", headers={"Retry-After": "60"})
    found = actions.open_feed(token)
    if found is None:
        raise Http404
    user = found.user
    with translation.override(getattr(user, "language", "") or settings.LANGUAGE_CODE):
        rows = entries(user, today(), lambda one: request.build_absolute_uri(reverse("visits:detail", args=[one.pk])))
        name = _("Visits of %(name)s") % {"name": user}
        body = calendar(rows, name=name, zone=settings.TIME_ZONE, now=now())
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = 'inline; filename="visits.ics"'
    response["Referrer-Policy"] = "no-referrer"
    return response
