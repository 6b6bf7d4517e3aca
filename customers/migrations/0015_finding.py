"""The table that searches read, kept by triggers; the places of customers join what they are searched by."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from customers.care.found import NOTES
from customers.people.found import PEOPLE
from customers.profile.searchentry import CUSTOMER
from customers.profile.searchindex import EntryIndexes
from customers.profile.searching import BEHIND, fold
from customers.profile.searchkeeping import CUSTOMERS, LICENCES, FollowText, KeepEntries

PAGE = 1000


def add_places(apps, schema_editor):
    """City, district and address behind what the search text holds already."""
    customers = apps.get_model("customers", "Customer").objects.using(schema_editor.connection.alias)
    last = 0
    while page := list(
        customers.filter(pk__gt=last)
        .order_by("pk")
        .values_list("pk", "search_text", "city", "district", "address")[:PAGE]
    ):
        last = page[-1][0]
        values = []
        for pk, text, *places in page:
            place = " ".join(part for part in map(fold, places) if part)
            if place and BEHIND not in text:
                values.append((f"{text.rstrip()}{BEHIND}{place} ", pk))
        with schema_editor.connection.cursor() as cursor:
            cursor.executemany("UPDATE customers_customer SET search_text = %s WHERE id = %s", values)


class Migration(migrations.Migration):
    dependencies = [("customers", "0014_duplicates"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.RunPython(add_places, migrations.RunPython.noop),
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=12)),
                ("row_id", models.BigIntegerField()),
                ("ref_id", models.BigIntegerField()),
                ("text", models.TextField()),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "only_for",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "search entry",
                "verbose_name_plural": "search entries",
                "indexes": [
                    models.Index(
                        condition=models.Q(("kind", CUSTOMER), _negated=True),
                        fields=["kind", "ref_id"],
                        name="search_entry_ref",
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("kind", "row_id"), name="search_entry_of_a_row")],
            },
        ),
        migrations.AddIndex(
            "customer",
            models.Index(
                condition=models.Q(("wgs_latitude__isnull", False)),
                fields=["wgs_latitude", "wgs_longitude"],
                name="customer_position",
            ),
        ),
        KeepEntries(CUSTOMERS),
        KeepEntries(LICENCES),
        KeepEntries(PEOPLE),
        FollowText("person", "customers_person"),
        KeepEntries(NOTES),
        EntryIndexes(),
    ]
