"""How the estimates of each person came out: forecast against actual, and the promotions behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from crm.accounts.models import Role, User
from promotions.calculator.expected import TrackRecord, track_record
from promotions.rollout.models import Participation
from promotions.uplift.outcomes import Estimated, estimated_of, finished

LATEST = 20
"""Of each person so many, the latest: who has learned since is not held to what was years ago."""


@dataclass(frozen=True, slots=True)
class Record:
    """record: None while no estimate of theirs counts. shown: those at customers in the reader's reach, the latest
    first; hidden: how many more there are, which count as well.
    """

    person: User
    record: TrackRecord | None
    shown: Sequence[Estimated]
    hidden: int


def record_of(person: User) -> TrackRecord | None:
    """For `settings.ESTIMATE_RECORD`, wherever their customers are now. One statement."""
    return _record([estimated_of(one) for one in _latest(Q(plan__made_by=person))])


def records(user: User) -> list[Record]:
    """One's own, and for heads, administrators and analysts those of everybody whose plans they see; by name. Two
    statements.
    """
    seen = finished(Participation.objects.visible_to(user))
    if user.role == Role.MANAGER:
        people = Q(plan__made_by=user)
    else:
        people = Q(plan__made_by__in=seen.order_by().values("plan__made_by")) | Q(plan__made_by=user)
    found: dict[User, list[Estimated]] = defaultdict(list)
    for one in _latest(people):
        if one.plan.made_by is not None:
            found[one.plan.made_by].append(estimated_of(one))
    keys = [one.part.pk for rows in found.values() for one in rows]
    visible = set(seen.filter(pk__in=keys).order_by().values_list("pk", flat=True))
    return [
        Record(
            person,
            _record(rows),
            [one for one in rows if one.part.pk in visible],
            sum(one.part.pk not in visible for one in rows),
        )
        for person, rows in sorted(found.items(), key=lambda item: (str(item[0]), item[0].pk))
    ]


def _latest(people: Q):
    newest = Window(
        RowNumber(), partition_by=F("plan__made_by"), order_by=[F("promotion__ends_on").desc(), F("pk").desc()]
    )
    return finished(Participation.objects.filter(people)).annotate(place=newest).filter(place__lte=LATEST)


def _record(rows: Sequence[Estimated]) -> TrackRecord | None:
    return track_record([(one.guess, one.uplift) for one in rows if one.counts])
