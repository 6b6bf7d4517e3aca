"""Who is at the dealers' pages: known by a cookie of their own, which is sent nowhere else.

A middleware after that of the staff's sessions: below its prefix nobody is a user of ours, whatever session comes
along; everywhere else it does nothing.
"""

from __future__ import annotations

from functools import wraps

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.shortcuts import redirect
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers

from customers.portal import actions
from customers.portal.models import SESSION_DAYS, PortalSession

PREFIX = "/portal/"
COOKIE = "qiao_portal"
LANGUAGE_COOKIE = "qiao_portal_language"


class Door:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        request.user = AnonymousUser()
        request.start = PREFIX  # where an error page leads back to
        key = request.COOKIES.get(COOKIE, "")
        session: PortalSession | None = actions.session_of(key) if key else None
        request.portal = session
        if session is not None:
            actions.touch(session=session)
        language = (session.account.language if session else "") or request.COOKIES.get(LANGUAGE_COOKIE, "")
        if language in dict(settings.LANGUAGES):
            translation.activate(language)
            request.LANGUAGE_CODE = translation.get_language()
        response = self.get_response(request)
        patch_cache_control(response, private=True, no_store=True)
        patch_vary_headers(response, ["Cookie"])
        # Never the whole address, which may be a link. (With no-referrer browsers send forms without their origin,
        # and those are refused as forged.)
        response["Referrer-Policy"] = "strict-origin"
        return response


def dealers_only(view):
    """Who is not signed in is asked for their e-mail."""

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        if request.portal is None:
            return redirect("portal:home")
        return view(request, *args, **kwargs)

    return wrapped


def let_in(response, key: str) -> None:
    response.set_cookie(
        COOKIE,
        key,
        max_age=SESSION_DAYS * 86400,
        path=PREFIX,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def let_out(response) -> None:
    response.delete_cookie(COOKIE, path=PREFIX, samesite="Lax")


def remember_language(response, language: str) -> None:
    response.set_cookie(
        LANGUAGE_COOKIE,
        language,
        max_age=365 * 86400,
        path=PREFIX,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
