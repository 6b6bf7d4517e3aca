"""What counts as having been at a customer, and how far a visit may lie from its day, to begin with."""

from django.db import migrations

# source, kind, tier, whether it counts. Calls for C wait for the brand to switch them on.
COUNTING = [
    ("visit", "", "", True),
    ("contact", "visit", "", True),
    ("contact", "meeting", "", True),
    ("contact", "meal", "", False),
    ("contact", "call", "C", False),
]
TIERS = ("A", "B", "C", "")


def bring(apps, schema_editor):
    rules = apps.get_model("visits", "CountingRule").objects
    for source, kind, tier, counts in COUNTING:
        rules.get_or_create(
            source=source, kind=kind, tier=tier, direction="", only_met=False, defaults={"is_active": counts}
        )
    for tier in TIERS:
        apps.get_model("visits", "CadenceWindow").objects.get_or_create(tier=tier)


class Migration(migrations.Migration):
    dependencies = [("visits", "0002_cadence")]
    operations = [migrations.RunPython(bring, migrations.RunPython.noop)]
