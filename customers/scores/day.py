# ruff: noqa: S608 - names of our own tables and columns are put together here; values always go as parameters
"""The scores that hold on a day, for whoever decides set-based: the present's rows, or a temporary table of the day.

A past day that was never worked out is worked out aside, from evidence up to it, and nothing is written.
"""

from __future__ import annotations

import datetime

from customers.sales import dialect
from customers.scores import actions, gathering, keeping, weighing
from customers.scores.terms import COOPERATION, LOYALTY, TRAITS, Weights

DAY = "score_day"
COLUMNS = ("value", "sure", "events")
_AT_ONCE = 150
_PAGE = 2_000


def ready(cursor, as_of: datetime.date, weights: Weights | None = None) -> str:
    """Name of a table for `joined`: '' where the present's own rows hold on that day.

    weights: what kinds of evidence shall weigh; None: what they weigh on that day. Scores that were worked out with
    others are worked out aside.
    """
    is_replay = actions.is_replay(as_of)
    known = actions.last_run(as_of) or (actions.last_run(as_of, replay=True) if is_replay else None)
    wanted = weighing.in_force(as_of) if weights is None else weights
    if known is None or weighing.of_run(known) != wanted:
        return _worked_out(cursor, as_of, wanted)
    return _stored(cursor, as_of) if is_replay else ""


def joined(table: str) -> str:
    """Joins of customers `c` to `sc` (cooperation) and `sl` (loyalty), each with COLUMNS."""
    source, current = (table, "") if table else ("customers_score", "AND {alias}.current")
    return " ".join(
        f"LEFT JOIN {source} {alias} ON {alias}.customer_id = c.id AND {alias}.trait = '{trait}'"
        f" {current.format(alias=alias)}"
        for alias, trait in (("sc", COOPERATION), ("sl", LOYALTY))
    )


def _make(cursor, found) -> str:
    dialect.make_table(
        cursor, DAY, "customer_id bigint, trait varchar(12), value integer, sure integer, events integer"
    )
    batch: list = []
    for row in found:
        batch.append(row)
        if len(batch) == _AT_ONCE:
            _insert(cursor, batch)
            batch = []
    _insert(cursor, batch)
    cursor.execute(f"CREATE UNIQUE INDEX {DAY}_key ON {DAY} (trait, customer_id)")
    if dialect.is_postgres():
        cursor.execute(f"ANALYZE {DAY}")
    return DAY


def _insert(cursor, batch: list[tuple]) -> None:
    if batch:
        marks = ", ".join(["(%s, %s, %s, %s, %s)"] * len(batch))
        cursor.execute(f"INSERT INTO {DAY} VALUES {marks}", [value for row in batch for value in row])


def _stored(cursor, as_of: datetime.date) -> str:
    newest = """SELECT max(id) FROM customers_score WHERE {where} GROUP BY customer_id, trait"""
    dialect.make_table_as(
        cursor,
        DAY,
        f"""SELECT s.customer_id, s.trait, s.value, s.sure, s.events FROM customers_score s
        WHERE s.id IN ({newest.format(where="replay AND as_of = %(as_of)s")})
            OR (s.id IN ({newest.format(where="NOT replay AND as_of <= %(as_of)s")}) AND NOT EXISTS (
                SELECT 1 FROM customers_score r WHERE r.customer_id = s.customer_id AND r.trait = s.trait
                    AND r.replay AND r.as_of = %(as_of)s))""",
        {"as_of": as_of.isoformat()},
    )
    cursor.execute(f"CREATE UNIQUE INDEX {DAY}_key ON {DAY} (trait, customer_id)")
    return DAY


def _worked_out(cursor, as_of: datetime.date, weights: Weights) -> str:
    evidence = gathering.gather(cursor, as_of)
    network = gathering.measure(evidence)
    everyone = sorted(evidence.customers)

    def everybody():
        before: keeping.Standing = {}
        for at, customer in enumerate(everyone):
            if at % _PAGE == 0:
                before = keeping.in_force(as_of, everyone[at : at + _PAGE])
            was_high = {trait: old.high for trait in TRAITS if (old := before.get((customer, trait))) is not None}
            for trait, one in actions.scored(customer, evidence, network, was_high, weights).items():
                if one.value is not None:
                    yield customer, trait, one.value, one.sure, one.events

    return _make(cursor, everybody())


def drop(cursor) -> None:
    dialect.drop_tables(cursor, DAY)
