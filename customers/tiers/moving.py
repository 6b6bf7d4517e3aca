"""Tiers when two customers become one.

Decisions were worked out from the loser's own figures and would be false for the survivor: they leave with it, kept in
the journal of the merge. Its standing goes out of the counters. The survivor is looked at by the next refresh, and so
are both after an undo.
"""

from __future__ import annotations

from crm.merging import Work, keep, set_aside, special
from customers.tiers import dialect
from customers.tiers.models import TierDirty, TierStanding


def take(work: Work) -> None:
    dialect.lock(work.cursor)
    _count(work, -1)
    work.delete(TierStanding, "customer_id = %s", [work.loser_id])


def settle(work: Work) -> None:
    if work.undoing:
        dialect.lock(work.cursor)
        _count(work, +1)
    looked_at = (work.survivor_id, work.loser_id) if work.undoing else (work.survivor_id,)
    TierDirty.objects.bulk_create([TierDirty(customer_id=pk) for pk in looked_at])


def _count(work: Work, sign: int) -> None:
    """Put the loser's standing into the counters by region and tier, or take it out."""
    work.cursor.execute(
        """INSERT INTO customers_regiontier (region_id, tier, customers, w0)
        SELECT region_id, tier, %s, %s * w0 FROM customers_tierstanding WHERE customer_id = %s
        ON CONFLICT (region_id, tier) DO UPDATE SET customers = customers_regiontier.customers + excluded.customers,
            w0 = customers_regiontier.w0 + excluded.w0""",
        [sign, sign, work.loser_id],
    )
    work.cursor.execute("DELETE FROM customers_regiontier WHERE customers = 0")


RULES = [
    special("customers.TierStanding", take, settle=settle),
    set_aside("customers.TierDecision", guarded=True, why="decided on its own figures, not on those of both"),
    set_aside("customers.TierOverride", why="set for that customer, not for the one that stays"),
    set_aside("customers.TierTrialMove", why="what a trial would have done with its own figures"),
    keep("customers.TierDirty", why="an outbox; the next refresh passes over who is gone"),
    keep("customers.SalesDirty", why="an outbox; the next refresh passes over who is gone"),
]
