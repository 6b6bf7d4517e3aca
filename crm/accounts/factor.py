"""Administrators and heads sign in with a second factor (`REQUIRE_MFA`): who has none yet can only set one up."""

from __future__ import annotations

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _

from crm.accounts.models import Role

ROLES = (Role.ADMIN, Role.HEAD)
SET_UP = "mfa_activate_totp"
# The way to a factor, the way out, and what a page without a factor shows besides: its language and theme.
_OPEN = {
    SET_UP,
    "account_reauthenticate",
    "account_logout",
    "crm:preferences",
    "crm:manifest",
    "crm:worker",
    "crm:offline",
    "health-live",
    "health-ready",
}
_OPEN_PATHS = ("/healthz", "/readyz")


class SecondFactor:
    """After HtmxMiddleware. Asks the database each time, so that a factor taken away is missed on the next request.

    Only sessions are looked at: a token is a secret of its own. One sent beside the cookie does not open the session.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.factor_missing = self._missing(request.user)
        if not request.factor_missing or request.path_info in _OPEN_PATHS or _name(request.path_info) in _OPEN:
            return self.get_response(request)
        if request.path.startswith("/api/"):
            return JsonResponse({"detail": _("Your role asks for a second factor: set one up first.")}, status=403)
        target = reverse(SET_UP)
        if request.htmx:
            answer = HttpResponse(status=204)
            answer["HX-Redirect"] = target
            return answer
        return HttpResponseRedirect(target)

    @staticmethod
    def _missing(user) -> bool:
        return settings.REQUIRE_MFA and user.is_authenticated and user.role in ROLES and not is_mfa_enabled(user)


def _name(path: str) -> str:
    try:
        return resolve(path).view_name
    except Resolver404:
        return ""
