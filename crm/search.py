"""One search over many subjects: settings.SEARCH_PROVIDERS names them; each starts with `visible_to`.

A provider is a callable `(user, text, limit, kind) -> list[Group]`: at most `limit` hits of a kind, best first, of all
its kinds or of the one asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

MOST = 100
"""Hits of one kind that a page of all results shows."""
LONGEST = 80


@dataclass(frozen=True, slots=True)
class Hit:
    """parts: the title in pieces, each with whether it is marked. why, why_parts: what else matched, likewise.

    similar: found by forgiving errors of typing.
    """

    pk: int
    url: str
    title: str
    meta: str = ""
    icon: str = "building-store"
    tier: str = ""
    parts: tuple[tuple[str, bool], ...] = ()
    why: Any = ""
    why_parts: tuple[tuple[str, bool], ...] = ()
    similar: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one kind. more: there are others."""

    kind: str
    label: Any
    hits: tuple[Hit, ...]
    more: bool = False


def find(user, text: str, limit: int = 6, kind: str = "") -> list[Group]:
    text = " ".join(text.replace("\0", "").split())[:LONGEST]
    if not text:
        return []
    groups = [
        group for path in settings.SEARCH_PROVIDERS for group in import_string(path)(user, text, min(limit, MOST), kind)
    ]
    return [group for group in groups if group.hits]
