"""The jobs of imports: once, whatever happens in between."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from crm.imports import actions, processing
from crm.imports.models import ImportRun
from crm.jobs.context import JobContext
from crm.jobs.models import Job
from crm.jobs.runner import claim, drain, reconcile, run
from customers.models import Customer

State = ImportRun.State


@pytest.fixture
def ready(cast, an_upload):
    """A checked import of two customers."""

    def make(rows=(("1", "One", "agent"), ("2", "Two", "agent")), **kwargs):
        made = actions.upload(kind="customers", file=an_upload(rows), name="customers.csv", by=cast.ada, **kwargs)
        actions.check(run=made, by=cast.ada)
        drain()
        made.refresh_from_db()
        return made

    return make


def test_each_job_run_twice_changes_nothing_more(ready, cast):
    made = ready()
    actions.start(run=made, by=cast.ada)
    drain()
    rows = list(Customer.objects.order_by("pk").values())
    for job in Job.objects.filter(kind__in=("imports.check", "imports.run")):
        Job.objects.filter(pk=job.pk).update(state="queued", run_after=timezone.now())
    drain()
    assert list(Customer.objects.order_by("pk").values()) == rows
    made.refresh_from_db()
    assert (made.state, made.created) == (State.DONE, 2)
    actions.ask_undo(run=made, by=cast.ada)
    drain()
    Job.objects.filter(kind="imports.undo").update(state="queued", run_after=timezone.now())
    drain()
    made.refresh_from_db()
    assert made.state == State.UNDONE
    assert not Customer.objects.exists()


def test_a_worker_that_dies_in_the_middle_is_replaced_and_the_rows_are_there_once(ready, cast, monkeypatch):
    made = ready()
    actions.start(run=made, by=cast.ada)

    class Killed(BaseException):
        """What a kill -9 leaves behind: nothing runs after it, the transaction is gone."""

    from customers.profile import importing

    original = importing._write_traces

    def die(source):
        raise Killed

    monkeypatch.setattr(importing, "_write_traces", die)
    job = claim()
    with pytest.raises(Killed):
        run(job)
    assert not Customer.objects.exists()
    job.refresh_from_db()
    assert job.state == "running"  # nobody told
    monkeypatch.setattr(importing, "_write_traces", original)
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timezone.timedelta(seconds=1))
    assert reconcile()["released"] == 1
    drain()
    made.refresh_from_db()
    assert (made.state, made.created, Customer.objects.count()) == (State.DONE, 2, 2)


def test_a_worker_that_was_thought_dead_writes_nothing(ready, cast, monkeypatch):
    made = ready()
    actions.start(run=made, by=cast.ada)
    job = claim()
    Job.objects.filter(pk=job.pk).update(fence=job.fence + 1)  # another one has claimed it since
    run(job)
    assert not Customer.objects.exists()
    made.refresh_from_db()
    assert made.state == State.RUNNING


def test_a_stop_in_the_middle_leaves_nothing_and_the_import_can_be_started_again(ready, cast, monkeypatch):
    made = ready()
    actions.start(run=made, by=cast.ada)
    job = claim()
    original = processing._stage_and_end

    def stop_first(*args):
        raise job_actions_stopped()

    def job_actions_stopped():
        from crm.jobs.context import Stopped

        return Stopped()

    monkeypatch.setattr(processing, "_stage_and_end", stop_first)
    assert run(job) == "stopped"
    made.refresh_from_db()
    assert made.state == State.CHECKED
    assert not Customer.objects.exists()
    monkeypatch.setattr(processing, "_stage_and_end", original)
    actions.start(run=made, by=cast.ada)
    drain()
    assert Customer.objects.count() == 2


def test_an_undo_tells_how_far_it_is_and_a_stop_leaves_everything(ready, cast, monkeypatch):
    made = ready()
    actions.start(run=made, by=cast.ada)
    drain()
    before = list(Customer.objects.order_by("pk").values())
    actions.ask_undo(run=made, by=cast.ada)
    seen, told = [], JobContext.progress

    def stop_after_the_first_step(self, done, total=None, message=""):
        seen.append((done, total))
        if done == 1:
            self.stop_event.set()
        told(self, done, total, message)

    with monkeypatch.context() as patch:
        patch.setattr(JobContext, "progress", stop_after_the_first_step)
        drain()
    job = Job.objects.get(kind="imports.undo")
    made.refresh_from_db()
    assert (seen, job.state, made.state) == ([(0, 2), (1, 2)], "stopped", State.DONE)
    assert list(Customer.objects.order_by("pk").values()) == before
    assert len(before) == 2


def test_while_a_job_is_at_work_nothing_else_may_begin(ready, cast):
    made = ready()
    actions.start(run=made, by=cast.ada)
    for act in (actions.start, actions.check):
        with pytest.raises(ValidationError, match="A job is at work on this import already"):
            act(run=made, by=cast.ada)
    assert Job.objects.filter(kind="imports.run").count() == 1


def test_a_job_that_failed_for_good_leaves_an_import_that_can_be_checked_again(ready, cast):
    made = ready()
    actions.start(run=made, by=cast.ada)
    Job.objects.update(state="failed")
    actions.check(run=made, by=cast.ada)
    drain()
    made.refresh_from_db()
    assert made.state == State.CHECKED


def test_the_same_bytes_again_are_not_even_read(cast, a_file, regions, monkeypatch):
    actions.import_file(kind="customers", path=a_file([["1", "One", "agent"]]))
    path = a_file([["1", "2024-01-02", "10"], ["1", "2024-01-03", "11"]], ["code", "date", "amount"], name="s.csv")
    first = actions.import_file(kind="sales", path=path)
    assert first.created == 2
    read = []
    monkeypatch.setattr(processing, "read_rows", lambda *args: read.append(1) or iter(()))
    again = actions.import_file(kind="sales", path=path)
    assert (again.state, again.rows, again.created, again.unchanged, read) == (State.DONE, 2, 0, 2, [])
    monkeypatch.undo()
    actions.undo(run=first)
    third = actions.import_file(kind="sales", path=path)
    assert (third.created, third.unchanged) == (2, 0)


def test_a_correction_in_between_makes_the_same_file_count_again(a_file, regions):
    actions.import_file(kind="customers", path=a_file([["1", "One", "agent"]]))
    header = ["code", "date", "amount"]
    path = a_file([["1", "2024-01-02", "10"]], header, name="s.csv")
    actions.import_file(kind="sales", path=path)
    actions.import_file(kind="sales", path=a_file([["1", "2024-01-02", "12"]], header, name="t.csv"))
    again = actions.import_file(kind="sales", path=path)
    assert (again.updated, again.unchanged) == (1, 0)


def test_tiers_follow_an_import(ready, cast, policy):
    made = ready()
    actions.start(run=made, by=cast.ada)
    drain()
    job = Job.objects.get(kind="tiers.refresh")
    assert (job.state, job.asked_by) == ("done", cast.ada)


@pytest.mark.django_db(transaction=True)
def test_no_table_is_locked_while_a_file_is_read(a_file, regions):
    """On SQLite another connection writes while the rows are staged: the stage takes no lock."""
    import threading

    from django.db import connection

    from customers.profile import importing

    wrote = []
    original = importing._refuse_doubles

    def meanwhile(staged, report):
        def write():
            try:
                ImportRun.objects.create(kind="customers", name="other", sha256="1" * 64)
                wrote.append(True)
            finally:
                connection.close()

        thread = threading.Thread(target=write)
        thread.start()
        thread.join(timeout=10)
        original(staged, report)

    importing._refuse_doubles = meanwhile
    try:
        rows = [[str(n), f"Shop {n}", "agent"] for n in range(3000)]
        run_ = actions.import_file(kind="customers", path=a_file(rows), dry_run=True)
    finally:
        importing._refuse_doubles = original
    assert (run_.created, wrote) == (3000, [True])
