"""Taking jobs and running them, so that none is lost and none takes effect twice.

A claim is a conditional UPDATE that raises the fence and sets a lease; a beat thread with its own connection renews the
lease, writes progress and reads the wish to stop. Effects and 'done' share a transaction guarded by the fence. The
reconciler releases expired leases and hints again. Source: measured against broker-only designs under process kills,
broker loss and database restarts; only the row in the same database lost and doubled nothing.
"""

from __future__ import annotations

import datetime
import logging
import threading
import time
import traceback

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q

from crm.audit.context import acting
from crm.clock import now
from crm.jobs import hints
from crm.jobs.context import JobContext, Stopped, Superseded
from crm.jobs.kinds import find
from crm.jobs.models import Job

logger = logging.getLogger(__name__)


class Refused(Exception):
    """The work cannot be done and trying again will not help; the text is shown to whoever asked."""


def lease() -> datetime.timedelta:
    return datetime.timedelta(seconds=settings.JOBS_LEASE_SECONDS)


def claim(job_id: int | None = None) -> Job | None:
    """Take one due job (or the one named), or None. Safe against any number of workers doing the same."""
    moment = now()
    due = Job.objects.due(moment).order_by("run_after", "pk")
    if job_id is not None:
        due = due.filter(pk=job_id)
    if not due.exists():  # an idle poll must not take SQLite's write lock
        return None
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        job = due.first()
        if job is None:
            return None
        taken = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED, fence=job.fence).update(
            state=Job.State.RUNNING,
            fence=F("fence") + 1,
            attempts=F("attempts") + 1,
            lease_until=moment + lease(),
            started_at=moment,
            finished_at=None,
            done_units=0,
            message="",
        )
        if not taken:
            return None
    return Job.objects.select_related("asked_by").get(pk=job.pk)


def run(job: Job) -> str:
    """Run a claimed job to its end and return its final state. Database outages leave the row to the reconciler."""
    ctx = JobContext(job=job, fence=job.fence)
    kind = find(job.kind)
    beat = None if connection.in_atomic_block else _Beat(ctx)
    if beat:
        beat.start()
    try:
        with acting(via="job", actor=job.asked_by, request_id=f"job-{job.pk}"):
            if kind is None:
                raise Refused(f"unknown kind of job: {job.kind}")
            if job.stop_asked:
                raise Stopped
            result = kind.handler(ctx)
            if not ctx.finished:
                with transaction.atomic():
                    ctx.finish(result)
    except Stopped:
        _end(ctx, Job.State.STOPPED, "")
    except Superseded:
        logger.warning("job %s was taken over; this worker's work is rolled back", job.pk)
    except (Refused, ValidationError) as refusal:
        words = "; ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)
        _end(ctx, Job.State.FAILED, words)
    except (OperationalError, InterfaceError):
        # The database is away: the row stays 'running' and its lease will run out. Going on at once would
        # drain the queue through the outage.
        logger.exception("job %s: database away", job.pk)
        connection.close()
        time.sleep(2)
        raise
    except Exception:
        logger.exception("job %s failed", job.pk)
        _retry_or_fail(ctx, traceback.format_exc(limit=-3))
    finally:
        if beat:
            beat.stop()
    return Job.objects.values_list("state", flat=True).get(pk=job.pk)


def _end(ctx: JobContext, state: str, error: str) -> None:
    Job.objects.filter(pk=ctx.job.pk, fence=ctx.fence, state=Job.State.RUNNING).update(
        state=state, error=error[:4000], lease_until=None, finished_at=now(), done_units=ctx.done, total_units=ctx.total
    )


def _retry_or_fail(ctx: JobContext, error: str) -> None:
    """Back off 2, 4, 8 … seconds until the attempts are used up."""
    job = ctx.job
    if job.attempts >= job.max_attempts:
        _end(ctx, Job.State.FAILED, error)
        return
    Job.objects.filter(pk=job.pk, fence=ctx.fence, state=Job.State.RUNNING).update(
        state=Job.State.QUEUED,
        error=error[:4000],
        lease_until=None,
        run_after=now() + datetime.timedelta(seconds=2**job.attempts),
    )


class _Beat(threading.Thread):
    """Renews the lease, writes progress down, reads the wish to stop; on a connection of its own."""

    def __init__(self, ctx: JobContext):
        super().__init__(daemon=True, name=f"beat-{ctx.job.pk}")
        self.ctx = ctx
        self.over = threading.Event()

    def run(self):
        renewed = time.monotonic()
        written = None
        try:
            while not self.over.wait(1.0):
                state = (self.ctx.done, self.ctx.total, self.ctx.message)
                renew = time.monotonic() - renewed > settings.JOBS_LEASE_SECONDS / 3
                try:
                    if renew or state != written:
                        self._write(state)
                        written = state
                        renewed = time.monotonic()
                    else:
                        self._look()
                except DatabaseError:
                    connection.close()
        finally:
            connection.close()

    def _row(self):
        return Job.objects.filter(pk=self.ctx.job.pk, fence=self.ctx.fence, state=Job.State.RUNNING)

    def _write(self, state):
        done, total, message = state
        held = self._row().update(
            lease_until=now() + lease(), done_units=done, total_units=total, message=str(message)[:200]
        )
        if not held and not self.ctx.finished:
            self.ctx.lost_event.set()
        self._look()

    def _look(self):
        if Job.objects.filter(pk=self.ctx.job.pk, stop_asked=True).exists():
            self.ctx.stop_event.set()

    def stop(self):
        self.over.set()
        self.join(timeout=30)


def reconcile() -> dict[str, int]:
    """Put right what crashes left behind; harmless to run at any time, in any number of places.

    Returns how many jobs were released, buried and hinted at again.
    """
    moment = now()
    expired = Job.objects.filter(state=Job.State.RUNNING).filter(
        Q(lease_until__lt=moment) | Q(lease_until__isnull=True)
    )
    buried = expired.filter(attempts__gte=F("max_attempts")).update(
        state=Job.State.FAILED,
        error="The worker died each time this job ran.",
        lease_until=None,
        finished_at=moment,
    )
    stopped = expired.filter(stop_asked=True).update(state=Job.State.STOPPED, lease_until=None, finished_at=moment)
    released = expired.update(state=Job.State.QUEUED, lease_until=None, run_after=moment, hinted_at=None)
    stale = moment - datetime.timedelta(seconds=10)
    waiting = Job.objects.due(moment).filter(Q(hinted_at__isnull=True) | Q(hinted_at__lt=stale))
    again = list(waiting.order_by("run_after").values_list("pk", flat=True)[:200])
    if again:
        Job.objects.filter(pk__in=again).update(hinted_at=moment)
        for job_id in again:
            hints.publish(job_id)
    return {"released": released, "buried": buried, "stopped": stopped, "hinted": len(again)}


def drain(limit: int = 1000) -> int:
    """Run every due job in this process, one after another; returns how many. For commands and tests."""
    count = 0
    while count < limit and (job := claim()) is not None:
        run(job)
        count += 1
    return count


def run_here(job: Job) -> Job:
    """Run one queued job in this process (a management command's way); returns it as it ended."""
    claimed = claim(job.pk)
    if claimed is not None:
        run(claimed)
    job.refresh_from_db()
    return job
