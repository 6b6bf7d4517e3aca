"""Words the brand keeps for itself, in three languages, to choose from: causes of slumps, causes of issues."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from crm.access import BrandRulesQuerySet


class BrandWord(models.Model):
    """One word of a list. code: for the API, it stays. What is no longer offered stays where it was chosen."""

    WRITTEN = ("name", "name_zh_hans", "name_zh_hant", "position", "active")

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_zh_hans = models.CharField(_("name, simplified Chinese"), max_length=60, blank=True)
    name_zh_hant = models.CharField(_("name, traditional Chinese"), max_length=60, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    active = models.BooleanField(_("offered"), default=True)

    objects = BrandRulesQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["position", "pk"]

    def __str__(self):
        """In the language in force: one's own, else the shipped one's translation, else as it was entered."""
        own = getattr(self, f"name_{(get_language() or '').replace('-', '_')}", "")
        return own or gettext(self.name)

    def told(self) -> dict[str, Any]:
        """As the audit log keeps it."""
        return {name: getattr(self, name) for name in self.WRITTEN} | {"code": self.code}
