"""What was learned, kept between nights: `SlumpState` rows, one a part of the customers."""

from __future__ import annotations

import datetime
import io
from dataclasses import dataclass

import numpy as np

from crm.clock import now
from customers.relationship.slumprule import VERSION, State
from customers.slumps.models import SlumpState

PART = 10_000


@dataclass
class Kept:
    """state: of the customers `ids`, at the close of as_of."""

    as_of: datetime.date
    ids: np.ndarray
    state: State
    last_line: int
    made_at: datetime.datetime


def rule_name(sensitivity: str, silent_after: int) -> str:
    return f"{VERSION}:{sensitivity}:{silent_after}"


def load(rule: str) -> Kept | None:
    """None where nothing was learned by this rule."""
    rows = list(SlumpState.objects.order_by("part"))
    if not rows or any(row.rule != rule or row.as_of != rows[0].as_of for row in rows):
        return None
    try:
        parts = [dict(np.load(io.BytesIO(bytes(row.arrays)), allow_pickle=False)) for row in rows]
        ids = np.concatenate([part.pop("ids") for part in parts])
        state = State(**{name: np.concatenate([part[name] for part in parts]) for name in parts[0]})
    except (TypeError, KeyError, ValueError):  # learned by another release: worked out anew from the ledger
        return None
    return Kept(rows[0].as_of, ids, state, rows[0].last_line, rows[0].made_at)


def save(as_of: datetime.date, ids: np.ndarray, state: State, last_line: int, rule: str) -> None:
    """Only shops that ever sold something; the others would start from nothing anyhow."""
    grown = np.flatnonzero(state.days > 0)
    ids, state = ids[grown], state.taken(grown)
    made_at, rows = now(), []
    for part, start in enumerate(range(0, max(len(ids), 1), PART)):
        cut = slice(start, start + PART)
        file = io.BytesIO()
        np.savez(file, ids=ids[cut], **{name: values[cut] for name, values in state.arrays().items()})
        rows.append(
            SlumpState(
                part=part,
                as_of=as_of,
                shops=len(ids[cut]),
                arrays=file.getvalue(),
                last_line=last_line,
                rule=rule,
                made_at=made_at,
            )
        )
    forget()
    for row in rows:
        row.save(force_insert=True)


def forget() -> None:
    """The next run learns everything anew from the ledger."""
    SlumpState.objects.all().delete()
