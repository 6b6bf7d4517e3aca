"""People, the regions they work in, and their tokens."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from crm.access import Reach, RegionScopedQuerySet, ScopedQuerySet, reach_of
from crm.clock import today


class RegionQuerySet(RegionScopedQuerySet):
    region_path = "pk"

    def below(self, region: Region):
        """The region and everything under it."""
        return self.filter(path__startswith=region.path)


class Region(models.Model):
    """A node of the region tree. `path` spells the ids from the root, so one prefix finds a whole branch."""

    code = models.CharField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=80)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent region"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    path = models.CharField(max_length=255, unique=True, editable=False)
    depth = models.PositiveSmallIntegerField(_("depth"), default=0, editable=False)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["path"]

    def __str__(self):
        return self.name


class Role(models.TextChoices):
    MANAGER = "manager", _("market manager")
    HEAD = "head", _("head of a region")
    ADMIN = "admin", _("administrator")
    ANALYST = "analyst", _("analyst (reads only)")
    API = "api", _("API client")


class UserQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Oneself, and colleagues posted in one's regions now or from a later day; those with the whole brand see all.

        Who was posted here once and is not any more is somebody else's colleague, and so is what they do now.
        """
        reach = reach_of(user)
        if reach.everywhere:
            return self
        if reach.nothing:
            return self.none()
        posted = Posting.objects.not_over(today()).filter(region_id__in=reach.region_ids).values("user_id")
        return self.filter(Q(pk=user.pk) | Q(pk__in=posted))


class People(UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    pass


class User(AbstractUser):  # type: ignore[django-manager-missing]
    """A person (or a program) who signs in, by name or by e-mail."""

    class Theme(models.TextChoices):
        SYSTEM = "system", _("as the device")
        LIGHT = "light", _("light")
        DARK = "dark", _("dark")

    first_name = None
    last_name = None
    name = models.CharField(_("name"), max_length=80, blank=True)
    role = models.CharField(_("role"), max_length=16, choices=Role, default=Role.MANAGER)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True, choices=settings.LANGUAGES)
    theme = models.CharField(_("theme"), max_length=8, choices=Theme, default=Theme.SYSTEM)

    objects = People()

    class Meta(AbstractUser.Meta):
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique",
                condition=~Q(email=""),
                violation_error_message=_("Another user has this e-mail address."),
            )
        ]

    def __str__(self):
        return self.name or self.username

    def get_full_name(self):
        return str(self)

    def get_short_name(self):
        return str(self)

    def save(self, *args, **kwargs):
        # The stock admin asks for these two; they follow the role, so that the role is the only truth.
        self.is_staff = self.role in (Role.ADMIN, Role.HEAD, Role.ANALYST)
        self.is_superuser = self.role == Role.ADMIN
        super().save(*args, **kwargs)

    @property
    def is_admin(self) -> bool:
        return self.is_active and self.role == Role.ADMIN

    @property
    def is_head(self) -> bool:
        return self.is_active and self.role == Role.HEAD

    @property
    def may_write(self) -> bool:
        """Whether this person changes anything at all. A read-scope token clears it for its request."""
        return self.is_active and self.role != Role.ANALYST and not getattr(self, "_read_only_token", False)

    def work_out_reach(self, day: datetime.date) -> Reach:
        """Reach on a day, from the postings in force; one query (none for administrators)."""
        if self.role == Role.ADMIN:
            return Reach(everywhere=True, region_ids=frozenset(), user_id=self.pk)
        below = ExpressionWrapper(OuterRef("path"), output_field=models.CharField())
        postings = Posting.objects.filter(user=self).in_force(day).annotate(below=below)
        # A posting to the root says everything: the regions below it need not be read.
        here = Q(region__parent=None, region=OuterRef("pk")) | Q(
            region__parent__isnull=False, below__startswith=F("region__path")
        )
        found = dict(Region.objects.filter(Exists(postings.filter(here))).order_by().values_list("pk", "parent_id"))
        if None in found.values():
            return Reach(everywhere=True, region_ids=frozenset(), user_id=self.pk)
        own = self.pk if self.role == Role.MANAGER else None
        return Reach(everywhere=False, region_ids=frozenset(found), user_id=own)


class PostingQuerySet(ScopedQuerySet):
    def in_force(self, day: datetime.date):
        return self.not_over(day).filter(since__lte=day)

    def not_over(self, day: datetime.date):
        """Those in force on a day or later."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=day))

    def visible_to(self, user):
        return self.filter(user__in=User.objects.visible_to(user))


class Posting(models.Model):
    """A person works in a region (and all below it), from a day until before another.

    One that ends on the day it begins never holds: so a mistake of today is taken back today.
    """

    user = models.ForeignKey(User, verbose_name=_("user"), on_delete=models.CASCADE, related_name="postings")
    region = models.ForeignKey(Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="postings")
    since = models.DateField(_("from"))
    until = models.DateField(_("until"), null=True, blank=True, help_text=_("The first day it no longer holds."))

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="posting_until_not_before_since",
                violation_error_message=_("A posting cannot end before it begins."),
            )
        ]

    def __str__(self):
        return f"{self.user} · {self.region}"


class ApiTokenQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self if user.is_admin else self.filter(user=user)


class ApiToken(AbstractAuthToken):
    """A token of a person or program; only its digest is kept. `read` tokens change nothing."""

    class Scope(models.TextChoices):
        READ = "read", _("read")
        WRITE = "write", _("read and write")

    scope = models.CharField(_("scope"), max_length=8, choices=Scope, default=Scope.READ)
    label = models.CharField(_("label"), max_length=80, blank=True)
    last_used_on = models.DateField(_("last used on"), null=True, blank=True)

    class Meta(AbstractAuthToken.Meta):
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
