"""How long PostgreSQL may take: seconds for who waits at a page, as long as it needs for jobs and commands.

A request that hangs holds one of the few web threads, and an abandoned transaction holds locks; jobs work through whole
tables. The limits are given when a connection begins, so that `SET LOCAL … = DEFAULT` comes back to them.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections


def short() -> None:
    """For this process, which serves pages."""
    database = connections.settings[DEFAULT_DB_ALIAS]
    if database["ENGINE"].endswith("postgresql"):
        connections.close_all()
        database["OPTIONS"]["options"] = settings.POSTGRES_SHORT


def long() -> None:
    """For this thread alone, which works on jobs in a process that serves pages."""
    if connection.vendor == "postgresql":
        connection.close()
        # A copy: the threads' connections share one object.
        ours: dict[str, Any] = {**connection.settings_dict}
        connection.settings_dict = {**ours, "OPTIONS": {**ours["OPTIONS"], "options": settings.POSTGRES_LONG}}
