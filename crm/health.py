"""Is the process alive (`live`), and can it serve (`ready`)? Says which part is not, and nothing secret."""

from __future__ import annotations

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@never_cache
@require_safe
def live(request):
    return JsonResponse({"status": "ok"})


def database() -> bool:
    connection = connections[DEFAULT_DB_ALIAS]
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone() == (1,)
    except Exception:  # noqa: BLE001 - any failure of the driver means the same: not ready
        connection.close()
        return False


def migrations() -> bool:
    try:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Exception:  # noqa: BLE001
        return False


def broker() -> bool:
    """True where no broker is used: the embedded worker needs none."""
    if not settings.REDIS_URL:
        return True
    import redis  # noqa: PLC0415 - not loaded at all in the embedded set-up

    try:
        return bool(redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2).ping())
    except redis.RedisError:
        return False


@never_cache
@require_safe
def ready(request):
    parts = {"database": database()}
    parts["migrations"] = parts["database"] and migrations()
    parts["broker"] = broker()
    good = all(parts.values())
    return JsonResponse(
        {"status": "ok" if good else "not ready", **{name: "ok" if ok else "failed" for name, ok in parts.items()}},
        status=200 if good else 503,
    )
