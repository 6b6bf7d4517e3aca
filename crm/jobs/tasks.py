"""The thin doors from Celery: a message carries a job's id and nothing else."""

from __future__ import annotations

from celery import shared_task
from django.db import InterfaceError, OperationalError

from crm.jobs import nightly as nightly_jobs
from crm.jobs import runner


@shared_task(name="crm.jobs.tasks.run_job")
def run_job(job_id: int) -> None:
    try:
        job = runner.claim(job_id)
        if job is not None:
            runner.run(job)
    except (OperationalError, InterfaceError):
        return  # the row stays; the reconciler sends it again when the database is back


@shared_task(name="crm.jobs.tasks.reconcile")
def reconcile() -> None:
    try:
        runner.reconcile()
    except (OperationalError, InterfaceError):
        return


@shared_task(name="crm.jobs.tasks.nightly")
def nightly() -> None:
    try:
        nightly_jobs.ask()
    except (OperationalError, InterfaceError):
        return
