"""The kinds of job there are. Features declare a `JobKind` and settings.JOB_KINDS names it by dotted path."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from crm.jobs.context import JobContext


@dataclass(frozen=True)
class JobKind:
    """A kind of job.

    code: stable name kept in rows. label: lazily translated. handler(ctx) does the work; running it twice must change
    nothing more than running it once. may_retry: whether a person may run it again from the jobs page.
    result_url: from a finished job to the page that shows what it brought (path or None).
    whole_brand: its result holds figures of the whole brand, also when somebody of one region asked for it.
    """

    code: str
    label: Any
    handler: Callable[[JobContext], dict | None]
    max_attempts: int = 5
    may_retry: bool = True
    result_url: Callable[[Any], str | None] = field(default=lambda job: None)
    whole_brand: bool = False


@cache
def registry() -> dict[str, JobKind]:
    kinds = [import_string(path) for path in settings.JOB_KINDS]
    return {kind.code: kind for kind in kinds}


def find(code: str) -> JobKind | None:
    return registry().get(code)
