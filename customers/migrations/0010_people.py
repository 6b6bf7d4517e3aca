import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from customers.people.standard import ship


def ship_types(apps, schema_editor):
    ship(apps.get_model("customers", "RelationType").objects)


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0009_facts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="phone")),
                ("wechat", models.CharField(blank=True, max_length=64, verbose_name="WeChat")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                (
                    "gender",
                    models.CharField(
                        blank=True, choices=[("f", "woman"), ("m", "man")], max_length=1, verbose_name="gender"
                    ),
                ),
                ("birth_year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="year of birth")),
                ("birth_month", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="month of birth")),
                ("birth_day", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="day of birth")),
                ("note", models.TextField(blank=True, max_length=2000, verbose_name="note")),
                ("phone_digits", models.CharField(default="", editable=False, max_length=40)),
                ("search_text", models.TextField(default="", editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed at")),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="written down by",
                    ),
                ),
            ],
            options={
                "verbose_name": "contact person",
                "verbose_name_plural": "contact people",
                "ordering": ["name", "pk"],
                "indexes": [
                    models.Index(fields=["name", "id"], name="person_by_name"),
                    models.Index(
                        condition=models.Q(("phone_digits", ""), _negated=True),
                        fields=["phone_digits"],
                        name="person_by_phone",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("birth_day__isnull", True), ("birth_month__isnull", True), ("birth_year__isnull", True)
                            ),
                            models.Q(
                                ("birth_day__isnull", False),
                                ("birth_day__range", (1, 31)),
                                ("birth_month__isnull", False),
                                ("birth_month__range", (1, 12)),
                            ),
                            _connector="OR",
                        ),
                        name="person_birthday_whole",
                        violation_error_message="A birthday needs a month and a day.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("birth_year__isnull", True), ("birth_year__range", (1900, 2200)), _connector="OR"
                        ),
                        name="person_birth_year",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("gender__in", ["", "f", "m"])), name="person_gender_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonRole",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "owner"),
                            ("spouse", "owner's spouse"),
                            ("manager", "shop manager"),
                            ("introducer", "introducer"),
                            ("landlord", "landlord"),
                            ("mall", "mall manager"),
                            ("accountant", "accountant"),
                            ("partner", "partner"),
                            ("other", "other"),
                        ],
                        max_length=10,
                        verbose_name="stands as",
                    ),
                ),
                (
                    "role_other",
                    models.CharField(
                        blank=True,
                        help_text="In a word or two, where no role above fits.",
                        max_length=60,
                        verbose_name="as what else",
                    ),
                ),
                ("since", models.DateField(blank=True, null=True, verbose_name="from")),
                (
                    "until",
                    models.DateField(
                        blank=True, help_text="The first day it no longer holds.", null=True, verbose_name="until"
                    ),
                ),
                (
                    "is_primary",
                    models.BooleanField(
                        default=False,
                        help_text="One person of each customer; the one before steps back.",
                        verbose_name="first to call",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="person_roles",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="roles",
                        to="customers.person",
                        verbose_name="contact person",
                    ),
                ),
            ],
            options={
                "verbose_name": "role with a customer",
                "verbose_name_plural": "roles with customers",
                "ordering": ["-is_primary", "pk"],
                "indexes": [
                    models.Index(fields=["person", "customer"], name="person_role_of_person"),
                    models.Index(fields=["customer", "person"], name="person_role_of_customer"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until__isnull", True),
                            ("since__isnull", True),
                            ("until__gt", models.F("since")),
                            _connector="OR",
                        ),
                        name="person_role_until_after_since",
                        violation_error_message="A role must end after it begins.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "owner",
                                    "spouse",
                                    "manager",
                                    "introducer",
                                    "landlord",
                                    "mall",
                                    "accountant",
                                    "partner",
                                    "other",
                                ],
                            )
                        ),
                        name="person_role_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("role", "other"), _negated=True),
                            models.Q(("role_other", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="person_role_other_said",
                        violation_error_message="Say as what else the person stands with the customer.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_primary", False), ("until__isnull", True), _connector="OR"),
                        name="person_role_primary_holds",
                        violation_error_message="Whoever is called first stands with the customer without an end.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_primary", True)), fields=("customer",), name="person_role_one_primary"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("person", "customer", "role", "role_other"),
                        name="person_role_once",
                        violation_error_message="This person stands with this customer as that already.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RelationType",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=30, unique=True, verbose_name="code")),
                ("forward", models.CharField(max_length=60, verbose_name="from the one to the other")),
                ("backward", models.CharField(max_length=60, verbose_name="from the other back")),
                (
                    "forward_zh_hans",
                    models.CharField(
                        blank=True, max_length=60, verbose_name="from the one to the other, simplified Chinese"
                    ),
                ),
                (
                    "backward_zh_hans",
                    models.CharField(blank=True, max_length=60, verbose_name="from the other back, simplified Chinese"),
                ),
                (
                    "forward_zh_hant",
                    models.CharField(
                        blank=True, max_length=60, verbose_name="from the one to the other, traditional Chinese"
                    ),
                ),
                (
                    "backward_zh_hant",
                    models.CharField(
                        blank=True, max_length=60, verbose_name="from the other back, traditional Chinese"
                    ),
                ),
                (
                    "symmetric",
                    models.BooleanField(
                        default=False,
                        help_text="As friends: each is one of the other.",
                        verbose_name="reads alike from both ends",
                    ),
                ),
                (
                    "family",
                    models.BooleanField(
                        default=False,
                        help_text="Personal: hidden from analysts and programs.",
                        verbose_name="of the family",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=100, verbose_name="position")),
                (
                    "active",
                    models.BooleanField(
                        default=True, help_text="Relations there already stay.", verbose_name="offered"
                    ),
                ),
            ],
            options={
                "verbose_name": "kind of relation",
                "verbose_name_plural": "kinds of relations",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("symmetric", False), ("backward", models.F("forward")), _connector="OR"),
                        name="relation_type_symmetric",
                        violation_error_message="What reads alike from both ends has one name.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Relation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField(blank=True, null=True, verbose_name="from")),
                (
                    "until",
                    models.DateField(
                        blank=True, help_text="The first day it no longer holds.", null=True, verbose_name="until"
                    ),
                ),
                (
                    "strength",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "loose"), (2, "good"), (3, "close")], default=2, verbose_name="strength"
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "end_customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="relations_to",
                        to="customers.customer",
                        verbose_name="to a customer",
                    ),
                ),
                (
                    "end_person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="relations_to",
                        to="customers.person",
                        verbose_name="to a person",
                    ),
                ),
                (
                    "start_customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="relations_from",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "start_person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="relations_from",
                        to="customers.person",
                        verbose_name="person",
                    ),
                ),
                (
                    "type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.relationtype",
                        verbose_name="relation",
                    ),
                ),
            ],
            options={
                "verbose_name": "relation",
                "verbose_name_plural": "relations",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("start_customer__isnull", False), ("start_person__isnull", True)),
                            models.Q(("start_customer__isnull", True), ("start_person__isnull", False)),
                            _connector="OR",
                        ),
                        name="relation_start_is_one",
                        violation_error_message="Each end is a person or a customer.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("end_customer__isnull", False), ("end_person__isnull", True)),
                            models.Q(("end_customer__isnull", True), ("end_person__isnull", False)),
                            _connector="OR",
                        ),
                        name="relation_end_is_one",
                        violation_error_message="Each end is a person or a customer.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("start_person__isnull", True),
                            ("end_person__isnull", True),
                            models.Q(("start_person", models.F("end_person")), _negated=True),
                            _connector="OR",
                        ),
                        name="relation_person_not_self",
                        violation_error_message="Nobody is related to themselves.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("start_customer__isnull", True),
                            ("end_customer__isnull", True),
                            models.Q(("start_customer", models.F("end_customer")), _negated=True),
                            _connector="OR",
                        ),
                        name="relation_customer_not_self",
                        violation_error_message="Nobody is related to themselves.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until__isnull", True),
                            ("since__isnull", True),
                            ("until__gt", models.F("since")),
                            _connector="OR",
                        ),
                        name="relation_until_after_since",
                        violation_error_message="A relation must end after it begins.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("strength__range", (1, 3))), name="relation_strength_1_3"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("type", "start_person", "end_person"),
                        name="relation_once_pp",
                        violation_error_message="This relation is written down already.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("type", "start_person", "end_customer"),
                        name="relation_once_pc",
                        violation_error_message="This relation is written down already.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("type", "start_customer", "end_person"),
                        name="relation_once_cp",
                        violation_error_message="This relation is written down already.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("type", "start_customer", "end_customer"),
                        name="relation_once_cc",
                        violation_error_message="This relation is written down already.",
                    ),
                ],
            },
        ),
        migrations.RunPython(ship_types, migrations.RunPython.noop),
    ]
