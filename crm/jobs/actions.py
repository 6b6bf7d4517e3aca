"""Asking for jobs, stopping them, trying again."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.audit.actions import record
from crm.clock import now
from crm.jobs import hints
from crm.jobs.kinds import registry
from crm.jobs.models import Job


@transaction.atomic
def enqueue(*, kind: str, input: dict | None = None, asked_by=None, key: str | None = None, title: str = "") -> Job:
    """Write a job row in the caller's transaction and hint to the workers once it commits.

    key: at most one job with it, ever; asking again returns the job there is. Raises LookupError for an unknown kind.
    """
    found = registry()[kind]
    values = {
        "kind": kind,
        "input": input or {},
        "asked_by": asked_by,
        "max_attempts": found.max_attempts,
        "run_after": now(),
        "title": title[:200],
    }
    if key is None:
        job = Job.objects.create(**values)
    else:
        job, created = Job.objects.get_or_create(key=key, defaults=values)
        if not created:
            return job
    transaction.on_commit(lambda: hints.publish(job.pk))
    return job


@transaction.atomic
def enqueue_many(*, kind: str, jobs: Iterable[tuple[str, dict, datetime.datetime]]) -> int:
    """Jobs of one kind, each (key, input, not before); those whose key is there already are left. One statement.

    Whoever looks for what is due finds them in time; no hint is sent.
    """
    found = registry()[kind]
    rows = [
        Job(kind=kind, key=key, input=input, run_after=due, max_attempts=found.max_attempts) for key, input, due in jobs
    ]
    Job.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


@transaction.atomic
def stop(*, job: Job, by) -> Job:
    """Ask a job to stop: one that waits is stopped now, one that runs at its next check."""
    stopped = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED).update(
        state=Job.State.STOPPED, stop_asked=True, finished_at=now()
    )
    if not stopped:
        asked = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(stop_asked=True)
        if not asked:
            raise ValidationError(_("This job has ended already."), code="ended")
    record(action="job.stop", target=job, actor=by)
    job.refresh_from_db()
    return job


@transaction.atomic
def retry(*, job: Job, by) -> Job:
    """Queue a failed or stopped job again, with its attempts counted anew."""
    kind = registry().get(job.kind)
    if kind is None or not kind.may_retry:
        raise ValidationError(_("This kind of job cannot be run again."), code="kind")
    changed = Job.objects.filter(pk=job.pk, state__in=(Job.State.FAILED, Job.State.STOPPED)).update(
        state=Job.State.QUEUED,
        attempts=0,
        stop_asked=False,
        error="",
        result=None,
        done_units=0,
        finished_at=None,
        started_at=None,
        run_after=now(),
        hinted_at=None,
    )
    if not changed:
        raise ValidationError(_("Only a job that failed or was stopped can be run again."), code="state")
    record(action="job.retry", target=job, actor=by)
    transaction.on_commit(lambda: hints.publish(job.pk))
    job.refresh_from_db()
    return job
