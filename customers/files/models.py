"""What is kept of a file: facts in a row, bytes in the storage under a random name."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy as _

from crm.access import RegionScopedQuerySet
from customers.files import sniffing
from customers.profile.models import Customer, customer_scope

FOLDER = "files"


def storage_path(instance, filename: str) -> str:
    """A random name: what the uploader called the file never reaches the storage."""
    return f"{FOLDER}/{secrets.token_hex(16)}"


class Kind(models.TextChoices):
    """By content, never by name."""

    PHOTO = "photo", _("photo")
    DOCUMENT = "document", _("document")


class Category(models.TextChoices):
    SHOP_FRONT = "shop_front", _("shop front")
    SHELF = "shelf", _("shelf and display")
    CONTRACT = "contract", _("contract")
    LICENCE = "licence", _("licence")
    OTHER = "other", _("other papers and pictures")


class Scan(models.TextChoices):
    """What a virus scanner said. What it refuses is not kept, so no row says so: the audit log does."""

    CLEAN = "clean", _("found clean")
    NONE = "none", _("not scanned")


class AttachmentQuerySet(RegionScopedQuerySet):
    def visible_to(self, user):
        return self.filter(customer_scope(user, "customer"))

    def holding(self):
        """A removed file keeps nothing from going."""
        return self.live()

    def live(self):
        return self.filter(removed_at__isnull=True)

    def removed(self):
        """Those that can still be brought back, the last removed first."""
        return self.filter(removed_at__isnull=False).order_by("-removed_at", "-pk")

    def newest_of_each_kind(self, most: int):
        """The newest `most` of each kind, each row with `of_kind`: how many of its kind these rows hold in all."""
        order = [F("uploaded_at").desc(), F("pk").desc()]
        return self.annotate(
            place=Window(RowNumber(), partition_by=["kind"], order_by=order),
            of_kind=Window(Count("pk"), partition_by=["kind"]),
        ).filter(place__lte=most)

    def counts(self) -> dict[str, int]:
        """{category: how many} and {kind: how many} of these rows, in one statement."""
        found: dict[str, int] = {}
        for kind, category, n in self.order_by().values_list("kind", "category").annotate(n=Count("pk")):
            found[kind] = found.get(kind, 0) + n
            found[category] = found.get(category, 0) + n
        return found


class Attachment(models.Model):
    """A photo or document of a customer. Removing it hides it; 30 days later it is gone (jobs.py)."""

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="attachments", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    category = models.CharField(_("category"), max_length=10, choices=Category, default=Category.OTHER)
    title = models.CharField(_("title"), max_length=120)
    note = models.CharField(_("note"), max_length=300, blank=True)
    name = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(_("content type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    # Of what was brought, and (a picture is drawn anew) of what is kept: either tells that a file is there already.
    sha256 = models.CharField(_("SHA-256 as brought"), max_length=64)
    kept_sha256 = models.CharField(_("SHA-256 as kept"), max_length=64)
    width = models.PositiveIntegerField(_("width"), null=True)
    height = models.PositiveIntegerField(_("height"), null=True)
    taken_on = models.DateField(_("taken on"), null=True)
    # WGS-84, as the camera wrote it; only where whoever brought the picture asked to keep it.
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True)
    file = models.FileField(upload_to=storage_path, editable=False)
    thumbnail = models.FileField(upload_to=storage_path, blank=True, editable=False)
    scan = models.CharField(_("virus scan"), max_length=5, choices=Scan, default=Scan.NONE)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("added by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField(_("added at"))
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("removed by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    removed_at = models.DateTimeField(_("removed at"), null=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a customer")
        verbose_name_plural = _("files of customers")
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="attachment_kind_known"),
            models.CheckConstraint(condition=Q(category__in=Category.values), name="attachment_category_known"),
            models.CheckConstraint(condition=Q(scan__in=Scan.values), name="attachment_scan_known"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="attachment_position_whole",
            ),
            models.UniqueConstraint(
                fields=["customer", "sha256"], condition=Q(removed_at__isnull=True), name="attachment_once_a_customer"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-uploaded_at", "-id"], name="attachment_of_customer"),
            models.Index(fields=["removed_at"], name="attachment_removed", condition=Q(removed_at__isnull=False)),
        ]

    def __str__(self):
        return self.title

    @property
    def is_photo(self) -> bool:
        return self.kind == Kind.PHOTO

    @property
    def content(self) -> sniffing.Content:
        return next(one for one in sniffing.ALLOWED if one.type == self.content_type)

    @property
    def type_name(self) -> str:
        """JPEG, PDF, DOCX …"""
        return {"jpg": "JPEG", "webp": "WebP"}.get(self.content.ending, self.content.ending.upper())

    @property
    def download_name(self) -> str:
        """What it was called, with the ending of what it is."""
        ending = f".{self.content.ending}"
        stem, _dot, last = self.name.rpartition(".")
        if last.lower() in (self.content.ending, "jpeg") and stem:
            return self.name
        return f"{self.name}{ending}"
