"""When an issue was shown to the heads as not answered stands for itself, beside when it was shown as late."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0034_written_at")]

    operations = [
        migrations.AddField(
            model_name="issue",
            name="unheard_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="shown as not answered at"),
        ),
    ]
