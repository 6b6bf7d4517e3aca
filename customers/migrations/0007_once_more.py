"""Triggers and search index again, for databases that have earlier ones.

The triggers joined what was with what is (quadratic in a change of many); the planner shunned the index of short words.
"""

from django.db import migrations

from customers.profile.searchindex import SearchIndexes
from customers.sales.following import FollowRegion
from customers.tiers.outbox import WatchTierFacts


class Migration(migrations.Migration):
    dependencies = [("customers", "0006_list_indexes")]

    operations = [FollowRegion(), WatchTierFacts(), SearchIndexes()]
