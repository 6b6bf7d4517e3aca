from django.db import migrations
from django.utils import timezone

from crm.appendonly import AppendOnly

LEDGER_FACTS = [
    "customer_id",
    "sold_on",
    "gross",
    "returns",
    "currency",
    "units",
    "orders",
    "promo",
    "is_open",
    "run_id",
    "replaces",
]


def adopt_the_article(apps, schema_editor):
    """The default policy is the article's rule, strictly."""
    TierPolicy = apps.get_model("customers", "TierPolicy")
    StandingState = apps.get_model("customers", "StandingState")
    policy = TierPolicy.objects.create(code="article", version=1, name="The article's rule", adopted_at=timezone.now())
    StandingState.objects.create(pk=1, policy=policy)


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_first"), ("crm", "0002_root_region_and_audit")]
    operations = [
        migrations.RunPython(adopt_the_article, migrations.RunPython.noop),
        AppendOnly("customers_saleline", columns=LEDGER_FACTS),
        AppendOnly("customers_observation"),
        AppendOnly("customers_tierdecision"),
    ]
