"""Triggers that write down whose facts changed, so that a refresh looks at those customers only.

Customers come and change by pages, imports, admin and plain SQL; the one place none of them can forget is the database.
(Changed sums reach `SalesDirty` from the slice of sales.) On PostgreSQL they fire once a statement, so that a bulk
import pays once; on SQLite once a row.
"""

from __future__ import annotations

from django.db.migrations.operations.base import Operation

TRIGGERS = {
    "tier_customer_insert": "customers_customer",
    "tier_customer_update": "customers_customer",
    "tier_score_insert": "customers_score",
}
_FORMER = {"tier_observation_insert": "customers_observation"}
# What the rule and the standing read of a customer. A change of any other column concerns no tier.
FACTS = ("kind", "region_id", "opened_on", "closed_on", "state")

_POSTGRESQL = [
    """
    CREATE OR REPLACE FUNCTION qiao_tier_customer_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO customers_tierdirty (customer_id) SELECT id FROM fresh;
        RETURN NULL;
    END $$
    """,
    f"""
    CREATE OR REPLACE FUNCTION qiao_tier_customer_updated() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        -- No join of the two: see sales/following.py.
        INSERT INTO customers_tierdirty (customer_id)
        SELECT id FROM (
            SELECT id, {", ".join(FACTS)} FROM fresh EXCEPT SELECT id, {", ".join(FACTS)} FROM stale
        ) AS changed;
        RETURN NULL;
    END $$
    """,
    """
    CREATE OR REPLACE FUNCTION qiao_tier_scored() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO customers_tierdirty (customer_id) SELECT DISTINCT customer_id FROM fresh WHERE NOT replay;
        RETURN NULL;
    END $$
    """,
    "CREATE TRIGGER tier_customer_insert AFTER INSERT ON customers_customer REFERENCING NEW TABLE AS fresh "
    "FOR EACH STATEMENT EXECUTE FUNCTION qiao_tier_customer_inserted()",
    "CREATE TRIGGER tier_customer_update AFTER UPDATE ON customers_customer "
    "REFERENCING OLD TABLE AS stale NEW TABLE AS fresh "
    "FOR EACH STATEMENT EXECUTE FUNCTION qiao_tier_customer_updated()",
    "CREATE TRIGGER tier_score_insert AFTER INSERT ON customers_score REFERENCING NEW TABLE AS fresh "
    "FOR EACH STATEMENT EXECUTE FUNCTION qiao_tier_scored()",
    # sum(bigint) answers numeric, which costs a fifth of a full run; this one stays whole and refuses an overflow.
    "CREATE AGGREGATE qiao_sum(bigint) (SFUNC = int8pl, STYPE = bigint, COMBINEFUNC = int8pl, PARALLEL = SAFE)",
]
_SQLITE = [
    "CREATE TRIGGER tier_customer_insert AFTER INSERT ON customers_customer "
    "BEGIN INSERT INTO customers_tierdirty (customer_id) VALUES (NEW.id); END",
    f"CREATE TRIGGER tier_customer_update AFTER UPDATE OF {', '.join(FACTS)} ON customers_customer "
    f"WHEN {' OR '.join(f'OLD.{name} IS NOT NEW.{name}' for name in FACTS)} "
    "BEGIN INSERT INTO customers_tierdirty (customer_id) VALUES (NEW.id); END",
    "CREATE TRIGGER tier_score_insert AFTER INSERT ON customers_score WHEN NOT NEW.replay "
    "BEGIN INSERT INTO customers_tierdirty (customer_id) VALUES (NEW.customer_id); END",
]


class WatchTierFacts(Operation):
    """Set up the triggers. SQLite loses them when a migration rebuilds one of the tables: repeat this one after it."""

    reversible = True
    reduces_to_sql = True

    def deconstruct(self):
        return type(self).__name__, [], {}

    def state_forwards(self, app_label, state):
        """No model changes."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        self.database_backwards(app_label, schema_editor, from_state, to_state)
        connection = schema_editor.connection
        there = set(connection.introspection.table_names())
        missing = [f" ON {table} " for table in TRIGGERS.values() if table not in there]
        for statement in _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE:
            # A database that is being built has no scores yet when this first runs; it runs again when it has.
            if not (statement.startswith("CREATE TRIGGER") and any(table in statement for table in missing)):
                schema_editor.execute(statement, params=None)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        postgresql = schema_editor.connection.vendor == "postgresql"
        for name, table in {**TRIGGERS, **_FORMER}.items():
            schema_editor.execute(
                f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if postgresql else ""), params=None
            )
        if postgresql:
            schema_editor.execute("DROP AGGREGATE IF EXISTS qiao_sum(bigint)", params=None)

    def describe(self):
        return "Write down whose facts changed, for the tiers"
