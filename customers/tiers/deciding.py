"""The rule as statements: ranked, places, cut-off, reason, rank; the answers of `tiering.decide`, on whole numbers.

They read a source with the columns of `figures.FIGURES`, tier and reason: the standing, or a temporary table of a past
day. What is found to change goes to a temporary table: customer_id, tier, reason, rule_tier, rule_reason, old_tier,
region_id, w0, w1, w2, cooperation, loyalty, is_ranked. An override that holds decides last (`holding`).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from crm.money import to_minor
from customers.tiers import dialect, holding
from customers.tiers.terms import Policy, Reason
from customers.tiers.tiering import places

RANKED = "kind = 'franchisee' AND open_now AND w0 > 0"
NOT_OPEN = "not_open"
"""Stored as the reason of a customer that left the result: closed, or not open on the day."""
NOBODY = 9_223_372_036_854_775_807
"""A cut-off that no sales reach: the policy gives no place."""
_MANY = 20
"""From one in so many of the ranked, ranks are worked out in one pass over the ladder instead of gap by gap."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """How many are ranked, how many places there are, and the cents that take one (None: no place)."""

    ranked: int
    k: int
    cutoff: int | None


def read_ladder(cursor, source: str, rule: Policy) -> Ladder:
    """Find the cut-off. Reads nothing but the ladder's index of the source."""
    cursor.execute(f"SELECT count(*) FROM {source} WHERE {RANKED}")
    ranked = cursor.fetchone()[0]
    if rule.absolute_cutoff is not None:
        cutoff = to_minor(rule.absolute_cutoff)
        cursor.execute(f"SELECT count(*) FROM {source} WHERE {RANKED} AND w0 >= %(cutoff)s", {"cutoff": cutoff})
        return Ladder(ranked, cursor.fetchone()[0], cutoff)
    k = places(rule, ranked)
    if k == 0:
        return Ladder(ranked, 0, None)
    cursor.execute(
        f"SELECT w0 FROM {source} WHERE {RANKED} ORDER BY w0 DESC LIMIT 1 OFFSET %(above)s", {"above": k - 1}
    )
    return Ladder(ranked, k, cursor.fetchone()[0])


def parameters(rule: Policy, ladder: Ladder) -> dict:
    """The parameters that `reason` names."""
    needed = 1 + Fraction(rule.growth)
    return {
        "cutoff": NOBODY if ladder.cutoff is None else ladder.cutoff,
        "up": needed.numerator,
        "down": needed.denominator,
        "cooperation_high": _hundredths(rule.cooperation_high),
        "loyalty_high": _hundredths(rule.loyalty_high),
    }


def _hundredths(points) -> int:
    """The least score in hundredths that is high."""
    return -((-Fraction(points) * 100).__floor__())


def reason(rule: Policy) -> str:
    """SQL for the reason of a row s; the tier follows from it."""
    top = Reason.TOP_SHARE if rule.absolute_cutoff is None else Reason.FIXED_CUTOFF
    short_1, short_2 = _short("s.w1", "s.w2"), _short("s.w0", "s.w1")
    return f"""CASE
        WHEN NOT s.open_now THEN CASE WHEN s.tier = '' AND s.reason = '' THEN '' ELSE '{NOT_OPEN}' END
        WHEN s.kind = 'agent' THEN '{Reason.AGENT}'
        WHEN s.w0 > 0 AND s.w0 >= %(cutoff)s THEN '{top}'
        WHEN s.w0 <= 0 THEN '{Reason.NO_SALES}'
        WHEN s.w1 <= 0 OR s.w2 <= 0 THEN '{Reason.NOT_YET_JUDGEABLE}'
        WHEN {short_1} THEN CASE WHEN {short_2} THEN '{Reason.GROWTH_SHORT}' ELSE '{Reason.GROWTH_1_SHORT}' END
        WHEN {short_2} THEN '{Reason.GROWTH_2_SHORT}'
        WHEN s.cooperation IS NULL THEN '{Reason.COOPERATION_UNKNOWN}'
        WHEN s.cooperation_sure < %(cooperation_high)s THEN CASE WHEN s.cooperation < %(cooperation_high)s
            THEN '{Reason.COOPERATION_LOW}' ELSE '{Reason.COOPERATION_UNSURE}' END
        WHEN s.loyalty IS NULL THEN '{Reason.LOYALTY_UNKNOWN}'
        WHEN s.loyalty_sure < %(loyalty_high)s THEN '{Reason.LOYALTY_LOW}'
        ELSE '{Reason.GROWTH}' END"""


