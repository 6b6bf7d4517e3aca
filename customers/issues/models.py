"""What customers told us is wrong or we found, who sees to it until when, and every step that was taken."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.access import ScopedQuerySet
from crm.clock import now
from customers.issues.rulemodels import IssueCause
from customers.people.models import Person
from customers.profile.models import Customer, customer_scope

LONGEST_TITLE = 120
LONGEST = 2000


class Origin(models.TextChoices):
    TOLD = "told", pgettext_lazy("issue", "told by the customer")
    FOUND = "found", pgettext_lazy("issue", "found by us")


class Category(models.TextChoices):
    """What it is about; surveys ask about points by the same words."""

    SUPPLY = "supply", pgettext_lazy("issue", "supply")
    PRICE = "price", pgettext_lazy("issue", "price")
    PROMOTION = "promotion", pgettext_lazy("issue", "promotion")
    SERVICE = "service", pgettext_lazy("issue", "service")
    SUPPORT = "support", pgettext_lazy("issue", "support")
    PROFIT = "profit", pgettext_lazy("issue", "profit")
    QUALITY = "quality", pgettext_lazy("issue", "quality")
    CONFLICT = "conflict", pgettext_lazy("issue", "channel conflict")
    OTHER = "other", pgettext_lazy("issue", "something else")


class Severity(models.IntegerChoices):
    SMALL = 1, pgettext_lazy("severity", "small")
    ANNOYING = 2, pgettext_lazy("severity", "annoying")
    COSTLY = 3, pgettext_lazy("severity", "costs money")
    STOPPING = 4, pgettext_lazy("severity", "business stands still")


class State(models.TextChoices):
    OPEN = "open", pgettext_lazy("issue", "open")
    IN_WORK = "in_work", pgettext_lazy("issue", "in work")
    WAITING = "waiting", pgettext_lazy("issue", "waiting for the customer")
    SOLVED = "solved", pgettext_lazy("issue", "solved")
    CONFIRMED = "confirmed", pgettext_lazy("issue", "confirmed by the customer")
    REJECTED = "rejected", pgettext_lazy("issue", "rejected")
    REOPENED = "reopened", pgettext_lazy("issue", "open again")


UNSOLVED = (State.OPEN, State.IN_WORK, State.WAITING, State.REOPENED)
RUNNING = (State.OPEN, State.IN_WORK, State.REOPENED)
"""States in which the clock runs."""
DONE = (State.SOLVED, State.CONFIRMED)


class IssueQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self.filter(customer_scope(user, "customer"))

    def unsolved(self):
        return self.filter(state__in=UNSOLVED)

    def over(self):
        return self.exclude(state__in=UNSOLVED)

    def late(self, moment: datetime.datetime):
        """Those whose clock stands are late if they were when it was stopped: waiting hides nothing."""
        return self.filter(late_at(moment))

    def unheard(self, moment: datetime.datetime):
        """Nobody of us has answered, and should have."""
        return self.filter(state__in=RUNNING, first_response_at=None, answer_due_at__lt=moment)

    def most_pressing_first(self):
        return self.order_by("due_on", "-severity", "pk")


def late_at(moment: datetime.datetime) -> Q:
    return Q(state__in=RUNNING, due_at__lt=moment) | Q(state=State.WAITING, due_at__lt=F("stopped_at"))


class Issue(models.Model):
    """first_response_at: when one of us first did something about it. solved_at: None again once it is reopened.
    escalated_at: when it was shown to the heads because it is late; unheard_at: because nobody answered in time.

    due_at: when it is late; due_on is its day. answer_due_at: None of what we found ourselves: nobody waits for a word.
    stopped_at: since when its clock stands (waiting, solved or rejected). waited_minutes: working minutes in which it
    stood and does no more. repeat_of: the former one with this customer that it is again; nth: how often it was so.

    word: whether the customer says that it is solved, with 1 to 5 stars; None until they have said. once: a key by
    which whatever opens issues by itself opens each one once.
    """

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="issues", db_index=False
    )
    title = models.CharField(pgettext_lazy("issue", "title"), max_length=LONGEST_TITLE)
    text = models.TextField(_("what happened"), max_length=LONGEST, blank=True)
    origin = models.CharField(pgettext_lazy("issue", "origin"), max_length=5, choices=Origin, default=Origin.TOLD)
    category = models.CharField(_("about"), max_length=9, choices=Category)
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Severity, default=Severity.ANNOYING)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=pgettext_lazy("issue", "owner"),
        null=True,
        on_delete=models.PROTECT,
        related_name="issues",
        db_index=False,
    )
    reported_on = models.DateField(_("reported on"))
    due_on = models.DateField(_("to be solved by"))
    due_at = models.DateTimeField(_("late from"), editable=False)
    answer_due_at = models.DateTimeField(_("to be answered by"), null=True, editable=False)
    stopped_at = models.DateTimeField(_("clock stands since"), null=True, editable=False)
    waited_minutes = models.PositiveIntegerField(
        _("working minutes not counted"), default=0, db_default=0, editable=False
    )
    reopened = models.PositiveSmallIntegerField(_("times opened again"), default=0, db_default=0, editable=False)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.OPEN)
    person = models.ForeignKey(
        Person,
        verbose_name=_("contact person"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="issues",
    )
    told_by = models.CharField(_("told by"), max_length=80, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("written down by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    opened_at = models.DateTimeField(_("written down at"))
    first_response_at = models.DateTimeField(_("first answered at"), null=True, editable=False)
    solved_at = models.DateTimeField(_("solved at"), null=True, editable=False)
    solved_on = models.DateField(_("solved on"), null=True, editable=False)
    escalated_at = models.DateTimeField(_("escalated at"), null=True, editable=False)
    unheard_at = models.DateTimeField(_("shown as not answered at"), null=True, editable=False)
    # How it was solved, or why it was rejected.
    answer = models.TextField(pgettext_lazy("issue", "answer"), max_length=LONGEST, blank=True)
    cause = models.ForeignKey(
        IssueCause,
        verbose_name=pgettext_lazy("issue", "cause"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="issues",
    )
    repeat_of = models.ForeignKey(
        "self",
        verbose_name=_("again"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="repeats",
    )
    nth = models.PositiveSmallIntegerField(_("how often"), default=1, db_default=1, editable=False)
    word = models.BooleanField(_("solved, says the customer"), null=True)
    stars = models.PositiveSmallIntegerField(_("stars"), null=True)
    word_at = models.DateTimeField(_("said at"), null=True, editable=False)
    once = models.CharField(max_length=80, null=True, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = IssueQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("complaint", "issue")
        verbose_name_plural = pgettext_lazy("complaint", "issues")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="issue_has_title"),
            models.CheckConstraint(condition=Q(origin__in=Origin.values), name="issue_origin_known"),
            models.CheckConstraint(condition=Q(category__in=Category.values), name="issue_category_known"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="issue_state_known"),
            models.CheckConstraint(condition=Q(severity__range=(1, 4)), name="issue_severity_1_4"),
            models.CheckConstraint(condition=Q(due_on__gte=F("reported_on")), name="issue_due_after_reported"),
            models.CheckConstraint(
                condition=Q(state__in=DONE, solved_at__isnull=False, solved_on__isnull=False)
                | (~Q(state__in=DONE) & Q(solved_at__isnull=True, solved_on__isnull=True)),
                name="issue_solved_with_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[*DONE, State.REJECTED], answer=""), name="issue_over_with_answer"
            ),
            models.CheckConstraint(
                condition=Q(word__isnull=True, word_at__isnull=True) | Q(word__isnull=False, word_at__isnull=False),
                name="issue_word_with_moment",
            ),
            models.CheckConstraint(condition=~Q(state="confirmed") | Q(word=True), name="issue_confirmed_by_word"),
            models.CheckConstraint(
                condition=Q(stars__isnull=True) | Q(stars__range=(1, 5), word__isnull=False), name="issue_stars_1_5"
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(stopped_at__isnull=False), name="issue_waits_since"
            ),
            models.CheckConstraint(
                condition=Q(repeat_of__isnull=True, nth=1) | Q(repeat_of__isnull=False, nth__gte=2),
                name="issue_repeats_something",
            ),
            models.UniqueConstraint(fields=["once"], name="issue_opened_once"),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="issue_of_customer"),
            models.Index(fields=["owner", "due_on"], name="issue_unsolved_of_owner", condition=Q(state__in=UNSOLVED)),
            models.Index(fields=["due_on", "id"], name="issue_unsolved", condition=Q(state__in=UNSOLVED)),
            models.Index(fields=["customer", "solved_on"], name="issue_solved", condition=Q(state__in=DONE)),
            models.Index(fields=["customer", "due_on"], name="issue_unsolved_of", condition=Q(state__in=UNSOLVED)),
            models.Index(fields=["due_at", "id"], name="issue_running", condition=Q(state__in=UNSOLVED)),
            models.Index(fields=["owner", "reported_on"], name="issue_of_owner"),
            models.Index(fields=["reported_on", "category"], name="issue_reported"),
        ]

    def __str__(self):
        return f"#{self.pk}"  # whose it is and what it says, not everybody may see who reads the log

    @property
    def is_unsolved(self) -> bool:
        return self.state in UNSOLVED

    def is_late_at(self, moment: datetime.datetime) -> bool:
        """`late_at`, of one row: where its clock stands, as it stood then."""
        return self.is_unsolved and self.due_at < (self.stopped_at or moment)

    @property
    def is_late(self) -> bool:
        return self.is_late_at(now())

    def day_of_clock(self, day: datetime.date) -> datetime.date:
        """Until when its days are counted: where its clock stands, no longer than until it was stopped."""
        return day if self.stopped_at is None else min(day, timezone.localdate(self.stopped_at))

    @property
    def may_be_late(self) -> bool:
        """Its clock runs; or it was late already when the clock was stopped."""
        waits_late = self.state == State.WAITING and self.stopped_at is not None and self.due_at < self.stopped_at
        return self.state in RUNNING or waits_late

    @property
    def is_done(self) -> bool:
        return self.state in DONE


class What(models.TextChoices):
    OPENED = "opened", pgettext_lazy("step", "written down")
    COMMENT = "comment", pgettext_lazy("step", "said")
    BEGUN = "begun", pgettext_lazy("step", "taken into work")
    ASSIGNED = "assigned", pgettext_lazy("step", "given to somebody")
    CHANGED = "changed", pgettext_lazy("step", "changed")
    SOLVED = "solved", pgettext_lazy("step", "solved")
    CONFIRMED = "confirmed", pgettext_lazy("step", "the customer says: solved")
    DENIED = "denied", pgettext_lazy("step", "the customer says: not solved")
    REOPENED = "reopened", pgettext_lazy("step", "opened again")
    REJECTED = "rejected", pgettext_lazy("step", "rejected")
    ESCALATED = "escalated", pgettext_lazy("step", "late: shown to the heads")
    UNHEARD = "unheard", pgettext_lazy("step", "not answered in time: shown to the heads")
    PAUSED = "paused", pgettext_lazy("step", "waiting for the customer")
    RESUMED = "resumed", pgettext_lazy("step", "waiting no more")
    CAUSE = "cause", pgettext_lazy("step", "cause found")
    UNLINKED = "unlinked", pgettext_lazy("step", "another matter than before")


class IssueStepQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self.filter(customer_scope(user, "issue__customer"))

    def told(self):
        """What the customer may read."""
        return self.filter(is_public=True)


class IssueStep(models.Model):
    """One thing that was done about an issue; none is ever changed. told_by: whoever of the customer's did it."""

    issue = models.ForeignKey(
        Issue,
        verbose_name=pgettext_lazy("complaint", "issue"),
        on_delete=models.PROTECT,
        related_name="steps",
        db_index=False,
    )
    what = models.CharField(_("what was done"), max_length=9, choices=What)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    told_by = models.CharField(_("told by"), max_length=80, blank=True)
    at = models.DateTimeField(_("at"))
    text = models.TextField(_("text"), max_length=LONGEST, blank=True)
    is_public = models.BooleanField(_("the customer may read it"), default=False)

    objects = IssueStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of an issue")
        verbose_name_plural = _("steps of issues")
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=Q(what__in=What.values), name="issue_step_known")]
        indexes = [models.Index(fields=["issue", "id"], name="issue_step_of_issue")]

    def __str__(self):
        return f"#{self.pk}"
