"""The customers list as data: filters, orders and columns, shared by the page, the export and the API.

Figures and tiers are reached by the name `standing`, which tiers hang onto the customer; nothing of theirs is
imported here. A customer whose standing is not worked out yet has none, and stands last.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from crm.access import reach_of
from crm.accounts.models import Region
from crm.clock import today
from crm.exports.kinds import Column, ExportKind, reach_holds, reach_kept
from crm.listing.keyset import Order, chosen, walk
from customers.profile import extras
from customers.profile.actions import regions_open_to
from customers.profile.models import Customer, Kind, Responsibility, State
from customers.profile.searchentry import CUSTOMER, SearchEntry
from customers.profile.searching import asked
from customers.profile.tags import split, tag_names

ORDERS = {
    one.name: one
    for one in (
        Order("sales", "standing__w0", "standing__customer_id", "decimal", nullable=True, descending_first=True),
        Order("growth", "standing__growth", "standing__customer_id", "int", nullable=True, descending_first=True),
        Order("last", "standing__last_sold_on", "standing__customer_id", "date", nullable=True, descending_first=True),
        Order("name", "name"),
        Order("code", "code"),
    )
}
DEFAULT_ORDER = "-sales"
NO_TIER = "none"
TIERS = ("A", "B", "C", NO_TIER)
WAYS = ("up", "down")
PLACED = ("given", "none")
QUIET_DAYS = (30, 60, 90, 180)
FEW = 2_000
"""Up to this many hits of a search are fetched by their keys."""
AT_ONCE = 500
"""Customers of a file for whom slices above are asked at once."""
COUNTED = 2_000
"""Beyond this many, a filtered list only says "more than"."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a query string asks for; whatever it holds that means nothing is None."""

    text: str = ""
    tier: str | None = None
    kind: str | None = None
    state: str | None = None
    region: int | None = None
    province: str = ""
    city: str = ""
    manager: int | None = None
    growth: str | None = None
    quiet_since: datetime.date | None = None
    placed: str | None = None
    tag: str = ""
    ids: tuple[int, ...] | None = None
    further: tuple[tuple[str, str], ...] = ()  # (name, value) of the filters that slices above add
    nothing: bool = False  # it asks for a value that no customer can have

    @classmethod
    def read(cls, params: Mapping[str, Any], day: datetime.date | None = None) -> Filters:
        def text(name: str, longest: int = 80) -> str:
            return (params.get(name) or "").replace("\0", "").strip()[:longest]

        def one_of(name: str, known) -> str | None:
            value = text(name)
            return value if value in known else None

        def number(name: str) -> int | None:
            value = text(name, 19)
            return int(value) if value.isascii() and value.isdigit() and int(value) < 2**63 else None

        further = tuple((one.name, text(one.name)) for one in extras.filters() if one.holds(text(one.name)))
        wrong = any(text(one.name) and not one.holds(text(one.name)) for one in extras.filters()) or any(
            text(name) and found is None
            for name, found in (
                ("tier", one_of("tier", TIERS)),
                ("kind", one_of("kind", Kind.values)),
                ("state", one_of("state", State.values)),
                ("region", number("region")),
                ("manager", number("manager")),
                ("growth", one_of("growth", WAYS)),
                ("position", one_of("position", PLACED)),
            )
        )
        return cls(
            text=text("q"),
            tier=one_of("tier", TIERS),
            kind=one_of("kind", Kind.values),
            state=one_of("state", State.values),
            region=number("region"),
            province=text("province"),
            city=text("city"),
            manager=number("manager"),
            growth=one_of("growth", WAYS),
            quiet_since=quiet_since(text("quiet"), day or today()),
            placed=one_of("position", PLACED),
            tag=text("tag"),
            ids=_numbers(text("ids", 4000)),
            further=further,
            nothing=wrong,
        )

    @property
    def only_region(self) -> bool:
        """Whether counters by region and tier answer for this list."""
        return self == Filters(tier=self.tier, region=self.region)


def _numbers(text: str) -> tuple[int, ...] | None:
    if not text:
        return None
    return tuple(int(part) for part in text.split(",") if part.isascii() and part.isdigit() and len(part) < 19)


def quiet_since(text: str, day: datetime.date) -> datetime.date | None:
    """The day after which nothing was sold: a number of days ("60") or a date ("2026-01-31")."""
    if text.isascii() and text.isdigit() and len(text) <= 4:
        return day - datetime.timedelta(days=int(text))
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def found_by(text: str, queryset: QuerySet[Customer]) -> QuerySet[Customer]:
    """The customers in whose code, name, pinyin, initials or phone every word is found.

    A first statement fetches the keys of few hits from the table that searches read. The planner cannot know how rare a
    word is: for one that nobody has, it would walk the whole list in its order; for one that many have, it does well.
    """
    words = asked(text)
    if not words:
        return queryset.none() if text.strip() else queryset
    entries = SearchEntry.objects.filter(kind=CUSTOMER).order_by().values_list("customer_id", flat=True)
    hits = list(entries.holding(words)[: FEW + 1])
    return queryset.filter(pk__in=hits if len(hits) <= FEW else entries.holding(words, many=True))


