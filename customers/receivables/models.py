"""Open items, payments, what settled what, and the promise book.

The books (items, payments) come in by imports. What settles what follows from them (`allocating`), and is worked out in
the same transaction as every change: `Allocation`, `open_amount`, `settled_on` and `unused` say nothing of their own.
"""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Case, ExpressionWrapper, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.imports.models import ImportRun
from crm.money import MoneyField
from customers.profile.models import Customer
from customers.receivables.ageing import due_between
from customers.sales.models import CustomerRowsQuerySet, company_currency

NOTHING = Value(0, output_field=MoneyField())


def in_bucket(bucket: str, day: datetime.date) -> Q:
    """The items that are in a bucket of age as of a day."""
    first, last = due_between(bucket, day)
    wanted = Q()
    if first is not None:
        wanted &= Q(due_on__gte=first)
    if last is not None:
        wanted &= Q(due_on__lte=last)
    return wanted


class OpenItemQuerySet(CustomerRowsQuerySet):
    def unsettled(self):
        return self.exclude(open_amount=0)

    def owed(self):
        return self.filter(open_amount__gt=0)

    def overdue(self, day: datetime.date):
        return self.owed().filter(due_on__lt=day)

    def settled(self):
        return self.filter(open_amount=0)

    def as_of(self, day: datetime.date):
        """Items issued by a day, with `open_then`: what was open at its end. One statement."""

        def settled_by(name: str):
            rows = Allocation.objects.filter(**{name: OuterRef("pk")}, on__lte=day).order_by().values(name)
            return Coalesce(Subquery(rows.annotate(total=Sum("amount")).values("total")), NOTHING)

        stated = Case(When(paid_on__lte=day, then=F("paid")), default=NOTHING, output_field=MoneyField())
        then = F("amount") - stated - settled_by("item") + settled_by("credit")
        return self.filter(issued_on__lte=day).annotate(open_then=ExpressionWrapper(then, MoneyField()))


class OpenItem(models.Model):
    """An invoice (amount above 0) or a credit note (below 0), in `currency`.

    paid, paid_on: what the invoice's own record says was paid, and when; signed like the amount. open_amount: what is
    still to be settled (of a credit note: to be used, below 0); settled_on: the day nothing was.
    """

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, db_index=False, related_name="open_items"
    )
    number = models.CharField(_("document number"), max_length=60)
    issued_on = models.DateField(_("issued on"))
    due_on = models.DateField(_("due on"))
    amount = MoneyField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3, default=company_currency)
    disputed = models.BooleanField(_("disputed"), default=False)
    note = models.CharField(_("note"), max_length=300, blank=True)
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    paid = MoneyField(_("paid"), default=0)
    open_amount = MoneyField(_("open amount"))
    settled_on = models.DateField(_("settled on"), null=True)
    run = models.ForeignKey(
        ImportRun, verbose_name=_("import"), null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )

    objects = OpenItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("open item")
        verbose_name_plural = _("open items")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "number"], name="open_item_number"),
            models.CheckConstraint(condition=~Q(amount=0), name="open_item_amount_not_0"),
            models.CheckConstraint(condition=Q(due_on__gte=F("issued_on")), name="open_item_due_after_issued"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, paid__gte=0, paid__lte=F("amount"))
                | Q(amount__lt=0, paid__lte=0, paid__gte=F("amount")),
                name="open_item_paid_within_amount",
            ),
            models.CheckConstraint(
                condition=Q(paid=0, paid_on__isnull=True) | (~Q(paid=0) & Q(paid_on__isnull=False)),
                name="open_item_paid_with_day",
            ),
            models.CheckConstraint(
                condition=Q(open_amount=0, settled_on__isnull=False) | (~Q(open_amount=0) & Q(settled_on__isnull=True)),
                name="open_item_settled_with_day",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "due_on"], condition=~Q(open_amount=0), name="open_item_unsettled"),
            models.Index(fields=["settled_on", "customer"], name="open_item_settled"),
        ]

    def __str__(self):
        return self.number

    @property
    def is_credit(self) -> bool:
        return self.amount < 0


class PaymentQuerySet(CustomerRowsQuerySet):
    def unused_left(self):
        return self.filter(unused__gt=0)


