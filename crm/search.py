"""One search over many subjects: settings.SEARCH_PROVIDERS names them; each starts with `visible_to`.

A provider is a callable `(user, text, limit) -> list[Hit]`.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Hit:
    url: str
    title: str
    meta: str = ""
    icon: str = "building-store"
    tier: str = ""


def find(user, text: str, limit: int = 8) -> list[Hit]:
    text = " ".join(text.split())[:80]
    if not text:
        return []
    hits: list[Hit] = []
    for path in settings.SEARCH_PROVIDERS:
        hits += import_string(path)(user, text, limit - len(hits))
        if len(hits) >= limit:
            break
    return hits
