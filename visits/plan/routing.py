"""Which customers on which days, in what order: the public door of the search in `visits/routing`.

Pure but for the processor's clock, which `seconds` are counted by: plain objects in the neutral format of
`docs/routing.md` go in, frozen dataclasses come out.

The search loads the compiler, which takes a second and sixty megabytes: `plan`, `replan` and `route_day` are brought
when somebody first asks for them, so that a web server or a command that plans nothing starts without.
"""

from typing import TYPE_CHECKING, Any

from visits.routing.checking import Violation, check
from visits.routing.instance import InvalidInstance
from visits.routing.plans import Plan, Route, Stop, Unserved

if TYPE_CHECKING:
    from visits.routing.planning import plan, replan, route_day

__all__ = ["InvalidInstance", "Plan", "Route", "Stop", "Unserved", "Violation", "check", "plan", "replan", "route_day"]


def __getattr__(name: str) -> Any:
    if name not in ("plan", "replan", "route_day"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from visits.routing import planning  # noqa: PLC0415 - see above

    return getattr(planning, name)