class Payment(models.Model):
    """Money received. pays: numbers of the invoices that the payer named, in that order, parted by `, `."""

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, db_index=False, related_name="payments"
    )
    number = models.CharField(_("payment number"), max_length=60)
    paid_on = models.DateField(_("paid on"))
    amount = MoneyField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3, default=company_currency)
    method = models.CharField(_("method"), max_length=60, blank=True)
    pays = models.CharField(_("for invoices"), max_length=600, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    unused = MoneyField(_("not used yet"))
    run = models.ForeignKey(
        ImportRun, verbose_name=_("import"), null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-paid_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "number"], name="payment_number"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, unused__gte=0, unused__lte=F("amount")), name="payment_amount_above_0"
            ),
        ]
        indexes = [models.Index(fields=["customer", "-paid_on"], name="payment_of_customer")]

    def __str__(self):
        return self.number

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.pays.split(", ")) if self.pays else ()


class AllocationQuerySet(CustomerRowsQuerySet):
    def visible_to(self, user):
        return self.filter(item__in=OpenItem.objects.visible_to(user))


class Allocation(models.Model):
    """So much of an invoice settled on a day, by a payment or by a credit note. Worked out, never entered."""

    item = models.ForeignKey(OpenItem, on_delete=models.CASCADE, related_name="allocations")
    payment = models.ForeignKey(Payment, null=True, on_delete=models.CASCADE, related_name="allocations")
    credit = models.ForeignKey(OpenItem, null=True, on_delete=models.CASCADE, related_name="uses")
    on = models.DateField(_("on"))
    amount = MoneyField(_("amount"))

    objects = AllocationQuerySet.as_manager()

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        constraints = [
            models.CheckConstraint(
                condition=Q(payment__isnull=True, credit__isnull=False) | Q(payment__isnull=False, credit__isnull=True),
                name="allocation_of_one_source",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="allocation_above_0"),
        ]


class Side(models.TextChoices):
    THEM = "them", _("the customer")
    US = "us", _("us")


class PromiseState(models.TextChoices):
    OPEN = "open", pgettext_lazy("promise", "open")
    KEPT = "kept", _("kept")
    BROKEN = "broken", _("not kept")
    WITHDRAWN = "withdrawn", _("withdrawn")


class PromiseQuerySet(CustomerRowsQuerySet):
    def open(self):
        return self.filter(state=PromiseState.OPEN)

    def to_pay(self):
        return self.filter(amount__isnull=False)


class Promise(models.Model):
    """What one side promised the other, until when. With an amount it is a promise of theirs to pay.

    A promise to pay is judged by the money that came; once a person has decided (decided_by) it stands as they said.
    """

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, db_index=False, related_name="promises"
    )
    made_by = models.CharField(_("promised by"), max_length=4, choices=Side, default=Side.THEM)
    what = models.CharField(_("what was promised"), max_length=300, blank=True)
    amount = MoneyField(_("amount"), null=True, blank=True)
    due_on = models.DateField(_("until"))
    made_on = models.DateField(_("promised on"))
    state = models.CharField(_("state"), max_length=9, choices=PromiseState, default=PromiseState.OPEN)
    settled_on = models.DateField(_("settled on"), null=True, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("written by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("decided by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("written at"), auto_now_add=True)

    objects = PromiseQuerySet.as_manager()

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        ordering = ["-due_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gt=0, made_by="them"),
                name="promise_amount_above_0",
                violation_error_message=_("Only customers promise to pay, and more than nothing."),
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("made_on")),
                name="promise_due_after_made",
                violation_error_message=_("A promise cannot be due before it was made."),
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=False) | ~Q(what=""),
                name="promise_says_something",
                violation_error_message=_("Say what was promised, or how much."),
            ),
            models.CheckConstraint(
                condition=Q(state="open", settled_on__isnull=True) | (~Q(state="open") & Q(settled_on__isnull=False)),
                name="promise_settled_with_day",
            ),
            models.CheckConstraint(condition=Q(made_by__in=Side.values), name="promise_side_known"),
            models.CheckConstraint(condition=Q(state__in=PromiseState.values), name="promise_state_known"),
        ]
        indexes = [
            models.Index(fields=["customer", "state", "due_on"], name="promise_of_customer"),
            models.Index(fields=["due_on"], condition=Q(state="open"), name="promise_open"),
        ]

    def __str__(self):
        return self.what or str(self.amount)
