"""The customer, and who is in charge of it from when until when."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.access import RegionScopedQuerySet, ScopedQuerySet, reach_of
from crm.accounts.models import Region, User
from crm.clock import today


class Kind(models.TextChoices):
    AGENT = "agent", _("agent")
    FRANCHISEE = "franchisee", _("franchisee")


class State(models.TextChoices):
    PROSPECT = "prospect", _("prospect")
    ACTIVE = "active", _("active")
    DORMANT = "dormant", _("dormant")
    CLOSED = "closed", _("closed")


class Datum(models.TextChoices):
    """The coordinate system a position was given in."""

    WGS84 = "wgs84", "WGS-84"
    GCJ02 = "gcj02", "GCJ-02"
    BD09 = "bd09", "BD-09"


class CustomerQuerySet(RegionScopedQuerySet):
    """Customers; other rows of customers scope themselves with `customer_path`."""

    def visible_to(self, user):
        """Everything, one's regions, and (for a market manager) what one is in charge of today."""
        return self.filter(customer_scope(user))

    def open_on(self, day: datetime.date):
        return (
            self.exclude(state=State.CLOSED, closed_on__isnull=True)
            .filter(Q(opened_on__isnull=True) | Q(opened_on__lte=day))
            .filter(Q(closed_on__isnull=True) | Q(closed_on__gt=day))
        )

    def in_charge_of(self, user_id: int, day: datetime.date):
        """Theirs by name, of whom they stand in for, or given to them as special customers."""
        return self.filter(pk__in=in_hands_of(user_id, day))


def customer_scope(user, path: str = "") -> Q:
    """The condition under which rows reaching a customer by `path` ('' or 'customer') are visible to a person."""
    prefix = f"{path}__" if path else ""
    reach = reach_of(user)
    if reach.everywhere:
        return Q()
    parts = Q(pk__in=[])
    if reach.region_ids:
        parts |= Q(**{f"{prefix}region_id__in": reach.region_ids})
    if reach.user_id is not None:
        mine = in_hands_of(reach.user_id, today())
        parts |= Q(**{f"{path}_id__in" if path else "pk__in": mine})
    return parts


def in_hands_of(user_id: int, day: datetime.date):
    """The ids of the customers that a person looks after on a day, as one sub-select.

    A union: of an OR the database would read every responsibility there is, of each of its parts it uses an index.
    """
    held = Responsibility.objects.in_force(day).order_by()
    absent = StandIn.objects.in_force(day).filter(stand_in_id=user_id).values("absent_id")
    given = SpecialCare.objects.in_force(day).filter(user_id=user_id).order_by().values("customer_id")
    return (
        held.filter(user_id=user_id)
        .values("customer_id")
        .union(held.filter(user_id__in=absent).values("customer_id"), given)
    )


class Customer(models.Model):
    code = models.CharField(_("code"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.ACTIVE)
    category = models.CharField(_("category"), max_length=80, blank=True)
    region = models.ForeignKey(Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="customers")
    province = models.CharField(_("province"), max_length=60, blank=True)
    city = models.CharField(_("city"), max_length=60, blank=True)
    district = models.CharField(_("district"), max_length=60, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    # As given, in the datum given; wgs_* are worked out from it by crm.geo and are what maps and routes read.
    latitude = models.DecimalField(_("latitude"), max_digits=10, decimal_places=7, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=10, decimal_places=7, null=True, blank=True)
    datum = models.CharField(_("coordinate system"), max_length=5, choices=Datum, default=Datum.WGS84)
    wgs_latitude = models.FloatField(null=True, editable=False)
    wgs_longitude = models.FloatField(null=True, editable=False)
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    upstream = models.ForeignKey(
        "self",
        verbose_name=_("supplied by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="downstream",
    )
    # Lower-case name, code, phone digits, pinyin and initials, for search ('zsx' finds 张三鲜).
    search_text = models.TextField(editable=False, default="")
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opened_on__isnull=True) | Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="customer_closed_after_opened",
                violation_error_message=_("A customer cannot close before it opens."),
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="customer_position_whole",
                violation_error_message=_(
                    "A position needs a latitude from −90 to 90 and a longitude from −180 to 180."
                ),
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="customer_kind_known"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="customer_state_known"),
        ]
        indexes = [
            models.Index(fields=["province", "city"], name="customer_place"),
            models.Index(fields=["name", "id"], name="customer_by_name"),
            models.Index(
                fields=["wgs_latitude", "wgs_longitude"],
                name="customer_position",
                condition=Q(wgs_latitude__isnull=False),
            ),
            models.Index(fields=["state"], name="customer_not_active", condition=~Q(state="active")),
        ]

    def __str__(self):
        return self.name

    @property
    def is_agent(self) -> bool:
        return self.kind == Kind.AGENT


