"""Issues, every step about them, and the times by tier; what they say can be found."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from crm.appendonly import AppendOnly
from customers.issues.found import ISSUES
from customers.profile.searchkeeping import KeepEntries


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0021_support"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Issue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("text", models.TextField(blank=True, max_length=2000, verbose_name="what happened")),
                (
                    "origin",
                    models.CharField(
                        choices=[("told", "told by the customer"), ("found", "found by us")],
                        default="told",
                        max_length=5,
                        verbose_name="origin",
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("supply", "supply"),
                            ("price", "price"),
                            ("promotion", "promotion"),
                            ("service", "service"),
                            ("support", "support"),
                            ("profit", "profit"),
                            ("quality", "quality"),
                            ("conflict", "channel conflict"),
                            ("other", "something else"),
                        ],
                        max_length=9,
                        verbose_name="about",
                    ),
                ),
                (
                    "severity",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "small"), (2, "annoying"), (3, "costs money"), (4, "business stands still")],
                        default=2,
                        verbose_name="severity",
                    ),
                ),
                ("reported_on", models.DateField(verbose_name="reported on")),
                ("due_on", models.DateField(verbose_name="to be solved by")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("in_work", "in work"),
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
                ("told_by", models.CharField(blank=True, max_length=80, verbose_name="told by")),
                ("opened_at", models.DateTimeField(verbose_name="written down at")),
                (
                    "first_response_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="first answered at"),
                ),
                ("solved_at", models.DateTimeField(editable=False, null=True, verbose_name="solved at")),
                ("solved_on", models.DateField(editable=False, null=True, verbose_name="solved on")),
                ("escalated_at", models.DateTimeField(editable=False, null=True, verbose_name="escalated at")),
                ("answer", models.TextField(blank=True, max_length=2000, verbose_name="answer")),
                ("word", models.BooleanField(null=True, verbose_name="solved, says the customer")),
                ("stars", models.PositiveSmallIntegerField(null=True, verbose_name="stars")),
                ("word_at", models.DateTimeField(editable=False, null=True, verbose_name="said at")),
                ("once", models.CharField(editable=False, max_length=80, null=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="issues",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="written down by",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="issues",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="issues",
                        to="customers.person",
                        verbose_name="contact person",
                    ),
                ),
            ],
            options={
                "verbose_name": "issue",
                "verbose_name_plural": "issues",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["customer", "-id"], name="issue_of_customer"),
                    models.Index(
                        condition=models.Q(("state__in", ("open", "in_work", "reopened"))),
                        fields=["owner", "due_on"],
                        name="issue_unsolved_of_owner",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ("open", "in_work", "reopened"))),
                        fields=["due_on", "id"],
                        name="issue_unsolved",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ("solved", "confirmed"))),
                        fields=["customer", "solved_on"],
                        name="issue_solved",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ("open", "in_work", "reopened"))),
                        fields=["customer", "due_on"],
                        name="issue_unsolved_of",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("title", ""), _negated=True), name="issue_has_title"),
                    models.CheckConstraint(
                        condition=models.Q(("origin__in", ["told", "found"])), name="issue_origin_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "category__in",
                                [
                                    "supply",
                                    "price",
                                    "promotion",
                                    "service",
                                    "support",
                                    "profit",
                                    "quality",
                                    "conflict",
                                    "other",
                                ],
                            )
                        ),
                        name="issue_category_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["open", "in_work", "solved", "confirmed", "rejected", "reopened"])
                        ),
                        name="issue_state_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("severity__range", (1, 4))), name="issue_severity_1_4"),
                    models.CheckConstraint(
                        condition=models.Q(("due_on__gte", models.F("reported_on"))), name="issue_due_after_reported"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("solved_at__isnull", False),
                                ("solved_on__isnull", False),
                                ("state__in", ("solved", "confirmed")),
                            ),
                            models.Q(
                                models.Q(("state__in", ("solved", "confirmed")), _negated=True),
                                ("solved_at__isnull", True),
                                ("solved_on__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="issue_solved_with_moment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answer", ""), ("state__in", ["solved", "confirmed", "rejected"]), _negated=True
                        ),
                        name="issue_over_with_answer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("word__isnull", True), ("word_at__isnull", True)),
                            models.Q(("word__isnull", False), ("word_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="issue_word_with_moment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "confirmed"), _negated=True), ("word", True), _connector="OR"
                        ),
                        name="issue_confirmed_by_word",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("stars__isnull", True),
                            models.Q(("stars__range", (1, 5)), ("word__isnull", False)),
                            _connector="OR",
                        ),
                        name="issue_stars_1_5",
                    ),
                    models.UniqueConstraint(fields=("once",), name="issue_opened_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="IssueStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(
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
                        ],
                        max_length=9,
                        verbose_name="what was done",
                    ),
                ),
                ("told_by", models.CharField(blank=True, max_length=80, verbose_name="told by")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("text", models.TextField(blank=True, max_length=2000, verbose_name="text")),
                ("is_public", models.BooleanField(default=False, verbose_name="the customer may read it")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="customers.issue",
                        verbose_name="issue",
                    ),
                ),
            ],
            options={
                "verbose_name": "step of an issue",
                "verbose_name_plural": "steps of issues",
                "ordering": ["at", "pk"],
                "indexes": [
                    models.Index(fields=["issue", "id"], name="issue_step_of_issue"),
                ],
                "constraints": [
                    models.CheckConstraint(
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
                                ],
                            )
                        ),
                        name="issue_step_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IssueTerms",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("days", models.JSONField(default=dict, verbose_name="days")),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="changed at")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="changed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "time for issues",
                "verbose_name_plural": "times for issues",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="issue_terms_one_row"),
                ],
            },
        ),
        AppendOnly("customers_issuestep"),
        KeepEntries(ISSUES),
    ]
