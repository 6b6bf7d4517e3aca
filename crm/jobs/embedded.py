"""The worker thread of a server without Redis: the same rows, the same runner, nothing to install.

Exactly one process works at a time, held by a lock on a file; the others keep trying, so a killed one is replaced.
"""

from __future__ import annotations

import fcntl
import logging
import os
import threading
import time
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from crm import patience
from crm.jobs import hints, nightly, runner

logger = logging.getLogger(__name__)
_started = threading.Lock()
_thread: threading.Thread | None = None


def start() -> None:
    """Start the thread once a process; does nothing where Celery does the work."""
    global _thread
    if not settings.JOBS_EMBEDDED:
        return
    with _started:
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_begin, daemon=True, name="jobs")
            _thread.start()


def _begin() -> None:
    patience.long()
    work()


def work(once: bool = False) -> None:
    lock = _lock()
    reconciled = 0.0
    while True:
        try:
            if time.monotonic() - reconciled > 5:
                runner.reconcile()
                nightly.ask()
                reconciled = time.monotonic()
            while (job := runner.claim()) is not None:
                runner.run(job)
        except DatabaseError:
            logger.exception("embedded worker: database away")
            connection.close()
            time.sleep(2)
        except Exception:
            logger.exception("embedded worker")
            time.sleep(2)
        if once:
            break
        hints.wake.wait(1.0)
        hints.wake.clear()
    lock.close()


def _lock():
    settings.VAR_DIR.mkdir(exist_ok=True)
    # One lock a database, so that two servers with different databases do not wait for each other.
    name = Path(str(settings.DATABASES["default"]["NAME"])).name.replace("/", "_")
    handle = open(settings.VAR_DIR / f"worker-{name}.lock", "w")  # noqa: SIM115 - held while the process lives
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            handle.write(str(os.getpid()))
            handle.flush()
            return handle
        except OSError:
            time.sleep(1)
