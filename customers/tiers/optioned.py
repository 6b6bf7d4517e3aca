"""Policies with options that rank on more than W0 sales: the pure rule, fed by a stream and written back set-based.

The rule needs everybody at once, so the process holds all open customers meanwhile (about 1 KB each); only the
laboratory's policies pay that.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import replace

from django.db import connection

from crm.money import from_minor, to_minor
from crm.periods import MONTHS_IN_A_WINDOW, Windows, month_of, months_between
from customers.tiers import dialect, holding
from customers.tiers.deciding import NOT_OPEN, Ladder
from customers.tiers.models import TierRun
from customers.tiers.terms import Decision, Facts, Policy, Result, Tier
from customers.tiers.tiering import decide, ranking_window, shown, windows_of

JUDGED = "tier_judged"
BEFORE = "tier_before"
FIRSTS = "tier_firsts"
RANKING = "tier_ranking"
_BATCH = 5_000


def judge(
    cursor, source: str, rule: Policy, as_of: datetime.date, *, before: Mapping[int, Tier] | None = None
) -> Result:
    """Decide everybody of a source who is open, by the pure rule. before: tiers to go by instead of those in force."""
    facts = read_facts(cursor, source, rule, as_of)
    if before is not None:
        facts = (replace(one, previous_tier=before.get(one.customer_id)) for one in facts)
    return decide(facts, rule, as_of)


def read_facts(cursor, source: str, rule: Policy, as_of: datetime.date) -> Iterator[Facts]:
    """Facts of everybody of a source who is open on the day, with the tiers before it."""
    make_tiers_before(cursor, as_of)
    windows = windows_of(rule, as_of)
    firsts = {"w2_start": windows.w2.start.isoformat(), "w0_end": windows.w0.end.isoformat()}
    dialect.make_table(
        cursor,
        FIRSTS,
        "SELECT customer_id, min(month) AS month FROM customers_monthlysales"
        " WHERE month >= %(w2_start)s AND month < %(w0_end)s GROUP BY customer_id",
        firsts,
        key="customer_id",
    )
    column, joined = "NULL", ""
    if rule.ranks_apart:
        _make_ranking(cursor, rule, as_of)
        column, joined = "coalesce(k.net, 0)", f"LEFT JOIN {RANKING} k ON k.customer_id = s.customer_id"
    query = f"""
        SELECT s.customer_id, s.kind, s.region_id, s.w0, s.w1, s.w2, s.cooperation, s.loyalty, b.tier, c.opened_on,
            m.month, {column} AS ranking, s.cooperation_sure, s.loyalty_sure
        FROM {source} s JOIN customers_customer c ON c.id = s.customer_id
        LEFT JOIN {BEFORE} b ON b.customer_id = s.customer_id
        LEFT JOIN {FIRSTS} m ON m.customer_id = s.customer_id
        {joined}
        WHERE s.open_now ORDER BY s.customer_id"""
    with connection.chunked_cursor() as reader:
        reader.execute(query)
        while rows := reader.fetchmany(_BATCH):
            yield from (_facts(row, rule, windows) for row in rows)
    dialect.drop_tables(cursor, BEFORE, FIRSTS, RANKING)


def _make_ranking(cursor, rule: Policy, as_of: datetime.date) -> None:
    """A temporary table (customer_id, net): sales of the months that the policy ranks on."""
    window = ranking_window(rule, as_of)
    dialect.make_table(
        cursor,
        RANKING,
        f"SELECT customer_id, {dialect.total('net')} AS net FROM customers_monthlysales"
        " WHERE month >= %(start)s AND month < %(end)s GROUP BY customer_id",
        {"start": window.start.isoformat(), "end": window.end.isoformat()},
        key="customer_id",
    )


def make_tiers_before(cursor, as_of: datetime.date) -> None:
    """A temporary table (customer_id, tier) of what the rule said before the day, replays left out.

    By the rule also where an override held: a band keeps whom sales brought in, not whom somebody let in.
    """
    dialect.make_table(
        cursor,
        BEFORE,
        f"""SELECT d.customer_id, {holding.computed("d")} AS tier FROM customers_tierdecision d WHERE d.id IN (
            SELECT max(x.id) FROM customers_tierdecision x JOIN customers_tierrun r ON r.id = x.run_id
            WHERE r.mode <> %(replay)s AND r.as_of < %(as_of)s GROUP BY x.customer_id)""",
        {"replay": TierRun.Mode.REPLAY, "as_of": as_of.isoformat()},
        key="customer_id",
    )


def months_active(opened_on: datetime.date | None, first: datetime.date | None, windows: Windows) -> int:
    """Months of business within W0: from the month it opened in (else of its first sales) to the last, both counted."""
    start = opened_on or first
    if start is None:
        return MONTHS_IN_A_WINDOW
    months = months_between(month_of(start), windows.w0.last_day) + 1
    return max(0, min(MONTHS_IN_A_WINDOW, months))


def _facts(row, rule: Policy, windows: Windows) -> Facts:
    customer, kind, region, w0, w1, w2, cooperation, loyalty, before, opened_on, first, ranking, *sure = row
    return Facts(
        customer_id=customer,
        kind=kind,
        region_id=region,
        w0=from_minor(w0),
        w1=from_minor(w1),
        w2=from_minor(w2),
        # A score that rests on too few events is unknown already.
        cooperation=None if cooperation is None else from_minor(cooperation),
        loyalty=None if loyalty is None else from_minor(loyalty),
        cooperation_sure=None if sure[0] is None else from_minor(sure[0]),
        loyalty_sure=None if sure[1] is None else from_minor(sure[1]),
        previous_tier=before or None,
        months_active=months_active(_day(opened_on), _day(first), windows) if rule.part_years else None,
        ranking=None if ranking is None else from_minor(ranking),
    )


def _day(value) -> datetime.date | None:
    """SQLite hands dates of raw statements over as text."""
    return datetime.date.fromisoformat(value) if isinstance(value, str) else value


def write_judged(cursor, result: Result) -> None:
    """A temporary table of the decisions: customer_id, tier, reason, place, ranked, cutoff, ranked_on."""
    dialect.drop_tables(cursor, JUDGED)
    until = " ON COMMIT DROP" if dialect.is_postgres() else ""
    cursor.execute(
        f"CREATE TEMPORARY TABLE {JUDGED} (customer_id bigint PRIMARY KEY, tier varchar(1), reason varchar(32),"
        f" place integer, ranked integer, cutoff bigint, ranked_on bigint){until}"
    )
    batch = []
    for one in result.decisions:
        batch.append(_row(one))
        if len(batch) == _BATCH:
            _insert(cursor, batch)
            batch = []
    _insert(cursor, batch)


def _row(one: Decision) -> tuple:
    cutoff = None if one.cutoff is None else to_minor(one.cutoff)
    sales = shown(one.ranked_on) if one.ranked_on is not None else None
    ranked_on = None if sales is None else to_minor(sales)
    return (one.customer_id, one.tier, one.reason.value, one.rank, one.ranked, cutoff, ranked_on)


def _insert(cursor, rows: list[tuple]) -> None:
    if not rows:
        return
    if dialect.is_postgres():
        places = ",".join(["(%s,%s,%s,%s,%s,%s,%s)"] * len(rows))
        cursor.execute(f"INSERT INTO {JUDGED} VALUES {places}", [value for row in rows for value in row])
    else:
        cursor.executemany(f"INSERT INTO {JUDGED} VALUES (%s,%s,%s,%s,%s,%s,%s)", rows)


def ladder_of(result: Result) -> Ladder:
    return Ladder(result.ranked, result.k, None if result.cutoff is None else to_minor(result.cutoff))


def judge_standing(cursor, changed: str, rule: Policy, as_of: datetime.date) -> Ladder:
    """Make the table of changes against the standing, as `deciding.changes` does, with place, ranked and cutoff."""
    result = judge(cursor, "customers_tierstanding", rule, as_of)
    write_judged(cursor, result)
    found = ladder_of(result)
    del result
    kept = holding.final("r.judged", "r.why", "r.override_tier")
    dialect.make_table(
        cursor,
        changed,
        f"""SELECT * FROM (
            SELECT r.customer_id, {", ".join(f"{kept[name]} AS {name}" for name in holding.KEPT)},
                {", ".join(f"r.old_{name}" for name in holding.KEPT)}, r.region_id, r.w0, r.w1, r.w2, r.cooperation,
                r.loyalty, r.place, r.ranked, r.cutoff
            FROM (
                SELECT s.customer_id, coalesce(j.tier, '') AS judged,
                    coalesce(j.reason, CASE WHEN s.tier = '' AND s.reason = '' THEN '' ELSE '{NOT_OPEN}' END) AS why,
                    {", ".join(f"s.{name} AS old_{name}" for name in holding.KEPT)}, s.override_tier, s.region_id,
                    s.w0, s.w1, s.w2, s.cooperation, s.loyalty, j.place, coalesce(j.ranked, 0) AS ranked, j.cutoff
                FROM customers_tierstanding s LEFT JOIN {JUDGED} j ON j.customer_id = s.customer_id
            ) r
        ) x WHERE {" OR ".join(f"x.{name} <> x.old_{name}" for name in holding.KEPT)}""",
        {},
        key="customer_id",
    )
    dialect.drop_tables(cursor, JUDGED)
    return found
