"""Scores when two customers become one: worked out from the loser's own evidence they would be false for the survivor.

They leave with it, kept in the journal. Evidence goes over (observations, invoices), and whoever stays is scored again.
"""

from __future__ import annotations

from crm.merging import Work, keep, special
from customers.scores.models import Score, ScoreDirty


def take(work: Work) -> None:
    work.delete(Score, "customer_id = %s", [work.loser_id])


def settle(work: Work) -> None:
    looked_at = (work.survivor_id, work.loser_id) if work.undoing else (work.survivor_id,)
    ScoreDirty.objects.bulk_create([ScoreDirty(customer_id=pk) for pk in looked_at])


RULES = [
    special("customers.Score", take, settle=settle, guarded=True),
    keep("customers.ScoreDirty", why="an outbox; the next run passes over who is gone"),
]
