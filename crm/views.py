"""Home, search and a person's own preferences."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm import panels
from crm import search as searching
from crm.accounts import actions
from crm.accounts.models import User
from crm.clock import today
from crm.shell.context import THEME_COOKIE

PALETTE, PAGE = 6, 20
"""Hits of a kind that the palette shows, and the page of all kinds."""


@require_safe
@login_required
def home(request):
    columns = panels.collect(settings.HOME_PANELS, request)
    return render(request, "home.html", {"panels": columns, "today": today()})


@require_safe
@login_required
def search(request):
    """The palette's hits (htmx), or a page of them: some of every kind, with ?kind= all of one."""
    text, kind = request.GET.get("q", ""), request.GET.get("kind", "")[:12]
    most = PALETTE if request.htmx else searching.MOST if kind else PAGE
    groups = searching.find(request.user, text, most, kind)
    template = "shell/_hits.html" if request.htmx else "shell/search.html"
    return render(request, template, {"groups": groups, "q": text, "kind": kind, "most": most})


@require_POST
def preferences(request):
    """Language and theme: kept on the person, or before sign-in in a cookie."""
    language, theme = request.POST.get("language"), request.POST.get("theme")
    if language is not None and language not in dict(settings.LANGUAGES):
        language = None
    if theme is not None and theme not in User.Theme.values:
        theme = None
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        target = "/"
    if request.user.is_authenticated and (language or theme):
        actions.set_preferences(user=request.user, language=language, theme=theme)
        if language and not request.htmx:
            messages.success(request, _("Saved."))
    response = HttpResponse(status=204) if request.htmx else HttpResponseRedirect(target)
    for name, value in ((settings.LANGUAGE_COOKIE_NAME, language), (THEME_COOKIE, theme)):
        if value:
            response.set_cookie(name, value, max_age=365 * 86400, samesite="Lax", secure=settings.TLS, httponly=True)
    return response
