"""What every request passes: context for logs and audit, content security, session limits, language and theme."""

from __future__ import annotations

import ipaddress
import logging
import re
import time
import uuid

from django.conf import settings
from django.contrib.auth import logout
from django.db import OperationalError
from django.http import JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext

from crm.audit.context import acting, set_actor
from crm.logs import bind, unbind

logger = logging.getLogger(__name__)
_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")


def client_address(request) -> str:
    """The caller's address; X-Forwarded-For is believed only from a configured proxy, and only its last foreign hop."""
    address = request.META.get("REMOTE_ADDR", "")
    if address in settings.TRUSTED_PROXIES:
        for hop in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
            hop = hop.strip()
            try:
                ipaddress.ip_address(hop)
            except ValueError:
                break
            address = hop
            if hop not in settings.TRUSTED_PROXIES:
                break
    return address


class RequestContext:
    """A request id (taken over from a well-formed X-Request-ID), bound to logs and to the audit context."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        given = request.headers.get("X-Request-ID", "")
        request.id = given if _REQUEST_ID.match(given) else uuid.uuid4().hex
        via = "api" if request.path.startswith("/api/") else "admin" if request.path.startswith("/admin/") else "page"
        token = bind(request_id=request.id)
        try:
            with acting(via=via, address=client_address(request), request_id=request.id):
                response = self.get_response(request)
        finally:
            unbind(token)
        response["X-Request-ID"] = request.id
        return response


class ContentSecurityPolicy:
    """The policy of settings.SECURE_CSP on every answer (the shape that Django 6 reads with its own)."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.value = "; ".join(f"{name} {' '.join(sources)}" for name, sources in settings.SECURE_CSP.items())

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.value)
        response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")
        return response


class SessionLimits:
    """Idle and absolute limits; personal answers are never kept by caches or the back button.

    The moment of last use is written at most once a minute, so that reading pages does not write to the database.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        # Whatever else the request carries: a header beside a stolen cookie must not make its session last.
        if request.user.is_authenticated:
            moment = int(time.time())
            began = request.session.setdefault("began", moment)
            seen = request.session.setdefault("seen", moment)
            if (
                moment - began > settings.SESSION_ABSOLUTE.total_seconds()
                or moment - seen > settings.SESSION_IDLE.total_seconds()
            ):
                logout(request)
            elif moment - seen >= 60:
                request.session["seen"] = moment
        set_actor(request.user)
        signed_in = request.user.is_authenticated
        response = self.get_response(request)
        if request.user.is_authenticated:
            # For the worker on a phone: what it keeps of somebody else goes (crm/static/crm/js/offline/worker.js).
            response["X-Person"] = str(request.user.pk)
        if (signed_in or request.user.is_authenticated) and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
            patch_vary_headers(response, ["Cookie"])
        return response


class BodyLimit:
    """Refuses by its declared length what nobody may send, before a byte of it is kept in memory or on disk.

    Files are large only where settings.UPLOAD_PATHS takes them, and from who says who they are; everything else is a
    form or rows as JSON. (A body without a length is read as empty.)
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        length = request.headers.get("Content-Length", "")
        if length.isascii() and length.isdigit() and int(length[:18]) > self._most(request):
            if request.path.startswith("/api/"):
                return JsonResponse({"detail": gettext("This is more than may be sent at once.")}, status=413)
            return render(request, "errors/413.html", status=413)
        return self.get_response(request)

    @staticmethod
    def _most(request) -> int:
        known = "Authorization" in request.headers or request.user.is_authenticated
        if known:
            for path, most in settings.UPLOAD_PATHS:
                if re.fullmatch(path, request.path, re.ASCII):
                    return most + settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        return settings.DATA_UPLOAD_MAX_MEMORY_SIZE


class Busy:
    """503 instead of 500 where the database took too long or somebody else held what was asked for: ask again.

    The limits are those of crm/patience.py; on SQLite, the wait for the one who writes.
    """

    # query_canceled, lock_not_available, deadlock_detected
    CODES = frozenset({"57014", "55P03", "40P01"})
    AGAIN_SECONDS = 5

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not (isinstance(exception, OperationalError) and self._is_busy(exception)):
            return None
        logger.warning("busy", exc_info=exception)
        if request.path.startswith("/api/"):
            answer = JsonResponse({"detail": gettext("This took too long. Ask for less, or try again.")}, status=503)
        else:
            answer = render(request, "errors/503.html", status=503)
        answer["Retry-After"] = str(self.AGAIN_SECONDS)
        return answer

    @classmethod
    def _is_busy(cls, exception) -> bool:
        code = getattr(exception.__cause__, "pgcode", None)
        return code in cls.CODES or str(exception).startswith(("database is locked", "database table is locked"))


class Preferences:
    """The person's own language, once they are known; before that, the cookie or the browser decide."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        language = getattr(request.user, "language", "") if request.user.is_authenticated else ""
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)
