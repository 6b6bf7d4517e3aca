from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0004_export_rights"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="posting", name="posting_until_after_since"),
        migrations.AddConstraint(
            model_name="posting",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"),
                name="posting_until_not_before_since",
                violation_error_message="A posting cannot end before it begins.",
            ),
        ),
    ]
