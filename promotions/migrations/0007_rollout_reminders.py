"""When a customer who was asked to take part was last written to, and how often they were reminded."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("promotions", "0006_lessons")]

    operations = [
        migrations.AddField(
            model_name="participation",
            name="reminders",
            field=models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="reminders"),
        ),
        migrations.AddField(
            model_name="participation",
            name="reminded_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="written to at"),
        ),
    ]
