"""What came of a visit, written in the shop: what was heard, found and solved; and what was added to it later."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.access import ScopedQuerySet, reach_of
from customers.care.models import Note
from customers.contacts.models import Contact
from customers.files.models import Attachment
from customers.issues.models import Issue
from customers.profile.models import Datum, customer_scope
from visits.plan.models import LEAST_MINUTES, MOST_MINUTES, PlannedVisit
from visits.report.checkin import Place, place_of

LONGEST = 2000
LONGEST_SHARED = 1000


class Cooperation(models.IntegerChoices):
    """How they worked with us this time, as a score of 0 to 100."""

    NOT = 0, pgettext_lazy("cooperation", "not at all")
    LITTLE = 25, pgettext_lazy("cooperation", "hardly")
    SO_SO = 50, pgettext_lazy("cooperation", "so-so")
    WELL = 75, pgettext_lazy("cooperation", "well")
    FULLY = 100, pgettext_lazy("cooperation", "very well")


class VisitReportQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Of customers in reach, of visits that are one's own, and those one wrote."""
        reach = reach_of(user)
        if reach.everywhere:
            return self
        if reach.nothing and not getattr(user, "is_active", False):
            return self.none()
        return self.filter(customer_scope(user, "visit__customer") | Q(visit__visitor_id=user.pk) | Q(by_id=user.pk))

    def latest_first(self):
        return self.order_by("-visit__day", "-pk")


class VisitReport(models.Model):
    """What was said, the moods, with whom and the next step are the contact's: whatever reads contacts sees them once.
    The private part is a private note of its author, who may change it all for a day; then additions follow.

    client_key: made where it was written, so that what is sent twice is there once. written_at: where that was without
    a connection, since filed_at is when it arrived.
    """

    visit = models.OneToOneField(PlannedVisit, verbose_name=_("visit"), on_delete=models.PROTECT, related_name="report")
    contact = models.OneToOneField(Contact, verbose_name=_("contact"), on_delete=models.PROTECT, related_name="+")
    note = models.OneToOneField(
        Note, verbose_name=_("private part"), null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("written by"),
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    client_key = models.UUIDField(null=True, editable=False)
    minutes = models.PositiveSmallIntegerField(_("minutes there"))
    found = models.TextField(_("found"), max_length=LONGEST, blank=True)
    solved = models.TextField(_("solved on the spot"), max_length=LONGEST, blank=True)
    shared = models.TextField(_("shared with the customer"), max_length=LONGEST_SHARED, blank=True)
    # One point, as given, in the datum given.
    latitude = models.DecimalField(_("latitude"), max_digits=10, decimal_places=7, null=True)
    longitude = models.DecimalField(_("longitude"), max_digits=10, decimal_places=7, null=True)
    datum = models.CharField(_("coordinate system"), max_length=5, choices=Datum, default=Datum.WGS84)
    accuracy_m = models.PositiveIntegerField(_("accuracy in metres"), null=True)
    age_s = models.PositiveIntegerField(_("age of the position in seconds"), null=True)
    checked_in_at = models.DateTimeField(_("checked in at"), null=True)
    # From the shop, as it stood when the report was filed; None where either is not known.
    distance_m = models.PositiveIntegerField(_("metres from the shop"), null=True)
    cooperation = models.PositiveSmallIntegerField(_("cooperation"), choices=Cooperation, null=True)
    photos = models.ManyToManyField(Attachment, verbose_name=_("photos"), related_name="+", blank=True)
    issues = models.ManyToManyField(Issue, verbose_name=_("issues"), related_name="+", blank=True)
    written_at = models.DateTimeField(_("written without a connection at"), null=True, editable=False)
    filed_at = models.DateTimeField(_("filed at"))
    edits = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = VisitReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report of a visit")
        verbose_name_plural = _("reports of visits")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True, checked_in_at__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180), checked_in_at__isnull=False),
                name="visit_report_point_whole",
            ),
            models.CheckConstraint(condition=Q(datum__in=Datum.values), name="visit_report_datum_known"),
            models.CheckConstraint(
                condition=Q(minutes__range=(LEAST_MINUTES, MOST_MINUTES)), name="visit_report_minutes_sensible"
            ),
            models.CheckConstraint(
                condition=Q(cooperation__isnull=True) | Q(cooperation__in=Cooperation.values),
                name="visit_report_cooperation_known",
            ),
            models.UniqueConstraint(
                fields=["by", "client_key"], condition=Q(client_key__isnull=False), name="visit_report_sent_once"
            ),
        ]
        indexes = [models.Index(fields=["by", "-id"], name="visit_report_of_author")]

    def __str__(self):
        return f"#{self.pk}"

    @property
    def version(self) -> int:
        """Of the report and its contact together: whoever changes either changes this."""
        return self.edits + self.contact.version

    @property
    def place(self) -> Place:
        return place_of(self.distance_m, self.accuracy_m, self.age_s)


class ReportAdditionQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        reach = reach_of(user)
        if reach.everywhere:
            return self
        return self.filter(report__in=VisitReport.objects.visible_to(user))


class ReportAddition(models.Model):
    """What was put right or added later; none is ever changed."""

    report = models.ForeignKey(
        VisitReport, verbose_name=_("report of a visit"), on_delete=models.PROTECT, related_name="additions"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("written by"), on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("written at"))
    text = models.TextField(_("text"), max_length=LONGEST)

    objects = ReportAdditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("addition to a report")
        verbose_name_plural = _("additions to reports")
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="report_addition_has_text")]

    def __str__(self):
        return f"#{self.pk}"