class ResponsibilityQuerySet(RegionScopedQuerySet):
    def in_force(self, day: datetime.date):
        return self.filter(since__lte=day).filter(Q(until__isnull=True) | Q(until__gt=day))

    def visible_to(self, user):
        return self.filter(customer_scope(user, "customer"))


class Responsibility(models.Model):
    """A person is in charge of a customer, from a day until before another; handovers leave history."""

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.CASCADE, related_name="responsibilities"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("manager in charge"),
        on_delete=models.PROTECT,
        related_name="responsibilities",
    )
    since = models.DateField(_("from"))
    until = models.DateField(_("until"), null=True, blank=True, help_text=_("The first day it no longer holds."))

    objects = ResponsibilityQuerySet.as_manager()

    class Meta:
        verbose_name = _("responsibility")
        verbose_name_plural = _("responsibilities")
        ordering = ["-since", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")),
                name="responsibility_until_after_since",
                violation_error_message=_("A responsibility must end after it begins."),
            ),
            models.UniqueConstraint(
                fields=["customer"], condition=Q(until__isnull=True), name="responsibility_one_open_end"
            ),
        ]
        indexes = [models.Index(fields=["user", "customer"], name="responsibility_of_user")]

    def __str__(self):
        return f"{self.user} · {self.customer}"

    @property
    def last_day(self) -> datetime.date | None:
        return self.until - datetime.timedelta(days=1) if self.until else None


class StandInQuerySet(ScopedQuerySet):
    def in_force(self, day: datetime.date):
        return self.filter(since__lte=day, until__gt=day)

    def not_over(self, day: datetime.date):
        return self.filter(until__gt=day)

    def visible_to(self, user):
        """One's own, those of one's people for heads, all for who sees the whole brand."""
        reach = reach_of(user)
        if reach.everywhere:
            return self
        if reach.nothing:
            return self.none()
        seen = Q(absent=user) | Q(stand_in=user) | Q(made_by=user)
        if user.is_head:
            charged = Responsibility.objects.visible_to(user).in_force(today()).order_by().values("user_id")
            seen |= Q(absent__in=charged) | Q(absent__in=User.objects.visible_to(user).values("pk"))
        return self.filter(seen)


class StandIn(models.Model):
    """Somebody looks after what another is in charge of by name, from a day until before another. It ends by itself."""

    absent = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("who is away"), on_delete=models.PROTECT, related_name="+"
    )
    stand_in = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("who stands in"), on_delete=models.PROTECT, related_name="+"
    )
    since = models.DateField(_("from"))
    until = models.DateField(_("until"), help_text=_("The first day it no longer holds."))
    reason = models.CharField(_("reason"), max_length=200)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("written down by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    made_at = models.DateTimeField(_("written down at"), auto_now_add=True)

    objects = StandInQuerySet.as_manager()

    class Meta:
        verbose_name = _("stand-in")
        verbose_name_plural = _("stand-ins")
        ordering = ["-since", "-pk"]
        constraints = [
            # One that ends on the day it begins never holds: so a mistake of today is taken back today.
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="stand_in_until_not_before_since"),
            models.CheckConstraint(condition=~Q(absent=F("stand_in")), name="stand_in_two_people"),
        ]
        indexes = [models.Index(fields=["stand_in", "until"], name="stand_in_of_person")]

    def __str__(self):
        return f"{self.stand_in} ← {self.absent}"

    @property
    def last_day(self) -> datetime.date:
        return self.until - datetime.timedelta(days=1)


class SpecialCareQuerySet(RegionScopedQuerySet):
    def in_force(self, day: datetime.date):
        return self.open().filter(since__lte=day)

    def open(self):
        return self.filter(ended_on__isnull=True)

    def visible_to(self, user):
        return self.filter(customer_scope(user, "customer"))


class SpecialCare(models.Model):
    """A special customer has a person of its own, for a reason, until a rule says that it needs none any more."""

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.CASCADE, related_name="special_care", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("dedicated person"), on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=300)
    since = models.DateField(_("from"))
    review_on = models.DateField(_("review on"))
    exit_rule = models.CharField(_("when it ends"), max_length=300)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=300, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("written down by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = SpecialCareQuerySet.as_manager()

    class Meta:
        verbose_name = _("special customer")
        verbose_name_plural = _("special customers")
        ordering = ["review_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(ended_on__isnull=True), name="special_care_one_open"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="special_care_has_reason"),
            models.CheckConstraint(condition=Q(review_on__gte=F("since")), name="special_care_review_after_since"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("since")), name="special_care_ends_after_since"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-since"], name="special_care_of_customer"),
            models.Index(fields=["user", "customer"], name="special_care_of_user", condition=Q(ended_on__isnull=True)),
        ]

    def __str__(self):
        return f"{self.customer} · {self.user}"
