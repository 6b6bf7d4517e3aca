"""The job row: written in the business transaction, it is the truth; the broker is only a hint to hurry."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.access import ScopedQuerySet, reach_of
from crm.clock import now
from crm.jobs.kinds import find


class JobQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """One's own jobs; those with the whole brand in reach and the right to change it see all."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_admin:
            return self
        if user.is_head and reach_of(user).everywhere:
            return self
        return self.filter(asked_by=user)

    def active(self):
        return self.filter(state__in=(Job.State.QUEUED, Job.State.RUNNING))

    def due(self, moment):
        return self.filter(state=Job.State.QUEUED, run_after__lte=moment)


class Job(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        STOPPED = "stopped", _("stopped")

    kind = models.CharField(_("kind"), max_length=40)
    key = models.CharField(max_length=120, null=True, unique=True, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.QUEUED)
    title = models.CharField(_("title"), max_length=200, blank=True)
    input = models.JSONField(_("input"), default=dict)
    result = models.JSONField(_("result"), null=True)
    error = models.TextField(_("error"), blank=True)
    done_units = models.BigIntegerField(_("done"), default=0)
    total_units = models.BigIntegerField(_("of"), default=0)
    message = models.CharField(_("message"), max_length=200, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    max_attempts = models.PositiveSmallIntegerField(default=5)
    # Counts claims. Who finishes must still hold the fence it claimed with, so a worker that was frozen and
    # replaced cannot write its result as well.
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    run_after = models.DateTimeField()
    hinted_at = models.DateTimeField(null=True)
    stop_asked = models.BooleanField(default=False)
    created_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["run_after", "id"], name="job_due", condition=Q(state="queued")),
            models.Index(fields=["lease_until"], name="job_leases", condition=Q(state="running")),
            models.Index(fields=["asked_by", "-id"], name="job_by_person"),
        ]

    def __str__(self):
        return self.title or self.kind

    @property
    def is_active(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def done(self) -> int:
        return self.done_units

    @property
    def total(self) -> int:
        return self.total_units

    @property
    def percent(self) -> int:
        if self.state == self.State.DONE:
            return 100
        if not self.total_units:
            return 0
        return min(99, int(100 * self.done_units / self.total_units))

    @property
    def can_stop(self) -> bool:
        return self.is_active and not self.stop_asked

    @property
    def can_retry(self) -> bool:
        return self.state in (self.State.FAILED, self.State.STOPPED)

    @property
    def is_fault(self) -> bool:
        """Whether `error` is the trace of a fault in Qiao and not a refusal in words."""
        return self.error.startswith("Traceback")

    def error_for(self, user) -> str:
        """Why it failed. Traces name rows and folders that are nobody's business but an administrator's."""
        if self.is_fault and not getattr(user, "is_admin", False):
            return gettext("A fault in Qiao, not in what you asked for. Administrators find the details in the admin.")
        return self.error

    def result_for(self, user) -> dict | None:
        """What it brought; None where that tells of the whole brand to somebody who does not see it whole."""
        kind = find(self.kind)
        if kind is not None and kind.whole_brand and not reach_of(user).everywhere:
            return None
        return self.result

    @property
    def input_text(self) -> str:
        """What it was given, as `name: value` in one line."""
        return ", ".join(f"{name}: {value}" for name, value in self.input.items() if value not in (None, "", [], {}))

    @property
    def kind_label(self):
        kind = find(self.kind)
        return kind.label if kind else self.kind

    @property
    def seconds_left(self) -> int | None:
        """A straight-line guess from the pace so far; None until there is a pace."""
        if self.state != self.State.RUNNING or not self.done_units or not self.total_units or not self.started_at:
            return None
        elapsed = (now() - self.started_at).total_seconds()
        return max(0, int(elapsed * (self.total_units - self.done_units) / self.done_units))
