"""What the database knows of the network, read for a person: only what both ends of are in their sight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from crm.access import reach_of
from crm.clock import today
from customers.people import network
from customers.people.models import Person, PersonRole, Relation, RelationType, StandsAs
from customers.people.network import SAME_OWNER, Answer, Drawing, Edge, Graph
from customers.profile.listing import found_by
from customers.profile.models import Customer, Responsibility

MOST_EDGES = 2_000
ROLES = "roles"
STRENGTH_OF_ROLE = {True: 3, False: 2}
"""Of a role, by whether the person is called first."""


@dataclass(frozen=True, slots=True)
class Filters:
    """kinds: `roles`, `same_owner` and codes of relation types; empty means all. now: only what holds today."""

    kinds: frozenset[str] = frozenset()
    now: bool = True

    def wants(self, kind: str) -> bool:
        return not self.kinds or kind in self.kinds


def fetcher(user, filters: Filters) -> network.Fetch:
    """Two statements a call, however many nodes: one for roles, one for relations."""
    day = today()

    def fetch(nodes: frozenset[str]) -> tuple[Sequence[Edge], bool]:
        people, customers = _keys(nodes, "p"), _keys(nodes, "c")
        edges: list[Edge] = []
        cut = False
        if filters.wants(ROLES) or filters.wants(SAME_OWNER):
            rows = PersonRole.objects.visible_to(user).filter(Q(person_id__in=people) | Q(customer_id__in=customers))
            if filters.now:
                rows = rows.in_force(day)
            if not filters.wants(ROLES):
                rows = rows.filter(role=StandsAs.OWNER)
            found = list(
                rows.order_by("-is_primary", "pk").values_list(
                    "pk", "person_id", "customer_id", "role", "role_other", "is_primary", "since", "until"
                )[: MOST_EDGES + 1]
            )
            cut = len(found) > MOST_EDGES
            edges += [
                Edge(
                    f"p{person}",
                    f"c{customer}",
                    "role",
                    f"other:{other}" if role == StandsAs.OTHER else role,
                    STRENGTH_OF_ROLE[primary],
                    _holds(since, until, day),
                    pk,
                )
                for pk, person, customer, role, other, primary, since, until in found[:MOST_EDGES]
            ]
        if not filters.kinds or filters.kinds - {ROLES, SAME_OWNER}:
            more, more_cut = _relations(user, filters, people, customers, day)
            edges, cut = edges + more, cut or more_cut
        return edges, cut

    return fetch


def _relations(user, filters: Filters, people, customers, day) -> tuple[list[Edge], bool]:
    rows = Relation.objects.visible_to(user).filter(
        Q(start_person_id__in=people)
        | Q(end_person_id__in=people)
        | Q(start_customer_id__in=customers)
        | Q(end_customer_id__in=customers)
    )
    if filters.now:
        rows = rows.in_force(day)
    if filters.kinds:
        rows = rows.filter(type__code__in=filters.kinds)
    names = ("start_person_id", "start_customer_id", "end_person_id", "end_customer_id")
    found = list(
        rows.order_by("-strength", "pk").values_list("pk", *names, "type__code", "strength", "since", "until")[
            : MOST_EDGES + 1
        ]
    )
    edges = [
        Edge(
            f"p{from_person}" if from_person else f"c{from_customer}",
            f"p{to_person}" if to_person else f"c{to_customer}",
            "relation",
            code,
            strength,
            _holds(since, until, day),
            pk,
        )
        for pk, from_person, from_customer, to_person, to_customer, code, strength, since, until in found[:MOST_EDGES]
    ]
    return edges, len(found) > MOST_EDGES


def _holds(since, until, day) -> bool:
    return (since is None or since <= day) and (until is None or until > day)


def _keys(nodes: Iterable[str], letter: str) -> list[int]:
    return [int(node[1:]) for node in nodes if node[0] == letter]


# --- names ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Named:
    """A node as people know it. tier: of a customer, '' where there is none; roles: of a person, '老板 · 客户A'."""

    node: str
    name: str
    code: str = ""
    city: str = ""
    tier: str = ""
    manager: str = ""

    @property
    def pk(self) -> int:
        return int(self.node[1:])

    @property
    def is_person(self) -> bool:
        return self.node[0] == "p"


def named(user, nodes: Iterable[str], *, managers: bool = False) -> dict[str, Named]:
    """Two statements at most. Through `visible_to` once more: a name never comes from anywhere else."""
    nodes = list(nodes)
    found: dict[str, Named] = {}
    if people := _keys(nodes, "p"):
        for pk, name in Person.objects.visible_to(user).filter(pk__in=people).values_list("pk", "name"):
            found[f"p{pk}"] = Named(f"p{pk}", name)
    if customers := _keys(nodes, "c"):
        rows = Customer.objects.visible_to(user).filter(pk__in=customers)
        if managers:
            held = Responsibility.objects.in_force(today()).filter(customer=OuterRef("pk"))
            rows = rows.annotate(
                manager=Subquery(held.values("user__name")[:1]), login=Subquery(held.values("user__username")[:1])
            )
        else:
            rows = rows.annotate(manager=F("code"), login=F("code"))
        values = rows.values_list("pk", "name", "code", "city", "standing__tier", "manager", "login")
        for pk, name, code, city, tier, manager, login in values:
            who = (manager or login or "") if managers else ""
            found[f"c{pk}"] = Named(f"c{pk}", name, code, city, tier or "", who)
    return found


@dataclass(slots=True)
class Words:
    """What edges are called, from either end; the relation types are read once."""

    types: Mapping[str, RelationType] = field(default_factory=lambda: RelationType.objects.in_bulk(field_name="code"))

    def of(self, edge: Edge, forward: bool = True) -> str:
        if edge.kind == SAME_OWNER:
            return _("has the same owner as")
        if edge.kind == "role":
            other = edge.code.removeprefix("other:") if edge.code.startswith("other:") else ""
            return other or str(StandsAs(edge.code).label)
        return self.types[edge.code].words(forward)


# --- the whole --------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Picture:
    graph: Graph
    drawing: Drawing
    names: Mapping[str, Named]
    words: Words


def picture(user, centre: str, filters: Filters) -> Picture:
    """The network two steps around a node that came through `visible_to`. Nine statements, whatever its size."""
    graph = network.around(centre, fetcher(user, filters))
    return Picture(graph, network.draw(graph), named(user, graph.nodes), Words())


def who_knows(user, target: str, *, source: str | None = None, now: bool = True) -> Answer:
    """The shortest ways to a node in sight: from one customer, or from those in the user's charge.

    Who is in charge of none themselves (a head, an administrator) asks for all customers in sight that somebody is in
    charge of. Three statements a step.
    """
    return network.shortest(target, fetcher(user, Filters(now=now)), _ours(user, source, target))


def _ours(user, source: str | None, target: str):
    if source is not None:
        return lambda nodes: nodes & {source}
    held: QuerySet = Responsibility.objects.in_force(today())
    if has_own(user):
        held = held.filter(user=user)
    seen = Customer.objects.visible_to(user).filter(pk__in=held.values("customer_id"))

    def ours(nodes: frozenset[str]) -> Iterable[str]:
        ids = _keys(nodes, "c")
        return [f"c{pk}" for pk in seen.filter(pk__in=ids).values_list("pk", flat=True)] if ids else []

    return ours


def has_own(user) -> bool:
    """Whether there is a customer this person is in charge of today; asked once a request."""
    if not hasattr(user, "_has_own_customers"):
        user._has_own_customers = (
            reach_of(user).user_id is not None and Responsibility.objects.in_force(today()).filter(user=user).exists()
        )
    return user._has_own_customers


def found(user, text: str, limit: int) -> list[Named]:
    """People and customers in sight whom a text finds, for fields that name one. Two statements."""
    people = Person.objects.visible_to(user).found_by(text).order_by("name", "pk") if text.strip() else []
    customers = Customer.objects.visible_to(user)
    hits = [Named(f"p{one.pk}", one.name, city=one.phone) for one in people[:limit]]
    if text.strip():
        rows = found_by(text, customers).order_by("name", "pk").values_list("pk", "name", "code", "city")
        hits += [Named(f"c{pk}", name, code, city) for pk, name, code, city in rows[:limit]]
    return hits


def row_of(user, node: str) -> Person | Customer | None:
    """The row of a node, if it is in sight."""
    if not node[1:].isascii() or not node[1:].isdigit() or len(node) > 19 or node[0] not in "pc":
        return None
    model = Person if node[0] == "p" else Customer
    return model.objects.visible_to(user).filter(pk=int(node[1:])).first()


# --- the customer's card ----------------------------------------------------------------------------------------


def people_of(user, customer: Customer) -> QuerySet[PersonRole]:
    """Who stands with a customer now, the first to call first; with how many others each stands and is related to."""
    day = today()
    elsewhere = (
        PersonRole.objects.visible_to(user)
        .in_force(day)
        .filter(person=OuterRef("person_id"))
        .exclude(customer=customer)
        .order_by()
        .values("person")
        .annotate(n=Count("customer", distinct=True))
        .values("n")
    )

    def related(end: str) -> Any:
        rows = Relation.objects.visible_to(user).in_force(day).filter(**{f"{end}_person": OuterRef("person_id")})
        count = rows.order_by().values(f"{end}_person").annotate(n=Count("pk")).values("n")
        return Coalesce(Subquery(count), 0)

    return (
        PersonRole.objects.visible_to(user)
        .in_force(day)
        .filter(customer=customer)
        .select_related("person")
        .annotate(elsewhere=Coalesce(Subquery(elsewhere), 0), related=related("start") + related("end"))
        .order_by("-is_primary", "pk")
    )
