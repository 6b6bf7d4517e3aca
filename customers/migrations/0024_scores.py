import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from crm.appendonly import AppendOnly
from customers.scores.outbox import WatchEvidence
from customers.tiers.outbox import WatchTierFacts


def work_out_anew(apps, schema_editor):
    """The next refresh of tiers reads every figure anew: scores are others now."""
    apps.get_model("customers", "StandingState").objects.update(w0_start=None)


SCORE_FACTS = [
    "customer_id",
    "trait",
    "as_of",
    "value",
    "lower",
    "sure",
    "events",
    "enough",
    "high",
    "components",
    "because",
    "rule_version",
    "replay",
    "run_id",
    "created_at",
]


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0023_surveys"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Score",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "trait",
                    models.CharField(
                        choices=[("cooperation", "cooperation"), ("loyalty", "loyalty")],
                        max_length=12,
                        verbose_name="trait",
                    ),
                ),
                ("as_of", models.DateField(verbose_name="as of")),
                ("value", models.IntegerField(null=True, verbose_name="points")),
                ("lower", models.IntegerField(null=True, verbose_name="at least")),
                ("sure", models.IntegerField(null=True)),
                ("events", models.IntegerField(default=0, verbose_name="events")),
                ("enough", models.BooleanField(default=False, verbose_name="enough evidence")),
                ("high", models.BooleanField(default=False, verbose_name="high")),
                ("components", models.JSONField(default=list, verbose_name="components")),
                ("because", models.JSONField(default=list, verbose_name="why it changed")),
                ("rule_version", models.PositiveSmallIntegerField(verbose_name="version of the rule")),
                ("replay", models.BooleanField(default=False, verbose_name="past day")),
                ("current", models.BooleanField(default=False, verbose_name="in force")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scores",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "score",
                "verbose_name_plural": "scores",
                "ordering": ["-as_of", "-pk"],
                "indexes": [
                    models.Index(fields=["customer", "trait", "-as_of", "-id"], name="score_in_force"),
                    models.Index(
                        condition=models.Q(("current", True)),
                        fields=["trait", "-value", "-customer"],
                        name="score_by_points",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("current", True)), fields=("customer", "trait"), name="one_current_score"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("trait__in", ["cooperation", "loyalty"])), name="score_trait_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("current", False), ("replay", False), _connector="OR"),
                        name="score_replay_not_current",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ScoreDirty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("customer_id", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "customer to score again",
            },
        ),
        migrations.CreateModel(
            name="ScoreRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("as_of", models.DateField(verbose_name="as of")),
                ("replay", models.BooleanField(default=False, verbose_name="past day")),
                ("shares", models.JSONField(verbose_name="shares of the network")),
                ("spreads", models.JSONField(verbose_name="steadiness of the network")),
                ("rule_version", models.PositiveSmallIntegerField(verbose_name="version of the rule")),
                ("examined", models.IntegerField(verbose_name="customers")),
                ("changed", models.IntegerField(verbose_name="changed")),
                ("seconds", models.FloatField(default=0, verbose_name="seconds")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
            ],
            options={
                "verbose_name": "score run",
                "verbose_name_plural": "score runs",
                "indexes": [
                    models.Index(fields=["replay", "-as_of", "-id"], name="score_run_of_day"),
                ],
            },
        ),
        migrations.AddField(
            model_name="observation",
            name="kind",
            field=models.CharField(
                choices=[
                    ("promotion", "promotions run as agreed"),
                    ("payment", "paid on time"),
                    ("answer", "answers or calls back"),
                    ("report", "reports in time"),
                    ("share", "share of purchases with us"),
                    ("opinion", "the manager's judgement"),
                ],
                default="opinion",
                db_default="opinion",
                max_length=12,
                verbose_name="kind of evidence",
            ),
        ),
        migrations.AddField(
            model_name="observation",
            name="ref",
            field=models.CharField(blank=True, default="", db_default="", max_length=80, verbose_name="reference"),
        ),
        migrations.AddField(
            model_name="tierstanding",
            name="cooperation_sure",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="tierstanding",
            name="loyalty_sure",
            field=models.IntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name="observation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind__in", ("promotion", "payment", "answer", "report", "opinion")), ("trait", "cooperation")
                    ),
                    models.Q(("kind__in", ("share", "opinion")), ("trait", "loyalty")),
                    _connector="OR",
                ),
                name="observation_kind_of_trait",
                violation_error_message="This kind of evidence says nothing of that trait.",
            ),
        ),
        migrations.AddConstraint(
            model_name="observation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ref", ""), _negated=True),
                fields=("source", "ref"),
                name="observation_once_an_event",
                violation_error_message="This event was written down before.",
            ),
        ),
        migrations.AddField(
            model_name="score",
            name="run",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.scorerun",
            ),
        ),
        AppendOnly("customers_observation"),
        AppendOnly("customers_score", columns=SCORE_FACTS),
        WatchTierFacts(),
        WatchEvidence(),
        migrations.RunPython(work_out_anew, migrations.RunPython.noop),
    ]
