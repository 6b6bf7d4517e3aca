"""What kinds of evidence weigh: in force on a day, and put in force from one on.

Tiers, which stand above, decide on weights with their policies and write them here.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction

from customers.scores.models import ScoreRun, ScoreWeights
from customers.scores.terms import COOPERATION, LOYALTY, WEIGHTS, Weights, weights_from


def in_force(as_of: datetime.date) -> Weights:
    """The weights that hold on a day. One query."""
    row = ScoreWeights.objects.filter(since__lte=as_of).order_by("-since", "-pk").first()
    return WEIGHTS if row is None else weights_from({COOPERATION: row.cooperation, LOYALTY: row.loyalty})


@transaction.atomic
def put(*, weights: Weights, since: datetime.date) -> ScoreWeights | None:
    """Let weights hold from a day on; None, and nothing written, where they do already. The caller notes who did it.

    Every score is worked out anew when it is next looked at (`actions.follow`).
    """
    full = weights_from(weights)
    if full == in_force(since):
        return None
    return ScoreWeights.objects.create(since=since, cooperation=full[COOPERATION], loyalty=full[LOYALTY])


def of_run(run: ScoreRun) -> Weights:
    """The weights that a run worked with."""
    return WEIGHTS if run.weights is None else weights_from(run.weights)


def kept(weights: Weights) -> dict[str, Any] | None:
    """As a run keeps them: nothing for the usual ones."""
    return None if weights == WEIGHTS else {trait: dict(mine) for trait, mine in weights.items()}
