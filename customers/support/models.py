"""What tiers are entitled to, what customers ask for and are given, what it costs, and what a region may spend."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, gettext_noop, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from crm.access import BrandRulesQuerySet, RegionScopedQuerySet, ScopedQuerySet
from crm.accounts.models import Region
from crm.money import MoneyField
from customers.people.models import Person
from customers.profile.models import Customer, customer_scope
from customers.profile.models import Kind as CustomerKind
from customers.sales.models import CustomerRowsQuerySet
from customers.support import entitling
from customers.tiers.models import Tier, TierPolicy

LONGEST = 500
SHORT = 300


class Gives(models.TextChoices):
    VISITS = entitling.VISITS, _("a visit every so many days")
    MATERIALS = entitling.MATERIALS, _("discount on materials")
    OPERATING = entitling.OPERATING, _("operating support")
    PROMOTION = entitling.PROMOTION, _("promotion money")
    CREDIT = entitling.CREDIT, _("credit limit")
    TERMS = entitling.TERMS, _("days to pay")
    TRAINING = entitling.TRAINING, _("days of training")
    HOURS = entitling.HOURS, _("hours of our people")


class Period(models.TextChoices):
    STANDING = entitling.STANDING, pgettext_lazy("entitlement", "all the time")
    MONTH = entitling.MONTH, pgettext_lazy("entitlement", "a month")
    QUARTER = entitling.QUARTER, pgettext_lazy("entitlement", "a quarter")
    YEAR = entitling.YEAR, pgettext_lazy("entitlement", "a year")


PERIOD_FITS = Q(gives__in=sorted(entitling.PERIODIC), period__in=["month", "quarter", "year"]) | (
    ~Q(gives__in=sorted(entitling.PERIODIC)) & Q(period="")
)
AMOUNT_FITS = Q(amount__gte=0) & (~Q(gives="materials") | Q(amount__lte=100))


class Kind(models.TextChoices):
    """政策支持 and 经营支持."""

    POLICY = "policy", _("policy support")
    OPERATING = "operating", _("operating support")


class Entitlement(models.Model):
    """What a policy gives a tier from a day on; append-only: a change is a new row from a day, 0 ends it.

    It holds for all versions of the policy it was said of. amount: money, percent, days or a number, by `gives`.
    """

    policy = models.ForeignKey(
        TierPolicy, verbose_name=_("policy"), on_delete=models.PROTECT, related_name="entitlements"
    )
    tier = models.CharField(_("tier"), max_length=1, choices=Tier)
    kind = models.CharField(_("kind"), max_length=10, choices=CustomerKind, blank=True)
    gives = models.CharField(_("gives"), max_length=10, choices=Gives)
    amount = MoneyField(_("amount"))
    period = models.CharField(_("period"), max_length=7, choices=Period, blank=True)
    since = models.DateField(_("from"))
    note = models.CharField(_("note"), max_length=SHORT, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("written down by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    made_at = models.DateTimeField(_("written down at"), auto_now_add=True)

    objects = BrandRulesQuerySet.as_manager()

    class Meta:
        verbose_name = _("entitlement")
        verbose_name_plural = _("entitlements")
        ordering = ["tier", "gives", "-since", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(tier__in=Tier.values), name="entitlement_tier_known"),
            models.CheckConstraint(condition=Q(kind__in=["", *CustomerKind.values]), name="entitlement_kind_known"),
            models.CheckConstraint(condition=PERIOD_FITS, name="entitlement_period_fits"),
            models.CheckConstraint(condition=AMOUNT_FITS, name="entitlement_amount_fits"),
        ]

    def __str__(self):
        return f"{self.tier} {self.get_gives_display()}"


class EntitlementExceptionQuerySet(CustomerRowsQuerySet):
    def in_force(self, day):
        return self.filter(approved_at__isnull=False, since__lte=day, until__gt=day)

    def waiting(self):
        return self.filter(approved_at__isnull=True, dropped_at__isnull=True)


class EntitlementException(models.Model):
    """What one customer gets instead, for a reason and a time; it holds once a second person has agreed."""

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="entitlement_exceptions"
    )
    gives = models.CharField(_("gives"), max_length=10, choices=Gives)
    amount = MoneyField(_("amount"))
    period = models.CharField(_("period"), max_length=7, choices=Period, blank=True)
    since = models.DateField(_("from"))
    until = models.DateField(_("until"), help_text=_("The first day it no longer holds."))
    reason = models.CharField(_("reason"), max_length=SHORT)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("written down by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    made_at = models.DateTimeField(_("written down at"), auto_now_add=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("agreed by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(_("agreed at"), null=True)
    dropped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("dropped by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    dropped_at = models.DateTimeField(_("dropped at"), null=True)

    objects = EntitlementExceptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("exception to an entitlement")
        verbose_name_plural = _("exceptions to entitlements")
        ordering = ["-since", "-pk"]
        constraints = [
            models.CheckConstraint(condition=PERIOD_FITS, name="exception_period_fits"),
            models.CheckConstraint(condition=AMOUNT_FITS, name="exception_amount_fits"),
            # One that ends on the day it begins never holds: so one in force is taken back today.
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="exception_until_not_before_since"),
            models.CheckConstraint(condition=~Q(reason=""), name="exception_has_reason"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("made_by")), name="exception_two_people"
            ),
        ]

    def __str__(self):
        return f"#{self.pk}"


CATEGORIES = [
    # code, name, kind, what it draws on
    ("discount", gettext_noop("discount on goods"), Kind.POLICY, ""),
    ("credit", gettext_noop("credit and payment terms"), Kind.POLICY, ""),
    ("return", gettext_noop("goods taken back"), Kind.POLICY, ""),
    ("publicity", gettext_noop("publicity and promotion"), Kind.OPERATING, Gives.PROMOTION),
    ("materials", gettext_noop("materials"), Kind.OPERATING, Gives.OPERATING),
    ("display", gettext_noop("display and shop fitting"), Kind.OPERATING, Gives.OPERATING),
    ("staff", gettext_noop("people of ours on the spot"), Kind.OPERATING, Gives.OPERATING),
    ("training", gettext_noop("training"), Kind.OPERATING, Gives.OPERATING),
    ("other", gettext_noop("other support"), Kind.OPERATING, ""),
]


class SupportCategory(models.Model):
    """A kind of support that can be asked for. draws_on: the entitlement that what is granted is taken off."""

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    draws_on = models.CharField(
        _("taken off"), max_length=10, blank=True, choices=[(g, Gives(g).label) for g in sorted(entitling.SPENT)]
    )
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    is_active = models.BooleanField(_("can be asked for"), default=True)

    objects = BrandRulesQuerySet.as_manager()

    class Meta:
        verbose_name = _("kind of support")
        verbose_name_plural = _("kinds of support")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="support_category_kind_known"),
            models.CheckConstraint(
                condition=Q(draws_on__in=["", *sorted(entitling.SPENT)]), name="support_category_draws_on_money"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="support_category_has_name"),
        ]

    def __str__(self):
        return self.title

    @property
    def title(self) -> str:
        """The name; those that Qiao comes with in the reader's language."""
        return gettext(self.name) if any(self.name == name for _c, name, _k, _d in CATEGORIES) else self.name


