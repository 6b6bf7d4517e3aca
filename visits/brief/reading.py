"""A brief before a visit: what goes with a handover, and what only a visit needs, in the order it is read in the car.

Nothing private comes near it: contacts and notes are those everybody may read, sensitive facts are masked until whoever
may ask for them does, and each reading is written down.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.care import briefs
from customers.care.briefs import Shown
from customers.peers import reading as peers
from customers.peers.words import sentence
from customers.profile.models import Customer
from visits.brief import parts
from visits.plan import suggestions
from visits.plan.models import PlannedVisit
from visits.plan.navigating import Ways, ways

# Titles of what a handover's brief does not have; the order is that of the page.
TITLES = {
    **briefs.TITLES,
    "agenda": gettext_lazy("What they want to speak of"),
    "goals": gettext_lazy("Goals of the visit"),
    "suggested": gettext_lazy("Suggested goals"),
    "last": gettext_lazy("Last visit and next step"),
    "slump": gettext_lazy("Slump"),
    "issues": gettext_lazy("Unsolved issues"),
    "findings": gettext_lazy("What they may not have noticed"),
    "support": gettext_lazy("What they are entitled to"),
}
ORDER = (
    *("promises", "agenda", "goals", "suggested", "people", "common", "avoid", "mood", "last", "contacts"),
    *("slump", "issues", "money", "tier", "findings", "support", "special", "notes", "ask"),
)
ON_A_DAY = ("promises", "agenda", "goals", "suggested", "people", "common", "avoid", "mood", "last", "slump", "issues")
ON_A_DAY += ("money", "tier", "support")
"""What a day's sheet shows of each: it is to fit on a page."""


@dataclass(slots=True)
class Brief:
    """may_ask: something is masked that this person may ask for. ways: how to get there."""

    customer: Customer
    visit: PlannedVisit | None
    sections: list[Shown]
    may_ask: bool
    ways: Ways
    findings: list = field(default_factory=list)


def one(user, customer: Customer, visit: PlannedVisit | None, day: datetime.date, *, reveal: bool = False) -> Brief:
    """customer came through `visible_to(user)`, with its standing. As many statements for however much there is."""
    told = briefs.build([customer])[customer.pk]
    shown, may_ask = briefs.read(customer, told, user, reveal=reveal, why=_("brief before a visit"))
    found = peers.compared(customer, day).findings
    more = _more(user, [customer], [visit] if visit is not None else [], day)[customer.pk]
    if found:
        more["findings"] = [sentence(each) for each in found]
    return Brief(customer, visit, _joined(shown, more, ORDER), may_ask, _ways(customer), found)


def many(user, visits: Sequence[PlannedVisit], day: datetime.date) -> list[Brief]:
    """Of visits whose customers came through `visible_to(user)`, in the order given. As many statements for many
    visits as for one; nothing masked can be asked for here, and nothing is held against like shops.
    """
    customers = list({visit.customer_id: visit.customer for visit in visits}.values())
    told = briefs.build(customers) if customers else {}
    more = _more(user, customers, visits, day)
    found = []
    for visit in visits:
        shown, _may = briefs.read(visit.customer, told[visit.customer_id], user, may_ask=False)
        sections = _joined(shown, more[visit.customer_id], ON_A_DAY)
        found.append(Brief(visit.customer, visit, sections, False, _ways(visit.customer)))
    return found


def _more(user, customers: Sequence[Customer], visits: Sequence[PlannedVisit], day: datetime.date):
    """{customer id: {key: lines}}"""
    ids = [one.pk for one in customers]
    if not ids:
        return {}
    lasts, steps = parts.last_visits(user, ids), parts.next_steps(ids)
    issues, slumps = parts.issues(user, ids, day), parts.slumps(user, ids)
    figures, entitled = parts.figures(customers), parts.entitled(ids, day)
    said = parts.agenda(user, [visit.pk for visit in visits])
    of_customer = {visit.customer_id: visit for visit in visits}
    offered = suggestions.of_many(user, ids, day)
    found: dict[int, dict[str, list[str]]] = {}
    for pk in ids:
        visit = of_customer.get(pk)
        goals = [goal.text for goal in visit.goals.all()] if visit is not None else []
        is_ahead = visit is None or visit.is_planned
        found[pk] = {
            "agenda": said.get(visit.pk, []) if visit is not None else [],
            "goals": goals,
            "suggested": [each.text for each in offered[pk].best] if is_ahead and not goals else [],
            "last": [*lasts.get(pk, []), *steps.get(pk, [])],
            "issues": issues.get(pk, []),
            "slump": slumps.get(pk, []),
            "tier": figures.get(pk, []),
            "support": entitled.get(pk, []),
        }
    return found


def _joined(shown: list[Shown], more: dict[str, list[str]], order: Sequence[str]) -> list[Shown]:
    known = {each.key: each for each in shown}
    for key, lines in more.items():
        if lines and key in known:
            known[key].lines += lines
        elif lines:
            known[key] = Shown(key, TITLES[key], list(lines))
    return [known[key] for key in order if key in known]


def _ways(customer: Customer) -> Ways:
    return ways(customer.wgs_latitude, customer.wgs_longitude, customer.name, address_of(customer))


def address_of(customer: Customer) -> str:
    parts_of_it = (customer.province, customer.city, customer.district, customer.address)
    return " ".join(dict.fromkeys(part for part in parts_of_it if part))
