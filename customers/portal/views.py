"""The dealers' own pages. Nothing here knows a user of ours: `request.portal` is the dealer's session (door.py)."""

from __future__ import annotations

import re

from allauth.core import ratelimit
from django.conf import settings
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from crm import panels
from customers.portal import actions, door, letters, links
from customers.portal.forms import AskForm
from customers.profile.doors import edits

SURVEY = re.compile(r"/portal/survey/[\w.:=-]{1,200}/", re.ASCII)


@edits
def home(request):
    """The dealer's figures; for who is not signed in, the way to a new link."""
    if request.portal is None:
        return _ask(request)
    if request.method == "POST":
        return redirect("portal:home")
    account = request.portal.account
    columns = panels.collect(settings.PORTAL_PANELS, request, account=account)
    return render(request, "portal/home.html", {"account": account, "panels": columns})


def _ask(request):
    """The same answer whether the address has access or not, and whether it asked too often."""
    form = AskForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "portal/ask.html", {"form": form}, status=422 if form.errors else 200)
    if not ratelimit.consume(request, action="portal_address"):
        return ratelimit.respond_429(request)
    email = form.cleaned_data["email"]
    if ratelimit.consume(request, action="portal_ask", key=email.lower()):
        letters.ask(email, links.base_of(request))
    return render(request, "portal/asked.html")


@edits
@sensitive_variables("token")
def enter(request, token):
    """Asked for by GET it changes nothing: messengers look at links before people do."""
    link = actions.usable(token)
    if request.method == "POST" and not ratelimit.consume(request, action="portal_address"):
        return ratelimit.respond_429(request)
    if link is not None and request.method != "POST":
        return render(request, "portal/enter.html", {"account": link.account})
    if link is not None:
        try:
            _account, key = actions.enter(token=token)
        except ValidationError:
            link = None
    if link is None:
        return render(request, "portal/refused.html", status=404)
    response = redirect("portal:home")
    door.let_in(response, key)
    return response


@require_POST
def leave(request):
    if request.portal is not None:
        actions.leave(session=request.portal)
    response = redirect("portal:home")
    door.let_out(response)
    return response


@require_POST
def language(request):
    """Kept with the account, and in a cookie of these pages for before one signs in."""
    chosen, back = request.POST.get("language", ""), request.POST.get("next", "")
    # Who answers a survey by its address has no other way back to it.
    ours = SURVEY.fullmatch(back) is not None
    response = redirect(back if ours else reverse("portal:home"))
    if chosen in dict(settings.LANGUAGES):
        if request.portal is not None:
            actions.choose_language(account=request.portal.account, language=chosen)
        door.remember_language(response, chosen)
    return response
