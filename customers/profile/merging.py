"""What a customers' file would make of each customer: the staged rows laid over the rows that are there.

Works page by page in plain Python, so that figures derived from several fields (search text, position in WGS-84) and
the old and new values for audit and undo come from one place, whatever the database.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Q

from crm.accounts.actions import root_region
from crm.accounts.models import Posting, Region, Role, User
from crm.clock import today
from crm.tables.messages import BadCell
from customers.profile.actions import regions_open_to
from customers.profile.models import Customer, Datum, Responsibility, State
from customers.profile.places import wgs
from customers.profile.searching import search_text

# What a row of a customer holds, in the order of the stage; the foreign keys by id, upstream by code (see importing).
VALUES = (
    "code",
    "name",
    "kind",
    "state",
    "category",
    "region_id",
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
)
SEARCHED = ("code", "name", "phone", "city", "district", "address")
DERIVED = ("wgs_latitude", "wgs_longitude", "search_text")
_CLEARED = {"opened_on": None, "closed_on": None, "latitude": None, "longitude": None}
_KEPT_WHEN_EMPTY = ("name", "kind", "state", "region", "datum", "manager")


def as_json(value: Any) -> Any:
    return str(value) if isinstance(value, datetime.date | Decimal) else value


def degrees(value: Any) -> Decimal | None:
    """A coordinate with the seven places it is kept with, however the database gave it."""
    return None if value is None else Decimal(str(value)).quantize(Decimal("1e-7"))


@dataclass
class Merged:
    """One customer as it will be. customer_id None: a new one. changes: {field: [old, new]} for audit and undo."""

    line: int
    customer_id: int | None
    version: int
    values: dict[str, Any]
    changes: dict[str, list]
    upstream: str | None = None  # code; only where `sets_upstream`
    sets_upstream: bool = False
    manager_id: int | None = None
    charge: Responsibility | None = None  # who is in charge until then

    @property
    def nothing_new(self) -> bool:
        return self.customer_id is not None and not self.changes and self.manager_id is None


@dataclass
class Merger:
    """Knows the people and regions in reach of whoever imports (both small); judges and merges staged rows."""

    by: User | None
    present: frozenset[str]
    day: datetime.date = field(default_factory=today)

    def __post_init__(self):
        regions = Region.objects.all() if self.by is None else regions_open_to(self.by)
        known = list(regions.order_by("depth", "pk").values_list("pk", "code", "name"))
        self.region_codes = dict(Region.objects.values_list("pk", "code"))
        self.regions = {}
        for by_name in (True, False):  # codes win over names, and names higher up over those below
            for pk, code, name in reversed(known):
                self.regions[name if by_name else code] = pk
        people = User.objects.filter(is_active=True).exclude(role__in=(Role.ANALYST, Role.API))
        if self.by is not None:
            people = people.filter(Q(pk=self.by.pk) | Q(pk__in=User.objects.visible_to(self.by).values("pk")))
        self.logins, self.names = {}, {}
        for pk, login, name in people.values_list("pk", "username", "name"):
            self.logins[login.casefold()] = pk
            if name:
                self.names.setdefault(name, []).append(pk)
        self.home_id = self._home()
        self.own_id = self.by.pk if self.by is not None and self.by.role == Role.MANAGER else None

    def _home(self) -> int:
        """Where a new customer stands if the file does not say: the region the person is posted to, else the root."""
        if self.by is not None:
            posting = Posting.objects.filter(user=self.by).in_force(self.day).order_by("region__depth", "pk").first()
            if posting is not None:
                return posting.region_id
            if self.by.role == Role.MANAGER:
                own = list(
                    Customer.objects.in_charge_of(self.by.pk, self.day)
                    .order_by()
                    .values_list("region_id", flat=True)
                    .distinct()[:2]
                )
                if len(own) == 1:
                    return own[0]
        return root_region().pk

    def merge(
        self,
        line: int,
        given: Mapping[str, Any],
        there: Customer | None,
        upstream: str | None,
        charges: list[Responsibility],
    ) -> Merged:
        """given: {field: value} of the file. Raises BadCell whose params name the `field` it is about."""
        values = self._values(given, there)
        if there is None and "region" not in given:
            values["region_id"] = self.home_id
        elif given.get("region"):
            values["region_id"] = self._region(given["region"], there)
        elif there is None:
            values["region_id"] = self.home_id
        opened, closed = values["opened_on"], values["closed_on"]
        if opened and closed and closed < opened:
            raise _about("closed_on" if "closed_on" in given else "opened_on", "closed_before_opened")
        if there is None and not given.get("state") and closed and closed <= self.day:
            values["state"] = State.CLOSED
        if (values["latitude"] is None) != (values["longitude"] is None):
            raise _about("latitude" if values["latitude"] is None else "longitude", "half_position")
        old = {name: None if there is None else getattr(there, name) for name in VALUES}
        changes = {
            name: [as_json(old[name]), as_json(values[name])]
            for name in VALUES
            if (values[name] != old[name] if there is not None else values[name] not in (None, ""))
        }
        merged = Merged(line, there.pk if there else None, there.version if there else 0, values, changes)
        if "upstream" in given and given["upstream"] != upstream:
            merged.sets_upstream, merged.upstream = True, given["upstream"]
            changes["upstream"] = [upstream, given["upstream"]]
        self._put_in_charge(merged, given, charges)
        if changes:
            values["wgs_latitude"], values["wgs_longitude"] = wgs(
                values["latitude"], values["longitude"], values["datum"]
            )
            values["search_text"] = search_text(*(values[name] for name in SEARCHED))
        return merged

    def _values(self, given: Mapping[str, Any], there: Customer | None) -> dict[str, Any]:
        if there is None:
            for name in ("name", "kind"):
                if not given.get(name):
                    raise _about(name, "required_new")
            values: dict[str, Any] = dict.fromkeys(VALUES, "")
            values |= {"state": State.ACTIVE, "datum": Datum.WGS84, **_CLEARED}
        else:
            values = {name: getattr(there, name) for name in VALUES}
            values["latitude"], values["longitude"] = degrees(there.latitude), degrees(there.longitude)
        for name, value in given.items():
            if name not in VALUES or (name in _KEPT_WHEN_EMPTY and value is None):
                continue
            if name in ("latitude", "longitude"):
                value = degrees(value)
            values[name] = _CLEARED.get(name, "") if value is None else value
        return values

    def _region(self, word: str, there: Customer | None) -> int:
        found = self.regions.get(word)
        if found is None and there is not None and self.region_codes.get(there.region_id) == word:
            return there.region_id
        if found is None:
            raise _about("region", "unknown_region")
        return found

    def _put_in_charge(self, merged: Merged, given: Mapping[str, Any], charges: list[Responsibility]) -> None:
        word = given.get("manager")
        user_id = self._person(word) if word else self.own_id if merged.customer_id is None else None
        if user_id is None:
            return
        if any(one.since > self.day for one in charges):
            raise _about("manager", "manager_later")
        held = next(iter(charges), None)
        if held is not None and held.user_id == user_id and held.until is None:
            return
        merged.manager_id, merged.charge = user_id, held
        merged.changes["manager"] = [held.user_id if held else None, user_id]

    def _person(self, word: str) -> int:
        if (found := self.logins.get(word.casefold())) is not None:
            return found
        named = self.names.get(word, [])
        if len(named) > 1:
            raise _about("manager", "manager_twice")
        if not named:
            raise _about("manager", "unknown_manager")
        return named[0]


def _about(name: str, code: str) -> BadCell:
    return BadCell(code, {"field": name})


def before_of(merged: Merged) -> dict[str, Any] | None:
    """What an undo needs to restore: the old value of each changed field, and who was in charge."""
    if merged.customer_id is None:
        return None
    before = {name: old for name, (old, _new) in merged.changes.items()}
    if merged.charge is not None:
        one = merged.charge
        before["charge"] = [one.pk, one.user_id, str(one.since), as_json(one.until)]
    return before


def after_of(merged: Merged) -> dict[str, Any]:
    return {name: new for name, (_old, new) in merged.changes.items()}


def pack(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"), default=as_json)


def unpack(text: str) -> dict[str, Any]:
    """The values a row gave, from JSON: dates and coordinates as themselves again."""
    given = json.loads(text)
    for name in ("opened_on", "closed_on"):
        if given.get(name):
            given[name] = datetime.date.fromisoformat(given[name])
    for name in ("latitude", "longitude"):
        if given.get(name) is not None:
            given[name] = Decimal(given[name])
    return given


def unpack_cells(text: str) -> list[str]:
    return json.loads(text)
