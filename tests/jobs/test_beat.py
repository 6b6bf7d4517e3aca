"""The thread beside a running job: progress, wish to stop and lease go through the database while the handler works."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection

from crm.clock import now
from crm.jobs import embedded, hints, runner
from crm.jobs.actions import enqueue
from crm.jobs.kinds import JobKind
from crm.jobs.models import Job

pytestmark = pytest.mark.django_db(transaction=True)
State = Job.State
needs_postgres = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="the test database of SQLite lives in one connection"
)


def use(monkeypatch, handler):
    monkeypatch.setattr(runner, "find", lambda code: JobKind(code=code, label=code, handler=handler))


def until(question, seconds=10.0):
    limit = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.05)


def in_thread(work):
    def run():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


@pytest.mark.services
@needs_postgres
def test_progress_is_written_and_the_wish_to_stop_is_read_while_it_runs(test_kinds, monkeypatch, settings):
    settings.JOBS_LEASE_SECONDS = 3

    def slow(ctx):
        for step in range(200):
            ctx.progress(step, 200, f"step {step}")
            time.sleep(0.05)

    use(monkeypatch, slow)
    job = enqueue(kind="test.plain")
    claimed = runner.claim()
    lease = claimed.lease_until
    worker = in_thread(lambda: runner.run(claimed))
    until(lambda: Job.objects.get(pk=job.pk).done_units > 0)
    row = Job.objects.get(pk=job.pk)
    assert row.total_units == 200
    assert row.message.startswith("step ")
    assert row.lease_until > lease
    Job.objects.filter(pk=job.pk).update(stop_asked=True)
    worker.join(10)
    assert Job.objects.get(pk=job.pk).state == State.STOPPED


@pytest.mark.services
@needs_postgres
def test_a_lease_is_renewed_for_as_long_as_it_takes(test_kinds, monkeypatch, settings):
    settings.JOBS_LEASE_SECONDS = 3
    over = threading.Event()
    use(monkeypatch, lambda ctx: over.wait(20) and None)
    job = enqueue(kind="test.plain")
    claimed = runner.claim()
    worker = in_thread(lambda: runner.run(claimed))
    end = time.monotonic() + 5
    while time.monotonic() < end:
        assert runner.reconcile()["released"] == 0
        assert Job.objects.get(pk=job.pk).lease_until > now()
        time.sleep(0.2)
    over.set()
    worker.join(10)
    row = Job.objects.get(pk=job.pk)
    assert (row.state, row.attempts) == (State.DONE, 1)


@pytest.mark.services
@needs_postgres
def test_whoever_lost_the_job_is_told_and_stops(test_kinds, monkeypatch):
    noticed = threading.Event()

    def slow(ctx):
        for step in range(400):
            try:
                ctx.progress(step, 400)
            except BaseException:
                noticed.set()
                raise
            time.sleep(0.05)

    use(monkeypatch, slow)
    job = enqueue(kind="test.plain")
    claimed = runner.claim()
    worker = in_thread(lambda: runner.run(claimed))
    Job.objects.filter(pk=job.pk).update(state=State.QUEUED, fence=claimed.fence)
    second = runner.claim()
    assert second.fence == claimed.fence + 1
    worker.join(10)
    assert noticed.is_set()
    assert Job.objects.get(pk=job.pk).state == State.RUNNING


def test_the_embedded_worker_does_what_is_due(test_kinds, settings, tmp_path, monkeypatch):
    """One round of the thread that lives in the server: reconcile, ask for the nightly ones, run all that is due."""
    settings.VAR_DIR = tmp_path
    settings.NIGHTLY = [("00:00", "test.plain")]
    monkeypatch.setattr(runner, "_Beat", Silent)
    abandoned = enqueue(kind="test.plain")
    runner.claim()
    Job.objects.filter(pk=abandoned.pk).update(lease_until=now())
    waiting = enqueue(kind="test.region", input={"code": "EMB"})
    monkeypatch.setattr(hints.wake, "wait", lambda seconds: True)
    embedded.work(once=True)
    assert set(Job.objects.values_list("state", flat=True)) == {State.DONE}
    assert Job.objects.count() == 3
    assert Job.objects.get(pk=abandoned.pk).attempts == 2
    assert Job.objects.get(pk=waiting.pk).result == {"made": "EMB"}


class Silent:
    """No beat: on SQLite the test's database lives in this thread's connection alone."""

    def __init__(self, ctx):
        pass

    def start(self):
        pass

    def stop(self):
        pass


def test_only_one_process_is_the_embedded_worker(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.DATABASES["default"].setdefault("NAME", "x")
    first = embedded._lock()
    got = threading.Event()

    def second():
        embedded._lock().close()
        got.set()

    thread = threading.Thread(target=second, daemon=True)
    thread.start()
    assert not got.wait(1.5)
    first.close()
    assert got.wait(5)


def test_without_redis_a_hint_wakes_the_worker_of_this_process(settings):
    settings.REDIS_URL = ""
    hints.wake.clear()
    hints.publish(1)
    assert hints.wake.is_set()
    hints.wake.clear()
