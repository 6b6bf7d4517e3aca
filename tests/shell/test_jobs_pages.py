"""The jobs page, the card that follows a job, the bell."""

from __future__ import annotations

import json

import pytest

from crm.clock import now
from crm.jobs.models import Job

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def job(cast):
    return Job.objects.create(
        kind="sample", title="Import sales.xlsx", asked_by=cast.mei, run_after=now(), state="running", started_at=now(),
        done_units=25, total_units=100,
    )  # fmt: skip


def test_the_card_follows_a_job_and_stops_asking_when_it_ends(cast, sign_in, job):
    client = sign_in(cast.mei)
    running = client.get(f"/jobs/{job.pk}/card/").content.decode()
    assert 'hx-trigger="every 1s"' in running
    assert '<progress class="" max="100" value="25"' in running
    assert "25 of 100" in running
    Job.objects.filter(pk=job.pk).update(state="done", finished_at=now())
    ended = client.get(f"/jobs/{job.pk}/card/").content.decode()
    assert "hx-trigger" not in ended
    assert '<progress class="ok" max="100" value="100"' in ended


def test_a_job_says_what_it_was_given(cast, sign_in, job):
    Job.objects.filter(pk=job.pk).update(input={"as_of": "2026-10-31", "policy": ""})
    client = sign_in(cast.mei)
    assert "as_of: 2026-10-31" in client.get(f"/jobs/{job.pk}/").content.decode()
    assert client.get(f"/api/v1/jobs/{job.pk}/").json()["input"] == {"as_of": "2026-10-31", "policy": ""}
    assert sign_in(cast.tao).get(f"/api/v1/jobs/{job.pk}/").status_code == 404


def test_stop_and_run_again_are_offered_when_they_make_sense(cast, sign_in, job):
    client = sign_in(cast.mei)
    assert f'action="/jobs/{job.pk}/stop/"' in client.get(f"/jobs/{job.pk}/").content.decode()
    Job.objects.filter(pk=job.pk).update(state="failed", error="The disk is full.", finished_at=now())
    html = client.get(f"/jobs/{job.pk}/").content.decode()
    assert f'action="/jobs/{job.pk}/retry/"' in html
    assert f'action="/jobs/{job.pk}/stop/"' not in html
    assert "The disk is full." in html


def test_the_bell_counts_one_s_own_jobs_and_tells_of_those_that_ended(cast, sign_in, job):
    client = sign_in(cast.mei)
    answer = client.get("/jobs/bell/", **HTMX)
    assert f'hx-get="/jobs/bell/?watch={job.pk}"' in answer.content.decode()
    assert 'hx-trigger="every 2s, bell from:body"' in answer.content.decode()
    assert "HX-Trigger" not in answer
    Job.objects.filter(pk=job.pk).update(state="done", finished_at=now())
    answer = client.get(f"/jobs/bell/?watch={job.pk}", **HTMX)
    assert 'hx-trigger="bell from:body"' in answer.content.decode()
    assert json.loads(answer["HX-Trigger"])["toasts"] == [
        {"text": "Done: Import sales.xlsx", "kind": "ok", "href": f"/jobs/{job.pk}/"}
    ]


def test_the_bell_tells_nobody_of_another_s_jobs(cast, sign_in, job):
    Job.objects.filter(pk=job.pk).update(state="failed", finished_at=now())
    answer = sign_in(cast.tao).get(f"/jobs/bell/?watch={job.pk},abc,,9999999999999999999999", **HTMX)
    assert answer.status_code == 200
    assert "HX-Trigger" not in answer


def test_the_list_shows_what_runs_as_cards_and_all_as_rows(cast, sign_in, job):
    html = sign_in(cast.mei).get("/jobs/").content.decode()
    assert html.count(f'id="job-{job.pk}"') == 1
    assert html.count(f'<a class="open" href="/jobs/{job.pk}/">') == 1
    assert "Import sales.xlsx" not in sign_in(cast.lin).get("/jobs/").content.decode()


def test_older_jobs_come_by_keyset(cast, sign_in):
    Job.objects.bulk_create(
        Job(kind="sample", title=f"job {n}", asked_by=cast.mei, run_after=now(), state="done") for n in range(60)
    )
    client = sign_in(cast.mei)
    first = client.get("/jobs/")
    assert len(first.context["jobs"]) == 50
    rest = client.get(f"/jobs/?before={first.context['more']}")
    assert [str(j) for j in rest.context["jobs"]] == [f"job {n}" for n in range(9, -1, -1)]
    assert rest.context["more"] is None
