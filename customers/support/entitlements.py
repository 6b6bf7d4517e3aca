"""What customers are entitled to on a day, with what is used of it. A few statements, however many customers."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Subquery

from crm.clock import today
from customers.profile.models import Customer, Kind
from customers.support import entitling
from customers.support.entitling import Exceptional, Given, Term
from customers.support.models import Entitlement, EntitlementException, SupportRequest
from customers.support.tiering import policy_on, tiers_on
from customers.tiers.models import TierPolicy


@dataclass(frozen=True, slots=True)
class Card:
    """tier: the one on that day. lines: what is given, with what is used. limited: what the policy speaks of at all;
    where it says nothing of a kind of money, no entitlement is judged.
    """

    on: datetime.date
    tier: str
    lines: dict[str, Given]
    limited: frozenset[str]

    def of(self, gives: str) -> Given | None:
        return self.lines.get(gives)

    def left(self, gives: str) -> Decimal | None:
        """Money left; None where nothing limits it."""
        if not gives or gives not in self.limited:
            return None
        line = self.lines.get(gives)
        return line.left if line is not None else entitling.NOTHING


def entitlement_of(customer: Customer, on: datetime.date | None = None, tier: str | None = None) -> Card:
    """Of one that came through `visible_to`. tier: today's, where a page has read it already: three statements."""
    day = on or today()
    if day < today():
        return of_many([customer.pk], day)[customer.pk]
    known = tiers_on([customer.pk], day, None) if tier is None else {customer.pk: tier}
    about = [(customer.pk, customer.kind, customer.opened_on, customer.closed_on)]
    return _cards(about, day, known, _terms_today())[customer.pk]


def of_many(ids: Collection[int], on: datetime.date) -> dict[int, Card]:
    """Of customers that came through `visible_to`. Six statements at most."""
    policy = policy_on(on)
    rows = Customer.objects.filter(pk__in=list(ids)).values_list("pk", "kind", "opened_on", "closed_on")
    return _cards(list(rows), on, tiers_on(ids, on, policy), terms_of(policy))


def _cards(about: Sequence[tuple], on: datetime.date, tiers: dict[int, str], terms: list[Term]) -> dict[int, Card]:
    ids = [pk for pk, *_facts in about]
    own: dict[int, list[Exceptional]] = defaultdict(list)
    for one in EntitlementException.objects.in_force(on).filter(customer_id__in=list(ids)):
        own[one.customer_id].append(
            Exceptional(one.pk, one.gives, one.amount, one.period, one.since, one.until, one.reason)
        )
    spoken = frozenset(one.gives for one in terms if one.since <= on)
    used = _used(ids, on)
    cards = {}
    for pk, kind, opened_on, closed_on in about:
        lines = entitling.given(
            terms, own[pk], tier=tiers[pk], kind=kind, on=on, opened_on=opened_on, closed_on=closed_on
        )
        lines = {gives: _with_used(line, used[pk]) for gives, line in lines.items()}
        cards[pk] = Card(on, tiers[pk], lines, spoken | {one.gives for one in own[pk]})
    return cards


def terms_of(policy: TierPolicy | None) -> list[Term]:
    if policy is None:
        return []
    return _as_terms(Entitlement.objects.filter(policy__code=policy.code))


def _terms_today() -> list[Term]:
    """Of the policy in force now, in one statement."""
    adopted = TierPolicy.objects.filter(adopted_at__isnull=False).order_by("-adopted_at", "-pk")
    return _as_terms(Entitlement.objects.filter(policy__code=Subquery(adopted.values("code")[:1])))


def _as_terms(rows: Iterable[Entitlement]) -> list[Term]:
    return [Term(one.pk, one.tier, one.kind, one.gives, one.amount, one.period, one.since) for one in rows]


def _used(ids: Collection[int], on: datetime.date) -> dict[int, list[tuple[str, datetime.date, Decimal]]]:
    """What requests of the year took: (entitlement, day of the decision, amount)."""
    found = defaultdict(list)
    rows = SupportRequest.objects.live().filter(
        customer_id__in=list(ids),
        decided_on__gte=datetime.date(on.year, 1, 1),
        decided_on__lt=datetime.date(on.year + 1, 1, 1),
        used__gt=0,
    )
    for pk, gives, day, amount in rows.values_list("customer_id", "category__draws_on", "decided_on", "used"):
        found[pk].append((gives, day, amount))
    return found


def _with_used(line: Given, rows: Iterable[tuple[str, datetime.date, Decimal]]) -> Given:
    start, end = line.start, line.end
    if start is None or end is None or line.gives not in entitling.SPENT:
        return line
    parts = (amount for gives, day, amount in rows if gives == line.gives and start <= day < end)
    return replace(line, used=sum(parts, entitling.NOTHING))


def cost_of_tiers() -> dict[str, Decimal] | None:
    """{tier: money that the policy in force gives a franchisee of it in a year}; None: it gives none."""
    terms, day, found = _terms_today(), today(), {}
    for tier in ("A", "B", "C"):
        lines = entitling.given(terms, (), tier=tier, kind=Kind.FRANCHISEE, on=day)
        money = [lines[gives] for gives in (entitling.OPERATING, entitling.PROMOTION) if gives in lines]
        found[tier] = sum((one.amount * entitling.A_YEAR[one.period] for one in money), entitling.NOTHING)
    return found if any(found.values()) else None
