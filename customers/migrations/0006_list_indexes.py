from django.db import migrations, models

from customers.profile.searchindex import SearchIndexes


class Migration(migrations.Migration):
    dependencies = [("customers", "0005_sale_correction_index")]
    operations = [
        migrations.AddIndex("customer", models.Index(fields=["name", "id"], name="customer_by_name")),
        migrations.AddIndex(
            "customer",
            models.Index(
                fields=["state"], name="customer_not_active", condition=models.Q(("state", "active"), _negated=True)
            ),
        ),
        migrations.AddIndex(
            "tierstanding", models.Index(fields=["-last_sold_on", "-customer_id"], name="standing_last_sale")
        ),
        SearchIndexes(),
    ]
