"""Hints to hurry. Losing one costs seconds, never a job: the reconciler finds rows that nobody took."""

from __future__ import annotations

import logging
import threading

from django.conf import settings

logger = logging.getLogger(__name__)

# Set when this process runs the embedded worker thread; wakes it at once.
wake = threading.Event()


def publish(job_id: int) -> None:
    """Tell the workers. Never raises: a broker that is down must not fail anybody's request."""
    if not settings.REDIS_URL:
        wake.set()
        return
    from crm.jobs.tasks import run_job  # noqa: PLC0415 - tasks import the runner, which imports actions

    try:
        run_job.apply_async((job_id,), retry=False, ignore_result=True)
    except Exception as error:  # noqa: BLE001 - whatever the broker's client raises
        logger.warning("no hint for job %s: %s", job_id, type(error).__name__)