def _short(now: str, before: str) -> str:
    """SQL: grew too little. now < before * up / down, rounded up, in steps that no sum of money overflows."""
    return f"{now} < {before} / %(down)s * %(up)s + ({before} %% %(down)s * %(up)s + %(down)s - 1) / %(down)s"


def tier(of: str) -> str:
    """SQL for the tier that follows from a reason of the set-based rule."""
    return (
        f"CASE {of} WHEN '{Reason.AGENT}' THEN 'A' WHEN '{Reason.TOP_SHARE}' THEN 'A'"
        f" WHEN '{Reason.FIXED_CUTOFF}' THEN 'A' WHEN '{Reason.GROWTH}' THEN 'B'"
        f" WHEN '{NOT_OPEN}' THEN '' WHEN '' THEN '' ELSE 'C' END"
    )


def changes(rule: Policy, source: str, among: str = "") -> str:
    """Those whose tier or reason changes, by the rule or by hand. among: a condition on s, or all of the source."""
    kept = holding.final(tier("d.new_reason"), "d.new_reason", "d.override_tier")
    return f"""
        SELECT d.customer_id, {", ".join(f"{kept[name]} AS {name}" for name in holding.KEPT)}, d.tier AS old_tier,
            d.region_id, d.w0, d.w1, d.w2, d.cooperation, d.loyalty, d.is_ranked
        FROM (
            SELECT s.customer_id, s.tier, s.reason, s.rule_tier, s.rule_reason, s.override_tier, s.region_id, s.w0,
                s.w1, s.w2, s.cooperation, s.loyalty,
                (s.kind = 'franchisee' AND s.open_now AND s.w0 > 0) AS is_ranked, {reason(rule)} AS new_reason
            FROM {source} s {f"WHERE {among}" if among else ""} {dialect.fence()}
        ) d
        WHERE CASE WHEN d.override_tier = '' AND d.rule_tier = ''
            THEN d.new_reason <> d.reason OR d.tier <> {tier("d.new_reason")}
            ELSE {" OR ".join(f"d.{name} <> {kept[name]}" for name in holding.KEPT)} END"""


def make_ranks(cursor, table: str, changed: str, source: str, ladder: Ladder, rows: int) -> None:
    """A temporary table (w0, place): the competition rank of each sales figure among the ranked of `changed`."""
    if rows * _MANY > ladder.ranked:
        make_all_ranks(cursor, table, source)
        return
    # Count from one wanted figure up to the next: each seller is counted once, whatever their number.
    query = f"""
        SELECT w0, 1 + {dialect.total("n")} OVER (ORDER BY w0 DESC) AS place
        FROM (
            SELECT gap.w0, (
                SELECT count(*) FROM {source} s
                WHERE s.kind = 'franchisee' AND s.open_now AND s.w0 > 0 AND s.w0 > gap.w0 AND s.w0 <= gap.above
            ) AS n
            FROM (
                SELECT w0, lag(w0, 1, {NOBODY}) OVER (ORDER BY w0 DESC) AS above
                FROM (SELECT DISTINCT w0 FROM {changed} WHERE is_ranked) wanted
            ) gap
        ) counted"""
    dialect.make_table(cursor, table, query, {}, key="w0")


def make_all_ranks(cursor, table: str, source: str) -> None:
    """The same for every figure of the ladder, in one pass over its index."""
    query = f"""
        SELECT w0, 1 + {dialect.total("n")} OVER (ORDER BY w0 DESC) - n AS place
        FROM (SELECT w0, count(*) AS n FROM {source} WHERE {RANKED} GROUP BY w0) level"""
    dialect.make_table(cursor, table, query, {}, key="w0")
