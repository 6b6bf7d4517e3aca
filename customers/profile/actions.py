"""Making and changing customers, closing them, and handing them from one person in charge to another."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from crm.access import reach_of
from crm.accounts.models import Region, Role, User
from crm.audit.actions import diff, record, record_many, snapshot
from crm.clock import today
from crm.jobs.actions import enqueue
from crm.jobs.kinds import find
from crm.jobs.models import Job
from crm.refusing import refusal_of
from crm.saving import save
from customers.profile import moved
from customers.profile.models import Customer, Responsibility, State
from customers.profile.places import wgs
from customers.profile.searching import search_text
from customers.profile.texts import tidy

FIELDS = (
    "code",
    "name",
    "kind",
    "state",
    "category",
    "region",
    "province",
    "city",
    "district",
    "address",
    "phone",
    "latitude",
    "longitude",
    "datum",
    "opened_on",
    "closed_on",
    "upstream",
)
_TEXTS = ("code", "name", "category", "province", "city", "district", "address", "phone")
TIER_FACTS = {"kind", "region_id", "opened_on", "closed_on", "state"}
NEVER_IN_CHARGE = (Role.ANALYST, Role.API)
MOST_AT_ONCE = 5000
"""Customers assigned in one go: what one short transaction carries on SQLite."""


@transaction.atomic
def create_customer(*, by: User | None = None, manager: User | None = None, **fields) -> Customer:
    """Write a new customer; `by` None is the system. A market manager who adds one is in charge of it from today.

    Raises ValidationError keyed by field: code taken, half a position, closed before opened, region out of reach …
    """
    customer = Customer()
    _fill(customer, fields, by)
    save(customer, force_insert=True)
    record(
        action="customer.create",
        target=customer,
        changes={name: [None, value] for name, value in _state(customer).items() if value not in (None, "")},
        actor=by,
    )
    if manager is None and by is not None and by.role == Role.MANAGER:
        manager = by
    if manager is not None:
        assign(customers=[customer], user=manager, since=today(), by=by)
    tiers_follow(by)
    return customer


@transaction.atomic
def change_customer(
    *, customer: Customer, by: User | None = None, version: int | None = None, reason: str = "", **fields
) -> Customer:
    """Change the fields given; the others stand.

    version: the one the person saw; when somebody saved in between, nothing is written and a ValidationError with
    code `conflict` says so. Other refusals are keyed by field.
    """
    locked = Customer.objects.select_for_update().get(pk=customer.pk)
    if version is not None and version != locked.version:
        raise ValidationError(
            _("Somebody else has changed this customer in the meantime."),
            code="conflict",
            params={"version": locked.version},
        )
    before = _state(locked)
    _fill(locked, fields, by)
    changes = diff(before, _state(locked))
    if changes:
        locked.version += 1
        save(locked)
        record(action="customer.change", target=locked, changes=changes, reason=reason, actor=by)
        if changes.keys() & TIER_FACTS:
            tiers_follow(by)
    return locked


@transaction.atomic
def close_customer(
    *,
    customer: Customer,
    closed_on: datetime.date,
    by: User | None = None,
    reason: str = "",
    version: int | None = None,
) -> Customer:
    """Close a customer from a day on; its figures and history stay. One closed already is refused."""
    # Locked, so that of two who close it at once the second is told.
    if Customer.objects.select_for_update().get(pk=customer.pk).state == State.CLOSED:
        raise ValidationError(_("This customer is closed already."), code="closed")
    return change_customer(
        customer=customer, by=by, version=version, reason=reason, state=State.CLOSED, closed_on=closed_on
    )


@transaction.atomic
def assign(
    *,
    customers: Iterable[Customer] | QuerySet[Customer],
    user: User | None,
    since: datetime.date,
    by: User | None = None,
) -> int:
    """Put a person (None: nobody) in charge of customers from a day on, and say for how many that is a change.

    Whoever was in charge is so until the day before; a responsibility that began on the same day is replaced, since
    it never held. Raises ValidationError keyed by field, and then changes nothing.
    """
    if user is not None:
        check_manager(user, by)
    ids = sorted({customer.pk for customer in customers})
    if not ids:
        raise ValidationError(_("Choose at least one customer."), code="nobody")
    if len(ids) > MOST_AT_ONCE:
        raise ValidationError(
            _("At most %(most)d customers are assigned at once: narrow the filter."),
            code="too_many",
            params={"most": MOST_AT_ONCE},
        )
    moved, _same, later = put_in_charge(ids=ids, user=user, since=since, by=by)
    if later:
        raise refusal_of("since", _("Somebody is put in charge from a later day already."), "later")
    return len(moved)


@dataclass(frozen=True, slots=True)
class Moved:
    """A customer in other hands; before: the responsibility as it was, after: the one that follows."""

    customer: Customer
    before: Responsibility | None
    after: Responsibility | None


def put_in_charge(
    *, ids: list[int], user: User | None, since: datetime.date, by: User | None
) -> tuple[list[Moved], list[int], list[int]]:
    """In the caller's transaction: those moved, the ids of those that were so already, and of those refused because
    somebody is put in charge from a later day. Whether `user` may be is for the caller to ask (`check_manager`).
    """
    # Locked in one order, so that two handovers of the same customers wait for each other and cannot cross.
    found = list(Customer.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",)))
    held = Responsibility.objects.filter(customer_id__in=ids).filter(Q(until__isnull=True) | Q(until__gt=since))
    present: dict[int, Responsibility] = {}
    later: set[int] = set()
    for one in held.select_related("user").order_by("since"):
        if one.since > since:
            later.add(one.customer_id)
        else:
            present[one.customer_id] = one
    same = [one.pk for one in found if one.pk not in later and _is_same(present.get(one.pk), user)]
    touched = [one for one in found if one.pk not in later and one.pk not in set(same)]
    mine = Responsibility.objects.filter(pk__in=[present[one.pk].pk for one in touched if one.pk in present])
    mine.filter(since=since).delete()
    mine.filter(since__lt=since).update(until=since)
    after: dict[int, Responsibility] = {}
    if user is not None:
        rows = [Responsibility(customer_id=one.pk, user=user, since=since) for one in touched]
        after = {row.customer_id: row for row in Responsibility.objects.bulk_create(rows, batch_size=1000)}
    now = None if user is None else str(user)
    record_many(
        action="customer.assign",
        targets=[(one, {"manager": [_name(present.get(one.pk)), now], "since": [None, since]}) for one in touched],
        actor=by,
    )
    moved = [Moved(one, present.get(one.pk), after.get(one.pk)) for one in touched]
    return moved, same, sorted(later)


def tiers_follow(by: User | None) -> None:
    """Ask for the tiers to be brought up to date, unless that waits to be done anyway. By name: tiers stand above us.

    The waiting job is locked until this transaction ends, so that it cannot start without seeing what is written here.
    What the system itself writes (imports, the demo) asks once at its end.
    """
    if by is None or find("tiers.refresh") is None:
        return
    waiting = Job.objects.select_for_update().filter(kind="tiers.refresh", state=Job.State.QUEUED)
    if not list(waiting.values_list("pk")[:1]):
        enqueue(kind="tiers.refresh", asked_by=by)


def regions_open_to(user: User) -> QuerySet[Region]:
    """The regions where this person may put a customer: those in reach, and those of customers in their charge."""
    reach = reach_of(user)
    if reach.everywhere:
        return Region.objects.visible_to(user)
    own = Customer.objects.in_charge_of(user.pk, today()).values("region_id")
    return Region.objects.filter(Q(pk__in=reach.region_ids) | Q(pk__in=own))


def _name(held: Responsibility | None) -> str | None:
    return str(held.user) if held else None


def _is_same(held: Responsibility | None, user: User | None) -> bool:
    if held is None or user is None:
        return held is user
    return held.user_id == user.pk and held.until is None


def people_open_to(user: User) -> QuerySet[User]:
    """Whom this person may put in charge, by name: colleagues they see, and whoever has had a customer they see."""
    reach = reach_of(user)
    found = User.objects.visible_to(user)
    if not reach.everywhere:
        known = Responsibility.objects.visible_to(user).values("user_id")
        found = User.objects.filter(Q(pk__in=found.values("pk")) | Q(pk__in=known))
    return found.filter(is_active=True).exclude(role__in=NEVER_IN_CHARGE).order_by("name", "username")


def check_manager(user: User, by: User | None) -> None:
    """Raises ValidationError under `user` for somebody who cannot be in charge, or is beyond `by`'s reach."""
    if not user.is_active or user.role in NEVER_IN_CHARGE:
        raise refusal_of("user", _("This person cannot be in charge of customers."), "role")
    if by is not None and user.pk != by.pk and not people_open_to(by).filter(pk=user.pk).exists():
        raise refusal_of("user", _("This person is not in your reach."), "reach")


