"""Reading the channel around a customer: one recursive statement for who hangs where, then figures for all at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from crm.money import from_minor
from customers.channel.tree import Branch, Link, flat, grow, keeps, pruned, way_up
from customers.facts import reading as facts
from customers.profile.models import Customer
from customers.tiers.models import TierStanding

MOST = 400
"""Customers drawn at once; of a larger branch the nearest levels."""
HIGHEST = 50
ROOTS = 100


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the tree as the page shows it; customer is None for one beyond reach."""

    branch: Branch
    customer: Customer | None
    tier: str
    here: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A level of the way from the brand to the customer: who (None: the brand), and its share of the retail price."""

    customer: Customer | None
    name: str
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class Channel:
    """lines: the tree; kept: what each level keeps; length: levels from the brand to the customer; more: left out."""

    lines: list[Line]
    kept: list[Kept]
    length: int
    levels: int
    more: int


def _family(customer: Customer) -> list[tuple[int, int | None]]:
    """(id, supplier) of the topmost supplier and everybody below it, nearest levels first; up to one more than MOST."""
    statement = """
        WITH RECURSIVE above(id, upstream_id, n) AS (
            SELECT id, upstream_id, 0 FROM customers_customer WHERE id = %s
            UNION ALL
            SELECT c.id, c.upstream_id, above.n + 1 FROM customers_customer c JOIN above ON c.id = above.upstream_id
            WHERE above.n < %s
        ), top(id) AS (SELECT id FROM above ORDER BY n DESC LIMIT 1),
        family(id, upstream_id, level) AS (
            SELECT c.id, c.upstream_id, 1 FROM customers_customer c JOIN top ON top.id = c.id
            UNION ALL
            SELECT c.id, c.upstream_id, family.level + 1 FROM customers_customer c
            JOIN family ON c.upstream_id = family.id WHERE family.level < %s
        )
        SELECT id, upstream_id FROM (
            SELECT id, upstream_id, level, CASE WHEN id IN (SELECT id FROM above) THEN 0 ELSE 1 END AS aside FROM family
        ) AS found ORDER BY aside, level, id
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, [customer.pk, HIGHEST, HIGHEST])
        return cursor.fetchall()


def channel_of(customer: Customer, user) -> Channel:
    """The whole channel that a customer stands in, as far as a person sees it. Four statements."""
    family = _family(customer)
    shown = family[:MOST]
    visible = {one.pk: one for one in Customer.objects.visible_to(user).filter(pk__in=[pk for pk, _above in shown])}
    sales = _sales(visible)
    prices = facts.numbers("purchase_price", list(visible))
    known = {pk for pk, _above in shown}
    links = {
        pk: Link(
            pk,
            above if above in known else None,
            sales[pk][0] if pk in sales else Decimal(0),
            prices.get(pk),
            pk in visible,
        )
        for pk, above in shown
    }
    roots = pruned(grow(links.values()))
    lines = [
        Line(
            branch,
            visible.get(branch.link.id),
            sales[branch.link.id][1] if branch.link.id in sales else "",
            branch.link.id == customer.pk,
        )
        for branch in flat(roots)
    ]
    path = way_up(links, customer.pk)
    shares = keeps([one.price for one in path])
    kept = [Kept(None, "", shares[0])] + [
        Kept(visible.get(one.id), visible[one.id].name if one.id in visible else "", share)
        for one, share in zip(path, shares[1:], strict=True)
    ]
    return Channel(lines, kept, len(path), max((root.levels for root in roots), default=1), len(family) - len(shown))


def _sales(ids: Collection[int]) -> dict[int, tuple[Decimal, str]]:
    """{customer: (net sales of the last 12 full months, tier)}."""
    rows = TierStanding.objects.filter(customer_id__in=list(ids)).values_list("customer_id", "w0", "tier")
    return {pk: (w0, tier) for pk, w0, tier in rows}


@dataclass(frozen=True, slots=True)
class Root:
    """A branch that the brand supplies itself, in sum; of what the reader sees. levels: itself included."""

    customer: Customer
    tier: str
    sales: Decimal
    below: Decimal
    customers: int
    levels: int


@dataclass(frozen=True, slots=True)
class Overview:
    """roots: the largest ones; alone: how many the brand supplies that supply nobody; more: roots left out."""

    roots: list[Root]
    alone: int
    more: int


def overview(user) -> Overview:
    """Every branch as far as a person sees it, the one that sells most first. Two statements, however many there are.

    A customer whose supplier is out of reach begins a branch of its own.
    """
    seen, params = Customer.objects.visible_to(user).order_by().values("id", "upstream_id").query.sql_with_params()
    statement = f"""
        WITH RECURSIVE seen(id, upstream_id) AS ({seen}),
        branch(root, id, level) AS (
            SELECT s.id, s.id, 1 FROM seen s
            WHERE s.upstream_id IS NULL OR NOT EXISTS (SELECT 1 FROM seen u WHERE u.id = s.upstream_id)
            UNION ALL
            SELECT b.root, s.id, b.level + 1 FROM seen s JOIN branch b ON s.upstream_id = b.id WHERE b.level < {HIGHEST}
        )
        SELECT b.root, max(b.level), count(*) - 1,
            coalesce(sum(CASE WHEN b.id = b.root THEN t.w0 END), 0),
            coalesce(sum(CASE WHEN b.id <> b.root THEN t.w0 END), 0)
        FROM branch b LEFT JOIN customers_tierstanding t ON t.customer_id = b.id
        GROUP BY b.root
    """  # noqa: S608 - the query is Django's own, its values are parameters
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        rows = cursor.fetchall()
    branches = [row for row in rows if row[2]]
    branches.sort(key=lambda row: (-(row[3] + row[4]), row[0]))
    shown = branches[:ROOTS]
    customers = Customer.objects.visible_to(user).select_related("standing").in_bulk([row[0] for row in shown])
    roots = [
        Root(
            customers[pk],
            getattr(getattr(customers[pk], "standing", None), "tier", ""),
            from_minor(own),
            from_minor(below),
            count,
            levels,
        )
        for pk, levels, count, own, below in shown
        if pk in customers
    ]
    return Overview(roots, len(rows) - len(branches), len(branches) - len(shown))
