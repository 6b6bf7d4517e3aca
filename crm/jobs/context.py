"""What a handler is given: its input, progress, the wish to stop, and the one transaction that ends the job."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from crm.clock import now
from crm.jobs.models import Job


class Stopped(Exception):
    """Somebody asked the job to stop; everything uncommitted is rolled back."""


class Superseded(Exception):
    """Another worker has claimed the job since (the lease ran out): this one's work must not count."""


@dataclass
class Effect:
    result: dict | None = None


@dataclass
class JobContext:
    job: Job
    fence: int
    done: int = 0
    total: int = 0
    message: str = ""
    finished: bool = False
    stop_event: threading.Event = field(default_factory=threading.Event)
    lost_event: threading.Event = field(default_factory=threading.Event)

    @property
    def input(self) -> dict[str, Any]:
        return self.job.input

    @property
    def asked_by(self):
        return self.job.asked_by

    def progress(self, done: int, total: int | None = None, message: str = "") -> None:
        """Say how far; cheap (the beat thread writes it down once a second). Raises when asked to stop."""
        self.done = done
        if total is not None:
            self.total = total
        if message:
            self.message = message
        self.check()

    def check(self) -> None:
        if self.stop_event.is_set():
            raise Stopped
        if self.lost_event.is_set():
            raise Superseded

    @contextmanager
    def effect(self):
        """The one transaction in which the job takes effect AND becomes done, guarded by the fence.

        Yields an `Effect` whose `result` is kept. If another worker holds the job by now, everything is rolled back.
        """
        with transaction.atomic():
            outcome = Effect()
            yield outcome
            self.finish(outcome.result)

    def finish(self, result: dict | None) -> None:
        changed = Job.objects.filter(pk=self.job.pk, fence=self.fence, state=Job.State.RUNNING).update(
            state=Job.State.DONE,
            result=result,
            error="",
            lease_until=None,
            finished_at=now(),
            done_units=self.total or self.done,
            total_units=self.total or self.done,
        )
        if changed != 1:
            raise Superseded
        self.finished = True
