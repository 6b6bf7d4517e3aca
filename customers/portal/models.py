"""Dealers who may sign in, the links that let them in once, and their sessions. None of them is a user of ours."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.access import ScopedQuerySet
from crm.clock import now
from customers.people.models import Person
from customers.profile.models import Customer, State, customer_scope

LINK_DAYS = 7
SESSION_DAYS = 30


class LinkState(models.TextChoices):
    OPEN = "open", pgettext_lazy("link", "waits to be used")
    USED = "used", pgettext_lazy("link", "used")
    EXPIRED = "expired", pgettext_lazy("link", "expired")
    REVOKED = "revoked", pgettext_lazy("link", "revoked")
    NONE = "none", pgettext_lazy("link", "none")


def state_of(
    expires_at: datetime.datetime | None,
    used_at: datetime.datetime | None,
    revoked_at: datetime.datetime | None,
    moment: datetime.datetime,
) -> LinkState:
    """Of a link by its moments; expires_at None: there is no link."""
    if expires_at is None:
        return LinkState.NONE
    if used_at is not None:
        return LinkState.USED
    if revoked_at is not None:
        return LinkState.REVOKED
    return LinkState.OPEN if moment < expires_at else LinkState.EXPIRED


class PortalAccountQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self.filter(customer_scope(user, "customer"))

    def active(self):
        return self.filter(is_active=True)

    def with_link(self):
        """With the moments of the newest link (`link_…`), which `link_state` reads."""
        newest = PortalLink.objects.filter(account=OuterRef("pk")).order_by("-pk")
        names = ("expires_at", "used_at", "revoked_at", "sent_at", "sent_to")
        return self.annotate(**{f"link_{name}": Subquery(newest.values(name)[:1]) for name in names})


class PortalAccount(models.Model):
    """Somebody of a customer's who may see its figures. One whose access has ended stays, so that it is known who had
    it."""

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="portal_accounts", db_index=False
    )
    person = models.ForeignKey(
        Person,
        verbose_name=_("contact person"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="portal_accounts",
    )
    name = models.CharField(pgettext_lazy("person", "name"), max_length=80)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True, choices=settings.LANGUAGES)
    is_active = models.BooleanField(_("has access"), default=True)
    ended_at = models.DateTimeField(_("access ended at"), null=True, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("access ended by"),
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("invited by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    invited_at = models.DateTimeField(_("invited at"))
    last_seen_at = models.DateTimeField(_("last seen"), null=True, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = PortalAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("portal account")
        verbose_name_plural = _("portal accounts")
        ordering = ["-is_active", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                "customer",
                Lower("email"),
                condition=Q(is_active=True) & ~Q(email=""),
                name="portal_account_one_email",
                violation_error_message=_("Somebody with this e-mail address has access already."),
            ),
            models.UniqueConstraint(
                fields=["customer", "person"],
                condition=Q(is_active=True, person__isnull=False),
                name="portal_account_one_person",
                violation_error_message=_("This person has access already."),
            ),
            models.CheckConstraint(
                condition=Q(is_active=True, ended_at__isnull=True) | Q(is_active=False, ended_at__isnull=False),
                name="portal_account_ended_or_active",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="portal_account_has_name"),
        ]
        indexes = [
            models.Index(fields=["customer", "is_active"], name="portal_account_of_customer"),
            models.Index(Lower("email"), name="portal_account_by_email", condition=Q(is_active=True) & ~Q(email="")),
        ]

    def __str__(self):
        return self.name

    @property
    def link_state(self) -> LinkState:
        """Of the newest link, for rows of `with_link`."""
        return state_of(
            getattr(self, "link_expires_at", None),
            getattr(self, "link_used_at", None),
            getattr(self, "link_revoked_at", None),
            now(),
        )

    @property
    def may_enter(self) -> bool:
        return self.is_active and self.customer.state != State.CLOSED


class OfAnAccountQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self.filter(customer_scope(user, "account__customer"))


class PortalLinkQuerySet(OfAnAccountQuerySet):
    def unspent(self):
        """Neither used nor revoked; it may have expired."""
        return self.filter(used_at__isnull=True, revoked_at__isnull=True)

    def open(self):
        return self.unspent().filter(expires_at__gt=now())


class PortalLink(models.Model):
    """Lets somebody in once. Its address is signed (links.py): whoever reads the database alone cannot build it."""

    account = models.ForeignKey(
        PortalAccount, verbose_name=_("portal account"), on_delete=models.CASCADE, related_name="links"
    )
    nonce = models.CharField(max_length=32, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("made by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("valid until"))
    used_at = models.DateTimeField(_("used at"), null=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True)
    sent_to = models.CharField(_("sent to"), max_length=80, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)

    objects = PortalLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("portal link")
        verbose_name_plural = _("portal links")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(used_at__isnull=True, revoked_at__isnull=True),
                name="portal_link_one_unspent",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(revoked_at__isnull=True), name="portal_link_used_or_revoked"
            ),
            models.CheckConstraint(condition=Q(sent_at__isnull=True) | ~Q(sent_to=""), name="portal_link_sent_to_whom"),
        ]

    def __str__(self):
        return f"#{self.pk}"

    @property
    def copy_from(self) -> str:
        """Where a list of links shows this one."""
        return f"#link-{self.pk}"

    @property
    def state(self) -> LinkState:
        return state_of(self.expires_at, self.used_at, self.revoked_at, now())


class PortalSession(models.Model):
    """A device on which a dealer is signed in. Only the digest of its key is kept."""

    account = models.ForeignKey(
        PortalAccount, verbose_name=_("portal account"), on_delete=models.CASCADE, related_name="sessions"
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    begun_at = models.DateTimeField(_("begun at"))
    last_seen_at = models.DateTimeField(_("last seen"))
    expires_at = models.DateTimeField(_("valid until"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    objects = OfAnAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("portal session")
        verbose_name_plural = _("portal sessions")
        ordering = ["-pk"]

    def __str__(self):
        return f"#{self.pk}"
