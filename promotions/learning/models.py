"""Lessons: what worked in a promotion that is over, and what we would do otherwise, in the words of who saw it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from crm.access import ScopedQuerySet
from promotions.rollout.models import Promotion

LONGEST = 1000


class PromotionLessonQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Seen with its promotion."""
        return self.filter(Exists(Promotion.objects.visible_to(user).filter(pk=OuterRef("promotion_id"))))

    def about(self, text: str):
        """Every word stands in the lesson, or in the promotion's title, goods or mechanics."""
        rows = self
        for word in text.split():
            here = Q(text__icontains=word) | Q(promotion__title__icontains=word) | Q(promotion__goods__icontains=word)
            rows = rows.filter(here | Q(promotion__mechanics__icontains=word))
        return rows


class PromotionLessonManager(models.Manager.from_queryset(PromotionLessonQuerySet)):  # type: ignore[misc]
    def get_queryset(self):
        """With its author: a lesson is never shown without, and a promotion's own page reads it by the relation."""
        return super().get_queryset().select_related("by")


class PromotionLesson(models.Model):
    """Never changed: who sees it otherwise later writes another."""

    promotion = models.ForeignKey(
        Promotion, verbose_name=_("promotion"), on_delete=models.PROTECT, related_name="lessons", db_index=False
    )
    text = models.TextField(_("what we learned"), max_length=LONGEST)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("written by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("written at"))

    objects = PromotionLessonManager()

    class Meta:
        verbose_name = _("lesson of a promotion")
        verbose_name_plural = _("lessons of promotions")
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="promotion_lesson_has_text")]
        indexes = [models.Index(fields=["promotion", "-id"], name="lesson_of_promotion")]

    def __str__(self):
        return f"#{self.pk}"
