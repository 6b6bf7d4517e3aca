from django.db import migrations

from crm.appendonly import AppendOnly


def plant_root(apps, schema_editor):
    """Every region lies under one root, so that a customer always has a region."""
    Region = apps.get_model("crm", "Region")
    if not Region.objects.exists():
        root = Region.objects.create(code="CN", name="全国", path="new", depth=0)
        root.path = f"/{root.pk}/"
        root.save(update_fields=["path"])


class Migration(migrations.Migration):
    dependencies = [("crm", "0001_first")]
    operations = [
        migrations.RunPython(plant_root, migrations.RunPython.noop),
        AppendOnly("crm_auditentry"),
    ]
