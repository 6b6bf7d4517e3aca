"""Whoever is in charge of a shop is told that it sells clearly less than is normal for it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.accounts.models import Posting, Role
from crm.notifications.actions import Telling, notify_many
from crm.notifications.kinds import NOW, NotificationKind
from crm.shell import numbers
from customers.profile.models import Responsibility, SpecialCare, StandIn
from customers.slumps.models import Kind, SlumpAlert, State

FRESH_DAYS = 7
"""An alert whose third bad day is longer ago is told of on Today only."""


def _words(params) -> tuple[str, str]:
    title = _("%(name)s sells %(depth)s less than is normal for it") % {
        "name": params["name"],
        "depth": numbers.percent(params["depth"], 0),
    }
    return title, _("Call tonight: listen first, then ask what happened.")


OPENED = NotificationKind(
    "slump.opened", gettext_lazy("A shop of mine is in a slump"), "trending-down", _words, mail=NOW
)


def tell(day: datetime.date) -> int:
    """Of the open alerts of these days, each once a person. Five statements at most, and those of telling."""
    rows = SlumpAlert.objects.filter(kind=Kind.SLUMP, state=State.OPEN, closed_on__isnull=True, withdrawn=False)
    names = ("pk", "customer_id", "customer__name", "customer__region__path", "depth")
    fresh = list(rows.filter(third_day__gt=day - datetime.timedelta(days=FRESH_DAYS)).values(*names))
    people = looking_after({one["customer_id"]: one["customer__region__path"] for one in fresh}, day)
    tellings = [
        Telling(
            user_id,
            f"slump:{one['pk']}",
            {"name": one["customer__name"], "depth": float(one["depth"] or 0)},
            reverse("slumps:detail", args=[one["pk"]]),
        )
        for one in fresh
        for user_id in sorted(people[one["customer_id"]])
    ]
    return notify_many(kind=OPENED.code, tellings=tellings) if tellings else 0


def looking_after(paths: Mapping[int, str], day: datetime.date) -> dict[int, set[int]]:
    """{customer: whom it concerns} of {customer: its region's path}. Four statements at most.

    Who is in charge by name, who stands in for them, and whose special customer it is; where nobody is named, the
    market managers posted to its region or to one above it, and who stands in for those.
    """
    if not paths:
        return {}
    held = Responsibility.objects.in_force(day).filter(customer_id__in=paths).order_by("since", "pk")
    owners = dict(held.values_list("customer_id", "user_id"))
    found = {pk: {owners[pk]} if pk in owners else set() for pk in paths}
    if unnamed := {pk: path for pk, path in paths.items() if pk not in owners}:
        posted = _posted(set(unnamed.values()), day)
        for pk, path in unnamed.items():
            found[pk] |= posted[path]
    covered = StandIn.objects.in_force(day).filter(absent_id__in=set().union(*found.values()))
    stand_ins: dict[int, set[int]] = {}
    for absent, stand_in in covered.order_by().values_list("absent_id", "stand_in_id"):
        stand_ins.setdefault(absent, set()).add(stand_in)
    for people in found.values():
        people |= set().union(*(stand_ins.get(pk, ()) for pk in people))
    given = SpecialCare.objects.in_force(day).filter(customer_id__in=paths).order_by()
    for pk, user_id in given.values_list("customer_id", "user_id"):
        found[pk].add(user_id)
    return found


def _posted(paths: set[str], day: datetime.date) -> dict[str, set[int]]:
    """{path: market managers posted to that region or above}. One statement."""
    above = {path: {path[: n + 1] for n, sign in enumerate(path) if sign == "/"} for path in paths}
    rows = Posting.objects.in_force(day).filter(user__role=Role.MANAGER, user__is_active=True)
    rows = rows.filter(region__path__in=set().union(*above.values())).order_by()
    posted = list(rows.values_list("region__path", "user_id"))
    return {path: {user_id for region, user_id in posted if region in regions} for path, regions in above.items()}
