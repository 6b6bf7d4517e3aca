"""What was erased: by whom, when, why and how much of what; nothing of what it was."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.access import ScopedQuerySet, reach_of
from crm.privacy import CUSTOMER, PERSON


class ErasureQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Administrators see all, heads those of their regions; nobody else any."""
        if user.is_authenticated and user.is_admin:
            return self
        if not (user.is_authenticated and user.is_head):
            return self.none()
        reach = reach_of(user)
        return self if reach.everywhere else self.filter(region__in=reach.region_ids)

    def waiting(self):
        """Asked for and not done yet."""
        return self.filter(state__in=(Erasure.State.ASKED, Erasure.State.RUNNING))

    def done(self):
        return self.filter(state=Erasure.State.DONE)


class Erasure(models.Model):
    """A request for erasure and, once done, its certificate; also what is done again after a restore.

    pending: names of files that still have to be deleted, once the rows are gone.
    """

    class Subject(models.TextChoices):
        CUSTOMER = CUSTOMER, _("customer")
        PERSON = PERSON, _("contact person")

    class State(models.TextChoices):
        ASKED = "asked", _("waiting for a second person")
        RUNNING = "running", _("under way")
        DONE = "done", _("done")
        REFUSED = "refused", _("refused")

    class Ground(models.TextChoices):
        REQUEST = "request", _("the person asked for it")
        WITHDRAWN = "withdrawn", _("consent was withdrawn")
        PURPOSE = "purpose", _("no longer needed")
        RETENTION = "retention", _("kept long enough")
        AGAIN = "again", _("done again after a restore")

    subject = models.CharField(_("about"), max_length=8, choices=Subject)
    subject_id = models.BigIntegerField(_("number"))
    code = models.CharField(_("code"), max_length=64, blank=True)  # of a customer: it stays in the books
    region = models.ForeignKey(
        "crm.Region", verbose_name=_("region"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.ASKED)
    ground = models.CharField(_("why"), max_length=9, choices=Ground, default=Ground.REQUEST)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    chosen = models.JSONField(_("files chosen"), default=list)  # numbers of a customer's files that show the person
    counts = models.JSONField(_("rows"), default=dict)  # {table: rows}
    pending = models.JSONField(default=list, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("decided by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    done_at = models.DateTimeField(_("done at"), null=True)
    job = models.ForeignKey("crm.Job", null=True, on_delete=models.SET_NULL, related_name="+")

    objects = ErasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "subject_id"],
                condition=Q(state__in=("asked", "running")),
                name="erasure_one_at_once",
            ),
        ]
        indexes = [models.Index(fields=["subject", "subject_id"], name="erasure_of")]

    def __str__(self):
        return f"#{self.pk}"
