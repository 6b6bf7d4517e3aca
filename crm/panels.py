"""Pages that show many apps ask here for the panels that settings name; crm imports no feature.

A panel is a callable `(request, **context) -> Panel | None`; None means it has nothing for this person.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from django.utils.module_loading import import_string

from crm.clock import noon_of


@dataclass(frozen=True)
class Panel:
    """template rendered with `context`; `column` is where it stands: kpi (a tile), main or side."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    column: str = "main"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened, as the timeline of a customer shows it. at: with a zone; kind: a key of
    `settings.TIMELINE`; url: where it is told in full, or empty; tone: of `tile` (ok, warn, bad, info, acc) or empty;
    timed: False where only the day is known. A source may give that day itself: it stands at its noon.
    """

    at: datetime.datetime | datetime.date
    kind: str
    title: str
    text: str = ""
    url: str = ""
    tone: str = ""
    timed: bool = True


def timeline_of(kinds: Iterable[dict], user, customer, since: datetime.date, until: datetime.date):
    """What the sources of `kinds` (of settings.TIMELINE) tell of [since, until], the latest first.

    `customer` came through `visible_to(user)`; a source leaves out what else this person may not read. As many
    statements as there are kinds with rows, however many entries.
    """
    found = [_placed(entry) for kind in kinds for entry in _load(kind["entries"])(user, customer, since, until)]
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def _placed(entry: TimelineEntry) -> TimelineEntry:
    if isinstance(entry.at, datetime.datetime):
        return entry
    return replace(entry, at=noon_of(entry.at), timed=False)


@cache
def _load(path: str):
    return import_string(path)


def collect(paths: Iterable[str], request, **context) -> dict[str, list[Panel]]:
    columns: dict[str, list[Panel]] = {"kpi": [], "main": [], "side": []}
    for path in paths:
        found = _load(path)(request, **context)
        for panel in found if isinstance(found, list) else [found]:
            if panel is not None:
                columns[panel.column].append(panel)
    return columns
