"""The brand's rules for issues: times by class and tier, business hours, causes; and who shares their own figures."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.access import BrandRulesQuerySet, ScopedQuerySet
from crm.accounts.models import Role, User
from crm.brandwords import BrandWord
from crm.clock import today
from customers.issues import terms
from customers.issues.hours import Hours
from customers.profile.models import Responsibility


def usual_percents() -> list[int]:
    return list(terms.PERCENTS)


class IssueTerms(models.Model):
    """One row. percents: of the hours of a row, by severity. Business hours: break_from and break_to both or neither.

    repeat_days, wave_days, wave_customers: repeating.py.
    """

    percents = models.JSONField(_("percent by severity"), default=usual_percents)
    opens = models.TimeField(_("business opens"), default=datetime.time(9))
    closes = models.TimeField(_("business closes"), default=datetime.time(18))
    break_from = models.TimeField(_("break from"), null=True, blank=True, default=datetime.time(12))
    break_to = models.TimeField(_("break until"), null=True, blank=True, default=datetime.time(13))
    repeat_days = models.PositiveSmallIntegerField(_("the same again within days"), default=90)
    wave_days = models.PositiveSmallIntegerField(_("one problem at many: within days"), default=7)
    wave_customers = models.PositiveSmallIntegerField(_("one problem at many: so many customers"), default=3)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("changed by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = BrandRulesQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule for issues")
        verbose_name_plural = _("rules for issues")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="issue_terms_one_row"),
            models.CheckConstraint(condition=Q(opens__lt=F("closes")), name="issue_terms_open_first"),
            models.CheckConstraint(
                condition=Q(repeat_days__range=(1, 730), wave_days__range=(1, 90), wave_customers__range=(2, 1000)),
                name="issue_terms_sane",
            ),
        ]

    def __str__(self):
        return f"#{self.pk}"

    @property
    def hours(self) -> Hours:
        return Hours(self.opens, self.closes, self.break_from, self.break_to)


class IssueTime(models.Model):
    """Working hours of a class and tier. category '': every class; tier '': every other tier, and none."""

    category = models.CharField(_("about"), max_length=9, blank=True)
    tier = models.CharField(_("tier"), max_length=1, blank=True, choices=[(one, one) for one in terms.TIERS])
    answer_hours = models.DecimalField(
        _("working hours until the first answer"),
        max_digits=5,
        decimal_places=1,
        validators=[MinValueValidator(0)],
    )
    solve_hours = models.DecimalField(
        _("working hours until it is solved"), max_digits=5, decimal_places=1, validators=[MinValueValidator(0)]
    )

    objects = BrandRulesQuerySet.as_manager()

    class Meta:
        verbose_name = _("time for issues")
        verbose_name_plural = _("times for issues")
        ordering = ["category", "tier"]
        constraints = [
            models.UniqueConstraint(fields=["category", "tier"], name="issue_time_once"),
            models.CheckConstraint(
                condition=Q(answer_hours__gt=0, answer_hours__lte=F("solve_hours")), name="issue_time_answer_first"
            ),
            models.CheckConstraint(condition=Q(tier__in=[*terms.TIERS, ""]), name="issue_time_tier_known"),
        ]

    def __str__(self):
        return f"#{self.pk}"


class IssueCause(BrandWord):
    """Why something went wrong: a list that the brand changes as it learns."""

    class Meta(BrandWord.Meta):
        verbose_name = _("cause of issues")
        verbose_name_plural = _("causes of issues")


def team_of(user: User) -> models.QuerySet[User]:
    """Managers whom a head or administrator leads: posted in their regions, or in charge of a customer there."""
    here = User.objects.visible_to(user).order_by().values("pk")
    charged = Responsibility.objects.visible_to(user).in_force(today()).order_by().values("user_id")
    found = User.objects.filter(models.Q(pk__in=here) | models.Q(pk__in=charged), role=Role.MANAGER, is_active=True)
    return found.exclude(pk=user.pk) if user.is_head or user.is_admin else found.none()


class SharedMirrorQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """One's own; heads and administrators those of their team."""
        if not getattr(user, "is_active", False):
            return self.none()
        return self.filter(models.Q(user=user) | models.Q(user__in=team_of(user).order_by().values("pk")))

    def editable_by(self, user):
        return self.filter(user=user) if getattr(user, "may_write", False) else self.none()


class SharedMirror(models.Model):
    """Somebody lets their heads see their own figures; without a row they see them alone."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, verbose_name=_("user"), on_delete=models.CASCADE, related_name="+"
    )
    since = models.DateTimeField(_("since"))

    objects = SharedMirrorQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("issue", "shared figures of one's own")
        verbose_name_plural = pgettext_lazy("issue", "shared figures of one's own")
        ordering = ["pk"]

    def __str__(self):
        return f"#{self.pk}"
