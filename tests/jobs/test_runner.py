"""Claim, fence, lease, reconcile: a job is never lost, never runs twice to an end, and a poison job is buried."""

from __future__ import annotations

import datetime

import pytest
from django.db import OperationalError

from crm.accounts.models import Region
from crm.clock import now
from crm.jobs import runner
from crm.jobs.actions import enqueue
from crm.jobs.context import JobContext, Superseded
from crm.jobs.kinds import JobKind
from crm.jobs.models import Job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("test_kinds")]
State = Job.State


def state(job):
    return Job.objects.values_list("state", flat=True).get(pk=job.pk)


def lapse(job):
    """The lease of a running job is over, as after a kill -9."""
    Job.objects.filter(pk=job.pk).update(lease_until=now() - datetime.timedelta(seconds=1))


def test_a_job_is_claimed_by_one_worker_only():
    job = enqueue(kind="test.plain")
    first, second = runner.claim(job.pk), runner.claim(job.pk)
    assert first.pk == job.pk
    assert second is None
    assert (first.state, first.attempts, first.fence) == (State.RUNNING, 1, 1)
    assert first.lease_until > now()


def test_the_oldest_due_job_is_claimed_first_and_a_later_one_waits_for_its_time():
    later = enqueue(kind="test.plain")
    Job.objects.filter(pk=later.pk).update(run_after=now() + datetime.timedelta(minutes=5))
    first, second = enqueue(kind="test.plain"), enqueue(kind="test.plain")
    assert [runner.claim().pk, runner.claim().pk, runner.claim()] == [first.pk, second.pk, None]
    assert state(later) == State.QUEUED


def test_effect_and_done_are_one(test_kinds):
    job = enqueue(kind="test.region", input={"code": "NEW"})
    assert runner.run(runner.claim()) == State.DONE
    job.refresh_from_db()
    assert job.result == {"made": "NEW"}
    assert job.lease_until is None
    assert Region.objects.filter(code="NEW").count() == 1


def test_a_worker_that_was_replaced_leaves_no_trace():
    """Frozen past its lease, its job taken by another: what it then writes is rolled back."""
    job = enqueue(kind="test.region", input={"code": "TWICE"})
    frozen = runner.claim()
    lapse(job)
    runner.reconcile()
    second = runner.claim()
    assert second.fence == frozen.fence + 1
    assert runner.run(second) == State.DONE
    audit_before = job_audit("TWICE")
    ctx = JobContext(job=frozen, fence=frozen.fence)
    with pytest.raises(Superseded), ctx.effect():
        Region.objects.filter(code="TWICE").update(name="written late")
    assert Region.objects.get(code="TWICE").name == "TWICE"
    assert job_audit("TWICE") == audit_before == 1
    assert state(job) == State.DONE


def job_audit(code):
    from crm.audit.models import AuditEntry

    return AuditEntry.objects.filter(action="region.create", object_name=code).count()


def test_a_replaced_worker_ends_quietly_and_the_job_stays_the_others():
    job = enqueue(kind="test.plain")
    frozen = runner.claim()
    lapse(job)
    runner.reconcile()
    second = runner.claim()
    assert runner.run(frozen) == State.RUNNING
    assert runner.run(second) == State.DONE
    job.refresh_from_db()
    assert job.result == {"attempt": 2}


def test_a_dead_workers_job_comes_back_after_its_lease():
    job = enqueue(kind="test.plain")
    runner.claim()
    assert runner.reconcile()["released"] == 0
    assert runner.claim() is None
    lapse(job)
    assert runner.reconcile()["released"] == 1
    again = runner.claim()
    assert (again.pk, again.attempts, again.fence) == (job.pk, 2, 2)


def test_reconciling_twice_changes_nothing_more():
    job = enqueue(kind="test.plain")
    runner.claim()
    lapse(job)
    assert runner.reconcile() == {"released": 1, "buried": 0, "stopped": 0, "hinted": 1}
    assert runner.reconcile() == {"released": 0, "buried": 0, "stopped": 0, "hinted": 0}


def test_a_job_that_nobody_took_is_hinted_again(monkeypatch):
    hinted = []
    monkeypatch.setattr(runner.hints, "publish", hinted.append)
    job = enqueue(kind="test.plain")
    runner.reconcile()
    runner.reconcile()
    assert hinted == [job.pk]
    Job.objects.filter(pk=job.pk).update(hinted_at=now() - datetime.timedelta(seconds=11))
    runner.reconcile()
    assert hinted == [job.pk, job.pk]


