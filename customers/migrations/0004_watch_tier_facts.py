from django.db import migrations, models

from customers.tiers.outbox import WatchTierFacts


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_region_month_follows")]
    operations = [
        migrations.CreateModel(
            name="TierDirty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("customer_id", models.BigIntegerField()),
            ],
            options={"verbose_name": "customer to judge again"},
        ),
        migrations.AddIndex(
            model_name="tierstanding",
            index=models.Index(
                condition=models.Q(("kind", "franchisee"), ("open_now", True), ("w0__gt", 0)),
                fields=["-w0"],
                name="standing_ladder",
            ),
        ),
        WatchTierFacts(),
    ]
