"""Surveys: what is asked, whom, the answers, and our guesses of them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0022_issues"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SurveyPoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
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
                ("label", models.CharField(blank=True, max_length=80, verbose_name="words")),
            ],
            options={
                "verbose_name": "point of a survey",
                "verbose_name_plural": "points of surveys",
                "ordering": ["position", "pk"],
                "constraints": [
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
                        name="survey_point_category_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Survey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("opens_on", models.DateField(verbose_name="from")),
                ("closes_on", models.DateField(verbose_name="until")),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="begun at")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="begun by",
                    ),
                ),
            ],
            options={
                "verbose_name": "survey",
                "verbose_name_plural": "surveys",
                "ordering": ["-opens_on", "-pk"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="survey_has_name"),
                    models.CheckConstraint(
                        condition=models.Q(("closes_on__gte", models.F("opens_on"))), name="survey_closes_after_opening"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveyInvitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "no answer yet"),
                            ("answered", "answered"),
                            ("declined", "does not want to"),
                            ("expired", "no answer"),
                        ],
                        default="asked",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("nonce", models.CharField(editable=False, max_length=40)),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                ("sent_to", models.CharField(blank=True, editable=False, max_length=80, verbose_name="sent to")),
                ("sent_at", models.DateTimeField(editable=False, null=True, verbose_name="sent at")),
                ("guessed_at", models.DateTimeField(editable=False, null=True, verbose_name="guessed at")),
                ("waived", models.CharField(blank=True, max_length=200, verbose_name="why nobody guessed")),
                ("set_aside", models.BooleanField(default=False, editable=False, verbose_name="left over by a merge")),
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
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="surveys",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "guessed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="guessed by",
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="customers.survey",
                        verbose_name="survey",
                    ),
                ),
            ],
            options={
                "verbose_name": "survey invitation",
                "verbose_name_plural": "survey invitations",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(fields=["customer", "-id"], name="survey_invitation_of_customer"),
                    models.Index(fields=["survey", "state", "id"], name="survey_invitation_of_survey"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["asked", "answered", "declined", "expired"])),
                        name="survey_invitation_state_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("set_aside", False)),
                        fields=("survey", "customer"),
                        name="survey_invitation_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ManagerGuess",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("expectation", models.PositiveSmallIntegerField(verbose_name="expected")),
                ("reality", models.PositiveSmallIntegerField(verbose_name="found")),
                (
                    "invitation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="guesses",
                        to="customers.surveyinvitation",
                        verbose_name="survey invitation",
                    ),
                ),
                (
                    "point",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="guesses",
                        to="customers.surveypoint",
                        verbose_name="point of a survey",
                    ),
                ),
            ],
            options={
                "verbose_name": "guess of an answer",
                "verbose_name_plural": "guesses of answers",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("invitation", "point"), name="manager_guess_once"),
                    models.CheckConstraint(
                        condition=models.Q(("expectation__range", (1, 10)), ("reality__range", (1, 10))),
                        name="manager_guess_1_10",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveyResponse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("overall", models.PositiveSmallIntegerField(verbose_name="how content")),
                ("renew", models.PositiveSmallIntegerField(verbose_name="would sign again")),
                ("trust", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="we keep our word")),
                ("comment", models.TextField(blank=True, max_length=1000, verbose_name="in their words")),
                ("answered_at", models.DateTimeField(verbose_name="answered at")),
                (
                    "through",
                    models.CharField(
                        choices=[("link", "by link"), ("portal", "in the portal"), ("visit", "asked in person")],
                        max_length=6,
                        verbose_name="how",
                    ),
                ),
                ("told_by", models.CharField(blank=True, max_length=80, verbose_name="told by")),
                (
                    "invitation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="response",
                        to="customers.surveyinvitation",
                        verbose_name="survey invitation",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="written down by",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer to a survey",
                "verbose_name_plural": "answers to surveys",
                "ordering": ["-answered_at", "-pk"],
                "indexes": [
                    models.Index(fields=["answered_at"], name="survey_response_at"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("overall__range", (1, 10)),
                            ("renew__range", (1, 10)),
                            models.Q(("trust__isnull", True), ("trust__range", (1, 10)), _connector="OR"),
                        ),
                        name="survey_response_1_10",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("through__in", ["link", "portal", "visit"])),
                        name="survey_response_through_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveyAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("expectation", models.PositiveSmallIntegerField(verbose_name="expected")),
                ("reality", models.PositiveSmallIntegerField(verbose_name="found")),
                (
                    "direct",
                    models.SmallIntegerField(
                        blank=True,
                        choices=[(-1, "worse"), (0, "as expected"), (1, "better")],
                        null=True,
                        verbose_name="than expected",
                    ),
                ),
                (
                    "importance",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="how much it matters"),
                ),
                (
                    "point",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="customers.surveypoint",
                        verbose_name="point of a survey",
                    ),
                ),
                (
                    "response",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="customers.surveyresponse",
                        verbose_name="answer to a survey",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer to a point",
                "verbose_name_plural": "answers to points",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("response", "point"), name="survey_answer_once"),
                    models.CheckConstraint(
                        condition=models.Q(("expectation__range", (1, 10)), ("reality__range", (1, 10))),
                        name="survey_answer_1_10",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("direct__isnull", True), ("direct__range", (-1, 1)), _connector="OR"),
                        name="survey_answer_direct_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("importance__isnull", True), ("importance__range", (1, 5)), _connector="OR"
                        ),
                        name="survey_answer_importance_1_5",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveyTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[("agent", "agent"), ("franchisee", "franchisee")],
                        max_length=10,
                        verbose_name="for",
                    ),
                ),
                (
                    "threshold",
                    models.PositiveSmallIntegerField(default=3, verbose_name="shortfall that opens an issue"),
                ),
                ("asks_trust", models.BooleanField(default=True, verbose_name="asks whether we keep our word")),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="written at")),
                (
                    "earlier",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="later",
                        to="customers.surveytemplate",
                        verbose_name="version before",
                    ),
                ),
                (
                    "made_by",
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
                "verbose_name": "survey template",
                "verbose_name_plural": "survey templates",
                "ordering": ["-is_active", "name", "-version"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="survey_template_has_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["", "agent", "franchisee"])), name="survey_template_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("threshold__range", (1, 9))), name="survey_template_threshold_1_9"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="surveypoint",
            name="template",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="points",
                to="customers.surveytemplate",
                verbose_name="survey template",
            ),
        ),
        migrations.AddField(
            model_name="survey",
            name="template",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rounds",
                to="customers.surveytemplate",
                verbose_name="survey template",
            ),
        ),
        migrations.AddConstraint(
            model_name="surveypoint",
            constraint=models.UniqueConstraint(fields=("template", "position"), name="survey_point_position"),
        ),
    ]
