from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0027_network_day")]

    operations = [
        migrations.CreateModel(
            name="ScoreWeights",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField(verbose_name="in force from")),
                ("cooperation", models.JSONField(verbose_name="weights of cooperation")),
                ("loyalty", models.JSONField(verbose_name="weights of loyalty")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
            ],
            options={
                "verbose_name": "weights of scores",
                "verbose_name_plural": "weights of scores",
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["-since", "-id"], name="score_weights_of_day")],
            },
        ),
        migrations.AddField(
            model_name="scorerun",
            name="weights",
            field=models.JSONField(blank=True, null=True, verbose_name="weights"),
        ),
    ]
