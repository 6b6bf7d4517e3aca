"""What a file of people would make of the people that are there: every good row laid over them, in memory.

A row means a person of a customer: whoever of that customer has the name, and the phone where several do; else whoever
in sight has both name and phone; else somebody new. Some hundred bytes are kept for every person that changes.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max

from crm.tables.messages import BadCell
from customers.people.actions import PERSON, ROLE
from customers.people.models import Person, PersonRole, StandsAs
from customers.profile.models import Customer
from customers.profile.searching import digits

_BLANK = {"birth_year": None, "birth_month": None, "birth_day": None}
_KEPT = ("name", "phone", "wechat", "email", "gender", "note")


@dataclass(slots=True, eq=False)
class Plan:
    """A role as it was and as it will be; role_id None: a new one."""

    role_id: int | None
    version: int
    customer_id: int
    old: dict[str, Any]
    new: dict[str, Any]

    @property
    def changes(self) -> dict[str, Any]:
        return {name: self.new[name] for name in ROLE if self.role_id is None or self.new[name] != self.old[name]}


@dataclass(slots=True, eq=False)
class Somebody:
    """A person as they were and as they will be; person_id None: somebody new. roles: by their place in the plan."""

    person_id: int | None
    version: int
    old: dict[str, Any]
    new: dict[str, Any]
    roles: list[Plan] = field(default_factory=list)
    planned: bool = False
    number: int = 0  # of somebody new: which of those in the file

    @property
    def ident(self) -> tuple[str, int]:
        return ("new", self.number) if self.person_id is None else ("there", self.person_id)

    @property
    def changes(self) -> dict[str, Any]:
        return {name: self.new[name] for name in PERSON if self.person_id is None or self.new[name] != self.old[name]}

    @property
    def digits(self) -> str:
        return digits(self.new["phone"])

    def at(self, customer_id: int) -> list[Plan]:
        return [one for one in self.roles if one.customer_id == customer_id]


@dataclass
class Planner:
    """by: whoever imports; None is the system, for whom nothing is out of reach."""

    by: Any
    everybody: list[Somebody] = field(default_factory=list)
    known: dict[int, Somebody] = field(default_factory=dict)
    new_here: dict[tuple[int, str], list[Somebody]] = field(default_factory=lambda: defaultdict(list))
    new_by_phone: dict[tuple[str, str], Somebody] = field(default_factory=dict)
    primary: dict[int, int] = field(default_factory=dict)  # {customer: line that names whom to call first}
    lines: dict[tuple, int] = field(default_factory=dict)
    customers: set[int] = field(default_factory=set)
    news: int = 0

    def __post_init__(self):
        self.last_role = PersonRole.objects.aggregate(last=Max("pk"))["last"] or 0

    def read(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Everybody these rows may mean: three statements a page."""
        rows = list(rows)
        seen = Customer.objects.all() if self.by is None else Customer.objects.visible_to(self.by)
        codes = {row["code"] for row in rows}
        self.ids = dict(seen.filter(code__in=codes).values_list("code", "pk"))
        self.here: dict[int, list[Somebody]] = defaultdict(list)
        self.elsewhere: dict[tuple[str, str], Somebody] = {}
        roles = PersonRole.objects.filter(customer_id__in=self.ids.values()).select_related("person")
        for role in roles.order_by("pk"):
            one = self._person(role.person)
            if one not in self.here[role.customer_id]:
                self.here[role.customer_id].append(one)
            if not any(plan.role_id == role.pk for plan in one.roles):
                state = {name: getattr(role, name) for name in ROLE}
                one.roles.append(Plan(role.pk, role.version, role.customer_id, state, dict(state)))
        phones = {digits(row["phone"]) for row in rows if row.get("phone")} - {""}
        people = Person.objects.all() if self.by is None else Person.objects.visible_to(self.by)
        for person in people.filter(phone_digits__in=phones).order_by("-pk"):
            self.elsewhere[person.name, person.phone_digits] = self._person(person)

    def _person(self, person: Person) -> Somebody:
        """Once in the plan, always the same; the others are read anew with every page."""
        if person.pk not in self.known:
            state = {name: getattr(person, name) for name in PERSON}
            self.known[person.pk] = Somebody(person.pk, person.version, state, dict(state))
        return self.known[person.pk]

    def forget(self) -> None:
        """Those that nothing happened to, so that a long file takes no more memory than its changes."""
        self.known = {pk: one for pk, one in self.known.items() if one.planned}

    # --- one row ------------------------------------------------------------------------------------------------

    def lay(self, line: int, given: Mapping[str, Any]) -> str:
        """Lay a row over what is there: `created`, `updated` or `unchanged`. Raises BadCell naming its `field`."""
        customer_id = self.ids.get(given["code"])
        if customer_id is None:
            raise _about("code", "unknown_customer_in_reach")
        one = self._meant(customer_id, given)
        role = given.get("role")
        held = self._held(one, customer_id, role) if one else None
        said = role or ((held.new["role"], held.new["role_other"]) if held else (StandsAs.OWNER.value, ""))
        ident = (one.ident if one else (given["name"], digits(given.get("phone"))), customer_id, said)
        if ident in self.lines:
            raise _about("name", "duplicate_row", first=self.lines[ident])
        values = self._role(given, held, said)
        if given.get("primary"):
            if customer_id in self.primary:
                raise _about("primary", "two_primary", first=self.primary[customer_id])
            self.primary[customer_id] = line
        is_new = one is None or held is None
        if one is None:
            one = self._somebody_new(customer_id, given)
            self.lines[one.ident, customer_id, said] = line
        self.lines[ident] = line
        changed = self._fill(one, given)
        if held is None:
            held = Plan(None, 0, customer_id, {}, {"until": None, "since": None, "note": "", "is_primary": False})
            one.roles.append(held)
            if one not in self.new_here[customer_id, one.new["name"]]:
                self.new_here[customer_id, one.new["name"]].append(one)
        changed = changed or any(held.new.get(name) != value for name, value in values.items())
        if values.get("is_primary") and not held.new["is_primary"]:
            self._step_back(customer_id)
        held.new |= values
        self.customers.add(customer_id)
        if is_new or changed:
            self._keep(one)
        return "created" if is_new else "updated" if changed else "unchanged"

    def _meant(self, customer_id: int, given: Mapping[str, Any]) -> Somebody | None:
        name, number = given["name"], digits(given.get("phone"))
        here = [one for one in self.here[customer_id] if one.new["name"] == name]
        here += [one for one in self.new_here.get((customer_id, name), []) if one not in here]
        if not number:
            if len(here) > 1:
                raise _about("phone", "person_twice")
            return here[0] if here else None
        for one in here:
            if one.digits == number:
                return one
        unknown = [one for one in here if not one.digits]
        if len(unknown) == 1:
            return unknown[0]
        return self.elsewhere.get((name, number)) or self.new_by_phone.get((name, number))

    def _held(self, one: Somebody, customer_id: int, role: tuple[str, str] | None) -> Plan | None:
        """The role a row is about: the one that holds before those that ended."""
        there = sorted(one.at(customer_id), key=lambda plan: plan.new["until"] is not None)
        if role is None:
            return there[0] if there else None
        return next((plan for plan in there if (plan.new["role"], plan.new["role_other"]) == role), None)

    def _role(self, given: Mapping[str, Any], held: Plan | None, said: tuple[str, str]) -> dict[str, Any]:
        values: dict[str, Any] = {"role": said[0], "role_other": said[1]}
        for name in ("since", "until"):
            if given.get(name) is not None:
                values[name] = given[name]
        if given.get("primary") is not None:
            values["is_primary"] = given["primary"]
        since = values.get("since", held.new["since"] if held else None)
        until = values.get("until", held.new["until"] if held else None)
        if since and until and until <= since:
            raise _about("until" if "until" in values else "since", "role_ends_before")
        if until is not None:
            if values.get("is_primary"):
                raise _about("primary", "primary_ended")
            values["is_primary"] = False
        return values

    def _somebody_new(self, customer_id: int, given: Mapping[str, Any]) -> Somebody:
        self.news += 1
        one = Somebody(None, 0, {}, {**dict.fromkeys(PERSON, ""), **_BLANK}, number=self.news)
        self.new_here[customer_id, given["name"]].append(one)
        number = digits(given.get("phone"))
        if number:
            self.new_by_phone[given["name"], number] = one
        return one

    def _fill(self, one: Somebody, given: Mapping[str, Any]) -> bool:
        before = dict(one.new)
        for name in _KEPT:
            if given.get(name):
                one.new[name] = given[name]
        if given.get("birthday"):
            year, month, day = given["birthday"]
            if year is None and (one.new["birth_month"], one.new["birth_day"]) == (month, day):
                year = one.new["birth_year"]
            one.new |= {"birth_year": year, "birth_month": month, "birth_day": day}
        return one.new != before

    def _step_back(self, customer_id: int) -> None:
        for one in self.here[customer_id]:
            for plan in one.at(customer_id):
                if plan.new["is_primary"]:
                    plan.new["is_primary"] = False
                    self._keep(one)

    def _keep(self, one: Somebody) -> None:
        if not one.planned:
            one.planned = True
            self.everybody.append(one)


def _about(name: str, code: str, **params) -> BadCell:
    return BadCell(code, {"field": name, **params})


def as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(one) if isinstance(one, datetime.date) else one for name, one in values.items()}
