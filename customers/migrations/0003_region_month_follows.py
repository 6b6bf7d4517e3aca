from django.db import migrations, models

from customers.sales.following import FollowRegion


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_ledgers_and_policy")]
    operations = [
        migrations.AddField("regionmonth", "customers", models.IntegerField(default=0)),
        migrations.AlterField(
            "monthlysales",
            "customer",
            models.ForeignKey(
                "customers.customer",
                on_delete=models.deletion.CASCADE,
                db_index=False,
                db_constraint=False,
                related_name="+",
            ),
        ),
        FollowRegion(),
    ]