def _state(customer: Customer) -> dict:
    """Every field a person can set, as the log keeps it."""
    names = [Customer._meta.get_field(name).attname for name in FIELDS]
    return snapshot(customer, names)


def _fill(customer: Customer, fields: dict, by: User | None) -> None:
    """Set the fields, work out what follows from them, and refuse what cannot be."""
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise TypeError(f"a customer has no {', '.join(sorted(unknown))}")
    before = _state(customer)
    for name, value in fields.items():
        setattr(customer, name, tidy(name, str(value or "")) if name in _TEXTS else value)
    _check_place(customer)
    customer.full_clean(validate_constraints=False)  # the database holds them: `save` says which
    if customer.code != before["code"]:
        _check_code(customer)
    _check_reach(customer, before, by)
    if customer.upstream_id not in (None, before["upstream_id"]):
        _check_upstream(customer)
    customer.wgs_latitude, customer.wgs_longitude = wgs(customer.latitude, customer.longitude, customer.datum)
    customer.search_text = search_text(
        customer.code, customer.name, customer.phone, customer.city, customer.district, customer.address
    )


def _check_code(customer: Customer) -> None:
    """A code that led to another customer by a merge stays free for its undo, and means nobody else meanwhile."""
    gone = moved.by_code([customer.code]).get(customer.code)
    if gone is not None and gone.customer_id != customer.pk:
        raise refusal_of("code", _("This code belonged to a customer that was merged; take another."), "merged")