def filtered(user, params: Mapping[str, Any], *, but: tuple[str, ...] = ()) -> QuerySet[Customer]:
    """The customers in a person's reach that the query string asks for, unsorted. but: parameters left aside."""
    return narrowed(user, Filters.read({name: value for name, value in params.items() if name not in but}))


def narrowed(user, filters: Filters) -> QuerySet[Customer]:
    found = Customer.objects.visible_to(user)
    if filters.nothing:
        return found.none()
    wanted = Q()
    for path, value in (
        ("kind", filters.kind),
        ("state", filters.state),
        ("province", filters.province),
        ("city", filters.city),
    ):
        if value:
            wanted &= Q(**{path: value})
    if filters.tier:
        wanted &= in_tier(filters.tier)
    if filters.region is not None:
        top = regions_open_to(user).filter(pk=filters.region).values("path")[:1]
        wanted &= Q(region__in=Region.objects.filter(path__startswith=Subquery(top)))
    if filters.placed:
        wanted &= Q(wgs_latitude__isnull=filters.placed == "none")
    if filters.ids is not None:
        wanted &= Q(pk__in=filters.ids)
    if filters.manager is not None:
        wanted &= Q(pk__in=in_charge().filter(user_id=filters.manager).values("customer_id"))
    if filters.growth:
        wanted &= growing(filters.growth)
    if filters.quiet_since:
        wanted &= nothing_sold_after(filters.quiet_since)
    for one in extras.filters():
        for name, value in filters.further:
            if name == one.name:
                wanted &= one.condition(value)
    if filters.tag:
        wanted &= tagged(filters.tag)
    found = found.filter(wanted)
    return found_by(filters.text, found) if filters.text else found


def in_tier(tier: str) -> Q:
    """A tier as ?tier= names it; those whose tier is not worked out have none."""
    return Q(standing__tier="") | Q(standing__isnull=True) if tier == NO_TIER else Q(standing__tier=tier)


def growing(way: str) -> Q:
    """way: up or down."""
    return Q(standing__growth__gt=0) if way == "up" else Q(standing__growth__lt=0)


def nothing_sold_after(day: datetime.date) -> Q:
    return Q(standing__last_sold_on__lte=day) | Q(standing__last_sold_on__isnull=True)


def tagged(name: str) -> Q:
    """With the tag of that name, however it is capitalised; a name is one tag's, so that no customer comes twice."""
    return Q(customer_tags__tag__name__iexact=name)


def known_of_the_order(filters: Filters, order: Order) -> Q | None:
    """What the filters say of the value that the list is sorted by, for `keyset.page(valued=…)`."""
    if filters.quiet_since and order.name == "last":
        return Q(standing__last_sold_on__lte=filters.quiet_since)
    return None


def in_charge() -> QuerySet[Responsibility]:
    return Responsibility.objects.in_force(today())


def with_what_lists_show(queryset: QuerySet[Customer]) -> QuerySet[Customer]:
    """Region, standing, the manager's name and the tags along with each customer, in one statement."""
    manager = in_charge().filter(customer=OuterRef("pk"))
    name = Coalesce(NullIf("user__name", Value("")), "user__username")
    return queryset.select_related("region", "standing").annotate(
        manager_name=Subquery(manager.annotate(shown=name).values("shown")[:1]), tag_names=tag_names()
    )


def all_orders() -> dict[str, Order]:
    """Ours, then those that slices above add."""
    return {**ORDERS, **extras.orders()}


def order_of(params: Mapping[str, Any]) -> tuple[Order, bool]:
    return chosen(all_orders(), params.get("sort") or "", DEFAULT_ORDER)


@dataclass(frozen=True, slots=True)
class Gathered:
    """A list short enough to be held whole: its customers by tier, '' for those without one."""

    by_tier: dict[str, list[int]]

    @property
    def counts(self) -> dict[str, int]:
        return {tier: len(ids) for tier, ids in self.by_tier.items()}

    def of(self, tier: str | None) -> list[int]:
        """All, or those of a tier as ?tier= names it."""
        if tier is None:
            return [pk for ids in self.by_tier.values() for pk in ids]
        return self.by_tier["" if tier == NO_TIER else tier]


