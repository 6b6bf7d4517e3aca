"""Likely doubles, and the journal of merges from which each can be undone to the exact earlier state."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.access import ScopedQuerySet
from customers.profile.models import Customer, customer_scope


class DuplicateKey(models.Model):
    """A customer under a key of `likeness.keys`: who shares one is compared. Worked out from the customers."""

    pk = models.CompositePrimaryKey("kind", "key", "customer_id")
    kind = models.CharField(max_length=8)
    key = models.CharField(max_length=90)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("key of likely duplicates")


class DuplicatePairQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Both sides must be in reach: a pair tells of both."""
        return self.filter(customer_scope(user, "first") & customer_scope(user, "second"))

    def open(self):
        return self.filter(state=DuplicatePair.State.OPEN)


class DuplicatePair(models.Model):
    """Two customers that may be one; first.pk < second.pk. reasons: [[code, value]] of `likeness.Reason`.

    Merged pairs are gone with the row that went; the merge's journal keeps them.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DISMISSED = "dismissed", _("dismissed")

    first = models.ForeignKey(Customer, verbose_name=_("first"), on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Customer, verbose_name=_("second"), on_delete=models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField(_("likeness"))
    reasons = models.JSONField(_("reasons"), default=list)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.OPEN)
    note = models.CharField(_("why they are two"), max_length=300, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("decided by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    found_at = models.DateTimeField(_("found at"), auto_now_add=True)

    objects = DuplicatePairQuerySet.as_manager()

    class Meta:
        verbose_name = _("likely duplicate")
        verbose_name_plural = _("likely duplicates")
        ordering = ["-score", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicate_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="duplicate_pair_ordered"),
        ]
        indexes = [models.Index(fields=["state", "-score", "-id"], name="duplicate_pair_list")]

    def __str__(self):
        return f"#{self.pk}"


class MergeQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Whoever sees the customer that stayed."""
        return self.filter(customer_scope(user, "survivor"))


class Merge(models.Model):
    """One customer taken into another. loser_*: what it was called when it went; its row is in the steps.

    take: names of the fields in which the survivor took the other's value. moved: {table: rows}.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")
        UNDONE = "undone", _("undone")

    survivor = models.ForeignKey(Customer, verbose_name=_("stayed"), on_delete=models.PROTECT, related_name="merges")
    loser_id = models.BigIntegerField(_("number of the one that went"), db_index=True)
    loser_code = models.CharField(_("code of the one that went"), max_length=64)
    loser_name = models.CharField(_("name of the one that went"), max_length=200)
    loser_region = models.ForeignKey("crm.Region", null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WAITING)
    take = models.JSONField(_("taken from it"), default=list)
    moved = models.JSONField(_("rows moved"), default=dict)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    job = models.ForeignKey("crm.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("merged by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("at"), auto_now_add=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("undone by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField(_("undone at"), null=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ["-pk"]

    def __str__(self):
        return f"#{self.pk} {self.loser_code}"


class MergeStep(models.Model):
    """A row as it was before a merge and as the merge left it; null: it was not there. Values as the database holds
    them, by column. A row touched twice has two steps.
    """

    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="steps", db_index=False)
    number = models.PositiveIntegerField()
    table = models.CharField(max_length=80)  # the model's label
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merge", "number"], name="merge_step_number")]


class MergedCustomerQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self.filter(customer_scope(user, "survivor"))


class MergedCustomer(models.Model):
    """The tombstone: where the number and the code of a customer that was merged lead now."""

    old_id = models.BigIntegerField(unique=True)
    code = models.CharField(max_length=64, unique=True)  # the one of the two that nobody bears any more
    survivor = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    merge = models.OneToOneField(Merge, on_delete=models.CASCADE, related_name="tombstone")

    objects = MergedCustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("merged customer")
        verbose_name_plural = _("merged customers")
