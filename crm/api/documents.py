"""The OpenAPI document and its page, for those who are signed in."""

from __future__ import annotations

from django.shortcuts import redirect
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

# Swagger UI writes style attributes while it draws and shows its icons as data: addresses; nothing else is let in.
_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ]
)


class Document(SpectacularAPIView):
    @extend_schema(exclude=True)
    def get(self, request, *args, **kwargs):
        return super().get(request, *args, **kwargs)


class Docs(SpectacularSwaggerSplitView):
    """Swagger UI from our own static files. Whoever is not signed in is sent to do so."""

    url_name = "api:schema"
    template_name = "api/docs.html"

    @extend_schema(exclude=True)
    def get(self, request, *args, **kwargs):
        response = super().get(request, *args, **kwargs)
        response["Content-Security-Policy"] = _POLICY
        return response

    def handle_exception(self, exc):
        response = super().handle_exception(exc)
        if response.status_code in (401, 403) and not self.request.user.is_authenticated:
            return redirect("/accounts/login/?next=/api/docs/")
        return response
