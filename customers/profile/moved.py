"""Customers that were merged into others: where their number or code leads now.

Merging stands above this slice; settings.MOVED_CUSTOMERS names the function that knows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class Moved:
    old_id: int
    code: str
    customer_id: int
    customer_code: str


def _ask(**which) -> list[Moved]:
    return import_string(settings.MOVED_CUSTOMERS)(**which) if settings.MOVED_CUSTOMERS else []


def by_code(codes: Iterable[str]) -> dict[str, Moved]:
    """{old code: where it went}, for codes that nobody bears any more because of a merge."""
    wanted = list(codes)
    return {one.code: one for one in _ask(codes=wanted)} if wanted else {}


def by_id(pk: int) -> Moved | None:
    return next(iter(_ask(ids=[pk])), None)
