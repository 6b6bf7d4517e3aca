# ruff: noqa: S608 - our own tables and columns; no value from outside enters a statement
"""Triggers that keep `SearchEntry` like the tables it is made from: `KeepEntries` and `FollowText`, for migrations.

A new kind of thing is found once its migration has one `KeepEntries(Kept(…))` and settings.SEARCH_SOURCES names how its
hits are shown (customers.finding.sources.Source). Triggers, because customers and all that is about them come by pages,
imports, merges, the admin and plain SQL, and a search right after must not miss any. On PostgreSQL they fire once a
statement, so that a bulk import pays once; on SQLite once a row.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.migrations.operations.base import Operation

FOLDED = "' ' || lower({row}.%s) || ' '"
"""For a text column that has no search text of its own: FOLDED % "body"."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What an entry is made of: SQL over one row of a table, `{row}` standing for it.

    kind: as in SEARCH_SOURCES. text: begins and ends with a space; NULL or '' for a row that is not to be found.
    ref: what a hit shows. customer: whose reach it is in. only_for: the one person who may find it, or NULL.
    """

    kind: str
    table: str
    text: str = "{row}.search_text"
    ref: str = "{row}.id"
    customer: str = "{row}.customer_id"
    only_for: str = "CAST(NULL AS bigint)"

    def columns(self, row: str) -> str:
        parts = (f"{row}.id", self.ref, self.customer, self.only_for, self.text)
        return ", ".join(
            f"{part.format(row=row)} AS {name}"
            for part, name in zip(parts, ("row_id", "ref_id", "customer_id", "only_for_id", "text"), strict=True)
        )


CUSTOMERS = Kept("customer", "customers_customer", customer="{row}.id")
LICENCES = Kept(
    "licence",
    "customers_fact",
    text="CASE WHEN {row}.is_current AND {row}.field = 'licence_number' THEN ' ' || lower({row}.value) || ' ' END",
    ref="{row}.customer_id",
)
"""Business licences, a fact of the customer; no other fact is searched, and no sensitive one may be."""

_INTO = "INSERT INTO customers_searchentry (kind, row_id, ref_id, customer_id, only_for_id, text)"
_TAKE = "SELECT '{kind}', row_id, ref_id, customer_id, only_for_id, text FROM ({rows}) made WHERE text <> ''"


def fill(kept: Kept) -> str:
    """The statement that makes the entries of a whole table."""
    rows = f"SELECT {kept.columns('t')} FROM {kept.table} t"
    return f"{_INTO} {_TAKE.format(kind=kept.kind, rows=rows)}"


def _postgresql(kept: Kept) -> list[str]:
    name = f"qiao_search_{kept.kind}"
    gone = f"DELETE FROM customers_searchentry e USING {{rows}} WHERE e.kind = '{kept.kind}' AND e.row_id = {{key}}"
    changed = f"SELECT {kept.columns('fresh')} FROM fresh EXCEPT SELECT {kept.columns('stale')} FROM stale"
    fresh = f"SELECT {kept.columns('fresh')} FROM fresh"
    bodies = {
        # EXECUTE: see sales/following.py.
        "insert": f"{_INTO} {_TAKE.format(kind=kept.kind, rows=fresh)};",
        "update": f"""
            IF EXISTS ({changed}) THEN
                EXECUTE $sql$ {gone.format(rows=f"({changed}) c", key="c.row_id")} $sql$;
                EXECUTE $sql$ {_INTO} {_TAKE.format(kind=kept.kind, rows=changed)} $sql$;
            END IF;""",
        "delete": f"{gone.format(rows='stale', key='stale.id')};",
    }
    tables = {
        "insert": "NEW TABLE AS fresh",
        "update": "OLD TABLE AS stale NEW TABLE AS fresh",
        "delete": "OLD TABLE AS stale",
    }
    found = []
    for event, body in bodies.items():
        found.append(
            f"CREATE OR REPLACE FUNCTION {name}_{event}() RETURNS trigger LANGUAGE plpgsql AS $body$"
            f" BEGIN {body} RETURN NULL; END $body$"
        )
        found.append(
            f"CREATE TRIGGER search_{kept.kind}_{event} AFTER {event.upper()} ON {kept.table}"
            f" REFERENCING {tables[event]} FOR EACH STATEMENT EXECUTE FUNCTION {name}_{event}()"
        )
    return found


def _sqlite(kept: Kept) -> list[str]:
    fresh = f"SELECT {kept.columns('NEW')}"
    make = f"{_INTO} {_TAKE.format(kind=kept.kind, rows=fresh)};"
    remove = f"DELETE FROM customers_searchentry WHERE kind = '{kept.kind}' AND row_id = OLD.id;"
    pairs = [
        (part.format(row="OLD"), part.format(row="NEW")) for part in (kept.ref, kept.customer, kept.only_for, kept.text)
    ]
    when = " OR ".join(f"{old} IS NOT {new}" for old, new in pairs)
    head = f"CREATE TRIGGER search_{kept.kind}"
    return [
        f"{head}_insert AFTER INSERT ON {kept.table} BEGIN {make} END",
        f"{head}_update AFTER UPDATE ON {kept.table} WHEN {when} BEGIN {remove} {make} END",
        f"{head}_delete AFTER DELETE ON {kept.table} BEGIN {remove} END",
    ]


class _Triggers(Operation):
    reversible = True
    reduces_to_sql = True

    def state_forwards(self, app_label, state):
        """No model changes."""

    def _drop(self, schema_editor, names: list[str], table: str) -> None:
        for name in names:
            on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}{on}", params=None)


class KeepEntries(_Triggers):
    """Keep the entries of a table from now on, and make those of the rows that are there.

    SQLite loses triggers when a migration rebuilds their table: repeat this after it; entries are made anew.
    """

    def __init__(self, kept: Kept):
        self.kept = kept

    def deconstruct(self):
        return type(self).__name__, [self.kept], {}

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        self.database_backwards(app_label, schema_editor, from_state, to_state)
        schema_editor.execute(fill(self.kept), params=None)
        vendor = schema_editor.connection.vendor
        for statement in _postgresql(self.kept) if vendor == "postgresql" else _sqlite(self.kept):
            schema_editor.execute(statement, params=None)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        names = [f"search_{self.kept.kind}_{event}" for event in ("insert", "update", "delete")]
        self._drop(schema_editor, names, self.kept.table)
        schema_editor.execute(
            f"DELETE FROM customers_searchentry WHERE kind = '{self.kept.kind}'",
            params=None,
        )

    def describe(self):
        return f"Keep what {self.kept.table} is searched by"


class FollowText(_Triggers):
    """Entries of a kind that get their text from another table than the one they are made from (a person, by links)."""

    def __init__(self, kind: str, table: str, text: str = "{row}.search_text"):
        self.kind, self.table, self.text = kind, table, text

    def deconstruct(self):
        return type(self).__name__, [self.kind, self.table, self.text], {}

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        self.database_backwards(app_label, schema_editor, from_state, to_state)
        old, new = (self.text.format(row=row) for row in ("stale", "fresh"))
        if schema_editor.connection.vendor == "postgresql":
            changed = f"SELECT id, {new} AS text FROM fresh EXCEPT SELECT id, {old} FROM stale"
            schema_editor.execute(
                f"CREATE OR REPLACE FUNCTION qiao_search_{self.kind}_follow() RETURNS trigger"
                " LANGUAGE plpgsql AS $body$"
                f" BEGIN EXECUTE $sql$ UPDATE customers_searchentry e SET text = c.text FROM ({changed}) c"
                f" WHERE e.kind = '{self.kind}' AND e.ref_id = c.id $sql$; RETURN NULL; END $body$",
                params=None,
            )
            schema_editor.execute(
                f"CREATE TRIGGER search_{self.kind}_follow AFTER UPDATE ON {self.table}"
                " REFERENCING OLD TABLE AS stale NEW TABLE AS fresh"
                f" FOR EACH STATEMENT EXECUTE FUNCTION qiao_search_{self.kind}_follow()",
                params=None,
            )
            return
        old, new = (self.text.format(row=row) for row in ("OLD", "NEW"))
        schema_editor.execute(
            f"CREATE TRIGGER search_{self.kind}_follow AFTER UPDATE ON {self.table} WHEN {old} IS NOT {new} BEGIN"
            f" UPDATE customers_searchentry SET text = {new} WHERE kind = '{self.kind}' AND ref_id = NEW.id; END",
            params=None,
        )

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        self._drop(schema_editor, [f"search_{self.kind}_follow"], self.table)

    def describe(self):
        return f"Let what is found follow {self.table}"
