"""The solver as planning asks it: an instance in, days with their stops out, looked over before anybody sees them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Answer:
    """routes: keys of entries by day, in order. unserved: {key: why}. violations: what the plan breaks, in words."""

    routes: dict[int, list[str]]
    unserved: dict[str, str] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)


def solve(
    given: dict[str, Any],
    seconds: float,
    tell: Callable[[int, int], None] = lambda done, total: None,
    stopped: Callable[[], bool] | None = None,
) -> Answer:
    raise NotImplementedError
