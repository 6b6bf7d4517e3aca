"""What is asked (templates and their points), whom and when (rounds and invitations), the answers, and our guesses."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.access import ScopedQuerySet, reach_of
from crm.accounts.models import Role
from customers.issues.models import Category
from customers.profile.models import Customer, Kind, customer_scope
from customers.surveys.guessing import revealed_to

LONGEST = 1000
USUAL_THRESHOLD = 3
ONE_TO_TEN = (1, 10)
DEFAULT_POINTS = (
    Category.SUPPLY,
    Category.PRICE,
    Category.PROMOTION,
    Category.SERVICE,
    Category.SUPPORT,
    Category.PROFIT,
)


class SurveyTemplateQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """What we ask is no secret among us."""
        return self if getattr(user, "is_active", False) else self.none()

    def editable_by(self, user):
        writes = getattr(user, "may_write", False) and user.role in (Role.ADMIN, Role.HEAD)
        return self.visible_to(user) if writes else self.none()

    def active(self):
        return self.filter(is_active=True)


class SurveyTemplate(models.Model):
    """One version of what is asked; once a round has used it, a change makes the next version.

    kind: of customers it is for, '' for all. threshold: a shortfall of so many points opens an issue.
    """

    name = models.CharField(pgettext_lazy("survey", "name"), max_length=80)
    kind = models.CharField(_("for"), max_length=10, choices=Kind, blank=True)
    threshold = models.PositiveSmallIntegerField(_("shortfall that opens an issue"), default=USUAL_THRESHOLD)
    asks_trust = models.BooleanField(_("asks whether we keep our word"), default=True)
    is_active = models.BooleanField(_("in use"), default=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    earlier = models.ForeignKey(
        "self", verbose_name=_("version before"), null=True, on_delete=models.PROTECT, related_name="later"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("written by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(_("written at"), auto_now_add=True)

    objects = SurveyTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("survey template")
        verbose_name_plural = _("survey templates")
        ordering = ["-is_active", "name", "-version"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="survey_template_has_name"),
            models.CheckConstraint(condition=Q(kind__in=["", *Kind.values]), name="survey_template_kind_known"),
            models.CheckConstraint(condition=Q(threshold__range=(1, 9)), name="survey_template_threshold_1_9"),
        ]

    def __str__(self):
        return self.name


class SurveyPointQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self if getattr(user, "is_active", False) else self.none()


class SurveyPoint(models.Model):
    """One thing that is asked about. label: in the company's own words; '' for those of the category."""

    template = models.ForeignKey(
        SurveyTemplate, verbose_name=_("survey template"), on_delete=models.CASCADE, related_name="points"
    )
    position = models.PositiveSmallIntegerField(_("position"))
    category = models.CharField(_("about"), max_length=9, choices=Category)
    label = models.CharField(_("words"), max_length=80, blank=True)

    objects = SurveyPointQuerySet.as_manager()

    class Meta:
        verbose_name = _("point of a survey")
        verbose_name_plural = _("points of surveys")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(category__in=Category.values), name="survey_point_category_known"),
            models.UniqueConstraint(fields=["template", "position"], name="survey_point_position"),
        ]

    def __str__(self):
        return str(self.called)

    @property
    def called(self):
        return self.label or self.get_category_display()


class SurveyQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """One's own rounds, and those that ask somebody in one's reach."""
        reach = reach_of(user)
        if reach.everywhere:
            return self
        if reach.nothing:
            return self.none()
        asked = SurveyInvitation.objects.visible_to(user).filter(survey=OuterRef("pk"))
        return self.filter(Q(made_by=user) | Exists(asked))

    def open_on(self, day: datetime.date):
        return self.filter(opens_on__lte=day, closes_on__gte=day)


