"""The solver as planning asks it: an instance in, days with their stops out, looked over before anybody sees them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from visits.plan import routing
from visits.plan.routing import InvalidInstance, check

STEPS = 100
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Unserved:
    """key: of an entry. amount: minutes that are lacking, or days between two visits that could be kept."""

    key: str
    reason: str
    day: int | None = None
    amount: float = 0.0


@dataclass
class Answer:
    """routes: keys of entries by day, in order. violations: what the plan breaks, in words."""

    routes: dict[int, list[str]]
    unserved: list[Unserved] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)


def solve(
    given: dict[str, Any],
    seconds: float,
    tell: Tell = lambda done, total: None,
    stopped: Callable[[], bool] | None = None,
) -> Answer:
    """seconds: of the process's CPU. tell: how far, of 100. Stopped early it answers with the best so far.

    Raises ValidationError where what is asked makes no sense, with what does not.
    """
    if not given["customers"]:
        return Answer({})
    try:
        found = routing.plan(given, seconds, progress=lambda part: tell(round(part * STEPS), STEPS), cancel=stopped)
    except InvalidInstance as wrong:
        text = _("These days cannot be planned, because what is known of them makes no sense: %(reason)s")
        raise ValidationError(text % {"reason": wrong}, code="instance") from wrong
    unserved = [
        Unserved(str(one.customer), one.reason, one.day, one.minutes or one.max_gap or 0) for one in found.unserved
    ]
    routes = {route.day: [str(stop.customer) for stop in route.stops] for route in found.routes}
    return Answer(routes, unserved, [str(one) for one in check(given, found)])
