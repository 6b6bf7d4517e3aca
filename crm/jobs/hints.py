"""Hints to hurry. Losing one costs seconds, never a job: the reconciler finds rows that nobody took."""

from __future__ import annotations

import logging
import threading
import time

from celery import current_app
from django.conf import settings

logger = logging.getLogger(__name__)

# Set when this process runs the embedded worker thread; wakes it at once.
wake = threading.Event()

# After a failure the broker is left alone for a while, so that an outage costs one wait and not one a request.
QUIET_SECONDS = 5.0
_quiet_until = 0.0


def publish(job_id: int) -> None:
    """Tell the workers. Never raises: a broker that is down must not fail anybody's request."""
    global _quiet_until
    if not settings.REDIS_URL:
        wake.set()
        return
    if time.monotonic() < _quiet_until:
        return
    try:
        # By name: the task's module imports the runner, which imports this one.
        current_app.send_task("crm.jobs.tasks.run_job", (job_id,), retry=False, ignore_result=True)
    except Exception as error:  # noqa: BLE001 - whatever the broker's client raises
        _quiet_until = time.monotonic() + QUIET_SECONDS
        logger.warning("no hint for job %s: %s", job_id, type(error).__name__)
