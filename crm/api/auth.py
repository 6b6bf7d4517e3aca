"""Tokens with scopes."""

from __future__ import annotations

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication as KnoxAuthentication
from rest_framework import exceptions
from rest_framework.authentication import get_authorization_header

from crm.accounts.models import ApiToken
from crm.audit.context import set_actor
from crm.clock import today


class TokenAuthentication(KnoxAuthentication):
    """knox's tokens; a read-scope token makes its user a reader for the request, everywhere."""

    def authenticate_header(self, request):
        """`Token`, or `Bearer` (RFC 6750) for whoever says so: many clients know no other word."""
        said = get_authorization_header(request).split()[:1]
        return "Bearer" if said and said[0].lower() == b"bearer" else super().authenticate_header(request)

    def authenticate_credentials(self, token):
        try:
            token.decode("utf-8")
        except UnicodeDecodeError as error:
            raise exceptions.AuthenticationFailed(_("Invalid token.")) from error
        user, auth_token = super().authenticate_credentials(token)
        user._read_only_token = auth_token.scope != ApiToken.Scope.WRITE
        if auth_token.last_used_on != today():
            ApiToken.objects.filter(pk=auth_token.pk).update(last_used_on=today())
        set_actor(user)
        return user, auth_token


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "crm.api.auth.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema):
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": (
                "`Authorization: Token …` (or `Bearer …`); made by `manage.py api_token LOGIN --scope read|write`."
            ),
        }
