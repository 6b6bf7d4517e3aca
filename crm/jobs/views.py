"""The jobs page: what runs, what ran, stop and run again."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.jobs import actions
from crm.jobs.kinds import find
from crm.jobs.models import Job
from crm.shell.htmx import add_trigger

PAGE = 50


def _jobs(request):
    return Job.objects.visible_to(request.user).select_related("asked_by")


@require_safe
@login_required
def job_list(request):
    """Newest first; `before` is the id to go on from, so the page costs the same however many there are."""
    jobs = _jobs(request)
    state = request.GET.get("state", "")
    if state in Job.State.values:
        jobs = jobs.filter(state=state)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit():
        jobs = jobs.filter(pk__lt=int(before[:18]))
    rows = list(jobs[: PAGE + 1])
    more = rows[PAGE - 1].pk if len(rows) > PAGE else None
    context = {"jobs": rows[:PAGE], "more": more, "state": state, "states": Job.State.choices}
    return render(request, "jobs/list.html", context)


@require_safe
@login_required
def detail(request, pk):
    job = get_object_or_404(_jobs(request), pk=pk)
    return render(request, "jobs/detail.html", {"job": job, "result_url": _result_url(job)})


@require_safe
@login_required
def card(request, pk):
    """The card alone; htmx asks for it once a second while the job runs. Its end is told to the page around it."""
    job = get_object_or_404(_jobs(request), pk=pk)
    response = render(request, "components/job_card.html", {"job": job, "result_url": _result_url(job)})
    if not job.is_active:
        response.headers["HX-Trigger"] = "job-ended"
    return response


def _result_url(job: Job) -> str | None:
    kind = find(job.kind)
    return kind.result_url(job) if kind and job.state == Job.State.DONE else None


@require_safe
@login_required
def bell(request):
    """One's jobs at work; those of `watch` (ids asked about before) that ended since are told as toasts."""
    mine = Job.objects.visible_to(request.user).filter(asked_by=request.user)
    response = render(request, "jobs/_bell.html", {"active": list(mine.active()[:5])})
    asked = request.GET.get("watch", "").split(",")[:5]
    watched = [int(pk[:18]) for pk in asked if pk.isascii() and pk.isdigit()]
    ended = mine.filter(pk__in=watched).exclude(state__in=(Job.State.QUEUED, Job.State.RUNNING)) if watched else ()
    toasts = [_told(job) for job in ended]
    if toasts:
        add_trigger(response, "toasts", toasts)
    return response


def _told(job: Job) -> dict:
    title = job.title or str(job.kind_label)
    texts: dict[str, str] = {
        Job.State.DONE: _("Done: %(job)s"),
        Job.State.FAILED: _("Failed: %(job)s"),
        Job.State.STOPPED: _("Stopped: %(job)s"),
    }
    kinds: dict[str, str] = {Job.State.DONE: "ok", Job.State.FAILED: "bad", Job.State.STOPPED: "warn"}
    href = _result_url(job) or reverse("crm:job-detail", args=[job.pk])
    return {"text": texts[job.state] % {"job": title}, "kind": kinds[job.state], "href": href}


@require_POST
@login_required
def stop(request, pk):
    return _act(request, pk, actions.stop)


@require_POST
@login_required
def retry(request, pk):
    return _act(request, pk, actions.retry)


def _act(request, pk, action):
    job = get_object_or_404(Job.objects.editable_by(request.user).select_related("asked_by"), pk=pk)
    try:
        job = action(job=job, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    if request.htmx:
        return render(request, "components/job_card.html", {"job": job, "result_url": _result_url(job)})
    return redirect("crm:job-detail", pk=pk)
