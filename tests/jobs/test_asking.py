"""Asking for jobs, stopping them, trying again; the nightly ones; and a broker that is away."""

from __future__ import annotations

import datetime
import time

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from crm.audit.models import AuditEntry
from crm.clock import now
from crm.jobs import actions, hints, nightly, runner, tasks
from crm.jobs.actions import enqueue
from crm.jobs.models import Job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("test_kinds")]
State = Job.State


def test_the_row_is_written_in_the_callers_transaction():
    with pytest.raises(RuntimeError), transaction.atomic():
        enqueue(kind="test.plain")
        raise RuntimeError
    assert not Job.objects.exists()


def test_the_hint_goes_out_only_after_the_commit(django_capture_on_commit_callbacks, monkeypatch):
    told = []
    monkeypatch.setattr(hints, "publish", told.append)
    with django_capture_on_commit_callbacks(execute=True):
        job = enqueue(kind="test.plain")
        assert told == []
    assert told == [job.pk]


def test_an_unknown_kind_is_refused():
    with pytest.raises(LookupError):
        enqueue(kind="no.such")
    assert not Job.objects.exists()


def test_a_key_is_used_once_ever():
    first = enqueue(kind="test.plain", key="plain:2026-01-01", input={"n": 1})
    assert enqueue(kind="test.plain", key="plain:2026-01-01", input={"n": 2}).pk == first.pk
    runner.drain()
    assert enqueue(kind="test.plain", key="plain:2026-01-01").pk == first.pk
    assert Job.objects.count() == 1
    assert Job.objects.get().input == {"n": 1}


@pytest.fixture
def redis_down(settings, monkeypatch):
    """Redis is configured, and nobody listens there."""
    from crm.celery import app

    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    before = app.conf.broker_url
    app.conf.broker_url = settings.REDIS_URL
    monkeypatch.setattr(hints, "_quiet_until", 0.0)
    yield
    app.conf.broker_url = before


def test_asking_never_fails_nor_waits_because_redis_is_down(redis_down, django_capture_on_commit_callbacks):
    began = time.monotonic()
    with django_capture_on_commit_callbacks(execute=True):
        job = enqueue(kind="test.plain")
    assert time.monotonic() - began < 2
    assert runner.run_here(job).state == State.DONE


def test_a_broker_that_failed_is_left_alone_for_a_while(redis_down, monkeypatch):
    tried = []
    monkeypatch.setattr(hints.current_app, "send_task", lambda name, args, **options: tried.append(args) or 1 / 0)
    hints.publish(1)
    hints.publish(2)
    assert tried == [(1,)]
    monkeypatch.setattr(hints, "_quiet_until", 0.0)
    hints.publish(3)
    assert tried == [(1,), (3,)]


def test_a_waiting_job_is_stopped_at_once(cast):
    job = enqueue(kind="test.plain", asked_by=cast.tao)
    assert actions.stop(job=job, by=cast.tao).state == State.STOPPED
    assert runner.drain() == 0
    entry = AuditEntry.objects.get(action="job.stop")
    assert (entry.actor, entry.object_id) == (cast.tao, str(job.pk))


def test_a_running_job_is_asked_to_stop(cast, test_kinds):
    job = enqueue(kind="test.plain", asked_by=cast.tao)
    claimed = runner.claim()
    assert actions.stop(job=job, by=cast.tao).state == State.RUNNING
    claimed.refresh_from_db()
    assert runner.run(claimed) == State.STOPPED
    assert test_kinds.seen == []


def test_an_ended_job_cannot_be_stopped(cast):
    job = enqueue(kind="test.plain")
    runner.drain()
    with pytest.raises(ValidationError):
        actions.stop(job=job, by=cast.ada)
    job.refresh_from_db()
    assert (job.state, job.stop_asked) == (State.DONE, False)
    assert not AuditEntry.objects.filter(action="job.stop").exists()


def test_a_failed_job_runs_again_with_its_attempts_counted_anew(cast):
    job = enqueue(kind="test.refuses")
    runner.drain()
    again = actions.retry(job=job, by=cast.ada)
    assert (again.state, again.attempts, again.error, again.stop_asked) == (State.QUEUED, 0, "", False)
    assert runner.claim().fence == 2
    assert AuditEntry.objects.filter(action="job.retry").count() == 1


@pytest.mark.parametrize(("kind", "code"), [("test.plain", "state"), ("test.once", "kind")])
def test_what_is_done_or_may_not_be_repeated_is_not_run_again(cast, kind, code):
    job = enqueue(kind=kind)
    runner.drain()
    job.refresh_from_db()
    before = job.state
    with pytest.raises(ValidationError) as refusal:
        actions.retry(job=job, by=cast.ada)
    assert refusal.value.code == code
    job.refresh_from_db()
    assert job.state == before


def test_people_see_their_own_jobs_and_administrators_all(cast):
    mine, hers = enqueue(kind="test.plain", asked_by=cast.tao), enqueue(kind="test.plain", asked_by=cast.lin)
    nobodys = enqueue(kind="test.plain")
    assert list(Job.objects.visible_to(cast.tao)) == [mine]
    assert list(Job.objects.visible_to(cast.lin)) == [hers]
    assert list(Job.objects.visible_to(cast.mei)) == []
    assert set(Job.objects.visible_to(cast.ada)) == {mine, hers, nobodys}


def test_nightly_jobs_are_asked_for_once_a_day_after_their_time(settings, monkeypatch):
    settings.NIGHTLY = [("02:00", "test.plain"), ("23:30", "test.steps")]
    at = datetime.datetime(2026, 3, 5, 3, 0, tzinfo=timezone.get_default_timezone())
    monkeypatch.setattr(nightly.timezone, "localtime", lambda: at)
    assert nightly.ask() == 1
    assert nightly.ask() == 0
    monkeypatch.setattr(nightly.timezone, "localtime", lambda: at + datetime.timedelta(days=1))
    assert nightly.ask() == 1
    assert sorted(Job.objects.values_list("key", flat=True)) == ["test.plain:2026-03-05", "test.plain:2026-03-06"]


def test_a_message_for_a_job_that_is_gone_or_taken_does_nothing(test_kinds):
    job = enqueue(kind="test.plain")
    tasks.run_job(job.pk + 1000)
    tasks.run_job(job.pk)
    tasks.run_job(job.pk)
    assert test_kinds.seen == [job.pk]
    assert Job.objects.get().attempts == 1


def test_the_time_left_is_a_straight_line():
    job = enqueue(kind="test.plain")
    assert job.seconds_left is None
    job.state, job.done_units, job.total_units = State.RUNNING, 25, 100
    job.started_at = now() - datetime.timedelta(seconds=10)
    assert job.seconds_left in (29, 30)
    assert job.percent == 25
