from django.db import migrations


def say(apps, schema_editor):
    """190 microseconds a row, measured; told less, the planner works the function out row by row beside its index."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER FUNCTION qiao_grams(text) COST 10000")


class Migration(migrations.Migration):
    dependencies = [("customers", "0017_bulk_kinds")]
    operations = [migrations.RunPython(say, migrations.RunPython.noop)]
