from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0003_idempotency_keys"),
    ]

    operations = [
        migrations.AddField(
            model_name="export",
            name="rights",
            field=models.JSONField(default=dict),
        ),
    ]
