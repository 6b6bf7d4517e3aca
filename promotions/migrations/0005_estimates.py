from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("promotions", "0004_budgets")]

    operations = [
        migrations.AddField(
            model_name="participation",
            name="example",
            field=models.BooleanField(default=False, editable=False, verbose_name="teaches estimates"),
        ),
        migrations.AddField(
            model_name="participation",
            name="measured",
            field=models.JSONField(editable=False, null=True, verbose_name="measured in the shop"),
        ),
        migrations.AddIndex(
            model_name="participation",
            index=models.Index(
                condition=models.Q(("example", True)), fields=["promotion"], name="participation_example"
            ),
        ),
    ]