class SupportBudgetQuerySet(RegionScopedQuerySet):
    def visible_to(self, user):
        return super().visible_to(user)

    def editable_by(self, user):
        if not (user.may_write and (user.is_admin or user.is_head)):
            return self.none()
        return self.visible_to(user)


class SupportBudget(models.Model):
    """What a region and all below it may give in a quarter (its first day)."""

    region = models.ForeignKey(Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+")
    quarter = models.DateField(_("quarter"))
    amount = MoneyField(_("budget"))
    note = models.CharField(_("note"), max_length=SHORT, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = SupportBudgetQuerySet.as_manager()

    class Meta:
        verbose_name = _("support budget")
        verbose_name_plural = _("support budgets")
        ordering = ["-quarter", "region__path"]
        constraints = [
            models.UniqueConstraint(fields=["region", "quarter"], name="support_budget_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="support_budget_not_negative"),
            models.CheckConstraint(
                condition=Q(quarter__day=1, quarter__month__in=[1, 4, 7, 10]), name="support_budget_of_a_quarter"
            ),
        ]

    def __str__(self):
        return f"#{self.pk}"


class State(models.TextChoices):
    ASKED = "asked", pgettext_lazy("support", "asked for")
    GRANTED = "granted", pgettext_lazy("support", "granted")
    PARTLY = "partly", pgettext_lazy("support", "granted in part")
    REFUSED = "refused", pgettext_lazy("support", "refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("support", "withdrawn")
    DELIVERED = "delivered", pgettext_lazy("support", "delivered")


GIVEN = (State.GRANTED.value, State.PARTLY.value, State.DELIVERED.value)


class Through(models.TextChoices):
    MANAGER = "manager", pgettext_lazy("asked through", "us")
    PERSON = "person", pgettext_lazy("asked through", "somebody of theirs")
    PORTAL = "portal", pgettext_lazy("asked through", "the portal")


class SupportRequestQuerySet(CustomerRowsQuerySet):
    def live(self):
        """Without those a correction took the place of."""
        return self.filter(live=True)

    def waiting(self):
        return self.live().filter(state=State.ASKED)

    def given(self):
        return self.live().filter(state__in=GIVEN)


class SupportRequest(models.Model):
    """What a customer asked for and what became of it. A correction is a new row that takes over `live`.

    tier, region: those of the day of the decision, on which entitlement and budget were judged. used: what it takes of
    both (entitling.commitment). over_budget: it went over a region's budget; that stays so for ever.
    """

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="support", db_index=False
    )
    category = models.ForeignKey(
        SupportCategory, verbose_name=_("kind of support"), on_delete=models.PROTECT, related_name="+"
    )
    what = models.CharField(_("what was asked for"), max_length=LONGEST)
    asked_amount = MoneyField(_("value asked for"), null=True, blank=True)
    asked_on = models.DateField(_("asked on"))
    through = models.CharField(_("asked through"), max_length=7, choices=Through, default=Through.MANAGER)
    asker = models.ForeignKey(
        Person, verbose_name=_("who asked"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    expected = models.CharField(_("expected effect"), max_length=SHORT, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("written down by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    written_at = models.DateTimeField(_("written down at"), auto_now_add=True)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.ASKED)
    decided_on = models.DateField(_("decided on"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("decided by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    granted_amount = MoneyField(_("value granted"), default=0)
    # What was answered: why it was refused or withdrawn, or a word with the grant.
    answer = models.CharField(_("answer"), max_length=LONGEST, blank=True)
    tier = models.CharField(_("tier on that day"), max_length=1, blank=True)
    region = models.ForeignKey(
        Region,
        verbose_name=_("region on that day"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    over_budget = models.BooleanField(_("over the budget"), default=False)
    over_entitlement = models.BooleanField(_("over the entitlement"), default=False)
    over_reason = models.CharField(_("why all the same"), max_length=SHORT, blank=True)
    delivered_on = models.DateField(_("delivered on"), null=True)
    booked = MoneyField(_("cost booked"), default=0)
    used = MoneyField(_("taken of the budget"), default=0)
    live = models.BooleanField(_("in force"), default=True)
    corrects = models.OneToOneField(
        "self", verbose_name=_("corrects"), null=True, on_delete=models.PROTECT, related_name="corrected"
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = SupportRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("support request")
        verbose_name_plural = _("support ledger")
        ordering = ["-asked_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="support_state_known"),
            models.CheckConstraint(condition=Q(through__in=Through.values), name="support_through_known"),
            models.CheckConstraint(condition=~Q(what=""), name="support_says_what"),
            models.CheckConstraint(
                condition=Q(asked_amount__isnull=True) | Q(asked_amount__gte=0), name="support_asked_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(granted_amount__gte=0, booked__gte=0, used__gte=0), name="support_money_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_on__isnull=True)
                | Q(state="withdrawn")
                | (Q(state__in=[*GIVEN, "refused"]) & Q(decided_on__isnull=False)),
                name="support_decided_with_day",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["refused", "withdrawn"], answer=""), name="support_refused_for_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(over_budget=False, over_entitlement=False) | ~Q(over_reason=""),
                name="support_over_for_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=GIVEN) | Q(region__isnull=False), name="support_given_by_a_region"
            ),
            models.CheckConstraint(
                condition=Q(state="delivered", delivered_on__isnull=False)
                | (~Q(state="delivered") & Q(delivered_on__isnull=True)),
                name="support_delivered_with_day",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-asked_on", "-id"], name="support_of_customer"),
            models.Index(fields=["-asked_on", "-id"], name="support_newest"),
            models.Index(fields=["asked_on", "id"], name="support_waiting", condition=Q(state="asked", live=True)),
            models.Index(fields=["region", "decided_on"], name="support_of_region", condition=Q(live=True)),
        ]

    def __str__(self):
        return f"#{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state == State.ASKED

    @property
    def is_given(self) -> bool:
        return self.state in GIVEN


class SupportCostQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self.filter(customer_scope(user, "request__customer"))


class SupportCost(models.Model):
    """What a request really cost; append-only: a correction is a new row that takes a cost back."""

    request = models.ForeignKey(
        SupportRequest, verbose_name=_("support request"), on_delete=models.PROTECT, related_name="costs"
    )
    amount = MoneyField(_("amount"))
    booked_on = models.DateField(_("booked on"))
    note = models.CharField(_("note"), max_length=SHORT, blank=True)
    corrects = models.OneToOneField(
        "self", verbose_name=_("takes back"), null=True, on_delete=models.PROTECT, related_name="taken_back"
    )
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("booked by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    booked_at = models.DateTimeField(_("written down at"), auto_now_add=True)

    objects = SupportCostQuerySet.as_manager()

    class Meta:
        verbose_name = _("cost of support")
        verbose_name_plural = _("costs of support")
        ordering = ["booked_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, amount__gt=0) | Q(corrects__isnull=False, amount__lt=0),
                name="support_cost_or_taken_back",
            )
        ]

    def __str__(self):
        return f"#{self.pk}"
