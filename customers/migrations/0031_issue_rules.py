"""Times for issues in working hours by class and tier, causes, a clock that stands, what comes back, shared figures."""

import datetime

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import customers.issues.rulemodels
from crm.appendonly import AppendOnly
from customers.issues.found import ISSUES
from customers.profile.searchkeeping import KeepEntries


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0030_school_holidays"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="IssueCause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=30, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("name_zh_hans", models.CharField(blank=True, max_length=60, verbose_name="name, simplified Chinese")),
                ("name_zh_hant", models.CharField(blank=True, max_length=60, verbose_name="name, traditional Chinese")),
                ("position", models.PositiveSmallIntegerField(default=100, verbose_name="position")),
                ("active", models.BooleanField(default=True, verbose_name="offered")),
            ],
            options={
                "verbose_name": "cause of issues",
                "verbose_name_plural": "causes of issues",
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="IssueTime",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("category", models.CharField(blank=True, max_length=9, verbose_name="about")),
                (
                    "tier",
                    models.CharField(
                        blank=True, choices=[("A", "A"), ("B", "B"), ("C", "C")], max_length=1, verbose_name="tier"
                    ),
                ),
                (
                    "answer_hours",
                    models.DecimalField(
                        decimal_places=1,
                        max_digits=5,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="working hours until the first answer",
                    ),
                ),
                (
                    "solve_hours",
                    models.DecimalField(
                        decimal_places=1,
                        max_digits=5,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="working hours until it is solved",
                    ),
                ),
            ],
            options={
                "verbose_name": "time for issues",
                "verbose_name_plural": "times for issues",
                "ordering": ["category", "tier"],
                "constraints": [
                    models.UniqueConstraint(fields=("category", "tier"), name="issue_time_once"),
                    models.CheckConstraint(
                        condition=models.Q(("answer_hours__gt", 0), ("answer_hours__lte", models.F("solve_hours"))),
                        name="issue_time_answer_first",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tier__in", ["A", "B", "C", ""])), name="issue_time_tier_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SharedMirror",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateTimeField(verbose_name="since")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "shared figures of one's own",
                "verbose_name_plural": "shared figures of one's own",
                "ordering": ["pk"],
            },
        ),
        migrations.AlterModelOptions(
            name="issueterms",
            options={"verbose_name": "rule for issues", "verbose_name_plural": "rules for issues"},
        ),
        migrations.RemoveConstraint(
            model_name="issue",
            name="issue_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="issuestep",
            name="issue_step_known",
        ),
        migrations.RemoveIndex(
            model_name="issue",
            name="issue_unsolved_of_owner",
        ),
        migrations.RemoveIndex(
            model_name="issue",
            name="issue_unsolved",
        ),
        migrations.RemoveIndex(
            model_name="issue",
            name="issue_unsolved_of",
        ),
        migrations.AddField(
            model_name="issue",
            name="answer_due_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="to be answered by"),
        ),
        migrations.AddField(
            model_name="issue",
            name="due_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="late from"),
        ),
        migrations.AddField(
            model_name="issue",
            name="nth",
            field=models.PositiveSmallIntegerField(db_default=1, default=1, editable=False, verbose_name="how often"),
        ),
        migrations.AddField(
            model_name="issue",
            name="reopened",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, editable=False, verbose_name="times opened again"
            ),
        ),
        migrations.AddField(
            model_name="issue",
            name="repeat_of",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="repeats",
                to="customers.issue",
                verbose_name="again",
            ),
        ),
        migrations.AddField(
            model_name="issue",
            name="stopped_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="clock stands since"),
        ),
        migrations.AddField(
            model_name="issue",
            name="waited_minutes",
            field=models.PositiveIntegerField(
                db_default=0, default=0, editable=False, verbose_name="working minutes not counted"
            ),
        ),
        migrations.AddField(
            model_name="issueterms",
            name="break_from",
            field=models.TimeField(blank=True, default=datetime.time(12, 0), null=True, verbose_name="break from"),
        ),
        migrations.AddField(
            model_name="issueterms",
            name="break_to",
            field=models.TimeField(blank=True, default=datetime.time(13, 0), null=True, verbose_name="break until"),
        ),
        migrations.AddField(
            model_name="issueterms",
            name="closes",
            field=models.TimeField(default=datetime.time(18, 0), verbose_name="business closes"),
        ),
        migrations.AddField(
            model_name="issueterms",
            name="opens",
            field=models.TimeField(default=datetime.time(9, 0), verbose_name="business opens"),
        ),
        migrations.AddField(
            model_name="issueterms",
            name="percents",
            field=models.JSONField(
                default=customers.issues.rulemodels.usual_percents, verbose_name="percent by severity"
            ),
        ),
        migrations.AddField(
            model_name="issueterms",
            name="repeat_days",
            field=models.PositiveSmallIntegerField(default=90, verbose_name="the same again within days"),
        ),
        migrations.AddField(
            model_name="issueterms",
            name="wave_customers",
            field=models.PositiveSmallIntegerField(default=3, verbose_name="one problem at many: so many customers"),
        ),
        migrations.AddField(
            model_name="issueterms",
            name="wave_days",
            field=models.PositiveSmallIntegerField(default=7, verbose_name="one problem at many: within days"),
        ),
        migrations.AlterField(
            model_name="issue",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "open"),
                    ("in_work", "in work"),
                    ("waiting", "waiting for the customer"),
                    ("solved", "solved"),
                    ("confirmed", "confirmed by the customer"),
                    ("rejected", "rejected"),
                    ("reopened", "open again"),
                ],
                default="open",
                max_length=9,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="issuestep",
            name="what",
            field=models.CharField(
                choices=[
                    ("opened", "written down"),
                    ("comment", "said"),
                    ("begun", "taken into work"),
                    ("assigned", "given to somebody"),
                    ("changed", "changed"),
                    ("solved", "solved"),
                    ("confirmed", "the customer says: solved"),
                    ("denied", "the customer says: not solved"),
                    ("reopened", "opened again"),
                    ("rejected", "rejected"),
                    ("escalated", "late: shown to the heads"),
                    ("unheard", "not answered in time: shown to the heads"),
                    ("paused", "waiting for the customer"),
                    ("resumed", "waiting no more"),
                    ("cause", "cause found"),
                    ("unlinked", "another matter than before"),
                ],
                max_length=9,
                verbose_name="what was done",
            ),
        ),
        migrations.AddConstraint(
            model_name="issuestep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "what__in",
                        [
                            "opened",
                            "comment",
                            "begun",
                            "assigned",
                            "changed",
                            "solved",
                            "confirmed",
                            "denied",
                            "reopened",
                            "rejected",
                            "escalated",
                            "unheard",
                            "paused",
                            "resumed",
                            "cause",
                            "unlinked",
                        ],
                    )
                ),
                name="issue_step_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="issueterms",
            constraint=models.CheckConstraint(
                condition=models.Q(("opens__lt", models.F("closes"))), name="issue_terms_open_first"
            ),
        ),
        migrations.AddConstraint(
            model_name="issueterms",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("repeat_days__range", (1, 730)),
                    ("wave_customers__range", (2, 1000)),
                    ("wave_days__range", (1, 90)),
                ),
                name="issue_terms_sane",
            ),
        ),
        migrations.AddField(
            model_name="issue",
            name="cause",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="issues",
                to="customers.issuecause",
                verbose_name="cause",
            ),
        ),
        migrations.AddIndex(
            model_name="issue",
            index=models.Index(
                condition=models.Q(("state__in", ("open", "in_work", "waiting", "reopened"))),
                fields=["owner", "due_on"],
                name="issue_unsolved_of_owner",
            ),
        ),
        migrations.AddIndex(
            model_name="issue",
            index=models.Index(
                condition=models.Q(("state__in", ("open", "in_work", "waiting", "reopened"))),
                fields=["due_on", "id"],
                name="issue_unsolved",
            ),
        ),
        migrations.AddIndex(
            model_name="issue",
            index=models.Index(
                condition=models.Q(("state__in", ("open", "in_work", "waiting", "reopened"))),
                fields=["customer", "due_on"],
                name="issue_unsolved_of",
            ),
        ),
        migrations.AddIndex(
            model_name="issue",
            index=models.Index(
                condition=models.Q(("state__in", ("open", "in_work", "waiting", "reopened"))),
                fields=["due_at", "id"],
                name="issue_running",
            ),
        ),
        migrations.AddIndex(
            model_name="issue",
            index=models.Index(fields=["owner", "reported_on"], name="issue_of_owner"),
        ),
        migrations.AddIndex(
            model_name="issue",
            index=models.Index(fields=["reported_on", "category"], name="issue_reported"),
        ),
        migrations.AddConstraint(
            model_name="issue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["open", "in_work", "waiting", "solved", "confirmed", "rejected", "reopened"])
                ),
                name="issue_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="issue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "waiting"), _negated=True), ("stopped_at__isnull", False), _connector="OR"
                ),
                name="issue_waits_since",
            ),
        ),
        migrations.AddConstraint(
            model_name="issue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("nth", 1), ("repeat_of__isnull", True)),
                    models.Q(("nth__gte", 2), ("repeat_of__isnull", False)),
                    _connector="OR",
                ),
                name="issue_repeats_something",
            ),
        ),
        AppendOnly("customers_issuestep"),
        KeepEntries(ISSUES),
    ]
