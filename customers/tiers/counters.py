"""How many customers of each tier stand in each region, and their sales: kept with the standing, never counted live."""

from __future__ import annotations

from django.db.models import Sum

from customers.tiers import dialect
from customers.tiers.models import RegionTier, Tier

DELTAS = "tier_deltas"


def by_tier() -> dict[str, int]:
    """Customers by tier over the whole brand, '' for those in none."""
    counts = dict.fromkeys([*Tier.values, ""], 0)
    rows = RegionTier.objects.order_by().values_list("tier").annotate(n=Sum("customers"))
    return counts | dict(rows)


def customers() -> int:
    """How many customers have a standing."""
    return sum(by_tier().values())


def update(cursor, figures: str, changed: str, rebuild: bool) -> None:
    """Add what the rows of `figures` and `changed` moved; or compare with a count of the standing and mend it."""
    if rebuild:
        query = f"""
            SELECT region_id, tier, {dialect.total("n")} AS customers, {dialect.total("w0")} AS w0 FROM (
                SELECT region_id, tier, count(*) AS n, {dialect.total("w0")} AS w0
                FROM customers_tierstanding GROUP BY region_id, tier
                UNION ALL SELECT region_id, tier, -customers, -w0 FROM customers_regiontier
            ) x"""
    else:
        query = f"""
            SELECT region_id, tier, {dialect.total("n")} AS customers, {dialect.total("w0")} AS w0 FROM (
                SELECT old_region_id AS region_id, old_tier AS tier, CAST(-1 AS bigint) AS n, -old_w0 AS w0
                FROM {figures} WHERE NOT is_new
                UNION ALL SELECT f.region_id, coalesce(d.tier, f.old_tier), 1, f.w0
                FROM {figures} f LEFT JOIN {changed} d ON d.customer_id = f.customer_id
                UNION ALL SELECT d.region_id, d.old_tier, -1, -d.w0 FROM {changed} d
                WHERE d.customer_id NOT IN (SELECT customer_id FROM {figures})
                UNION ALL SELECT d.region_id, d.tier, 1, d.w0 FROM {changed} d
                WHERE d.customer_id NOT IN (SELECT customer_id FROM {figures})
            ) x"""
    query += f" GROUP BY region_id, tier HAVING {dialect.total('n')} <> 0 OR {dialect.total('w0')} <> 0"
    if not dialect.make_table(cursor, DELTAS, query, {}):
        return
    cursor.execute(
        f"INSERT INTO customers_regiontier (region_id, tier, customers, w0)"
        f" SELECT region_id, tier, customers, w0 FROM {DELTAS} WHERE true"
        f" ON CONFLICT (region_id, tier) DO UPDATE SET customers = customers_regiontier.customers + excluded.customers,"
        f" w0 = customers_regiontier.w0 + excluded.w0"
    )
    cursor.execute("DELETE FROM customers_regiontier WHERE customers = 0")
    dialect.drop_tables(cursor, DELTAS)
