import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from crm.appendonly import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0008_fallen"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Fact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("field", models.CharField(max_length=40, verbose_name="field")),
                ("value", models.TextField(blank=True, verbose_name="value")),
                ("number", models.DecimalField(decimal_places=4, editable=False, max_digits=20, null=True)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("told", "told"),
                            ("seen", "seen with own eyes"),
                            ("document", "from a document"),
                            ("import", "imported"),
                        ],
                        default="told",
                        max_length=8,
                        verbose_name="source",
                    ),
                ),
                ("told_by", models.CharField(blank=True, max_length=80, verbose_name="told by")),
                ("noted_on", models.DateField(verbose_name="date")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("purpose", models.CharField(blank=True, max_length=200, verbose_name="kept for")),
                (
                    "consent",
                    models.CharField(
                        blank=True,
                        choices=[("", "not asked"), ("spoken", "given in words"), ("written", "given in writing")],
                        max_length=8,
                        verbose_name="consent",
                    ),
                ),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="kept until")),
                ("is_current", models.BooleanField(default=True, editable=False, verbose_name="in force")),
                ("erased_at", models.DateTimeField(editable=False, null=True)),
                ("created_at", models.DateTimeField(verbose_name="written at")),
                ("run_id", models.BigIntegerField(editable=False, null=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="written by",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="facts",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "fact",
                "verbose_name_plural": "facts",
                "ordering": ["-noted_on", "-pk"],
                "indexes": [
                    models.Index(fields=["customer", "field", "created_at"], name="fact_history"),
                    models.Index(
                        condition=models.Q(("is_current", True), ("number__isnull", False)),
                        fields=["field", "number"],
                        name="fact_number",
                    ),
                    models.Index(
                        condition=models.Q(("erased_at__isnull", True), ("expires_on__isnull", False)),
                        fields=["expires_on"],
                        name="fact_expiry",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)), fields=("customer", "field"), name="fact_current"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["told", "seen", "document", "import"])),
                        name="fact_source_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("consent__in", ["", "spoken", "written"])), name="fact_consent_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_on__isnull", True), ("expires_on__gt", models.F("noted_on")), _connector="OR"
                        ),
                        name="fact_expires_later",
                    ),
                ],
            },
        ),
        # A value may be sealed anew or erased, and a fact may go along when customers are merged; what it says of
        # its origin never changes, and it stops being in force only by another that follows.
        AppendOnly("customers_fact", columns=["field", "source", "told_by", "noted_on", "author_id", "created_at"]),
    ]
