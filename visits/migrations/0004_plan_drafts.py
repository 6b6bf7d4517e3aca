"""Drafts of plans, and when a person's day begins."""

import datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0026_tier_lab"),
        ("visits", "0003_what_counts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PlanDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first", models.DateField(verbose_name="first day")),
                ("last", models.DateField(verbose_name="last day")),
                ("seconds", models.PositiveSmallIntegerField(default=10, verbose_name="seconds to search")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "being worked out"),
                            ("ready", "ready"),
                            ("accepted", "accepted"),
                            ("discarded", "discarded"),
                            ("undone", "taken back"),
                        ],
                        default="waiting",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("result", models.JSONField(blank=True, default=dict, verbose_name="result")),
                ("seen", models.JSONField(blank=True, default=dict, editable=False)),
                ("done", models.JSONField(blank=True, default=dict, editable=False)),
                ("job_id", models.BigIntegerField(editable=False, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="at")),
                ("decided_at", models.DateTimeField(editable=False, null=True, verbose_name="decided at")),
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
                    "visitor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plan_drafts",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who goes",
                    ),
                ),
            ],
            options={
                "verbose_name": "draft of a plan",
                "verbose_name_plural": "drafts of plans",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["visitor", "-id"], name="plan_draft_of_visitor"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "ready", "accepted", "discarded", "undone"])),
                        name="plan_draft_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last__gte", models.F("first"))), name="plan_draft_in_order"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("waiting", "ready")), ("decided_at__isnull", False), _connector="OR"
                        ),
                        name="plan_draft_decided",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DraftVisit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "change",
                    models.CharField(
                        choices=[
                            ("same", "as planned"),
                            ("moved", "moved"),
                            ("new", "new"),
                            ("dropped", "dropped"),
                            ("left", "left where it is"),
                        ],
                        max_length=7,
                        verbose_name="change",
                    ),
                ),
                ("before", models.DateField(null=True, verbose_name="day before")),
                ("day", models.DateField(null=True, verbose_name="day")),
                ("position", models.PositiveSmallIntegerField(null=True, verbose_name="position")),
                ("arrives", models.PositiveSmallIntegerField(null=True, verbose_name="arrives")),
                ("begins", models.PositiveSmallIntegerField(null=True, verbose_name="begins")),
                ("minutes", models.PositiveSmallIntegerField(verbose_name="minutes")),
                ("leg_minutes", models.FloatField(default=0, verbose_name="minutes on the way")),
                ("leg_km", models.FloatField(default=0, verbose_name="km on the way")),
                ("is_agreed", models.BooleanField(default=False, verbose_name="agreed with the customer")),
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
                    "visit",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="visits.plannedvisit",
                        verbose_name="visit",
                    ),
                ),
                (
                    "draft",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="visits", to="visits.plandraft"
                    ),
                ),
            ],
            options={
                "verbose_name": "visit in a draft",
                "verbose_name_plural": "visits in drafts",
                "ordering": ["day", "position", "pk"],
                "indexes": [
                    models.Index(fields=["customer"], name="draft_visit_of_customer"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("change__in", ["same", "moved", "new", "dropped", "left"])),
                        name="draft_visit_change_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("change", "dropped"), ("day__isnull", True)),
                            models.Q(models.Q(("change", "dropped"), _negated=True), ("day__isnull", False)),
                            _connector="OR",
                        ),
                        name="draft_visit_day_unless_dropped",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_agreed", True), _negated=True),
                            ("change__in", ("same", "left")),
                            _connector="OR",
                        ),
                        name="draft_visit_agreed_stays",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkingDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_at", models.TimeField(default=datetime.time(9, 0), verbose_name="day begins")),
                ("ends_at", models.TimeField(default=datetime.time(18, 0), verbose_name="day ends")),
                (
                    "lunch_at",
                    models.TimeField(blank=True, default=datetime.time(12, 0), null=True, verbose_name="lunch"),
                ),
                ("lunch_minutes", models.PositiveSmallIntegerField(default=60, verbose_name="minutes of lunch")),
                ("latitude", models.FloatField(blank=True, null=True, verbose_name="latitude")),
                ("longitude", models.FloatField(blank=True, null=True, verbose_name="longitude")),
                ("detour", models.FloatField(default=1.3, verbose_name="roads longer than the line through the air")),
                ("kmh", models.FloatField(default=55.0, verbose_name="km in an hour")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="working_day",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "working day",
                "verbose_name_plural": "working days",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="working_day_in_order"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("latitude__isnull", True), ("longitude__isnull", True)),
                            models.Q(("latitude__range", (-90, 90)), ("longitude__range", (-180, 180))),
                            _connector="OR",
                        ),
                        name="working_day_place_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("detour__range", (1, 5)), ("kmh__range", (1, 200))), name="working_day_pace"
                    ),
                    models.CheckConstraint(condition=models.Q(("lunch_minutes__lte", 240)), name="working_day_lunch"),
                ],
            },
        ),
    ]
