import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import crm.money


def _added(model, name, kind, field):
    """A text column that begins empty. No table is written anew: SQLite would lose its triggers with the old one."""
    table = f"customers_{model}"
    return migrations.SeparateDatabaseAndState(
        state_operations=[migrations.AddField(model, name, field)],
        database_operations=[
            migrations.RunSQL(
                f"ALTER TABLE {table} ADD COLUMN {name} {kind} DEFAULT '' NOT NULL",
                f"ALTER TABLE {table} DROP COLUMN {name}",
            )
        ],
    )


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0007_audit_redactions"),
        ("customers", "0025_slumps"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TierOverride",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "tier",
                    models.CharField(choices=[("A", "A"), ("B", "B"), ("C", "C")], max_length=1, verbose_name="tier"),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("since", models.DateField(verbose_name="from")),
                ("until", models.DateField(verbose_name="until")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "proposed"),
                            ("in_force", "approved"),
                            ("refused", "refused"),
                            ("expired", "expired"),
                            ("ended", "ended"),
                        ],
                        default="proposed",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "computed_tier",
                    models.CharField(blank=True, editable=False, max_length=1, verbose_name="tier by the rule"),
                ),
                ("proposed_at", models.DateTimeField(auto_now_add=True, verbose_name="proposed at")),
                ("decided_at", models.DateTimeField(editable=False, null=True, verbose_name="decided at")),
                ("review_note", models.CharField(blank=True, max_length=500, verbose_name="said about it")),
                ("ended_on", models.DateField(editable=False, null=True, verbose_name="ended on")),
                ("end_note", models.CharField(blank=True, max_length=500, verbose_name="why it ended")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ended by",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="proposed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "tier override",
                "verbose_name_plural": "tier overrides",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["customer", "-id"], name="override_of_customer"),
                    models.Index(
                        condition=models.Q(("state__in", ["proposed", "in_force"])),
                        fields=["until"],
                        name="override_open",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("tier__in", ["A", "B", "C"])), name="override_tier_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["proposed", "in_force", "refused", "expired", "ended"])),
                        name="override_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__gte", models.F("since"))), name="override_ends_after_it_begins"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("in_force", "expired", "ended")), _negated=True),
                            ("proposed_by__isnull", True),
                            models.Q(("proposed_by", models.F("decided_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="override_seen_by_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("state", "proposed")),
                            models.Q(("state", "proposed"), _negated=True),
                            _connector="OR",
                        ),
                        name="override_undecided_while_proposed",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")),
                        fields=("customer",),
                        name="override_proposed_once",
                        violation_error_message="An override is proposed for this customer already.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "in_force")),
                        fields=("customer",),
                        name="override_in_force_once",
                        violation_error_message="An override holds for this customer already.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TierTrial",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("as_of", models.DateField(verbose_name="as of")),
                ("draft", models.JSONField(verbose_name="draft")),
                ("result", models.JSONField(blank=True, default=dict, verbose_name="result")),
                ("seconds", models.FloatField(default=0, verbose_name="seconds")),
                ("churn", models.JSONField(blank=True, default=dict, verbose_name="churn")),
                ("job_id", models.BigIntegerField(editable=False, null=True)),
                ("churn_job_id", models.BigIntegerField(editable=False, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="at")),
                (
                    "against",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.tierpolicy",
                        verbose_name="compared with",
                    ),
                ),
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
                    "base",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.tierpolicy",
                        verbose_name="began from",
                    ),
                ),
            ],
            options={
                "verbose_name": "tier trial",
                "verbose_name_plural": "tier trials",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="TierTrialMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("before", models.CharField(max_length=1, verbose_name="tier before")),
                ("after", models.CharField(max_length=1, verbose_name="tier")),
                ("reason_before", models.CharField(max_length=32, verbose_name="reason before")),
                ("reason", models.CharField(max_length=32, verbose_name="reason")),
                ("w0", crm.money.MoneyField(verbose_name="sales, last 12 months")),
                ("w1", crm.money.MoneyField(verbose_name="the 12 months before")),
                ("rank", models.IntegerField(null=True, verbose_name="rank")),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="crm.region",
                        verbose_name="region",
                    ),
                ),
                (
                    "trial",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="moves",
                        to="customers.tiertrial",
                    ),
                ),
            ],
            options={
                "verbose_name": "move in a trial",
                "verbose_name_plural": "moves in trials",
                "indexes": [
                    models.Index(fields=["trial", "-w0", "-customer"], name="trial_move_sales"),
                    models.Index(fields=["customer"], name="trial_move_of_customer"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("trial", "customer"), name="trial_move_once"),
                ],
            },
        ),
        _added(
            "tierdecision",
            "rule_reason",
            "varchar(32)",
            models.CharField(blank=True, db_default="", max_length=32, verbose_name="reason by the rule"),
        ),
        _added(
            "tierdecision",
            "rule_tier",
            "varchar(1)",
            models.CharField(blank=True, db_default="", max_length=1, verbose_name="tier by the rule"),
        ),
        migrations.AddField(
            model_name="tierpolicy",
            name="adopted_from",
            field=models.DateField(editable=False, null=True, verbose_name="in force from"),
        ),
        migrations.AddField(
            model_name="tierpolicy",
            name="planned_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="adoption decided by",
            ),
        ),
        _added(
            "tierpolicy",
            "planned_note",
            "varchar(300)",
            models.CharField(db_default="", editable=False, max_length=300, verbose_name="reason of the adoption"),
        ),
        _added(
            "tierstanding", "override_tier", "varchar(1)", models.CharField(blank=True, db_default="", max_length=1)
        ),
        _added(
            "tierstanding", "rule_reason", "varchar(32)", models.CharField(blank=True, db_default="", max_length=32)
        ),
        _added("tierstanding", "rule_tier", "varchar(1)", models.CharField(blank=True, db_default="", max_length=1)),
        migrations.AddIndex(
            model_name="tierstanding",
            index=models.Index(
                condition=models.Q(("override_tier", ""), _negated=True),
                fields=["override_tier"],
                name="standing_overridden",
            ),
        ),
    ]
