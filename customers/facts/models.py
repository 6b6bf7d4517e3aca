"""What is known of a customer, fact by fact: the value, who told it, when, and what for."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm import crypt
from crm.access import RegionScopedQuerySet
from customers.facts.fields import FIELDS, Field
from customers.profile.models import Customer, customer_scope


class Source(models.TextChoices):
    TOLD = "told", _("told")
    SEEN = "seen", _("seen with own eyes")
    DOCUMENT = "document", _("from a document")
    IMPORT = "import", _("imported")


class Consent(models.TextChoices):
    NONE = "", pgettext_lazy("consent", "not asked")
    SPOKEN = "spoken", pgettext_lazy("consent", "given in words")
    WRITTEN = "written", pgettext_lazy("consent", "given in writing")


class FactQuerySet(RegionScopedQuerySet):
    def visible_to(self, user):
        return self.filter(customer_scope(user, "customer"))

    def current(self):
        return self.filter(is_current=True)

    def of_fields(self, names):
        return self.filter(field__in=list(names))

    def holding(self):
        """Rows that keep their customer from going again when its import is undone."""
        return self


class Fact(models.Model):
    """One value of one field. A change is a new row; the older ones stay and say what was known when.

    `value` is the canonical text of the field's form ("" says: not known any more); of a sensitive field it is sealed.
    `number` is the same as a number, of fields that are amounts and not sensitive, for sorting and sums.
    """

    customer = models.ForeignKey(Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="facts")
    field = models.CharField(_("field"), max_length=40)
    value = models.TextField(_("value"), blank=True)
    number = models.DecimalField(max_digits=20, decimal_places=4, null=True, editable=False)
    source = models.CharField(_("source"), max_length=8, choices=Source, default=Source.TOLD)
    told_by = models.CharField(_("told by"), max_length=80, blank=True)
    noted_on = models.DateField(_("date"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("written by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    purpose = models.CharField(_("kept for"), max_length=200, blank=True)
    consent = models.CharField(_("consent"), max_length=8, choices=Consent, blank=True)
    expires_on = models.DateField(_("kept until"), null=True, blank=True)
    is_current = models.BooleanField(_("in force"), default=True, editable=False)
    erased_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("written at"))
    run_id = models.BigIntegerField(null=True, editable=False)  # the import it came with, if it did

    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = _("fact")
        verbose_name_plural = _("facts")
        ordering = ["-noted_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "field"], condition=Q(is_current=True), name="fact_current"),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="fact_source_known"),
            models.CheckConstraint(condition=Q(consent__in=Consent.values), name="fact_consent_known"),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(expires_on__gt=F("noted_on")), name="fact_expires_later"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "field", "created_at"], name="fact_history"),
            models.Index(
                fields=["field", "number"], name="fact_number", condition=Q(is_current=True, number__isnull=False)
            ),
            models.Index(
                fields=["expires_on"], name="fact_expiry", condition=Q(erased_at__isnull=True, expires_on__isnull=False)
            ),
        ]

    def __str__(self):
        return f"{self.customer_id} {self.field}"

    @property
    def known_field(self) -> Field | None:
        """None for a field that this version does not have any more."""
        return FIELDS.get(self.field)

    @property
    def text(self) -> str:
        """The canonical text, unsealed. Whoever asks has looked at the rights and writes the reading down."""
        return crypt.unseal(self.value) if crypt.is_sealed(self.value) else self.value

    def is_over(self, day: datetime.date) -> bool:
        return self.expires_on is not None and self.expires_on <= day