class Survey(models.Model):
    """A round: some customers are asked the points of one template, from a day until a day (included)."""

    template = models.ForeignKey(
        SurveyTemplate, verbose_name=_("survey template"), on_delete=models.PROTECT, related_name="rounds"
    )
    name = models.CharField(pgettext_lazy("survey", "name"), max_length=80)
    opens_on = models.DateField(_("from"))
    closes_on = models.DateField(_("until"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("begun by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(_("begun at"), auto_now_add=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        ordering = ["-opens_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="survey_has_name"),
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="survey_closes_after_opening"),
        ]

    def __str__(self):
        return self.name

    def is_open(self, day: datetime.date) -> bool:
        return self.opens_on <= day <= self.closes_on


class State(models.TextChoices):
    ASKED = "asked", pgettext_lazy("survey", "no answer yet")
    ANSWERED = "answered", pgettext_lazy("survey", "answered")
    DECLINED = "declined", pgettext_lazy("survey", "does not want to")
    EXPIRED = "expired", pgettext_lazy("survey", "no answer")


class Through(models.TextChoices):
    LINK = "link", pgettext_lazy("survey", "by link")
    PORTAL = "portal", pgettext_lazy("survey", "in the portal")
    VISIT = "visit", pgettext_lazy("survey", "asked in person")


class SurveyInvitationQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self.filter(customer_scope(user, "customer"))

    def counting(self):
        """Without those that a merge of two customers left over."""
        return self.filter(set_aside=False)

    def waiting(self, day: datetime.date):
        return self.counting().filter(state=State.ASKED, survey__opens_on__lte=day, survey__closes_on__gte=day)


