# ruff: noqa: S608 - our own tables and columns; no value from outside enters a statement
"""The trigger by which sums by region follow their customers, whoever moves them: page, import, admin or plain SQL.

`FollowRegion` is a migration operation. On PostgreSQL the trigger fires once a statement, so that a bulk import of
customers pays once; on SQLite once a row.
"""

from __future__ import annotations

from django.db.migrations.operations.base import Operation

TRIGGER = "sales_customer_moves"

_ADD = """
    INSERT INTO customers_regionmonth (region_id, month, net, customers)
    SELECT region_id, month, {total}, sum(one) FROM ({moved}) AS moved
    WHERE true GROUP BY region_id, month ORDER BY region_id, month
    ON CONFLICT (region_id, month) DO UPDATE
    SET net = customers_regionmonth.net + excluded.net,
        customers = customers_regionmonth.customers + excluded.customers;
    DELETE FROM customers_regionmonth WHERE customers = 0;
"""
_MOVED = (
    "SELECT moved.region_id, m.month, moved.one * m.net AS net, moved.one FROM ("
    " (SELECT id, region_id, 1 AS one FROM fresh EXCEPT SELECT id, region_id, 1 FROM stale)"
    " UNION ALL (SELECT id, region_id, -1 FROM stale EXCEPT SELECT id, region_id, -1 FROM fresh)"
    ") AS moved JOIN customers_monthlysales m ON m.customer_id = moved.id"
)
# Differences, no join of the two: the planner takes what a statement changed for a handful of rows and would compare
# each with each, which a change of 100,000 customers at once does not live to see the end of. EXECUTE, or the plan made
# for one customer would serve 100,000 and the other way round.
_EXECUTED = "\n            ".join(
    f"EXECUTE $sql$ {statement.strip()} $sql$;"
    for statement in _ADD.format(total="sum(net)::bigint", moved=_MOVED).strip().rstrip(";").split(";")
)
_POSTGRESQL = [
    f"""
    CREATE FUNCTION qiao_sales_customer_moves() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT id, region_id FROM fresh EXCEPT SELECT id, region_id FROM stale) THEN
            {_EXECUTED}
        END IF;
        RETURN NULL;
    END $$
    """,
    f"CREATE TRIGGER {TRIGGER} AFTER UPDATE ON customers_customer REFERENCING OLD TABLE AS stale NEW TABLE AS fresh "
    "FOR EACH STATEMENT EXECUTE FUNCTION qiao_sales_customer_moves()",
]
_SQLITE = [
    f"CREATE TRIGGER {TRIGGER} AFTER UPDATE OF region_id ON customers_customer"
    + " WHEN OLD.region_id <> NEW.region_id BEGIN"
    + _ADD.format(
        total="sum(net)",
        moved="SELECT OLD.region_id AS region_id, month, -net AS net, -1 AS one FROM customers_monthlysales"
        " WHERE customer_id = NEW.id UNION ALL SELECT NEW.region_id, month, net, 1 FROM customers_monthlysales"
        " WHERE customer_id = NEW.id",
    )
    + "END",
]


class FollowRegion(Operation):
    """Set up the trigger. SQLite loses it when a migration rebuilds the customers' table: repeat this one after it."""

    reversible = True
    reduces_to_sql = True

    def deconstruct(self):
        return type(self).__name__, [], {}

    def state_forwards(self, app_label, state):
        """No model changes."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        self.database_backwards(app_label, schema_editor, from_state, to_state)
        for statement in _POSTGRESQL if schema_editor.connection.vendor == "postgresql" else _SQLITE:
            schema_editor.execute(statement, params=None)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute("DROP FUNCTION IF EXISTS qiao_sales_customer_moves() CASCADE", params=None)
        else:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {TRIGGER}", params=None)

    def describe(self):
        return "Let sums by region follow their customers"
