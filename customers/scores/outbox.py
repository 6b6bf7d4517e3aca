# ruff: noqa: S608 - names of our own tables and columns are put together here
"""Triggers that write down whose evidence changed: observations, invoices and their settling, opening days.

As for tiers (`customers/tiers/outbox.py`): the database is the one place that no import and no merge can forget.
Purchases are read in full months, so that a day's sales change no score before the month turns; the night follows them.
"""

from __future__ import annotations

from django.db.migrations.operations.base import Operation

TRIGGERS = {
    "score_observation_insert": "customers_observation",
    "score_item_insert": "customers_openitem",
    "score_item_update": "customers_openitem",
    "score_item_delete": "customers_openitem",
    "score_customer_update": "customers_customer",
}
ITEM = ("customer_id", "issued_on", "due_on", "amount", "disputed", "settled_on")


def _function(name: str, rows: str) -> str:
    return f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO customers_scoredirty (customer_id) SELECT DISTINCT customer_id FROM ({rows}) AS changed;
            RETURN NULL;
        END $$"""


_FRESH, _STALE = "REFERENCING NEW TABLE AS fresh", "REFERENCING OLD TABLE AS stale"
_EACH = "FOR EACH STATEMENT EXECUTE FUNCTION"
_COLUMNS = ", ".join(ITEM)
_POSTGRESQL = [
    _function("qiao_score_came", "SELECT customer_id FROM fresh"),
    _function("qiao_score_went", "SELECT customer_id FROM stale"),
    _function(
        "qiao_score_item_changed",
        f"(SELECT id, {_COLUMNS} FROM fresh EXCEPT SELECT id, {_COLUMNS} FROM stale)"
        f" UNION ALL (SELECT id, {_COLUMNS} FROM stale EXCEPT SELECT id, {_COLUMNS} FROM fresh)",
    ),
    _function(
        "qiao_score_opened",
        "SELECT id AS customer_id FROM (SELECT id, opened_on FROM fresh EXCEPT SELECT id, opened_on FROM stale) AS o",
    ),
    f"CREATE TRIGGER score_observation_insert AFTER INSERT ON customers_observation {_FRESH} {_EACH} qiao_score_came()",
    f"CREATE TRIGGER score_item_insert AFTER INSERT ON customers_openitem {_FRESH} {_EACH} qiao_score_came()",
    "CREATE TRIGGER score_item_update AFTER UPDATE ON customers_openitem"
    f" REFERENCING OLD TABLE AS stale NEW TABLE AS fresh {_EACH} qiao_score_item_changed()",
    f"CREATE TRIGGER score_item_delete AFTER DELETE ON customers_openitem {_STALE} {_EACH} qiao_score_went()",
    "CREATE TRIGGER score_customer_update AFTER UPDATE ON customers_customer"
    f" REFERENCING OLD TABLE AS stale NEW TABLE AS fresh {_EACH} qiao_score_opened()",
]
_INTO = "INSERT INTO customers_scoredirty (customer_id) VALUES"
_SQLITE = [
    "CREATE TRIGGER score_observation_insert AFTER INSERT ON customers_observation"
    f" BEGIN {_INTO} (NEW.customer_id); END",
    f"CREATE TRIGGER score_item_insert AFTER INSERT ON customers_openitem BEGIN {_INTO} (NEW.customer_id); END",
    f"CREATE TRIGGER score_item_update AFTER UPDATE OF {_COLUMNS} ON customers_openitem"
    f" WHEN {' OR '.join(f'OLD.{name} IS NOT NEW.{name}' for name in ITEM)}"
    f" BEGIN {_INTO} (NEW.customer_id), (OLD.customer_id); END",
    f"CREATE TRIGGER score_item_delete AFTER DELETE ON customers_openitem BEGIN {_INTO} (OLD.customer_id); END",
    "CREATE TRIGGER score_customer_update AFTER UPDATE OF opened_on ON customers_customer"
    f" WHEN OLD.opened_on IS NOT NEW.opened_on BEGIN {_INTO} (NEW.id); END",
]


class WatchEvidence(Operation):
    """Set up the triggers. SQLite loses them when a migration rebuilds one of the tables: repeat this one after it."""

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
        on = schema_editor.connection.vendor == "postgresql"
        for name, table in TRIGGERS.items():
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if on else ""), params=None)

    def describe(self):
        return "Write down whose evidence changed, for the scores"
