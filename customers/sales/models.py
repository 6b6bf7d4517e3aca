"""The ledger of daily sales, and the monthly sums kept from it.

A ledger line never changes: a correction is a new line that takes over `live` from the one it replaces, and an undo
gives it back. One live line a customer and day. Sums by month are recomputed from the ledger, for the months an import
touched, in the import's own transaction.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.access import RegionScopedQuerySet
from crm.imports.models import ImportRun
from crm.money import MoneyField
from customers.profile.models import Customer, customer_scope


def company_currency() -> str:
    return settings.CURRENCY


class CustomerRowsQuerySet(RegionScopedQuerySet):
    """Rows with a `customer`."""

    def visible_to(self, user):
        return self.filter(customer_scope(user, "customer"))

    def holding(self):
        """Rows that keep their customer from going again when its import is undone; the others go with it."""
        return self


class SaleLineQuerySet(CustomerRowsQuerySet):
    def holding(self):
        """Lines of an import that was undone itself hold nothing."""
        return self.exclude(run__state=ImportRun.State.UNDONE)

    def live(self):
        return self.filter(live=True)


class SaleLine(models.Model):
    """What a customer sold (or bought) on a day. gross and returns in `currency`; net = gross − returns.

    gross may be negative (an ERP's return invoice); returns are never negative.
    """

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    sold_on = models.DateField(_("date"))
    gross = MoneyField(_("gross amount"))
    returns = MoneyField(_("returns"), default=0)
    currency = models.CharField(_("currency"), max_length=3, default=company_currency)
    units = models.BigIntegerField(_("units"), null=True)
    orders = models.IntegerField(_("orders"), null=True)
    promo = models.BooleanField(_("promotion"), default=False)
    is_open = models.BooleanField(_("open"), null=True)
    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="+")
    live = models.BooleanField(_("in force"), default=True)
    replaces = models.BigIntegerField(_("corrects line"), null=True)  # id of the line whose place this one took

    objects = SaleLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("sales line")
        verbose_name_plural = _("sales ledger")
        constraints = [
            models.UniqueConstraint(fields=["customer", "sold_on"], condition=Q(live=True), name="one_live_line_a_day"),
            models.CheckConstraint(condition=Q(returns__gte=0), name="sale_returns_not_negative"),
        ]
        # Only corrections are in it: who stands on a line. Fresh lines pay nothing for it.
        indexes = [models.Index(fields=["replaces"], condition=Q(replaces__isnull=False), name="sale_correction")]

    def __str__(self):
        return f"{self.customer_id} {self.sold_on} {self.net}"

    @property
    def net(self):
        return self.gross - self.returns


class SaleSum(models.Model):
    """A line that is the sum of lines of one day, since two customers were merged: which ones. Gone with an undo."""

    line_id = models.BigIntegerField(db_index=True)
    part_id = models.BigIntegerField(db_index=True)

    class Meta:
        verbose_name = _("part of a sum")
        verbose_name_plural = _("parts of sums")


class MonthlySalesQuerySet(CustomerRowsQuerySet):
    pass


class MonthlySales(models.Model):
    """A customer's live ledger lines of a month, summed. `month` is its first day."""

    pk = models.CompositePrimaryKey("customer_id", "month")
    # Made from the ledger, whose lines hold the customer fast: checking each sum again would cost and tell nothing.
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, db_index=False, db_constraint=False, related_name="+"
    )
    month = models.DateField(_("month"))
    gross = MoneyField(_("gross amount"))
    returns = MoneyField(_("returns"))
    net = MoneyField(_("net sales"))
    units = models.BigIntegerField(_("units"), default=0)
    orders = models.BigIntegerField(_("orders"), default=0)
    days = models.IntegerField(_("days with a report"), default=0)
    last_sold_on = models.DateField(null=True)  # the last day with net sales other than 0

    objects = MonthlySalesQuerySet.as_manager()

    class Meta:
        verbose_name = _("monthly sales")
        verbose_name_plural = _("monthly sales")


class RegionMonth(models.Model):
    """Net sales of the customers standing in a region itself (not below), by month; kept with MonthlySales.

    A customer that moves takes all its months along: a trigger of the database does it. `customers`: how many reported.
    """

    pk = models.CompositePrimaryKey("region_id", "month")
    region = models.ForeignKey("crm.Region", on_delete=models.CASCADE, db_index=False, related_name="+")
    month = models.DateField()
    net = MoneyField()
    customers = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("region's month")


class SalesDirty(models.Model):
    """An outbox: customers whose sums or standing facts changed since tiers last looked. Doubles are harmless."""

    customer_id = models.BigIntegerField()
    since_month = models.DateField(null=True)

    class Meta:
        verbose_name = _("customer to look at again")
