"""Notes on customers, handovers with their briefs, and what was done to many customers at once."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from crm.access import RegionScopedQuerySet, ScopedQuerySet, reach_of
from crm.clock import today
from crm.jobs.models import Job
from customers.contacts.models import Mood
from customers.profile.models import Customer, customer_scope

LONGEST = 2000


class NoteQuerySet(RegionScopedQuerySet):
    def visible_to(self, user):
        """Of customers in reach; private ones are their author's alone, whoever else asks."""
        return self.filter(customer_scope(user, "customer")).readable_by(user)

    def readable_by(self, user):
        """Of customers that came through `visible_to`."""
        return self.filter(Q(is_private=False) | Q(written_by=user))

    def live(self):
        return self.filter(removed_at__isnull=True)

    def open(self):
        """What may be handed on: neither private nor removed."""
        return self.live().filter(is_private=False)

    def holding(self):
        return self.live()


class Note(models.Model):
    """What somebody heard or saw of a customer. Its author may change it for a day; after that, another one follows."""

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="notes", db_index=False
    )
    text = models.TextField(_("text"), max_length=LONGEST)
    mood = models.PositiveSmallIntegerField(_("mood"), choices=Mood, null=True, blank=True)
    is_private = models.BooleanField(_("private"), default=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("written by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("written at"))
    removed_at = models.DateTimeField(_("removed at"), null=True, editable=False)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("removed by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(mood__isnull=True) | Q(mood__range=(1, 5)), name="note_mood_1_5"),
            models.CheckConstraint(condition=~Q(text=""), name="note_has_text"),
            # A private note without an author would be nobody's to read.
            models.CheckConstraint(
                condition=Q(is_private=False) | Q(written_by__isnull=False), name="note_private_has_author"
            ),
        ]
        indexes = [models.Index(fields=["customer", "-at", "-id"], name="note_of_customer")]

    def __str__(self):
        return f"#{self.pk}"  # the text may be private


class HandoverQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Who gives, who takes, and who sees a customer of it."""
        reach = reach_of(user)
        if reach.everywhere:
            return self
        if reach.nothing:
            return self.none()
        briefs = HandoverBrief.objects.filter(handover=OuterRef("pk")).filter(customer_scope(user, "customer"))
        return self.filter(Q(to=user) | Q(done_by=user) | Exists(briefs))

    def unread_by(self, user):
        return self.filter(to=user, read_at__isnull=True, undone_at__isnull=True)


class Handover(models.Model):
    """One or many customers go to another person from a day on, each with a brief."""

    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("new manager"), on_delete=models.PROTECT, related_name="+"
    )
    since = models.DateField(_("from"))
    word = models.CharField(_("a word to the new manager"), max_length=500, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("done by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    done_at = models.DateTimeField(_("done at"), auto_now_add=True)
    read_at = models.DateTimeField(_("read at"), null=True, editable=False)
    undone_at = models.DateTimeField(_("taken back at"), null=True, editable=False)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["to"],
                name="handover_unread",
                condition=Q(read_at__isnull=True, undone_at__isnull=True),
            )
        ]

    def __str__(self):
        return f"#{self.pk}"


class HandoverBriefQuerySet(RegionScopedQuerySet):
    def visible_to(self, user):
        """Of customers in reach; the new manager's before the day comes, too."""
        reach = reach_of(user)
        if reach.everywhere:
            return self
        if reach.nothing:
            return self.none()
        ahead = Q(handover__to=user, handover__undone_at__isnull=True, handover__since__gt=today())
        return self.filter(customer_scope(user, "customer") | ahead)


class HandoverBrief(models.Model):
    """What was known of a customer when it changed hands. sections: see briefs.py; sensitive facts are named only."""

    handover = models.ForeignKey(
        Handover, verbose_name=_("handover"), on_delete=models.CASCADE, related_name="briefs", db_index=False
    )
    customer = models.ForeignKey(Customer, verbose_name=_("customer"), on_delete=models.CASCADE, related_name="+")
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who was in charge"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    sections = models.JSONField(_("brief"), default=list)

    objects = HandoverBriefQuerySet.as_manager()

    class Meta:
        verbose_name = _("handover brief")
        verbose_name_plural = _("handover briefs")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["handover", "customer"], name="handover_brief_once")]

    def __str__(self):
        return f"{self.handover_id} · {self.customer}"


class BulkActionQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """One's own; administrators see all."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self if user.is_admin else self.filter(asked_by=user)


class BulkAction(models.Model):
    """One thing done to many customers, page by page. `cursor` is the last one done: a retry goes on from there."""

    class State(models.TextChoices):
        WORKING = "working", _("under way")
        DONE = "done", _("done")
        UNDOING = "undoing", _("being taken back")
        UNDONE = "undone", _("taken back")

    # A code of settings.BULK_KINDS (kinds.py): slices above bring theirs.
    kind = models.CharField(_("kind"), max_length=16)
    params = models.JSONField(_("what"), default=dict)
    # The customers named, or None: all that `query` asks for.
    ids = models.JSONField(null=True, editable=False)
    query = models.TextField(_("filter"), blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WORKING)
    handover = models.ForeignKey(Handover, null=True, on_delete=models.SET_NULL, related_name="+", editable=False)
    cursor = models.BigIntegerField(default=0, editable=False)
    undo_cursor = models.BigIntegerField(default=0, editable=False)
    total = models.PositiveIntegerField(_("of"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)
    undone = models.PositiveIntegerField(_("taken back"), default=0)
    left = models.PositiveIntegerField(_("left as they are"), default=0)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked by"), on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("taken back by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField(_("taken back at"), null=True)
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+", editable=False)

    objects = BulkActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("action on many customers")
        verbose_name_plural = _("actions on many customers")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["working", "done", "undoing", "undone"]), name="bulk_action_state_known"
            ),
        ]
        indexes = [models.Index(fields=["asked_by", "-id"], name="bulk_action_of_person")]

    def __str__(self):
        return f"#{self.pk}"

    @property
    def may_be_undone(self) -> bool:
        return self.state == self.State.DONE and self.changed > 0

    @property
    def since(self) -> datetime.date | None:
        text = self.params.get("since")
        return datetime.date.fromisoformat(text) if text else None


class Result(models.TextChoices):
    CHANGED = "changed", _("changed")
    UNCHANGED = "unchanged", _("as it was")
    REFUSED = "refused", _("refused")
    UNDONE = "undone", _("taken back")
    LEFT = "left", _("left as it is")


class BulkStepQuerySet(RegionScopedQuerySet):
    def visible_to(self, user):
        return self.filter(customer_scope(user, "customer"))


class BulkStep(models.Model):
    """What became of one customer. before and after hold what an exact undo needs; reason is a code of words.py."""

    action = models.ForeignKey(BulkAction, on_delete=models.CASCADE, related_name="steps", db_index=False)
    customer = models.ForeignKey(Customer, verbose_name=_("customer"), on_delete=models.CASCADE, related_name="+")
    result = models.CharField(_("result"), max_length=9, choices=Result)
    reason = models.CharField(_("reason"), max_length=20, blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    objects = BulkStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of an action on many customers")
        verbose_name_plural = _("steps of actions on many customers")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["action", "customer"], name="bulk_step_once")]
        indexes = [models.Index(fields=["action", "result", "id"], name="bulk_step_by_result")]

    def __str__(self):
        return f"{self.action_id} · {self.customer_id}"

    @property
    def was(self) -> Any:
        return self.before

    @property
    def became(self) -> Any:
        return self.after