def _check_place(customer: Customer) -> None:
    if (customer.latitude is None) != (customer.longitude is None):
        empty = "latitude" if customer.latitude is None else "longitude"
        raise refusal_of(empty, _("A position needs latitude and longitude."), "half_position")
    if customer.latitude is not None and not customer.datum:
        raise refusal_of("datum", _("Say which coordinate system the position is in."), "no_datum")
    for name, most in (("latitude", 90), ("longitude", 180)):
        value = getattr(customer, name)
        if value is not None and abs(value) > most:
            text = _("A position needs a latitude from −90 to 90 and a longitude from −180 to 180.")
            raise refusal_of(name, text, "no_position")


def _check_reach(customer: Customer, before: dict, by: User | None) -> None:
    """Nobody moves a customer into a region, or hangs it under a customer, that they do not see."""
    if by is None:
        return
    if customer.region_id != before["region_id"] and not regions_open_to(by).filter(pk=customer.region_id).exists():
        raise refusal_of("region", _("This region is not in your reach."), "reach")
    if (
        customer.upstream_id not in (None, before["upstream_id"])
        and not Customer.objects.visible_to(by).filter(pk=customer.upstream_id).exists()
    ):
        raise refusal_of("upstream", _("There is no such customer."), "reach")


def _check_upstream(customer: Customer) -> None:
    """No customer supplies itself, by however many hands."""
    if customer.pk is None:
        return
    list(Customer.objects.filter(pk=customer.upstream_id).select_for_update())
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE above(id) AS (SELECT CAST(%s AS bigint) UNION SELECT c.upstream_id"
            " FROM customers_customer c JOIN above ON above.id = c.id WHERE c.upstream_id IS NOT NULL)"
            " SELECT 1 FROM above WHERE id = %s",
            [customer.upstream_id, customer.pk],
        )
        if cursor.fetchone():
            raise refusal_of("upstream", _("A customer cannot be supplied by itself."), "loop")