def test_a_job_that_kills_its_worker_each_time_is_buried():
    job = enqueue(kind="test.breaks")  # three attempts
    for attempt in (1, 2, 3):
        assert runner.claim().attempts == attempt
        lapse(job)
        runner.reconcile()
    job.refresh_from_db()
    assert (job.state, job.attempts) == (State.FAILED, 3)
    assert "died" in job.error
    assert runner.claim() is None


def test_a_buried_job_does_not_hold_up_the_others(test_kinds):
    poison = enqueue(kind="test.breaks")
    Job.objects.filter(pk=poison.pk).update(state=State.RUNNING, attempts=3, lease_until=now())
    others = [enqueue(kind="test.plain") for _n in range(3)]
    runner.reconcile()
    assert runner.drain() == 3
    assert [state(job) for job in [poison, *others]] == [State.FAILED, State.DONE, State.DONE, State.DONE]


def test_a_failing_job_is_tried_again_later_and_then_given_up(test_kinds):
    job = enqueue(kind="test.breaks")
    waits = []
    for _attempt in (1, 2):
        runner.run(runner.claim())
        job.refresh_from_db()
        assert job.state == State.QUEUED
        waits.append(round((job.run_after - now()).total_seconds()))
        assert runner.claim() is None
        Job.objects.filter(pk=job.pk).update(run_after=now())
    assert waits == [2, 4]
    assert runner.run(runner.claim()) == State.FAILED
    job.refresh_from_db()
    assert "no good today" in job.error
    assert len(test_kinds.seen) == 3


def test_what_a_failing_job_wrote_is_rolled_back():
    job = enqueue(kind="test.half", input={"code": "HALF"})
    assert runner.run(runner.claim()) == State.FAILED
    assert not Region.objects.filter(code="HALF").exists()
    assert state(job) == State.FAILED


@pytest.mark.parametrize(
    ("kind", "words"), [("test.refuses", "This will never work."), ("test.invalid", "Not like this.")]
)
def test_a_refusal_is_not_tried_again_and_says_why(kind, words):
    job = enqueue(kind=kind)
    assert runner.run(runner.claim()) == State.FAILED
    job.refresh_from_db()
    assert (job.error, job.attempts) == (words, 1)


def test_a_kind_that_no_longer_exists_fails_at_once():
    job = enqueue(kind="test.plain")
    Job.objects.filter(pk=job.pk).update(kind="gone.kind")
    assert runner.run(runner.claim()) == State.FAILED
    job.refresh_from_db()
    assert "gone.kind" in job.error


def test_an_outage_of_the_database_leaves_the_row_to_the_reconciler(monkeypatch):
    """A worker that went on would drain the whole queue through the outage."""

    def away(ctx):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(runner, "find", lambda code: JobKind(code=code, label=code, handler=away))
    monkeypatch.setattr(runner.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(runner.connection, "close", lambda: None)
    job = enqueue(kind="test.plain")
    with pytest.raises(OperationalError):
        runner.run(runner.claim())
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error) == (State.RUNNING, 1, "")


def test_progress_and_the_wish_to_stop(test_kinds):
    done = enqueue(kind="test.steps", input={"steps": 4})
    stopped = enqueue(kind="test.steps", input={"steps": 9, "stop_at": 2})
    assert runner.run(runner.claim(done.pk)) == State.DONE
    assert runner.run(runner.claim(stopped.pk)) == State.STOPPED
    done.refresh_from_db()
    stopped.refresh_from_db()
    assert (done.done_units, done.total_units, done.percent) == (4, 4, 100)
    assert (stopped.done_units, stopped.total_units) == (3, 9)
    assert test_kinds.seen == [0, 1, 2, 3, 0, 1, 2]


def test_a_job_asked_to_stop_while_its_worker_was_dead_stops():
    job = enqueue(kind="test.plain")
    runner.claim()
    Job.objects.filter(pk=job.pk).update(stop_asked=True)
    lapse(job)
    assert runner.reconcile()["stopped"] == 1
    assert state(job) == State.STOPPED


def test_run_here_runs_the_job_named_and_no_other(test_kinds):
    other, mine = enqueue(kind="test.plain"), enqueue(kind="test.plain")
    assert runner.run_here(mine).state == State.DONE
    assert test_kinds.seen == [mine.pk]
    assert state(other) == State.QUEUED
    assert runner.run_here(mine).state == State.DONE
    assert test_kinds.seen == [mine.pk]
