"""Indexes of the table that searches read, on PostgreSQL; elsewhere a search reads the texts one by one.

Words of three letters and more are found by trigrams, where the extension pg_trgm is there or may be made. One and two
letters are too short for trigrams (and most Chinese searches are that short), so `qiao_grams` keeps each run of one
and two letters of Chinese words, how every word begins (after a space), and whole Latin words and numbers (after "=",
by which the neighbours of a mistyped one are found) in an index of its own.
"""

from __future__ import annotations

from django.db import DatabaseError, transaction
from django.db.migrations.operations.base import Operation

# COST: migration 0018 tells the planner ten times as much, as was measured later.
_GRAMS = """
CREATE OR REPLACE FUNCTION qiao_grams(text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
    SELECT coalesce(array_agg(DISTINCT gram), '{}') FROM (
        SELECT ' ' || left(word, n) AS gram
        FROM regexp_split_to_table(btrim($1), ' +') AS word, generate_series(1, 2) AS n
        UNION ALL
        SELECT '=' || word FROM regexp_split_to_table(btrim($1), ' +') AS word WHERE word ~ '^[a-z0-9]{4,24}$'
        UNION ALL
        SELECT substr(word, i, n)
        FROM regexp_split_to_table(btrim($1), ' +') AS word, generate_series(1, length(word)) AS i,
            generate_series(1, 2) AS n
        WHERE word ~ '[^ -~]' AND i + n <= length(word) + 1
    ) AS grams
$$
"""
_OLD = ("customer_search_trigrams", "customer_search_grams")


class SearchIndexes(Operation):
    """Once on the customers themselves (migration 0006 still says so); it makes nothing any more."""

    reversible = True
    reduces_to_sql = True

    def deconstruct(self):
        return type(self).__name__, [], {}

    def state_forwards(self, app_label, state):
        """No model changes."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        """See EntryIndexes."""

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        """See EntryIndexes."""

    def describe(self):
        return "Index the texts that customers are searched by"


class EntryIndexes(SearchIndexes):
    """The two indexes of the entries; what an older Qiao had on the customers goes."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor != "postgresql":
            return
        self.database_backwards(app_label, schema_editor, from_state, to_state)
        schema_editor.execute(_GRAMS, params=None)
        schema_editor.execute(
            "CREATE INDEX search_grams ON customers_searchentry USING gin (qiao_grams(text))", params=None
        )
        # How often each of thousands of pairs occurs; with the usual hundred, a rare one passes for a common one.
        schema_editor.execute("ALTER INDEX search_grams ALTER COLUMN 1 SET STATISTICS 1000", params=None)
        if _may_have_trigrams(schema_editor.connection):
            schema_editor.execute(
                "CREATE INDEX search_trigrams ON customers_searchentry USING gin (text gin_trgm_ops)", params=None
            )

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "postgresql":
            for name in ("search_trigrams", "search_grams", *_OLD):
                schema_editor.execute(f"DROP INDEX IF EXISTS {name}", params=None)
            schema_editor.execute("DROP FUNCTION IF EXISTS qiao_grams(text)", params=None)

    def describe(self):
        return "Index the texts that searches read"


def _may_have_trigrams(connection) -> bool:
    """Make the extension if it is not there; where that is not allowed, searching works all the same, only slower."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT installed_version IS NOT NULL FROM pg_available_extensions WHERE name = 'pg_trgm'")
        found = cursor.fetchone()
    if found is None or found[0]:
        return found is not None
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError:
        return False
    return True