def gather(user, filters: Filters) -> Gathered | None:
    """The customers of a list whatever their tier; None when they are more than COUNTED. One statement.

    Filters that leave few rows make a walk along the order slow, since few rows on the way fit, and the database cannot
    always tell; what is gathered here is then sorted, which is cheap.
    """
    found = narrowed(user, replace(filters, tier=None)).order_by().values_list("pk", "standing__tier")
    rows = list(found[: COUNTED + 1])
    if len(rows) > COUNTED:
        return None
    by_tier: dict[str, list[int]] = {letter: [] for letter in ("A", "B", "C", "")}
    for pk, tier in rows:
        by_tier[tier or ""].append(pk)
    return Gathered(by_tier)


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of the list and of its file.

    value(customer) gives what the file holds. order: by which the list can be sorted. shown: without being asked for.
    on_file: whether the file has it too (a little chart cannot be one cell).
    """

    name: str
    label: Any
    value: Callable[[Customer], Any]
    form: str = "text"
    order: str = ""
    shown: bool = True
    on_file: bool = True
    width: int = 16


def _standing(name: str) -> Callable[[Customer], Any]:
    return lambda customer: getattr(standing_of(customer), name, None)


def standing_of(customer: Customer):
    """The row of figures and tier, or None before it is worked out; no query when the list brought it along."""
    return getattr(customer, "standing", None)


def growth_ratio(customer: Customer) -> Decimal | None:
    """Growth over the 12 months before as a ratio (0.1000 = 10 %)."""
    points = getattr(standing_of(customer), "growth", None)
    return None if points is None else Decimal(points).scaleb(-4)


COLUMNS = (
    ListColumn("tier", _("Tier"), _standing("tier"), width=8),
    ListColumn("name", _("Customer"), lambda one: one.name, order="name", width=32),
    ListColumn("code", _("Code"), lambda one: one.code, order="code", shown=False),
    ListColumn("kind", _("Kind"), lambda one: one.get_kind_display()),
    ListColumn("state", _("State"), lambda one: one.get_state_display(), shown=False),
    ListColumn("region", _("Region"), lambda one: one.region.name, shown=False),
    ListColumn("place", _("City"), lambda one: " ".join(part for part in (one.province, one.city) if part)),
    ListColumn("sales", _("Sales, 12 months"), _standing("w0"), "money", order="sales"),
    ListColumn("before", _("The 12 months before"), _standing("w1"), "money", shown=False),
    ListColumn("spark", _("By month"), lambda one: None, on_file=False),
    ListColumn("growth", _("Growth"), growth_ratio, "ratio", order="growth"),
    ListColumn("last", _("Last sale"), _standing("last_sold_on"), "date", order="last"),
    ListColumn("phone", _("Phone"), lambda one: one.phone, shown=False),
    ListColumn("opened", _("Opened on"), lambda one: one.opened_on, "date", shown=False),
    ListColumn("manager", _("In charge"), lambda one: one.manager_name),
    ListColumn("tags", _("Tags"), lambda one: _(", ").join(split(one.tag_names)), shown=False),
)
FIXED = ("tier", "name")
"""Columns that a list always has."""


def all_columns() -> tuple[ListColumn, ...]:
    """Ours, then those that slices above add."""
    return (*COLUMNS, *extras.columns())


def columns_of(params: Mapping[str, Any]) -> list[ListColumn]:
    """The columns asked for by ?cols=a&cols=b (or ?cols=a,b), in our order; those usually shown when none is known."""
    given = params.getlist("cols") if hasattr(params, "getlist") else [params.get("cols") or ""]
    asked_for = {name for text in given for name in text.split(",") if name}
    found = [one for one in all_columns() if one.name in asked_for]
    if not found:
        return [one for one in all_columns() if one.shown]
    return [one for one in all_columns() if one.name in asked_for or one.name in FIXED]


def file_columns(user, params) -> list[Column]:
    """The screen's columns; the code comes first in any case, since names are not unique."""
    shown = [one for one in columns_of(params) if one.on_file]
    code = [one for one in COLUMNS if one.name == "code"]
    return [Column(one.name, one.label, one.form, one.width) for one in code + [c for c in shown if c not in code]]


def file_rows(user, params) -> Iterator[list]:
    by_name = {one.name: one for one in all_columns()}
    names = [column.name for column in file_columns(user, params)]
    values = [by_name[name].value for name in names]
    order, descending = order_of(params)
    found = walk(with_what_lists_show(filtered(user, params)), order, descending)
    while part := list(islice(found, AT_ONCE)):
        extras.attach(part, names)
        yield from ([value(customer) for value in values] for customer in part)


def file_count(user, params) -> int:
    return filtered(user, params).count()


def rights(user) -> dict:
    """How far a person sees, with the customers they are in charge of by name."""
    kept, reach = reach_kept(user), reach_of(user)
    if not reach.everywhere and reach.user_id is not None:
        own = Customer.objects.visible_to(user).in_charge_of(reach.user_id, today())
        kept["own"] = list(own.order_by("pk").values_list("pk", flat=True))
    return kept


def still_holds(user, kept: dict) -> bool:
    """Whether a person sees at least that far; a customer of their own may as well stand in their region by now."""
    if not reach_holds(user, kept):
        return False
    own, seen = kept.get("own", []), Customer.objects.visible_to(user)
    parts = [own[at : at + 500] for at in range(0, len(own), 500)]
    return all(seen.filter(pk__in=part).count() == len(part) for part in parts)


EXPORT = ExportKind(
    code="customers",
    label=_("Customers"),
    columns=file_columns,
    rows=file_rows,
    count=file_count,
    rights=rights,
    still_holds=still_holds,
)
