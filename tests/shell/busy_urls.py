"""Our addresses, and some whose database fails."""

from __future__ import annotations

from django.db import OperationalError, connection
from django.urls import path

from crm.urls import handler400, handler403, handler404, handler500
from crm.urls import urlpatterns as ours

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def fail(request):
    raise OperationalError(request.GET["text"])


def sleep(request):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 50")
        cursor.execute("SELECT pg_sleep(5)")


urlpatterns = [path("fail/", fail), path("api/v1/fail/", fail), path("sleep/", sleep), *ours]