class SurveyInvitation(models.Model):
    """One customer asked in one round. nonce: of the address by which they answer, signed (links.py).

    guessed_at: when whoever looks after the customer had guessed the answers; waived: why they will not.
    """

    survey = models.ForeignKey(
        Survey, verbose_name=_("survey"), on_delete=models.PROTECT, related_name="invitations", db_index=False
    )
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="surveys", db_index=False
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.ASKED)
    nonce = models.CharField(max_length=40, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked at"))
    sent_to = models.CharField(_("sent to"), max_length=80, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent at"), null=True, editable=False)
    guessed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("guessed by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    guessed_at = models.DateTimeField(_("guessed at"), null=True, editable=False)
    waived = models.CharField(_("why nobody guessed"), max_length=200, blank=True)
    set_aside = models.BooleanField(_("left over by a merge"), default=False, editable=False)

    objects = SurveyInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("survey invitation")
        verbose_name_plural = _("survey invitations")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="survey_invitation_state_known"),
            models.UniqueConstraint(
                fields=["survey", "customer"], condition=Q(set_aside=False), name="survey_invitation_once"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="survey_invitation_of_customer"),
            models.Index(fields=["survey", "state", "id"], name="survey_invitation_of_survey"),
        ]

    def __str__(self):
        return f"#{self.pk}"


class SurveyResponseQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self.filter(customer_scope(user, "invitation__customer")).filter(revealed_to(user, "invitation"))

    def with_revealed(self, user):
        """`revealed`: whether this person, who has the customer in reach, may see it already."""
        may = revealed_to(user, "invitation")
        return self.annotate(
            revealed=Case(When(may, then=True), default=False, output_field=models.BooleanField())
            if may
            else Value(True, output_field=models.BooleanField())
        )

    def counting(self):
        return self.filter(invitation__set_aside=False)


class SurveyResponse(models.Model):
    """What a customer answered as a whole: how content they are, whether they would sign again, whether we keep our
    word, each 1 to 10.
    """

    invitation = models.OneToOneField(
        SurveyInvitation, verbose_name=_("survey invitation"), on_delete=models.PROTECT, related_name="response"
    )
    overall = models.PositiveSmallIntegerField(_("how content"))
    renew = models.PositiveSmallIntegerField(_("would sign again"))
    trust = models.PositiveSmallIntegerField(_("we keep our word"), null=True, blank=True)
    comment = models.TextField(_("in their words"), max_length=LONGEST, blank=True)
    answered_at = models.DateTimeField(_("answered at"))
    through = models.CharField(_("how"), max_length=6, choices=Through)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("written down by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    told_by = models.CharField(_("told by"), max_length=80, blank=True)

    objects = SurveyResponseQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer to a survey")
        verbose_name_plural = _("answers to surveys")
        ordering = ["-answered_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(overall__range=ONE_TO_TEN, renew__range=ONE_TO_TEN)
                & (Q(trust__isnull=True) | Q(trust__range=ONE_TO_TEN)),
                name="survey_response_1_10",
            ),
            models.CheckConstraint(condition=Q(through__in=Through.values), name="survey_response_through_known"),
        ]
        indexes = [models.Index(fields=["answered_at"], name="survey_response_at")]

    def __str__(self):
        return f"#{self.pk}"


class Direct(models.IntegerChoices):
    WORSE = -1, pgettext_lazy("than expected", "worse")
    AS_EXPECTED = 0, pgettext_lazy("than expected", "as expected")
    BETTER = 1, pgettext_lazy("than expected", "better")


class SurveyAnswerQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        scope = customer_scope(user, "response__invitation__customer")
        return self.filter(scope).filter(revealed_to(user, "response__invitation"))


class SurveyAnswer(models.Model):
    """One point: what was expected and what was found, 1 to 10 each, and whether it was worse or better. importance:
    1 to 5 where it was said.
    """

    response = models.ForeignKey(
        SurveyResponse,
        verbose_name=_("answer to a survey"),
        on_delete=models.PROTECT,
        related_name="answers",
        db_index=False,
    )
    point = models.ForeignKey(
        SurveyPoint, verbose_name=_("point of a survey"), on_delete=models.PROTECT, related_name="answers"
    )
    expectation = models.PositiveSmallIntegerField(_("expected"))
    reality = models.PositiveSmallIntegerField(_("found"))
    direct = models.SmallIntegerField(_("than expected"), choices=Direct, null=True, blank=True)
    importance = models.PositiveSmallIntegerField(_("how much it matters"), null=True, blank=True)

    objects = SurveyAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer to a point")
        verbose_name_plural = _("answers to points")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["response", "point"], name="survey_answer_once"),
            models.CheckConstraint(
                condition=Q(expectation__range=ONE_TO_TEN, reality__range=ONE_TO_TEN), name="survey_answer_1_10"
            ),
            models.CheckConstraint(
                condition=Q(direct__isnull=True) | Q(direct__range=(-1, 1)), name="survey_answer_direct_known"
            ),
            models.CheckConstraint(
                condition=Q(importance__isnull=True) | Q(importance__range=(1, 5)), name="survey_answer_importance_1_5"
            ),
        ]

    def __str__(self):
        return f"#{self.pk}"


class ManagerGuessQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self.filter(customer_scope(user, "invitation__customer"))


class ManagerGuess(models.Model):
    """What whoever looks after a customer thinks the customer will answer to a point, said before they can know."""

    invitation = models.ForeignKey(
        SurveyInvitation,
        verbose_name=_("survey invitation"),
        on_delete=models.PROTECT,
        related_name="guesses",
        db_index=False,
    )
    point = models.ForeignKey(
        SurveyPoint, verbose_name=_("point of a survey"), on_delete=models.PROTECT, related_name="guesses"
    )
    expectation = models.PositiveSmallIntegerField(_("expected"))
    reality = models.PositiveSmallIntegerField(_("found"))

    objects = ManagerGuessQuerySet.as_manager()

    class Meta:
        verbose_name = _("guess of an answer")
        verbose_name_plural = _("guesses of answers")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["invitation", "point"], name="manager_guess_once"),
            models.CheckConstraint(
                condition=Q(expectation__range=ONE_TO_TEN, reality__range=ONE_TO_TEN), name="manager_guess_1_10"
            ),
        ]

    def __str__(self):
        return f"#{self.pk}"
