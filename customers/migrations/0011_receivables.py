import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import crm.money
import customers.sales.models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0006_audit_seals"),
        ("customers", "0010_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OpenItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=60, verbose_name="document number")),
                ("issued_on", models.DateField(verbose_name="issued on")),
                ("due_on", models.DateField(verbose_name="due on")),
                ("amount", crm.money.MoneyField(verbose_name="amount")),
                (
                    "currency",
                    models.CharField(
                        default=customers.sales.models.company_currency, max_length=3, verbose_name="currency"
                    ),
                ),
                ("disputed", models.BooleanField(default=False, verbose_name="disputed")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("paid_on", models.DateField(blank=True, null=True, verbose_name="paid on")),
                ("paid", crm.money.MoneyField(default=0, verbose_name="paid")),
                ("open_amount", crm.money.MoneyField(verbose_name="open amount")),
                ("settled_on", models.DateField(null=True, verbose_name="settled on")),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="open_items",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="crm.importrun",
                        verbose_name="import",
                    ),
                ),
            ],
            options={
                "verbose_name": "open item",
                "verbose_name_plural": "open items",
                "ordering": ["due_on", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("open_amount", 0), _negated=True),
                        fields=["customer", "due_on"],
                        name="open_item_unsettled",
                    ),
                    models.Index(fields=["settled_on", "customer"], name="open_item_settled"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("customer", "number"), name="open_item_number"),
                    models.CheckConstraint(
                        condition=models.Q(("amount", 0), _negated=True), name="open_item_amount_not_0"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_on__gte", models.F("issued_on"))), name="open_item_due_after_issued"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount__gt", 0), ("paid__gte", 0), ("paid__lte", models.F("amount"))),
                            models.Q(("amount__lt", 0), ("paid__gte", models.F("amount")), ("paid__lte", 0)),
                            _connector="OR",
                        ),
                        name="open_item_paid_within_amount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("paid", 0), ("paid_on__isnull", True)),
                            models.Q(models.Q(("paid", 0), _negated=True), ("paid_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="open_item_paid_with_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("open_amount", 0), ("settled_on__isnull", False)),
                            models.Q(models.Q(("open_amount", 0), _negated=True), ("settled_on__isnull", True)),
                            _connector="OR",
                        ),
                        name="open_item_settled_with_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=60, verbose_name="payment number")),
                ("paid_on", models.DateField(verbose_name="paid on")),
                ("amount", crm.money.MoneyField(verbose_name="amount")),
                (
                    "currency",
                    models.CharField(
                        default=customers.sales.models.company_currency, max_length=3, verbose_name="currency"
                    ),
                ),
                ("method", models.CharField(blank=True, max_length=60, verbose_name="method")),
                ("pays", models.CharField(blank=True, max_length=600, verbose_name="for invoices")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("unused", crm.money.MoneyField(verbose_name="not used yet")),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="crm.importrun",
                        verbose_name="import",
                    ),
                ),
            ],
            options={
                "verbose_name": "payment",
                "verbose_name_plural": "payments",
                "ordering": ["-paid_on", "-pk"],
                "indexes": [
                    models.Index(fields=["customer", "-paid_on"], name="payment_of_customer"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("customer", "number"), name="payment_number"),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0), ("unused__gte", 0), ("unused__lte", models.F("amount"))),
                        name="payment_amount_above_0",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Allocation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField(verbose_name="on")),
                ("amount", crm.money.MoneyField(verbose_name="amount")),
                (
                    "credit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uses",
                        to="customers.openitem",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="allocations", to="customers.openitem"
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="allocations",
                        to="customers.payment",
                    ),
                ),
            ],
            options={
                "verbose_name": "allocation",
                "verbose_name_plural": "allocations",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("credit__isnull", False), ("payment__isnull", True)),
                            models.Q(("credit__isnull", True), ("payment__isnull", False)),
                            _connector="OR",
                        ),
                        name="allocation_of_one_source",
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="allocation_above_0"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Promise",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "made_by",
                    models.CharField(
                        choices=[("them", "the customer"), ("us", "us")],
                        default="them",
                        max_length=4,
                        verbose_name="promised by",
                    ),
                ),
                ("what", models.CharField(blank=True, max_length=300, verbose_name="what was promised")),
                ("amount", crm.money.MoneyField(blank=True, null=True, verbose_name="amount")),
                ("due_on", models.DateField(verbose_name="until")),
                ("made_on", models.DateField(verbose_name="promised on")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("kept", "kept"),
                            ("broken", "not kept"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="open",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("settled_on", models.DateField(blank=True, null=True, verbose_name="settled on")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="written at")),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="promises",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="written by",
                    ),
                ),
            ],
            options={
                "verbose_name": "promise",
                "verbose_name_plural": "promises",
                "ordering": ["-due_on", "-pk"],
                "indexes": [
                    models.Index(fields=["customer", "state", "due_on"], name="promise_of_customer"),
                    models.Index(condition=models.Q(("state", "open")), fields=["due_on"], name="promise_open"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount__isnull", True), models.Q(("amount__gt", 0), ("made_by", "them")), _connector="OR"
                        ),
                        name="promise_amount_above_0",
                        violation_error_message="Only customers promise to pay, and more than nothing.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_on__gte", models.F("made_on"))),
                        name="promise_due_after_made",
                        violation_error_message="A promise cannot be due before it was made.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount__isnull", False), models.Q(("what", ""), _negated=True), _connector="OR"
                        ),
                        name="promise_says_something",
                        violation_error_message="Say what was promised, or how much.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_on__isnull", True), ("state", "open")),
                            models.Q(models.Q(("state", "open"), _negated=True), ("settled_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="promise_settled_with_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("made_by__in", ["them", "us"])), name="promise_side_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "kept", "broken", "withdrawn"])),
                        name="promise_state_known",
                    ),
                ],
            },
        ),
    ]
