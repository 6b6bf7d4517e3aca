"""Which customers on which days, in what order: the public door of the search in `visits/routing`.

Pure but for the processor's clock, which `seconds` are counted by: plain objects in the neutral format of
`docs/routing.md` go in, frozen dataclasses come out.
"""

from visits.routing.checking import Violation, check
from visits.routing.instance import InvalidInstance
from visits.routing.planning import plan, replan, route_day
from visits.routing.plans import Plan, Route, Stop, Unserved

__all__ = ["InvalidInstance", "Plan", "Route", "Stop", "Unserved", "Violation", "check", "plan", "replan", "route_day"]
