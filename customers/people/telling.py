"""People, relations and ways through the network as pages tell them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from crm.clock import today
from customers.people.models import Person, Relation
from customers.people.network import Edge, Path
from customers.people.reading import Named, Words
from customers.profile.models import Customer

_ENDS = ("start_person", "start_customer", "end_person", "end_customer")
MOST = 100


@dataclass(slots=True)
class RelationLine:
    """A relation as it reads from one of its ends."""

    relation: Relation
    words: str
    other: Person | Customer
    href: str
    is_over: bool


def lines_of(user, here: Person | Customer) -> list[RelationLine]:
    """Those in force first, the closest first. One statement."""
    kind = "person" if isinstance(here, Person) else "customer"
    mine = Q(**{f"start_{kind}": here}) | Q(**{f"end_{kind}": here})
    rows = Relation.objects.visible_to(user).filter(mine).select_related("type", *_ENDS)
    day = today()
    found = []
    for row in rows.order_by("-strength", "pk")[:MOST]:
        forward = getattr(row, f"start_{kind}_id") == here.pk
        other = row.end if forward else row.start
        over = row.until is not None and row.until <= day
        found.append(RelationLine(row, row.type.words(forward), other, address(other), over))
    return sorted(found, key=lambda line: line.is_over)


def address(row: Person | Customer) -> str:
    return reverse("customers:person" if isinstance(row, Person) else "customers:detail", args=[row.pk])


def network_address(node: str) -> str:
    return reverse("customers:person-network" if node[0] == "p" else "customers:network", args=[int(node[1:])])


def page_address(node: str) -> str:
    return reverse("customers:person" if node[0] == "p" else "customers:detail", args=[int(node[1:])])


def birthday(person: Person) -> str:
    """As the language writes a day, with the year where it is known; '' where there is none."""
    if person.birth_month is None:
        return ""
    day = datetime.date(person.birth_year or 2000, person.birth_month, person.birth_day)
    return formats.date_format(day, "DATE_FORMAT" if person.birth_year else "MONTH_DAY_FORMAT")


def edge_words(words: Words, edge: Edge, here: str) -> str:
    """What an edge is called on the way from `here` to its other end."""
    name = words.of(edge, edge.start == here)
    if edge.kind != "role":
        return name
    if here == edge.start:
        return _("is the %(role)s of") % {"role": name}
    return _("has as its %(role)s") % {"role": name}


@dataclass(slots=True)
class Step:
    """words: how one comes here from the step before; '' for the first."""

    named: Named
    words: str
    href: str
    over: bool = False
    strength: int = 0


def steps_of(path: Path, names: dict[str, Named], words: Words) -> list[Step]:
    steps = [Step(names[path.nodes[0]], "", page_address(path.nodes[0]))]
    for here, edge in zip(path.nodes, path.edges, strict=False):
        there = edge.other(here)
        told = edge_words(words, edge, here)
        steps.append(Step(names[there], told, page_address(there), not edge.holds, edge.strength))
    return steps


def named_all(paths: Sequence[Path]) -> set[str]:
    return {node for path in paths for node in path.nodes}
