"""Answers to htmx: a session that ended leads to the sign-in page, messages become toasts."""

from __future__ import annotations

import json
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.shortcuts import resolve_url

from crm.templatetags.ui import toast_kind

_LEAVES = ("HX-Redirect", "HX-Refresh", "HX-Location")


class HtmxAnswers:
    """After HtmxMiddleware and messages: looks only at answers to htmx.

    Without this, a redirect to the sign-in page would be followed by the browser and swapped into a corner of the
    page; and a message would wait for the next full page.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not request.htmx:
            return response
        if response.status_code in (301, 302) and self._is_sign_in(response["Location"]):
            return self._sign_in(request)
        if response.status_code < 300 and not any(name in response for name in _LEAVES):
            self._add_toasts(request, response)
        return response

    def _is_sign_in(self, location: str) -> bool:
        return urlsplit(location).path == resolve_url(settings.LOGIN_URL)

    def _sign_in(self, request) -> HttpResponse:
        back = request.htmx.current_url_abs_path or "/"
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': back})}"
        return answer

    def _add_toasts(self, request, response) -> None:
        storage = get_messages(request)
        if storage.used:
            return
        toasts = [{"text": str(message), "kind": toast_kind(message.tags) or "ok"} for message in storage]
        if toasts:
            add_trigger(response, "toasts", toasts)


def add_trigger(response, name: str, value) -> None:
    """Put an event with its detail into HX-Trigger beside those already there."""
    given = response.headers.get("HX-Trigger", "")
    events = json.loads(given) if given.startswith("{") else {part.strip(): None for part in given.split(",") if part}
    if name == "toasts":
        value = [*(events.get("toasts") or []), *value]
    response["HX-Trigger"] = json.dumps({**events, name: value})
