"""Pages that show many apps ask here for the panels that settings name; crm imports no feature.

A panel is a callable `(request, **context) -> Panel | None`; None means it has nothing for this person.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Panel:
    """template rendered with `context`; `column` is where it stands: kpi (a tile), main or side."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    column: str = "main"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """Something that happened with a customer. kind: a word of the slice's own; tone: "", ok, warn, bad or acc."""

    at: datetime.datetime
    kind: str
    title: str
    text: str = ""
    url: str = ""
    tone: str = ""


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
