"""The triggers again, for databases whose own still join what was with what is (quadratic in a change of many)."""

from django.db import migrations

from customers.sales.following import FollowRegion
from customers.tiers.outbox import WatchTierFacts


class Migration(migrations.Migration):
    dependencies = [("customers", "0006_list_indexes")]

    operations = [FollowRegion(), WatchTierFacts()]
