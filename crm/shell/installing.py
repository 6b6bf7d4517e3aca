"""What makes Qiao an app on a phone: its manifest, the worker that answers without a network, and what both need.

The worker is a static file with a line of settings before it, served from the root so that it may answer for all pages.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from crm.clock import now

WORKER = "crm/js/offline/worker.js"
# What the pages of a day need; tests/shell/test_installing.py holds it against those pages.
SHELL = (
    "crm/css/tokens.css",
    "crm/css/app.css",
    "crm/css/pages.css",
    "crm/css/customers.css",
    "crm/css/contacts.css",
    "crm/icons.svg",
    "crm/favicon.svg",
    "crm/icons/qiao-192.png",
    "crm/js/shell.js",
    "crm/js/keys.js",
    "crm/js/lists.js",
    "crm/js/charts.js",
    "crm/js/report.js",
    "crm/js/offline/start.js",
    "crm/js/offline/store.js",
    "crm/js/offline/queue.js",
    "crm/js/offline/day.js",
    "crm/js/pages/contact.js",
    "crm/js/pages/phone.js",
    "vendor/htmx.min.js",
    "vendor/inter.woff2",
)
ICONS = (
    ("crm/icons/qiao-192.png", "192x192", "any"),
    ("crm/icons/qiao-512.png", "512x512", "any"),
    ("crm/icons/qiao-maskable-512.png", "512x512", "maskable"),
)
# --accent and --canvas of tokens.css.
THEME, GROUND = "#2f54d6", "#f5f5f2"


def _text(name: str) -> bytes:
    found = finders.find(name)
    if found is None:
        raise FileNotFoundError(name)
    return Path(found).read_bytes()


def _read() -> tuple[str, bytes]:
    """The version and the worker's source: another version wherever one of the files differs."""
    digest = hashlib.sha256(repr([static(name) for name in SHELL]).encode())
    source = _text(WORKER)
    for content in (source, *map(_text, SHELL)):
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()[:12], source


_kept = cache(_read)


def version() -> str:
    return (_read if settings.DEBUG else _kept)()[0]


@never_cache
@require_safe
def worker(request):
    told, source = (_read if settings.DEBUG else _kept)()
    known = {
        "version": told,
        "shell": [static(name) for name in SHELL],
        "files": settings.STATIC_URL,
        "offline": reverse("crm:offline"),
        "page": reverse(settings.PHONE_PAGE),
        "parts": list(settings.PHONE_PARTS),
    }
    body = f"const KNOWN = {json.dumps(known)};\n".encode() + source
    return HttpResponse(body, content_type="text/javascript; charset=utf-8", headers={"Service-Worker-Allowed": "/"})


@require_safe
def manifest(request):
    told = {
        "id": "/",
        "name": f"Qiao · {settings.COMPANY_NAME}" if settings.COMPANY_NAME else "Qiao",
        "short_name": "Qiao",
        "description": _("Customers, visits and what was promised."),
        "lang": get_language(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "theme_color": THEME,
        "background_color": GROUND,
        "icons": [
            {"src": static(name), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for name, sizes, purpose in ICONS
        ],
        "shortcuts": [{"name": _("On this phone"), "url": reverse(settings.PHONE_PAGE)}],
    }
    answer = JsonResponse(told, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "public, max-age=3600"
    answer["Vary"] = "Cookie, Accept-Language"
    return answer


@require_safe
def offline(request):
    """Where nothing is on the phone; kept by the worker, so it shows nothing of anybody."""
    return render(request, "shell/offline.html")


@never_cache
@require_safe
@login_required
def token(request):
    """Asked for before something that waited is sent: who is signed in, what a form needs, and what time it is here."""
    return JsonResponse({"user": request.user.pk, "token": get_token(request), "now": now().isoformat()})
