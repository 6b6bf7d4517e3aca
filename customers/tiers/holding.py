"""Overrides as the last step of the rule, in statements: what was set by hand decides, what the rule says is kept.

The standing names the override that holds on its day (`override_tier`); the result of a past day joins those that
held then.
"""

from __future__ import annotations

import datetime

from customers.tiers import dialect
from customers.tiers.models import OVERRIDE
from customers.tiers.overridden import HELD

HELD_NOW = "tier_held"


def held_on() -> str:
    """SQL: (customer_id, tier) of the overrides that hold on %(as_of)s. The newest, should there ever be two."""
    states = ", ".join(f"'{state.value}'" for state in HELD)
    return f"""
        SELECT o.customer_id, o.tier FROM customers_tieroverride o WHERE o.id IN (
            SELECT max(x.id) FROM customers_tieroverride x
            WHERE x.state IN ({states}) AND x.since <= %(as_of)s AND x.until >= %(as_of)s
                AND (x.ended_on IS NULL OR x.ended_on > %(as_of)s)
            GROUP BY x.customer_id)"""


def follow(cursor, as_of: datetime.date, touched: str) -> int:
    """Bring `override_tier` of the standing up to a day; whose it changed goes to the table `touched` (customer_id).

    Cost: grows with the overrides that hold or held, not with the customers.
    """
    values = {"as_of": as_of.isoformat()}
    moved = dialect.make_table(
        cursor,
        HELD_NOW,
        f"""SELECT s.customer_id, coalesce(h.tier, '') AS tier FROM customers_tierstanding s
        LEFT JOIN ({held_on()}) h ON h.customer_id = s.customer_id
        WHERE (s.override_tier <> '' OR s.customer_id IN (SELECT customer_id FROM ({held_on()}) n))
            AND coalesce(h.tier, '') <> s.override_tier""",
        values,
        key="customer_id",
    )
    if moved:
        cursor.execute(
            f"UPDATE customers_tierstanding SET override_tier = h.tier FROM {HELD_NOW} h"
            " WHERE h.customer_id = customers_tierstanding.customer_id"
        )
        cursor.execute(
            f"INSERT INTO {touched} (customer_id) SELECT customer_id FROM {HELD_NOW} h"
            f" WHERE NOT EXISTS (SELECT 1 FROM {touched} t WHERE t.customer_id = h.customer_id)"
        )
    dialect.drop_tables(cursor, HELD_NOW)
    return moved


def differing() -> str:
    """SQL: customers whose standing names another override than holds on %(as_of)s; for check_integrity."""
    return f"""SELECT s.customer_id FROM customers_tierstanding s
        LEFT JOIN ({held_on()}) h ON h.customer_id = s.customer_id
        WHERE coalesce(h.tier, '') <> s.override_tier"""


def final(rule_tier: str, rule_reason: str, override: str) -> dict[str, str]:
    """SQL of what is kept, by column, from what the rule says and the override of a row. Who is not in the result is
    in no tier, whatever was set.
    """
    holds = f"{override} <> '' AND {rule_tier} <> ''"
    return {
        "tier": f"CASE WHEN {holds} THEN {override} ELSE {rule_tier} END",
        "reason": f"CASE WHEN {holds} THEN '{OVERRIDE}' ELSE {rule_reason} END",
        "rule_tier": f"CASE WHEN {holds} THEN {rule_tier} ELSE '' END",
        "rule_reason": f"CASE WHEN {holds} THEN {rule_reason} ELSE '' END",
    }


KEPT = ("tier", "reason", "rule_tier", "rule_reason")


def computed(alias: str) -> str:
    """SQL: the tier by the rule of a standing, decision or result."""
    return f"CASE WHEN {alias}.reason = '{OVERRIDE}' THEN {alias}.rule_tier ELSE {alias}.tier END"
