import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from crm.appendonly import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0015_finding"),
        ("crm", "0007_audit_redactions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "subject",
                    models.CharField(
                        choices=[("customer", "customer"), ("person", "contact person")],
                        max_length=8,
                        verbose_name="about",
                    ),
                ),
                ("subject_id", models.BigIntegerField(verbose_name="number")),
                ("code", models.CharField(blank=True, max_length=64, verbose_name="code")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "waiting for a second person"),
                            ("running", "under way"),
                            ("done", "done"),
                            ("refused", "refused"),
                        ],
                        default="asked",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("request", "the person asked for it"),
                            ("withdrawn", "consent was withdrawn"),
                            ("purpose", "no longer needed"),
                            ("retention", "kept long enough"),
                            ("again", "done again after a restore"),
                        ],
                        default="request",
                        max_length=9,
                        verbose_name="why",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("chosen", models.JSONField(default=list, verbose_name="files chosen")),
                ("counts", models.JSONField(default=dict, verbose_name="rows")),
                ("pending", models.JSONField(default=list, editable=False)),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                ("done_at", models.DateTimeField(null=True, verbose_name="done at")),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
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
                    "job",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="crm.job"
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="crm.region",
                        verbose_name="region",
                    ),
                ),
            ],
            options={
                "verbose_name": "erasure",
                "verbose_name_plural": "erasures",
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["subject", "subject_id"], name="erasure_of")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("asked", "running"))),
                        fields=("subject", "subject_id"),
                        name="erasure_one_at_once",
                    )
                ],
            },
        ),
        # A certificate is never deleted, and never comes to be about somebody else.
        AppendOnly("customers_erasure", columns=["subject", "subject_id", "code", "asked_by_id", "asked_at"]),
    ]
