"""How tests of our side ask: as somebody at a page, as a program; and what a refusal must leave as it was."""

from __future__ import annotations

import pytest
from django.test import Client
from rest_framework.test import APIClient

from crm.accounts.actions import create_token
from crm.audit.models import AuditEntry
from crm.jobs.models import Job
from customers.models import PortalAccount, PortalLink

pytestmark = pytest.mark.django_db


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def program(user, scope="write") -> APIClient:
    client = APIClient()
    _token, text = create_token(user=user, scope=scope)
    client.credentials(HTTP_AUTHORIZATION=f"Token {text}")
    return client


def counts() -> tuple:
    return PortalAccount.objects.count(), PortalLink.objects.count(), Job.objects.count(), AuditEntry.objects.count()
