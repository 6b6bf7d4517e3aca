"""What became of one customer in an action on many: the shape that doers hand to the journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """result and reason: codes of models.Result and of the kind; before and after: what an exact undo needs."""

    customer_id: int
    result: str
    reason: str = ""
    before: Any = None
    after: Any = None
